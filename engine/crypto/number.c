/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers of GMP that may be secret: read from octets, written to as many as are asked for, wiped. */
#include "crypto/number.h"

#include <glib.h>
#include <string.h>

#include "base/secret.h"

/* Reads a big-endian number. */
void
number_init_from (mpz_t n, Slice octets)
{
  mpz_init2 (n, octets.len * 8 + GMP_NUMB_BITS);
  mpz_import (n, octets.len, 1, 1, 1, 0, octets.data);
}

/* Writes n big-endian into exactly len octets, which it must fit. */
void
number_write (const mpz_t n, uint8_t *to, size_t len)
{
  size_t used = (mpz_sizeinbase (n, 2) + 7) / 8;
  g_assert (used <= len);
  memset (to, 0, len);
  if (mpz_sgn (n) != 0)
    mpz_export (to + len - used, NULL, 1, 1, 1, 0, n);
}

/* Wipes and frees. */
void
number_clear (mpz_t n)
{
  size_t limbs = (size_t) n->_mp_alloc;
  if (limbs > 0)
    bytes_wipe (mpz_limbs_modify (n, (mp_size_t) limbs), limbs * sizeof (mp_limb_t));
  mpz_clear (n);
}
