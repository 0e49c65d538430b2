/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Admission: who may open one more stream; pure. An IPv6 client owns its /64, so that is what is
 * counted. */
#include "gateway/admission.h"

#include <string.h>

#define V6_COUNTED_LEN 8

struct _Admission {
  GHashTable *by_address; /* InetAddr* -> count */
  guint count;
  guint max;
  guint max_per_address;
};

const char *
admission_verdict_to_string (AdmissionVerdict verdict)
{
  switch (verdict) {
  case ADMISSION_OK: return "admitted";
  case ADMISSION_FULL: return "too many streams (max-streams)";
  case ADMISSION_ADDRESS_FULL: return "too many streams of one address (max-streams-per-address)";
  }
  return "unknown";
}

static guint
addr_hash (gconstpointer p)
{
  const InetAddr *addr = p;
  guint hash = addr->family;
  for (size_t i = 0; i < sizeof addr->bytes; i++)
    hash = hash * 31 + addr->bytes[i];
  return hash;
}

static gboolean
addr_equal (gconstpointer a, gconstpointer b)
{
  return inet_addr_compare (a, b) == 0;
}

static InetAddr
counted (const InetAddr *addr)
{
  InetAddr result = *addr;
  if (addr->family == INET_V6)
    memset (result.bytes + V6_COUNTED_LEN, 0, sizeof result.bytes - V6_COUNTED_LEN);
  return result;
}

/* Lets nobody in before admission_set_limits (). */
Admission *
admission_new (void)
{
  Admission *admission = g_new0 (Admission, 1);
  admission->by_address = g_hash_table_new_full (addr_hash, addr_equal, g_free, NULL);
  return admission;
}

void
admission_free (Admission *admission)
{
  g_hash_table_unref (admission->by_address);
  g_free (admission);
}

/* New limits hold for those who come; nobody is sent away. */
void
admission_set_limits (Admission *admission, guint max, guint max_per_address)
{
  admission->max = max;
  admission->max_per_address = max_per_address;
}

/* Counts one more stream of that address if there may be one. */
AdmissionVerdict
admission_enter (Admission *admission, const InetAddr *addr)
{
  InetAddr key = counted (addr);
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (admission->by_address, &key));
  if (admission->count >= admission->max)
    return ADMISSION_FULL;
  if (n >= admission->max_per_address)
    return ADMISSION_ADDRESS_FULL;
  admission->count++;
  g_hash_table_replace (
      admission->by_address, g_memdup2 (&key, sizeof key), GUINT_TO_POINTER (n + 1));
  return ADMISSION_OK;
}

/* Takes back one that was admitted. */
void
admission_leave (Admission *admission, const InetAddr *addr)
{
  InetAddr key = counted (addr);
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (admission->by_address, &key));
  g_return_if_fail (n > 0 && admission->count > 0);
  admission->count--;
  if (n == 1)
    g_hash_table_remove (admission->by_address, &key);
  else
    g_hash_table_replace (
        admission->by_address, g_memdup2 (&key, sizeof key), GUINT_TO_POINTER (n - 1));
}

guint
admission_count (const Admission *admission)
{
  return admission->count;
}
