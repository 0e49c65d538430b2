/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Diffie-Hellman as the KE payload carries it (RFC 7296 section 3.4).
 *
 *   14, 15, 16  MODP-2048, 3072, 4096 (RFC 3526)  public value and secret as long as the prime
 *   19, 20, 21  ECP-256, 384, 521 (RFC 5903)      public x | y, secret x
 *   31          Curve25519 (RFC 8031)             public and secret of 32 octets
 *
 * The peer's value is checked before it is used (RFC 6989): in range, on the curve, and for
 * Curve25519 not one that leads to an all-zero secret. Private values are Secrets and whatever GMP
 * and nettle made of them is wiped. A CryptoDh belongs to one thread. */
#include "crypto/dh.h"

#include <nettle/curve25519.h>

#include "base/error.h"
#include "crypto/ecp.h"
#include "crypto/modp.h"

#define MAX_PRIVATE_LEN 66
#define MAX_DRAWS 8

typedef enum {
  FAMILY_NONE,
  FAMILY_MODP,
  FAMILY_ECP,
  FAMILY_CURVE25519,
} Family;

struct _CryptoDh {
  DhGroup group;
  Secret *private_value;
  uint8_t public[CRYPTO_DH_MAX_PUBLIC_LEN];
};

static Family
family_of (DhGroup group)
{
  switch (group) {
  case DH_MODP_2048:
  case DH_MODP_3072:
  case DH_MODP_4096: return FAMILY_MODP;
  case DH_ECP_256:
  case DH_ECP_384:
  case DH_ECP_521: return FAMILY_ECP;
  case DH_CURVE25519: return FAMILY_CURVE25519;
  case DH_MLKEM_768: /* of crypto/kem.h */
  case DH_NONE: break;
  }
  return FAMILY_NONE;
}

/* Octets of the public value, 0 for a group that we do not have. */
size_t
crypto_dh_public_len (DhGroup group)
{
  switch (family_of (group)) {
  case FAMILY_MODP: return modp_len (group);
  case FAMILY_ECP: return 2 * ecp_len (group);
  case FAMILY_CURVE25519: return CURVE25519_SIZE;
  case FAMILY_NONE: break;
  }
  return 0;
}

bool
crypto_dh_supported (DhGroup group)
{
  return family_of (group) != FAMILY_NONE;
}

static size_t
private_len (DhGroup group)
{
  switch (family_of (group)) {
  case FAMILY_MODP: return modp_private_len (group);
  case FAMILY_ECP: return ecp_len (group);
  case FAMILY_CURVE25519: return CURVE25519_SIZE;
  case FAMILY_NONE: break;
  }
  return 0;
}

static size_t
shared_len (DhGroup group)
{
  return family_of (group) == FAMILY_ECP ? ecp_len (group) : crypto_dh_public_len (group);
}

static bool
derive_public (CryptoDh *dh)
{
  Slice private_value = secret_slice (dh->private_value);
  switch (family_of (dh->group)) {
  case FAMILY_MODP: return modp_public (dh->group, private_value, dh->public);
  case FAMILY_ECP: return ecp_public (dh->group, private_value, dh->public);
  case FAMILY_CURVE25519: curve25519_mul_g (dh->public, private_value.data); return true;
  case FAMILY_NONE: break;
  }
  return false;
}

/* A key pair of a private value that is given: big-endian for MODP and ECP, as RFC 7748 writes it for
 * Curve25519. NULL if the group does not have such a private value. Transfer: full. */
CryptoDh *
crypto_dh_new_from_private (DhGroup group, Slice private_value)
{
  if (!crypto_dh_supported (group) || private_value.len == 0 ||
      (family_of (group) != FAMILY_MODP && private_value.len != private_len (group)))
    return NULL;
  g_autoptr (CryptoDh) dh = g_new0 (CryptoDh, 1);
  dh->group = group;
  dh->private_value = secret_new (private_value.data, private_value.len);
  if (!derive_public (dh))
    return NULL;
  return g_steal_pointer (&dh);
}

/* Every MODP exponent is equally long. The order of ECP-521 has 521 bits of the 528 in its octets. */
static void
trim_private (DhGroup group, uint8_t *private_value)
{
  if (family_of (group) == FAMILY_MODP)
    private_value[0] |= 0x80;
  if (group == DH_ECP_521)
    private_value[0] &= 0x01;
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
  g_assert (len <= sizeof private_value);
  CryptoDh *dh = NULL;
  /* Octets that are no scalar of the group are as likely as a broken random source. */
  for (int i = 0; dh == NULL && i < MAX_DRAWS; i++) {
    random (private_value, len);
    trim_private (group, private_value);
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
  switch (family_of (dh->group)) {
  case FAMILY_MODP: return modp_shared (dh->group, private_value, peer, ret);
  case FAMILY_ECP: return ecp_shared (dh->group, private_value, peer, ret);
  case FAMILY_CURVE25519: return curve25519_shared (private_value, peer, ret);
  case FAMILY_NONE: break;
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
  uint8_t *octets;
  g_autoptr (Secret) shared = secret_new_empty (shared_len (dh->group), &octets);
  if (!derive_shared (dh, peer_public, octets)) {
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_PROTOCOL,
        "The gateway's key exchange value is none of %s", dh_to_string (dh->group));
    return NULL;
  }
  return g_steal_pointer (&shared);
}
