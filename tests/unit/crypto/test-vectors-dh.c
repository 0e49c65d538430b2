/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Wycheproof's ECDH and X25519 through CryptoDh, with the public value as a KE payload has it. */
#include <string.h>

#include "crypto/dh.h"
#include "support/vectors.h"

#define UNCOMPRESSED 4
#define MAX_COORDINATE_LEN 66

static bool
shared_is (DhGroup group, Slice private_value, Slice public, Slice expected)
{
  g_autoptr (CryptoDh) dh = crypto_dh_new_from_private (group, private_value);
  g_assert_nonnull (dh);
  g_autoptr (Secret) shared = crypto_dh_shared (dh, public, NULL);
  if (shared == NULL)
    return false;
  Slice got = secret_slice (shared);
  return got.len == expected.len && memcmp (got.data, expected.data, got.len) == 0;
}

/* The vectors write a private value with as many zeros in front as they like. */
static Slice
exactly (Slice number, size_t len, uint8_t ret_octets[static MAX_COORDINATE_LEN])
{
  memset (ret_octets, 0, MAX_COORDINATE_LEN);
  while (number.len > len) {
    g_assert_cmpuint (number.data[0], ==, 0);
    number = SLICE (number.data + 1, number.len - 1);
  }
  memcpy (ret_octets + len - number.len, number.data, number.len);
  return SLICE (ret_octets, len);
}

/* A KE payload has no octet in front that says how the point is written (RFC 5903 section 7): what is
 * not written as there reaches us whole. */
static bool
ecp (const Vector *vector, DhGroup group)
{
  uint8_t private_value[MAX_COORDINATE_LEN];
  size_t len = crypto_dh_public_len (group) / 2;
  Slice public = vector_octets (vector, "public");
  if (public.len > 0 && public.data[0] == UNCOMPRESSED)
  public = SLICE (public.data + 1, public.len - 1);
  return shared_is (group, exactly (vector_octets (vector, "private"), len, private_value), public,
      vector_octets (vector, "shared"));
}

static bool
ecp_256 (const Vector *vector)
{
  return ecp (vector, DH_ECP_256);
}

static bool
ecp_384 (const Vector *vector)
{
  return ecp (vector, DH_ECP_384);
}

static bool
ecp_521 (const Vector *vector)
{
  return ecp (vector, DH_ECP_521);
}

static bool
curve25519 (const Vector *vector)
{
  return shared_is (DH_CURVE25519, vector_octets (vector, "private"),
      vector_octets (vector, "public"), vector_octets (vector, "shared"));
}

/* RFC 5903 knows no compressed point. */
static VectorVerdict
ecp_exception (const Vector *vector)
{
  return vector_has_flag (vector, "CompressedPoint") ? VECTOR_MUST_BE_REFUSED
                                                     : VECTOR_AS_THE_FILE_SAYS;
}

/* RFC 8031 section 5 refuses an all-zero secret; whatever leads to another is taken, as RFC 7748 has
 * it. */
static VectorVerdict
curve25519_exception (const Vector *vector)
{
  return vector_has_flag (vector, "ZeroSharedSecret") ? VECTOR_MUST_BE_REFUSED
                                                      : VECTOR_MUST_BE_ACCEPTED;
}

static void
test_ecp_256 (void)
{
  vectors_run ("ecdh_secp256r1_ecpoint", ecp_256, ecp_exception);
}

static void
test_ecp_384 (void)
{
  vectors_run ("ecdh_secp384r1_ecpoint", ecp_384, ecp_exception);
}

static void
test_ecp_521 (void)
{
  vectors_run ("ecdh_secp521r1_ecpoint", ecp_521, ecp_exception);
}

static void
test_curve25519 (void)
{
  vectors_run ("x25519", curve25519, curve25519_exception);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/crypto/vectors-dh/ecp-256", test_ecp_256);
  g_test_add_func ("/crypto/vectors-dh/ecp-384", test_ecp_384);
  g_test_add_func ("/crypto/vectors-dh/ecp-521", test_ecp_521);
  g_test_add_func ("/crypto/vectors-dh/curve25519", test_curve25519);
  return g_test_run ();
}
