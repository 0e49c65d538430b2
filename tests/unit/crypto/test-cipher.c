/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ciphers against published vectors and recorded messages, and everything that must not open. */
#include <string.h>

#include "base/error.h"
#include "crypto/cipher.h"
#include "support/golden.h"
#include "support/hex.h"

#define MAX_TEXT 256

typedef struct {
  const char *name;
  EncrId encr;
  unsigned int key_bits;
  IntegId integ;
  const char *encr_key, *integ_key, *aad, *iv, *plain, *sealed, *icv;
} Case;

#define GCM_PLAIN \
  "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b5" \
  "25b16aedf5aa0de657ba637b39"
#define CBC_PLAIN \
  "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52" \
  "eff69f2445df4f9b17ad2b417be66c3710"
#define CBC_128_SEALED \
  "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b273bed6b8e3c1743b7116e69e222295" \
  "163ff1caa1681fac09120eca307586e1a7"
#define CBC_256_SEALED \
  "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d39f23369a9d9bacfa530e263042314" \
  "61b2eb05e2c39be9fcda6c19078c6a9d1b"
#define CBC_256_KEY "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4"
#define INTEG_KEY "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define INTEG_KEY_384 INTEG_KEY "202122232425262728292a2b2c2d2e2f"
#define INTEG_KEY_512 INTEG_KEY_384 "303132333435363738393a3b3c3d3e3f"

/* AES-GCM: test cases 4 and 16 of "The Galois/Counter Mode of Operation"; the first four octets of
 * their nonce are our salt. AES-CBC: NIST SP 800-38A sections F.2.1 and F.2.5; the ICV is computed
 * with another library. ChaCha20-Poly1305: RFC 7634 appendix A. */
static const Case cases[] = {
  { "gcm-128", ENCR_AES_GCM_16, 128, INTEG_NONE, "feffe9928665731c6d6a8f9467308308cafebabe", "",
      "feedfacedeadbeeffeedfacedeadbeefabaddad2", "facedbaddecaf888", GCM_PLAIN,
      "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84"
      "aa051ba30b396a0aac973d58e091",
      "5bc94fbc3221a5db94fae95ae7121a47" },
  { "gcm-256", ENCR_AES_GCM_16, 256, INTEG_NONE,
      "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308cafebabe", "",
      "feedfacedeadbeeffeedfacedeadbeefabaddad2", "facedbaddecaf888", GCM_PLAIN,
      "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b105682"
      "8838c5f61e6393ba7a0abcc9f662",
      "76fc6ece0f4e1768cddf8853bb2d551b" },
  { "cbc-128", ENCR_AES_CBC, 128, INTEG_HMAC_SHA2_256_128, "2b7e151628aed2a6abf7158809cf4f3c",
      INTEG_KEY, "0011223344556677", "000102030405060708090a0b0c0d0e0f", CBC_PLAIN, CBC_128_SEALED,
      "2a0e177ed31a6780f51960c535338249" },
  { "cbc-256", ENCR_AES_CBC, 256, INTEG_HMAC_SHA2_256_128, CBC_256_KEY, INTEG_KEY,
      "0011223344556677", "000102030405060708090a0b0c0d0e0f", CBC_PLAIN, CBC_256_SEALED,
      "105006ba665922ba571c1eec8afa896b" },
  { "cbc-128-sha384", ENCR_AES_CBC, 128, INTEG_HMAC_SHA2_384_192,
      "2b7e151628aed2a6abf7158809cf4f3c", INTEG_KEY_384, "0011223344556677",
      "000102030405060708090a0b0c0d0e0f", CBC_PLAIN, CBC_128_SEALED,
      "358fb2ef2213e96c360e2cf3ea2663a9970b6fa9265c2a63" },
  { "cbc-256-sha384", ENCR_AES_CBC, 256, INTEG_HMAC_SHA2_384_192, CBC_256_KEY, INTEG_KEY_384,
      "0011223344556677", "000102030405060708090a0b0c0d0e0f", CBC_PLAIN, CBC_256_SEALED,
      "9bd4467402dd2d3fc977e4d27ebc5495275ceb4961b920a1" },
  { "cbc-256-sha512", ENCR_AES_CBC, 256, INTEG_HMAC_SHA2_512_256, CBC_256_KEY, INTEG_KEY_512,
      "0011223344556677", "000102030405060708090a0b0c0d0e0f", CBC_PLAIN, CBC_256_SEALED,
      "08c94521cfc828a43b7d9dc97659e5facf6a8bdcffadeaef6f7f4647aececcb2" },
  { "chacha20-poly1305", ENCR_CHACHA20_POLY1305, 0, INTEG_NONE,
      "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3", "",
      "0102030400000005", "1011121314151617",
      "45000054a6f200004001e778c6336405c000020508005b7a3a080000553bec100007362708090a0b0c0d0e0f1011"
      "12"
      "131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435363701020204",
      "24039428b97f417e3c13753a4f05087b67c352e6a7fab1b982d466ef407ae5c614ee8099d52844eb61aa95dfab4c"
      "02"
      "f72aa71e7c4c4f64c9befe2facc638e8f3cbec163fac469b502773f6fb94e664da9165b82829f641e0",
      "76aaa8266b7fb0f7b11b369907e1ad43" },
};

