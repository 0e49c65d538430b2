/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CryptoDh: one Diffie-Hellman exchange. The MODP group is GMP's arithmetic (RFC 3526), the curves are
 * nettle's (RFC 5903, RFC 8031). Each peer value is checked before it is used (RFC 6989). */
#include "crypto/dh.h"

#include <gmp.h>
#include <nettle/curve25519.h>
#include <nettle/ecc-curve.h>
#include <nettle/ecc.h>
#include <string.h>

#include "base/error.h"

#define MODP_2048_LEN 256u
#define MODP_PRIVATE_LEN 64u

struct _CryptoDh {
  DhGroup group;
  Secret *private_value; /* big-endian; little-endian with Curve25519, as its function has it */
  uint8_t public_value[CRYPTO_DH_MAX_PUBLIC_LEN];
};

/* RFC 3526 section 3; the generator is 2. */
static const char modp_2048_prime[] = "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67"
                                      "CC74020BBEA63B139B22514A08798E3404DD"
                                      "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E"
                                      "7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
                                      "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163"
                                      "BF0598DA48361C55D39A69163FA8FD24CF5F"
                                      "83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC"
                                      "9804F1746C08CA18217C32905E462E36CE3B"
                                      "E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF69558"
                                      "17183995497CEA956AE515D2261898FA0510"
                                      "15728E5A8AACAA68FFFFFFFFFFFFFFFF";

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

/* Octets of one coordinate of an ECP group. */
static size_t
coordinate_len (DhGroup group)
{
  return group == DH_ECP_256 ? 32 : 48;
}

