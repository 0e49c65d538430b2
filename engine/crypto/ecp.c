/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The random curves of RFC 5903, by nettle, whose multiplications take the same time for every scalar.
 * Public values are x | y, the shared secret is x (section 7). What nettle and GMP made of a private
 * value is wiped. */
#include "crypto/ecp.h"

#include <glib.h>
#include <nettle/ecc-curve.h>
#include <nettle/ecc.h>

#include "base/secret.h"
#include "crypto/number.h"

/* NULL for what is no such group. */
static const struct ecc_curve *
curve_of (DhGroup group)
{
  switch (group) {
  case DH_ECP_256: return nettle_get_secp_256r1 ();
  case DH_ECP_384: return nettle_get_secp_384r1 ();
  case DH_ECP_521: return nettle_get_secp_521r1 ();
  case DH_MODP_2048:
  case DH_MODP_3072:
  case DH_MODP_4096:
  case DH_CURVE25519:
  case DH_MLKEM_768: /* of crypto/kem.h */
  case DH_NONE: break;
  }
  return NULL;
}

/* Octets of a coordinate and of a private value; 0 for what is no such group. */
size_t
ecp_len (DhGroup group)
{
  const struct ecc_curve *curve = curve_of (group);
  return curve != NULL ? (ecc_bit_size (curve) + 7) / 8 : 0;
}

static void
scalar_clear (struct ecc_scalar *scalar, const struct ecc_curve *curve)
{
  bytes_wipe (scalar->p, (size_t) ecc_size (curve) * sizeof (mp_limb_t));
  ecc_scalar_clear (scalar);
}

static void
point_clear (struct ecc_point *point, const struct ecc_curve *curve)
{
  bytes_wipe (point->p, 2 * (size_t) ecc_size (curve) * sizeof (mp_limb_t));
  ecc_point_clear (point);
}

/* False if the octets are not within 0 < scalar < order; the scalar is to be cleared either way. */
static bool
scalar_init_from (struct ecc_scalar *scalar, const struct ecc_curve *curve, Slice octets)
{
  mpz_t n;
  number_init_from (n, octets);
  ecc_scalar_init (scalar, curve);
  bool good = ecc_scalar_set (scalar, n) == 1;
  number_clear (n);
  return good;
}

/* Writes x, and y behind it if ret_y is not NULL, in len octets each. */
static void
point_write (const struct ecc_point *point, size_t len, uint8_t *ret_x, uint8_t *ret_y)
{
  mpz_t x, y;
  mpz_init2 (x, len * 8 + GMP_NUMB_BITS);
  mpz_init2 (y, len * 8 + GMP_NUMB_BITS);
  ecc_point_get (point, x, y);
  number_write (x, ret_x, len);
  if (ret_y != NULL)
    number_write (y, ret_y, len);
  number_clear (x);
  number_clear (y);
}

/* Writes x | y. False if the private value, of ecp_len () octets, is not within 0 < private < order. */
bool
ecp_public (DhGroup group, Slice private_value, uint8_t *ret_public)
{
  const struct ecc_curve *curve = curve_of (group);
  struct ecc_scalar scalar;
  struct ecc_point point;
  size_t len = private_value.len;
  bool good = scalar_init_from (&scalar, curve, private_value);
  ecc_point_init (&point, curve);
  if (good) {
    ecc_point_mul_g (&point, &scalar);
    point_write (&point, len, ret_public, ret_public + len);
  }
  point_clear (&point, curve);
  scalar_clear (&scalar, curve);
  return good;
}

/* Writes x of the product. False if peer, 2 * ecp_len () octets, is no point of the curve (RFC 6989
 * section 2.3). */
bool
ecp_shared (DhGroup group, Slice private_value, Slice peer, uint8_t *ret_x)
{
  const struct ecc_curve *curve = curve_of (group);
  struct ecc_scalar scalar;
  struct ecc_point theirs, product;
  size_t len = private_value.len;
  mpz_t x, y;
  number_init_from (x, SLICE (peer.data, len));
  number_init_from (y, SLICE (peer.data + len, len));
  ecc_point_init (&theirs, curve);
  ecc_point_init (&product, curve);
  bool good = scalar_init_from (&scalar, curve, private_value);
  /* ecc_point_set () refuses what is out of range or not on the curve. */
  good = ecc_point_set (&theirs, x, y) == 1 && good;
  if (good) {
    ecc_point_mul (&product, &scalar, &theirs);
    point_write (&product, len, ret_x, NULL);
  }
  scalar_clear (&scalar, curve);
  point_clear (&product, curve);
  ecc_point_clear (&theirs);
  mpz_clear (y);
  mpz_clear (x);
  return good;
}
