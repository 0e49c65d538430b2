/* SPDX-License-Identifier: GPL-2.0-or-later */
/* HMAC-SHA2 by RFC 4231, prf+ by the key schedules of recorded sessions. */
#include <string.h>

#include "crypto/prf.h"
#include "support/golden.h"
#include "support/hex.h"

typedef struct {
  const char *key, *data, *sha256, *sha384, *sha512;
} HmacCase;

static const HmacCase hmac_cases[] = {
  /* RFC 4231 section 4.2 */
  { "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "4869205468657265",
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
      "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59c"
      "faea9ea9076ede7f4af152e8b2fa9cb6",
      "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde"
      "daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854" },
  /* 4.3: a key shorter than the output */
  { "4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
      "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e"
      "8e2240ca5e69e2c78b3239ecfab21649",
      "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
      "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737" },
  /* 4.4 */
  { "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
      "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"
      "dddddddddddddddddddddddddddddddd",
      "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
      "88062608d3e6ad8a0aa2ace014c8a86f0aa635d947ac9febe83ef4e55966144b"
      "2a5ab39dc13814b94e3ab6e101a34f27",
      "fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39"
      "bf3e848279a722c806b485a47e67c807b946a337bee8942674278859e13292fb" },
};

static void
test_hmac (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (hmac_cases); i++) {
    const HmacCase *c = &hmac_cases[i];
    Slice key = hex_slice (c->key), data = hex_slice (c->data);
    uint8_t mac[CRYPTO_PRF_MAX_LEN];
    crypto_prf (PRF_HMAC_SHA2_256, key, &data, 1, mac);
    assert_slice_is_hex (SLICE (mac, 32), c->sha256);
    crypto_prf (PRF_HMAC_SHA2_384, key, &data, 1, mac);
    assert_slice_is_hex (SLICE (mac, 48), c->sha384);
    crypto_prf (PRF_HMAC_SHA2_512, key, &data, 1, mac);
    assert_slice_is_hex (SLICE (mac, 64), c->sha512);
  }
}