/* Octets of the Key Exchange Data in a KE payload; 0 for a group that we cannot do. */
size_t
crypto_dh_public_len (DhGroup group)
{
  switch (group) {
  case DH_MODP_2048: return MODP_2048_LEN;
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
  return crypto_dh_public_len (group) != 0;
}

static size_t
private_len (DhGroup group)
{
  switch (group) {
  case DH_MODP_2048: return MODP_PRIVATE_LEN;
  case DH_ECP_256:
  case DH_ECP_384: return coordinate_len (group);
  case DH_CURVE25519: return CURVE25519_SIZE;
  case DH_NONE: break;
  }
  return 0;
}

static void
import (mpz_t number, Slice bytes)
{
  mpz_import (number, bytes.len, 1, 1, 1, 0, bytes.data);
}

/* Writes number as exactly len octets, big-endian. */
static void export(uint8_t *to, size_t len, const mpz_t number)
{
  size_t used = (mpz_sizeinbase (number, 2) + 7) / 8;
  memset (to, 0, len);
  if (mpz_sgn (number) != 0)
    mpz_export (to + len - used, NULL, 1, 1, 1, 0, number);
}

/* GMP gives memory back as it is: what was secret is overwritten first. */
static void
clear_secret (mpz_t number)
{
  size_t limbs = mpz_size (number);
  if (limbs > 0)
    bytes_wipe (mpz_limbs_modify (number, (mp_size_t) limbs), limbs * sizeof (mp_limb_t));
  mpz_clear (number);
}

/* base ^ private mod p into 256 octets, in a time that does not depend on the private value. */
static void
modp_power (const mpz_t base, Slice private_value, const mpz_t prime, uint8_t *ret_value)
{
  mpz_t exponent, result;
  mpz_inits (exponent, result, NULL);
  import (exponent, private_value);
  mpz_powm_sec (result, base, exponent, prime);
  export(ret_value, MODP_2048_LEN, result);
  clear_secret (exponent);
  clear_secret (result);
}

static bool
modp_public (CryptoDh *dh)
{
  mpz_t prime, generator;
  mpz_init_set_str (prime, modp_2048_prime, 16);
  mpz_init_set_ui (generator, 2);
  modp_power (generator, secret_slice (dh->private_value), prime, dh->public_value);
  mpz_clears (prime, generator, NULL);
  return true;
}

/* The peer's value must lie strictly between 1 and p - 1 (RFC 6989 section 2.1). */
static bool
modp_shared (const CryptoDh *dh, Slice peer, uint8_t *ret_shared)
{
  mpz_t prime, limit, y;
  mpz_init_set_str (prime, modp_2048_prime, 16);
  mpz_inits (limit, y, NULL);
  mpz_sub_ui (limit, prime, 1);
  import (y, peer);
  bool ok = mpz_cmp_ui (y, 1) > 0 && mpz_cmp (y, limit) < 0;
  if (ok)
    modp_power (y, secret_slice (dh->private_value), prime, ret_shared);
  mpz_clears (prime, limit, y, NULL);
  return ok;
}

/* False if the private value is 0 or not below the group's order. */
static bool
scalar_set (struct ecc_scalar *scalar, Slice private_value)
{
  mpz_t number;
  mpz_init (number);
  import (number, private_value);
  bool ok = ecc_scalar_set (scalar, number) != 0;
  clear_secret (number);
  return ok;
}

static bool
ecp_public (CryptoDh *dh)
{
  struct ecc_scalar scalar;
  struct ecc_point point;
  mpz_t x, y;
  size_t len = coordinate_len (dh->group);
  ecc_scalar_init (&scalar, curve_of (dh->group));
  bool ok = scalar_set (&scalar, secret_slice (dh->private_value));
  if (ok) {
    ecc_point_init (&point, curve_of (dh->group));
    mpz_inits (x, y, NULL);
    ecc_point_mul_g (&point, &scalar);
    ecc_point_get (&point, x, y);
    export(dh->public_value, len, x);
    export(dh->public_value + len, len, y);
    mpz_clears (x, y, NULL);
    ecc_point_clear (&point);
  }
  ecc_scalar_clear (&scalar);
  return ok;
}

/* The shared secret is the x coordinate alone (RFC 5903 section 7). ecc_point_set () refuses a point
 * that is not on the curve, and the all-zero "point" with it. */
static bool
ecp_shared (const CryptoDh *dh, Slice peer, uint8_t *ret_shared)
{
  struct ecc_scalar scalar;
  struct ecc_point point, product;
  mpz_t x, y;
  size_t len = coordinate_len (dh->group);
  ecc_scalar_init (&scalar, curve_of (dh->group));
  ecc_point_init (&point, curve_of (dh->group));
  ecc_point_init (&product, curve_of (dh->group));
  mpz_inits (x, y, NULL);
  import (x, SLICE (peer.data, len));
  import (y, SLICE (peer.data + len, len));
  bool ok =
      ecc_point_set (&point, x, y) != 0 && scalar_set (&scalar, secret_slice (dh->private_value));
  if (ok) {
    ecc_point_mul (&product, &scalar, &point);
    ecc_point_get (&product, x, y);
    export(ret_shared, len, x);
  }
  clear_secret (x);
  clear_secret (y);
  ecc_point_clear (&product);
  ecc_point_clear (&point);
  ecc_scalar_clear (&scalar);
  return ok;
}

static bool
make_public (CryptoDh *dh)
{
  switch (dh->group) {
  case DH_MODP_2048: return modp_public (dh);
  case DH_ECP_256:
  case DH_ECP_384: return ecp_public (dh);
  case DH_CURVE25519:
    curve25519_mul_g (dh->public_value, secret_slice (dh->private_value).data);
    return true;
  case DH_NONE: break;
  }
  return false;
}

/* Makes an exchange from a private value of the group's length (64 octets for MODP, one coordinate for
 * ECP, 32 for Curve25519), for known-answer tests. NULL if the value is out of range. Transfer: full. */
CryptoDh *
crypto_dh_new_from_private (DhGroup group, Slice private_value)
{
  if (!crypto_dh_supported (group) || private_value.len != private_len (group))
    return NULL;
  g_autoptr (CryptoDh) dh = g_new0 (CryptoDh, 1);
  dh->group = group;
  dh->private_value = secret_new (private_value.data, private_value.len);
  return make_public (dh) ? g_steal_pointer (&dh) : NULL;
}

/* Begins an exchange with a fresh private value. NULL for a group that we cannot do. Transfer: full. */
CryptoDh *
crypto_dh_new (DhGroup group, CryptoRandomFunc random)
{
  if (!crypto_dh_supported (group))
    return NULL;
  uint8_t bytes[MODP_PRIVATE_LEN];
  size_t len = private_len (group);
  CryptoDh *dh = NULL;
  /* A value out of range is about as likely as a broken random source. */
  for (int i = 0; dh == NULL && i < 8; i++) {
    random (bytes, len);
    dh = crypto_dh_new_from_private (group, SLICE (bytes, len));
  }
  bytes_wipe (bytes, sizeof bytes);
  return dh;
}

/* Wipes the private value; NULL is allowed. */
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

/* Our Key Exchange Data, borrowed. */
Slice
crypto_dh_public (const CryptoDh *dh)
{
  return SLICE (dh->public_value, crypto_dh_public_len (dh->group));
}

/* An all-zero result means that the peer's value was of small order (RFC 8031 section 5). */
static bool
curve25519_shared (const CryptoDh *dh, Slice peer, uint8_t *ret_shared)
{
  static const uint8_t zero[CURVE25519_SIZE];
  curve25519_mul (ret_shared, secret_slice (dh->private_value).data, peer.data);
  return !bytes_equal_secret (ret_shared, zero, sizeof zero);
}

static size_t
shared_len (DhGroup group)
{
  switch (group) {
  case DH_MODP_2048: return MODP_2048_LEN;
  case DH_ECP_256:
  case DH_ECP_384: return coordinate_len (group);
  case DH_CURVE25519: return CURVE25519_SIZE;
  case DH_NONE: break;
  }
  return 0;
}

static bool
make_shared (const CryptoDh *dh, Slice peer, uint8_t *ret_shared)
{
  switch (dh->group) {
  case DH_MODP_2048: return modp_shared (dh, peer, ret_shared);
  case DH_ECP_256:
  case DH_ECP_384: return ecp_shared (dh, peer, ret_shared);
  case DH_CURVE25519: return curve25519_shared (dh, peer, ret_shared);
  case DH_NONE: break;
  }
  return false;
}

/* g^ir from the peer's Key Exchange Data. Errors: VISITOR_ERROR_PROTOCOL for a value of the wrong
 * length, outside the group, or one that makes the secret known. Transfer: full. */
Secret *
crypto_dh_shared (const CryptoDh *dh, Slice peer_public, GError **error)
{
  uint8_t *to;
  g_autoptr (Secret) shared = secret_new_empty (shared_len (dh->group), &to);
  if (peer_public.len != crypto_dh_public_len (dh->group) || !make_shared (dh, peer_public, to)) {
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_PROTOCOL,
        "The gateway's key exchange value is not valid in group %u", dh->group);
    return NULL;
  }
  return g_steal_pointer (&shared);
}