static CryptoCipher *
cipher_of (const Case *c)
{
  g_autoptr (GError) error = NULL;
  CryptoCipher *cipher = crypto_cipher_new (
      c->encr, c->key_bits, c->integ, hex_slice (c->encr_key), hex_slice (c->integ_key), &error);
  g_assert_no_error (error);
  return cipher;
}

static void
test_vector (const void *data)
{
  const Case *c = data;
  g_autoptr (CryptoCipher) cipher = cipher_of (c);
  Slice plain = hex_slice (c->plain), aad = hex_slice (c->aad), iv = hex_slice (c->iv);
  uint8_t text[MAX_TEXT], icv[CRYPTO_MAX_ICV_LEN];
  g_assert_cmpuint (iv.len, ==, crypto_cipher_iv_len (cipher));
  /* Twice, because a context that is used again must not remember the first time. */
  for (int i = 0; i < 2; i++) {
    memcpy (text, plain.data, plain.len);
    g_assert_true (crypto_cipher_seal (cipher, aad, iv.data, text, plain.len, icv));
    assert_slice_is_hex (SLICE (text, plain.len), c->sealed);
    assert_slice_is_hex (SLICE (icv, crypto_cipher_icv_len (cipher)), c->icv);
    g_assert_true (crypto_cipher_open (cipher, aad, iv.data, text, plain.len, icv));
    assert_slice_is_hex (SLICE (text, plain.len), c->plain);
  }
}

/* Each single bit of AAD, IV, ciphertext and ICV is authenticated, and the cipher still works after a
 * refusal. */
static void
test_every_bit (const void *data)
{
  const Case *c = data;
  g_autoptr (CryptoCipher) cipher = cipher_of (c);
  uint8_t packet[MAX_TEXT], copy[MAX_TEXT];
  Slice parts[] = { hex_slice (c->aad), hex_slice (c->iv), hex_slice (c->sealed),
    hex_slice (c->icv) };
  size_t at[G_N_ELEMENTS (parts)], len = 0;
  for (size_t i = 0; i < G_N_ELEMENTS (parts); i++) {
    at[i] = len;
    memcpy (packet + len, parts[i].data, parts[i].len);
    len += parts[i].len;
  }
  for (size_t bit = 0; bit <= 8 * len; bit++) {
    memcpy (copy, packet, len);
    if (bit < 8 * len)
      copy[bit / 8] ^= (uint8_t) (1u << bit % 8);
    bool opened = crypto_cipher_open (cipher, SLICE (copy + at[0], parts[0].len), copy + at[1],
        copy + at[2], parts[2].len, copy + at[3]);
    g_assert_true (opened == (bit == 8 * len));
  }
}

/* CBC takes whole blocks only, and at least one; nothing is decrypted before the ICV is right. */
static void
test_cbc_lengths (void)
{
  g_autoptr (CryptoCipher) cipher = cipher_of (&cases[3]);
  uint8_t text[48] = { 0 }, before[48], iv[16] = { 0 }, icv[CRYPTO_MAX_ICV_LEN] = { 0 };
  for (size_t len = 0; len <= sizeof text; len++) {
    bool fits = len > 0 && len % 16 == 0;
    g_assert_true (crypto_cipher_seal (cipher, SLICE (NULL, 0), iv, text, len, icv) == fits);
    memcpy (before, text, sizeof text);
    icv[3] ^= 1;
    g_assert_false (crypto_cipher_open (cipher, SLICE (NULL, 0), iv, text, len, icv));
    g_assert_cmpmem (before, sizeof before, text, sizeof text);
  }
}

