/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Diffie-Hellman as the KE payload carries it (RFC 7296 section 3.4).
 *
 *   14  MODP-2048 (RFC 3526)           public value and secret of 256 octets
 *   19  ECP-256, 20 ECP-384 (RFC 5903) public x | y, secret x
 *   31  Curve25519 (RFC 8031)          public and secret of 32 octets
 *
 * The peer's value is checked before it is used (RFC 6989): in range, on the curve, and for
 * Curve25519 not one that leads to an all-zero secret. Private values are Secrets and whatever GMP
 * and nettle made of them is wiped. A CryptoDh belongs to one thread. */
#include "crypto/dh.h"

#include <gmp.h>
#include <nettle/curve25519.h>
#include <nettle/ecc-curve.h>
#include <nettle/ecc.h>
#include <string.h>

#include "base/error.h"

/* RFC 3526 asks for 220 to 320 bits of exponent with this group. */
#define MODP_PRIVATE_LEN 40
#define MODP_LEN 256
#define MAX_PRIVATE_LEN 48
#define MAX_DRAWS 8

struct _CryptoDh {
  DhGroup group;
  Secret *private_value;
  uint8_t public[CRYPTO_DH_MAX_PUBLIC_LEN];
};

static const char modp_2048_prime[] =
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74"
    "020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F1437"
    "4FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF05"
    "98DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB"
    "9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B"
    "E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF695581718"
    "3995497CEA956AE515D2261898FA051015728E5A8AACAA68FFFFFFFFFFFFFFFF";

/* Octets of the public value, 0 for a group that we do not have. */
size_t
crypto_dh_public_len (DhGroup group)
{
  switch (group) {
  case DH_MODP_2048: return MODP_LEN;
  case DH_ECP_256: return 64;
  case DH_ECP_384: return 96;
  case DH_CURVE25519: return CURVE25519_SIZE;
  case DH_NONE: break;
  }
  return 0;
}

bool
crypto_dh_supported (DhGroup group)
{
  return crypto_dh_public_len (group) > 0;
}

/* Curve of an ECP group; NULL for the others. */
static const struct ecc_curve *
curve_of (DhGroup group)
{
  switch (group) {
  case DH_ECP_256: return nettle_get_secp_256r1 ();
  case DH_ECP_384: return nettle_get_secp_384r1 ();
  case DH_MODP_2048:
  case DH_CURVE25519:
  case DH_NONE: break;
  }
  return NULL;
}

static void
number_clear (mpz_t n)
{
  size_t limbs = (size_t) n->_mp_alloc;
  if (limbs > 0)
    bytes_wipe (mpz_limbs_modify (n, (mp_size_t) limbs), limbs * sizeof (mp_limb_t));
  mpz_clear (n);
}

static void
number_init_from (mpz_t n, Slice octets)
{
  mpz_init2 (n, octets.len * 8 + GMP_NUMB_BITS);
  mpz_import (n, octets.len, 1, 1, 1, 0, octets.data);
}

/* Writes n big-endian into exactly len octets, which it must fit. */
static void
number_write (const mpz_t n, uint8_t *to, size_t len)
{
  size_t used = (mpz_sizeinbase (n, 2) + 7) / 8;
  g_assert (used <= len);
  memset (to, 0, len);
  if (mpz_sgn (n) != 0)
    mpz_export (to + len - used, NULL, 1, 1, 1, 0, n);
}

/* base ^ private mod p, in a time that does not depend on the private value. False if base is not
 * within 1 < base < p - 1. */
