/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Wycheproof's HMAC-SHA2, whole and cut to what integrity transforms carry. */
#include <string.h>

#include "crypto/prf.h"
#include "support/vectors.h"

static bool
hmac (const Vector *vector, PrfId prf)
{
  uint8_t mac[CRYPTO_PRF_MAX_LEN];
  Slice msg = vector_octets (vector, "msg"), tag = vector_octets (vector, "tag");
  g_assert_cmpuint (tag.len, ==, vector_number (vector, "tagSize") / 8);
  g_assert_cmpuint (tag.len, <=, crypto_prf_len (prf));
  crypto_prf (prf, vector_octets (vector, "key"), &msg, 1, mac);
  return memcmp (mac, tag.data, tag.len) == 0;
}

static bool
sha256 (const Vector *vector)
{
  return hmac (vector, PRF_HMAC_SHA2_256);
}

static bool
sha384 (const Vector *vector)
{
  return hmac (vector, PRF_HMAC_SHA2_384);
}

static bool
sha512 (const Vector *vector)
{
  return hmac (vector, PRF_HMAC_SHA2_512);
}

static void
test_sha256 (void)
{
  vectors_run ("hmac_sha256", sha256, NULL);
}

static void
test_sha384 (void)
{
  vectors_run ("hmac_sha384", sha384, NULL);
}

static void
test_sha512 (void)
{
  vectors_run ("hmac_sha512", sha512, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/crypto/vectors-mac/hmac-sha256", test_sha256);
  g_test_add_func ("/crypto/vectors-mac/hmac-sha384", test_sha384);
  g_test_add_func ("/crypto/vectors-mac/hmac-sha512", test_sha512);
  return g_test_run ();
}