/* An AEAD seals any length, nothing included. */
static void
test_aead_lengths (const void *data)
{
  g_autoptr (CryptoCipher) cipher = cipher_of (data);
  uint8_t text[70], iv[8] = { 0 }, icv[CRYPTO_MAX_ICV_LEN];
  for (size_t len = 0; len <= sizeof text; len++) {
    memset (text, 0x5a, sizeof text);
    crypto_cipher_make_iv (cipher, len, iv);
    g_assert_true (crypto_cipher_seal (cipher, SLICE (NULL, 0), iv, text, len, icv));
    g_assert_true (crypto_cipher_open (cipher, SLICE (NULL, 0), iv, text, len, icv));
    for (size_t i = 0; i < sizeof text; i++)
      g_assert_cmphex (text[i], ==, 0x5a);
  }
}

/* An IV is the counter for GCM, and for CBC the counter's block as the key enciphers it: different for
 * each counter, the same for the same. */
static void
test_iv (void)
{
  g_autoptr (CryptoCipher) gcm = cipher_of (&cases[0]);
  uint8_t iv[CRYPTO_MAX_IV_LEN], again[CRYPTO_MAX_IV_LEN];
  crypto_cipher_make_iv (gcm, 0x0102030405060708u, iv);
  assert_slice_is_hex (SLICE (iv, 8), "0102030405060708");

  g_autoptr (CryptoCipher) cbc = cipher_of (&cases[2]);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (uint64_t n = 0; n < 1000; n++) {
    crypto_cipher_make_iv (cbc, n, iv);
    crypto_cipher_make_iv (cbc, n, again);
    g_assert_cmpmem (iv, 16, again, 16);
    g_assert_true (g_hash_table_add (seen, hex_from (SLICE (iv, 16))));
  }
}

/* A tail is under the MAC, behind the ciphertext; the ICV is computed with another library. An AEAD has
 * no place for one. */
static void
test_tail (void)
{
  static const uint8_t octets[] = { 0, 0, 0, 1 };
  const Slice tail = SLICE (octets, sizeof octets), none = SLICE (NULL, 0);
  const Case *c = &cases[3];
  g_autoptr (CryptoCipher) cbc = cipher_of (c);
  Slice plain = hex_slice (c->plain), aad = hex_slice (c->aad), iv = hex_slice (c->iv);
  uint8_t text[MAX_TEXT], icv[CRYPTO_MAX_ICV_LEN];
  memcpy (text, plain.data, plain.len);
  g_assert_true (crypto_cipher_seal_with_tail (cbc, aad, tail, iv.data, text, plain.len, icv));
  assert_slice_is_hex (SLICE (text, plain.len), c->sealed);
  assert_slice_is_hex (SLICE (icv, 16), "417c0e97d685f1cfd4966fa9e3a532b3");
  g_assert_false (crypto_cipher_open (cbc, aad, iv.data, text, plain.len, icv));
  g_assert_true (crypto_cipher_open_with_tail (cbc, aad, tail, iv.data, text, plain.len, icv));
  assert_slice_is_hex (SLICE (text, plain.len), c->plain);

  g_autoptr (CryptoCipher) gcm = cipher_of (&cases[1]);
  g_assert_false (crypto_cipher_seal_with_tail (gcm, aad, tail, iv.data, text, plain.len, icv));
  g_assert_true (crypto_cipher_seal_with_tail (gcm, aad, none, iv.data, text, plain.len, icv));
  g_assert_false (crypto_cipher_open_with_tail (gcm, aad, tail, iv.data, text, plain.len, icv));
}

