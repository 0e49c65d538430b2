/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RevocationMemory: for each certificate the last thing that its issuer said of it and that counted.
 *
 * A server chooses what it staples, and may staple nothing the next time. What is kept here is asked again
 * then, together with whatever was brought, and weighed like that: its signature, and for "good" its time,
 * are looked at anew. So a server that has proved itself once is still believed without a staple while the
 * proof lasts, and one that was revoked cannot hide it. */
#include "crypto/revocation-memory.h"

#include <string.h>

/* A connection meets a certificate for TLS and one for IKE, and those of the CAs between. */
#define MAX_ENTRIES 16
#define MAX_EVIDENCE_LEN (64 * 1024)
#define ID_LEN 32

typedef struct {
  uint8_t certificate[ID_LEN]; /* its SHA-256 */
  RevocationStatus status; /* when it was kept */
  EvidenceKind kind;
  GBytes *der;
} Entry;

struct _RevocationMemory {
  Entry entries[MAX_ENTRIES];
  size_t n;
};

/* Transfer: full. */
RevocationMemory *
revocation_memory_new (void)
{
  return g_new0 (RevocationMemory, 1);
}

/* NULL is allowed. */
void
revocation_memory_free (RevocationMemory *memory)
{
  if (memory == NULL)
    return;
  for (size_t i = 0; i < memory->n; i++)
    g_bytes_unref (memory->entries[i].der);
  g_free (memory);
}

static bool
identify (gnutls_x509_crt_t cert, uint8_t ret_id[static ID_LEN])
{
  size_t len = ID_LEN;
  return gnutls_x509_crt_get_fingerprint (cert, GNUTLS_DIG_SHA256, ret_id, &len) == 0;
}

static const Entry *
find (const RevocationMemory *memory, const uint8_t id[static ID_LEN])
{
  for (size_t i = 0; i < memory->n; i++) {
    if (memcmp (memory->entries[i].certificate, id, ID_LEN) == 0)
      return &memory->entries[i];
  }
  return NULL;
}

/* Where a certificate goes: over what was said of it before, behind all others, or where there is no room
 * over one that is good. NULL: none of these. */
static Entry *
place_for (RevocationMemory *memory, const uint8_t id[static ID_LEN], RevocationStatus status)
{
  Entry *known = (Entry *) find (memory, id);
  if (known != NULL)
    return known->status == REVOCATION_REVOKED ? NULL : known;
  if (memory->n < MAX_ENTRIES)
    return &memory->entries[memory->n++];
  for (size_t i = 0; i < memory->n; i++) {
    if (status == REVOCATION_REVOKED && memory->entries[i].status != REVOCATION_REVOKED)
      return &memory->entries[i];
  }
  return NULL;
}

/* Keeps a copy of the response or CRL that said `status` of the certificate, in the place of an older one.
 * Nothing is kept over "revoked". To be called only with what the issuer has signed and what counts. */
void
revocation_memory_keep (RevocationMemory *memory, gnutls_x509_crt_t cert, RevocationStatus status,
    EvidenceKind kind, Slice der)
{
  uint8_t id[ID_LEN];
  if (status == REVOCATION_UNKNOWN || der.len > MAX_EVIDENCE_LEN || !identify (cert, id))
    return;
  Entry *entry = place_for (memory, id, status);
  if (entry == NULL)
    return;
  GBytes *copy = g_bytes_new (der.data, der.len); /* der may be the one that it replaces */
  g_clear_pointer (&entry->der, g_bytes_unref);
  *entry = (Entry){ .status = status, .kind = kind, .der = copy };
  memcpy (entry->certificate, id, ID_LEN);
}

/* What was kept of the certificate; *ret_der is borrowed until the next is kept. */
bool
revocation_memory_find (
    const RevocationMemory *memory, gnutls_x509_crt_t cert, EvidenceKind *ret_kind, Slice *ret_der)
{
  uint8_t id[ID_LEN];
  const Entry *entry = identify (cert, id) ? find (memory, id) : NULL;
  if (entry == NULL)
    return false;
  *ret_kind = entry->kind;
  *ret_der = SLICE (g_bytes_get_data (entry->der, NULL), g_bytes_get_size (entry->der));
  return true;
}