static bool
modp_power (Slice base, Slice private_value, uint8_t ret[static MODP_LEN])
{
  mpz_t p, p_minus_1, b, x, y;
  mpz_init_set_str (p, modp_2048_prime, 16);
  mpz_init (p_minus_1);
  mpz_sub_ui (p_minus_1, p, 1);
  number_init_from (b, base);
  number_init_from (x, private_value);
  mpz_init2 (y, MODP_LEN * 8 + GMP_NUMB_BITS);
  bool good = mpz_cmp_ui (b, 1) > 0 && mpz_cmp (b, p_minus_1) < 0 && mpz_sgn (x) > 0;
  if (good) {
    mpz_powm_sec (y, b, x, p);
    number_write (y, ret, MODP_LEN);
  }
  number_clear (y);
  number_clear (x);
  number_clear (b);
  mpz_clear (p_minus_1);
  mpz_clear (p);
  return good;
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

static bool
ecp_public (const struct ecc_curve *curve, Slice private_value, uint8_t *ret_public)
{
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

static bool
ecp_shared (const struct ecc_curve *curve, Slice private_value, Slice peer, uint8_t *ret_x)
{
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

static bool
derive_public (CryptoDh *dh)
{
  static const uint8_t generator[] = { 2 };
  Slice private_value = secret_slice (dh->private_value);
  switch (dh->group) {
  case DH_MODP_2048:
    return modp_power (SLICE (generator, sizeof generator), private_value, dh->public);
  case DH_ECP_256:
  case DH_ECP_384: return ecp_public (curve_of (dh->group), private_value, dh->public);
  case DH_CURVE25519: curve25519_mul_g (dh->public, private_value.data); return true;
  case DH_NONE: break;
  }
  return false;
}

static size_t
private_len (DhGroup group)
{
  switch (group) {
  case DH_MODP_2048: return MODP_PRIVATE_LEN;
  case DH_ECP_256:
  case DH_ECP_384: return crypto_dh_public_len (group) / 2;
  case DH_CURVE25519: return CURVE25519_SIZE;
  case DH_NONE: break;
  }
  return 0;
}

/* A key pair of a private value that is given: big-endian for MODP and ECP, as RFC 7748 writes it for
 * Curve25519. NULL if the group does not have such a private value. Transfer: full. */
CryptoDh *
crypto_dh_new_from_private (DhGroup group, Slice private_value)
{
  if (!crypto_dh_supported (group) || private_value.len == 0 ||
      (group != DH_MODP_2048 && private_value.len != private_len (group)))
    return NULL;
  g_autoptr (CryptoDh) dh = g_new0 (CryptoDh, 1);
  dh->group = group;
  dh->private_value = secret_new (private_value.data, private_value.len);
  if (!derive_public (dh))
    return NULL;
  return g_steal_pointer (&dh);
}

/* A fresh key pair. NULL for a group that we do not have, or if the random source gives nothing that
 * the group can use. Transfer: full. */
CryptoDh *
crypto_dh_new (DhGroup group, CryptoRandomFunc random)
{
  if (!crypto_dh_supported (group))
    return NULL;
  uint8_t private_value[MAX_PRIVATE_LEN];
  size_t len = private_len (group);
  CryptoDh *dh = NULL;
  /* Octets that are no scalar of the group are as likely as a broken random source. */
  for (int i = 0; dh == NULL && i < MAX_DRAWS; i++) {
    random (private_value, len);
    /* The top bit of a MODP exponent is set, so that every one is equally long. */
    if (group == DH_MODP_2048)
      private_value[0] |= 0x80;
    dh = crypto_dh_new_from_private (group, SLICE (private_value, len));
  }
  bytes_wipe (private_value, sizeof private_value);
  return dh;
}

/* NULL is allowed. */
void
crypto_dh_free (CryptoDh *dh)
{
  if (dh == NULL)
    return;
  secret_unref (dh->private_value);
  g_free (dh);
}

DhGroup
crypto_dh_group (const CryptoDh *dh)
{
  return dh->group;
}

/* Our public value, as the KE payload carries it; borrowed. */
Slice
crypto_dh_public (const CryptoDh *dh)
{
  return SLICE (dh->public, crypto_dh_public_len (dh->group));
}

static bool
curve25519_shared (Slice private_value, Slice peer, uint8_t ret[static CURVE25519_SIZE])
{
  static const uint8_t zero[CURVE25519_SIZE] = { 0 };
  curve25519_mul (ret, private_value.data, peer.data);
  return !bytes_equal_secret (ret, zero, sizeof zero);
}

static bool
derive_shared (const CryptoDh *dh, Slice peer, uint8_t *ret)
{
  Slice private_value = secret_slice (dh->private_value);
  switch (dh->group) {
  case DH_MODP_2048: return modp_power (peer, private_value, ret);
  case DH_ECP_256:
  case DH_ECP_384: return ecp_shared (curve_of (dh->group), private_value, peer, ret);
  case DH_CURVE25519: return curve25519_shared (private_value, peer, ret);
  case DH_NONE: break;
  }
  return false;
}

/* The shared secret with the owner of peer_public, the data of a KE payload of the same group. Fails
 * with VISITOR_ERROR_PROTOCOL if that is of another length, out of range, not on the curve, or leads
 * to an all-zero secret. Transfer: full. */
Secret *
crypto_dh_shared (const CryptoDh *dh, Slice peer_public, GError **error)
{
  if (peer_public.len != crypto_dh_public_len (dh->group)) {
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_PROTOCOL,
        "The gateway's key exchange value has %zu octets, in %s it must have %zu", peer_public.len,
        dh_to_string (dh->group), crypto_dh_public_len (dh->group));
    return NULL;
  }
  bool ecp = curve_of (dh->group) != NULL;
  uint8_t *octets;
  g_autoptr (Secret) shared =
      secret_new_empty (ecp ? peer_public.len / 2 : peer_public.len, &octets);
  if (!derive_shared (dh, peer_public, octets)) {
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_PROTOCOL,
        "The gateway's key exchange value is none of %s", dh_to_string (dh->group));
    return NULL;
  }
  return g_steal_pointer (&shared);
}
