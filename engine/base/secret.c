/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Secret: octets that must not leave this process by accident.
 *
 * Each lives in pages of its own that are locked against swapping and kept out of core dumps, and is
 * wiped when the last reference goes. There is no function that prints one. Reference counting is
 * atomic; the contents are not changed after creation, except by whoever asked for empty room. */
#include "base/secret.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct _Secret {
  gatomicrefcount refs;
  size_t mapped;
  size_t len;
  uint8_t data[];
};

/* Overwrites len octets in a way that the compiler may not leave out. */
void
bytes_wipe (void *data, size_t len)
{
  explicit_bzero (data, len);
}

/* Compares in a time that depends on len alone. */
bool
bytes_equal_secret (const void *a, const void *b, size_t len)
{
  const uint8_t *x = a, *y = b;
  uint8_t difference = 0;
  for (size_t i = 0; i < len; i++)
    difference = (uint8_t) (difference | (x[i] ^ y[i]));
  return difference == 0;
}

/* A zeroed secret of len octets; *ret_data is where the caller writes it. Aborts if memory is out;
 * where the limit on locked memory is reached the secret is kept unlocked rather than refused.
 * Transfer: full. */
Secret *
secret_new_empty (size_t len, uint8_t **ret_data)
{
  size_t page = (size_t) sysconf (_SC_PAGESIZE);
  size_t mapped = (sizeof (Secret) + len + page - 1) / page * page;
  Secret *secret = mmap (NULL, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (secret == MAP_FAILED)
    g_error ("No memory for a secret of %zu octets", len);
  (void) mlock (secret, mapped);
  (void) madvise (secret, mapped, MADV_DONTDUMP);
  g_atomic_ref_count_init (&secret->refs);
  secret->mapped = mapped;
  secret->len = len;
  if (ret_data != NULL)
    *ret_data = secret->data;
  return secret;
}

/* A copy of len octets at data. Transfer: full. */
Secret *
secret_new (const void *data, size_t len)
{
  uint8_t *to;
  Secret *secret = secret_new_empty (len, &to);
  if (len > 0)
    memcpy (to, data, len);
  return secret;
}

Secret *
secret_ref (Secret *secret)
{
  g_atomic_ref_count_inc (&secret->refs);
  return secret;
}

/* Drops a reference; the last one wipes. NULL is allowed. */
void
secret_unref (Secret *secret)
{
  if (secret == NULL || !g_atomic_ref_count_dec (&secret->refs))
    return;
  size_t mapped = secret->mapped;
  bytes_wipe (secret, mapped);
  munmap (secret, mapped);
}

/* The octets, borrowed from the secret. */
Slice
secret_slice (const Secret *secret)
{
  return SLICE (secret->data, secret->len);
}

size_t
secret_len (const Secret *secret)
{
  return secret->len;
}

/* True if both hold the same octets; the time depends on the lengths alone. */
bool
secret_equal (const Secret *a, const Secret *b)
{
  return a->len == b->len && bytes_equal_secret (a->data, b->data, a->len);
}