static void
test_unsupported (void)
{
  static const struct {
    EncrId encr;
    unsigned int key_bits;
    IntegId integ;
    size_t encr_len, integ_len;
  } rows[] = {
    { ENCR_NONE, 128, INTEG_HMAC_SHA2_256_128, 16, 32 },
    { (EncrId) 3, 192, INTEG_HMAC_SHA2_256_128, 24, 32 }, /* 3DES */
    { (EncrId) 11, 0, INTEG_HMAC_SHA2_256_128, 0, 32 }, /* NULL */
    { ENCR_AES_CBC, 128, INTEG_NONE, 16, 0 }, /* no integrity */
    { ENCR_AES_CBC, 128, (IntegId) 2, 16, 20 }, /* SHA-1 */
    { ENCR_AES_CBC, 192, INTEG_HMAC_SHA2_256_128, 24, 32 },
    { ENCR_AES_CBC, 0, INTEG_HMAC_SHA2_256_128, 0, 32 },
    { ENCR_AES_GCM_16, 256, INTEG_HMAC_SHA2_256_128, 36, 32 }, /* an AEAD has its own */
    { ENCR_AES_GCM_16, 0, INTEG_NONE, 4, 0 },
    { ENCR_AES_GCM_16, 256, INTEG_NONE, 32, 0 }, /* no salt */
    { ENCR_AES_GCM_16, 256, INTEG_NONE, 37, 0 },
    { ENCR_AES_GCM_16, 256, INTEG_NONE, 0, 0 },
    { ENCR_CHACHA20_POLY1305, 256, INTEG_NONE, 36, 0 }, /* RFC 7634: no Key Length */
    { ENCR_CHACHA20_POLY1305, 0, INTEG_NONE, 32, 0 },
    { ENCR_CHACHA20_POLY1305, 0, INTEG_HMAC_SHA2_256_128, 36, 32 },
    { ENCR_AES_CBC, 256, INTEG_HMAC_SHA2_384_192, 32, 32 },
    { ENCR_AES_CBC, 256, INTEG_HMAC_SHA2_512_256, 32, 32 },
    { ENCR_AES_CBC, 256, INTEG_HMAC_SHA2_256_128, 32, 31 },
    { ENCR_AES_CBC, 256, INTEG_HMAC_SHA2_256_128, 16, 32 },
  };
  static const uint8_t key[64];
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (crypto_cipher_new (rows[i].encr, rows[i].key_bits, rows[i].integ,
        SLICE (key, rows[i].encr_len), SLICE (key, rows[i].integ_len), &error));
    g_assert_nonnull (error);
  }
}

/* The first encrypted message of each recorded session, by the SK_e and SK_a that charon logged. The
 * SK payload follows the header at once: IV at 32, ICV last; CBC has its MAC over everything before. */
static void
test_recorded (const void *data)
{
  const char *name = data;
  g_autoptr (Golden) golden = golden_open (name);
  Slice message = golden_ike (golden, true, 35, 1).body;
  bool cbc = golden_n_secrets (golden, "sk-ai") > 0;
  Slice key = golden_secret (golden, "sk-ei", 0);
  g_autoptr (GError) error = NULL;
  g_autoptr (CryptoCipher) cipher = crypto_cipher_new (cbc ? ENCR_AES_CBC : ENCR_AES_GCM_16,
      (unsigned int) (8 * (cbc ? key.len : key.len - 4)),
      cbc ? INTEG_HMAC_SHA2_256_128 : INTEG_NONE, key,
      cbc ? golden_secret (golden, "sk-ai", 0) : SLICE (NULL, 0), &error);
  g_assert_no_error (error);
  uint8_t copy[2048];
  g_assert_cmpuint (message.len, <, sizeof copy);
  memcpy (copy, message.data, message.len);
  size_t from = 32 + crypto_cipher_iv_len (cipher);
  size_t len = message.len - from - crypto_cipher_icv_len (cipher);
  g_assert_true (crypto_cipher_open (
      cipher, SLICE (copy, 32), copy + 32, copy + from, len, copy + from + len));
  /* The first payload inside is an IDi, whose length ends before the message does. */
  g_assert_cmpuint (copy[28], ==, 35);
  size_t id_len = (size_t) copy[from + 2] << 8 | copy[from + 3];
  Slice id = golden_secret (golden, "auth-id", strcmp (name, "eap") == 0 ? 1 : 0);
  g_assert_cmpmem (copy + from + 4, id_len - 4, id.data, id.len);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *vector = g_strconcat ("/cipher/vector/", cases[i].name, NULL);
    g_autofree char *bits = g_strconcat ("/cipher/every-bit/", cases[i].name, NULL);
    g_test_add_data_func (vector, &cases[i], test_vector);
    g_test_add_data_func (bits, &cases[i], test_every_bit);
    if (cases[i].integ != INTEG_NONE)
      continue;
    g_autofree char *lengths = g_strconcat ("/cipher/aead-lengths/", cases[i].name, NULL);
    g_test_add_data_func (lengths, &cases[i], test_aead_lengths);
  }
  g_test_add_func ("/cipher/cbc-lengths", test_cbc_lengths);
  g_test_add_func ("/cipher/tail", test_tail);
  g_test_add_func ("/cipher/iv", test_iv);
  g_test_add_func ("/cipher/unsupported", test_unsupported);
  g_test_add_data_func ("/cipher/recorded/psk", "psk", test_recorded);
  g_test_add_data_func ("/cipher/recorded/cert", "cert", test_recorded);
  g_test_add_data_func ("/cipher/recorded/eap", "eap", test_recorded);
  return g_test_run ();
}