/* RFC 4231 section 4.7: a key longer than the block of the hash. */
static void
test_hmac_long_key (void)
{
  uint8_t key[131], mac[CRYPTO_PRF_MAX_LEN];
  memset (key, 0xaa, sizeof key);
  static const char text[] = "Test Using Larger Than Block-Size Key - Hash Key First";
  Slice data = SLICE ((const uint8_t *) text, sizeof text - 1);
  crypto_prf (PRF_HMAC_SHA2_256, SLICE (key, sizeof key), &data, 1, mac);
  assert_slice_is_hex (
      SLICE (mac, 32), "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  crypto_prf (PRF_HMAC_SHA2_384, SLICE (key, sizeof key), &data, 1, mac);
  assert_slice_is_hex (SLICE (mac, 48),
      "4ece084485813e9088d2c63a041bc5b44f9ef1012a2b588f3cd11f05033ac4c6"
      "0c2ef6ab4030fe8296248df163f44952");
  crypto_prf (PRF_HMAC_SHA2_512, SLICE (key, sizeof key), &data, 1, mac);
  assert_slice_is_hex (SLICE (mac, 64),
      "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"
      "6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598");
}

/* However the input is cut, the result is the same; empty parts and an empty key are allowed. */
static void
test_parts (void)
{
  static const uint8_t text[] = "abcdefgh";
  const Slice whole[] = { SLICE (text, 8) };
  const Slice parts[] = { SLICE (NULL, 0), SLICE (text, 3), SLICE (text + 3, 0),
    SLICE (text + 3, 5) };
  uint8_t a[32], b[32];
  crypto_prf (PRF_HMAC_SHA2_256, SLICE (NULL, 0), whole, 1, a);
  crypto_prf (PRF_HMAC_SHA2_256, SLICE (NULL, 0), parts, 4, b);
  g_assert_cmpmem (a, 32, b, 32);
  g_autoptr (Secret) secret = crypto_prf_secret (PRF_HMAC_SHA2_256, SLICE (NULL, 0), parts, 4);
  g_assert_cmpmem (a, 32, secret_slice (secret).data, secret_len (secret));
}

static void
test_lengths (void)
{
  g_assert_cmpuint (crypto_prf_len (PRF_HMAC_SHA2_256), ==, 32);
  g_assert_cmpuint (crypto_prf_len (PRF_HMAC_SHA2_384), ==, 48);
  g_assert_cmpuint (crypto_prf_len (PRF_HMAC_SHA2_512), ==, 64);
  unsigned int n = 0;
  for (unsigned int id = 0; id <= 0xffff; id++)
    n += crypto_prf_len ((PrfId) id) > 0;
  g_assert_cmpuint (n, ==, 3);
}

/* The nonce is the first payload of type 40 of an IKE_SA_INIT message. */
static Slice
nonce_of (Slice message)
{
  uint8_t type = message.data[16];
  for (size_t at = 28; type != 0;) {
    const uint8_t *header = message.data + at;
    size_t len = (size_t) header[2] << 8 | header[3];
    if (type == 40)
      return SLICE (header + 4, len - 4);
    type = header[0];
    at += len;
  }
  g_error ("No nonce in this message");
}

/* SKEYSEED and SK_* (RFC 7296 section 2.14), and the keys of the first CHILD_SA (2.17). */
static void
test_key_schedule (const void *data)
{
  const char *name = data;
  g_autoptr (Golden) golden = golden_open (name);
  PrfId prf = strcmp (name, "psk") == 0 ? PRF_HMAC_SHA2_384 : PRF_HMAC_SHA2_256;
  Slice request = golden_ike (golden, true, 34, 0).body;
  Slice response = golden_ike (golden, false, 34, 0).body;
  Slice ni = nonce_of (request), nr = nonce_of (response);
  uint8_t nonces[512];
  memcpy (nonces, ni.data, ni.len);
  memcpy (nonces + ni.len, nr.data, nr.len);
  Slice both = SLICE (nonces, ni.len + nr.len), dh = golden_secret (golden, "dh", 0);

  g_autoptr (Secret) skeyseed = crypto_prf_secret (prf, both, &dh, 1);
  Slice want = golden_secret (golden, "skeyseed", 0);
  g_assert_cmpmem (secret_slice (skeyseed).data, secret_len (skeyseed), want.data, want.len);

  static const char *const order[] = { "sk-d", "sk-ai", "sk-ar", "sk-ei", "sk-er", "sk-pi",
    "sk-pr" };
  g_autoptr (GByteArray) keys = g_byte_array_new ();
  for (size_t i = 0; i < G_N_ELEMENTS (order); i++) {
    if (golden_n_secrets (golden, order[i]) == 0)
      continue;
    Slice key = golden_secret (golden, order[i], 0);
    g_byte_array_append (keys, key.data, (guint) key.len);
  }
  const Slice seed[] = { both, SLICE (response.data, 16) };
  g_autoptr (Secret) stream = crypto_prf_plus (prf, secret_slice (skeyseed), seed, 2, keys->len);
  g_assert_cmpmem (secret_slice (stream).data, secret_len (stream), keys->data, keys->len);

  Slice child = golden_secret (golden, "child-encr-i", 0);
  g_autoptr (Secret) keymat =
      crypto_prf_plus (prf, golden_secret (golden, "sk-d", 0), &both, 1, child.len);
  g_assert_cmpmem (secret_slice (keymat).data, secret_len (keymat), child.data, child.len);
}

/* The counter of prf+ is one octet: the longest output uses all of it. */
static void
test_prf_plus_limit (void)
{
  static const uint8_t key[32];
  Slice seed = SLICE (key, sizeof key);
  g_autoptr (Secret) longest = crypto_prf_plus (PRF_HMAC_SHA2_256, seed, &seed, 1, 255 * 32);
  g_autoptr (Secret) shorter = crypto_prf_plus (PRF_HMAC_SHA2_256, seed, &seed, 1, 77);
  g_assert_cmpmem (secret_slice (longest).data, 77, secret_slice (shorter).data, 77);
  g_autoptr (Secret) nothing = crypto_prf_plus (PRF_HMAC_SHA2_256, seed, &seed, 1, 0);
  g_assert_cmpuint (secret_len (nothing), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/prf/hmac", test_hmac);
  g_test_add_func ("/prf/hmac-long-key", test_hmac_long_key);
  g_test_add_func ("/prf/parts", test_parts);
  g_test_add_func ("/prf/lengths", test_lengths);
  g_test_add_data_func ("/prf/key-schedule/psk", "psk", test_key_schedule);
  g_test_add_data_func ("/prf/key-schedule/cert", "cert", test_key_schedule);
  g_test_add_data_func ("/prf/key-schedule/eap", "eap", test_key_schedule);
  g_test_add_func ("/prf/plus-limit", test_prf_plus_limit);
  return g_test_run ();
}
