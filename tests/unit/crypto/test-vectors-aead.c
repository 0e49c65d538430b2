/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Wycheproof's AEAD and CBC, and those of the RFCs, through CryptoCipher: sealed and opened, with the nonce
 * cut into the salt, which belongs to the key, and the IV that a packet carries. */
#include <string.h>

#include "crypto/cipher.h"
#include "crypto/prf.h"
#include "support/vectors.h"

#define SALT_LEN 4u
#define IV_LEN 8u
#define BLOCK_LEN 16u

static bool
slice_equal (Slice a, Slice b)
{
  return a.len == b.len && (a.len == 0 || memcmp (a.data, b.data, a.len) == 0);
}

/* An empty slice may have no octets to point to. */
static void
slice_copy (uint8_t *to, Slice from)
{
  if (from.len > 0)
    memcpy (to, from.data, from.len);
}

static CryptoCipher *
aead_new (const Vector *vector, EncrId encr, unsigned int key_bits)
{
  Slice key = vector_octets (vector, "key"), nonce = vector_octets (vector, "iv");
  g_autoptr (GByteArray) key_and_salt = g_byte_array_new ();
  g_byte_array_append (key_and_salt, key.data, (guint) key.len);
  g_byte_array_append (key_and_salt, nonce.data, SALT_LEN);
  g_assert_cmpuint (nonce.len, ==, SALT_LEN + IV_LEN);
  return crypto_cipher_new (encr, key_bits, INTEG_NONE,
      SLICE (key_and_salt->data, key_and_salt->len), SLICE (NULL, 0), NULL);
}

/* Seals and opens; what is accepted is what opens to the message. */
static bool
aead (const Vector *vector, EncrId encr, unsigned int key_bits)
{
  Slice msg = vector_octets (vector, "msg"), ct = vector_octets (vector, "ct");
  Slice aad = vector_octets (vector, "aad"), tag = vector_octets (vector, "tag");
  const uint8_t *iv = vector_octets (vector, "iv").data + SALT_LEN;
  uint8_t icv[CRYPTO_MAX_ICV_LEN];
  g_autoptr (CryptoCipher) cipher = aead_new (vector, encr, key_bits);
  g_assert_nonnull (cipher);
  g_assert_cmpuint (crypto_cipher_icv_len (cipher), ==, tag.len);

  g_autofree uint8_t *data = g_malloc0 (ct.len + 1);
  slice_copy (data, ct);
  bool opened = crypto_cipher_open (cipher, aad, iv, data, ct.len, tag.data) &&
      slice_equal (SLICE (data, ct.len), msg);
  slice_copy (data, msg);
  g_assert_true (crypto_cipher_seal (cipher, aad, iv, data, msg.len, icv));
  bool sealed = slice_equal (SLICE (data, msg.len), ct) && slice_equal (SLICE (icv, tag.len), tag);
  return opened && sealed;
}

static bool
aes_gcm (const Vector *vector)
{
  return aead (vector, ENCR_AES_GCM_16, (unsigned int) vector_number (vector, "keySize"));
}

static bool
chacha20_poly1305 (const Vector *vector)
{
  return aead (vector, ENCR_CHACHA20_POLY1305, 0);
}

/* Pads the message as PKCS#5 does, which CryptoCipher does not. */
static GByteArray *
padded (Slice msg)
{
  GByteArray *octets = g_byte_array_new ();
  uint8_t padding = (uint8_t) (BLOCK_LEN - msg.len % BLOCK_LEN);
  g_byte_array_append (octets, msg.data, (guint) msg.len);
  for (uint8_t i = 0; i < padding; i++)
    g_byte_array_append (octets, &padding, 1);
  return octets;
}

static bool
aes_cbc (const Vector *vector)
{
  static const uint8_t integ_key[32] = { 1 };
  Slice ct = vector_octets (vector, "ct"), iv = vector_octets (vector, "iv");
  uint8_t icv[CRYPTO_MAX_ICV_LEN], mac[CRYPTO_PRF_MAX_LEN];
  g_autoptr (CryptoCipher) cipher = crypto_cipher_new (ENCR_AES_CBC,
      (unsigned int) vector_number (vector, "keySize"), INTEG_HMAC_SHA2_256_128,
      vector_octets (vector, "key"), SLICE (integ_key, sizeof integ_key), NULL);
  g_assert_nonnull (cipher);
  g_autoptr (GByteArray) data = padded (vector_octets (vector, "msg"));
  g_autoptr (GByteArray) message = padded (vector_octets (vector, "msg"));
  g_assert_true (crypto_cipher_seal (cipher, SLICE (NULL, 0), iv.data, data->data, data->len, icv));
  bool sealed = slice_equal (SLICE (data->data, data->len), ct);

  const Slice parts[] = { iv, ct };
  crypto_prf (PRF_HMAC_SHA2_256, SLICE (integ_key, sizeof integ_key), parts, 2, mac);
  g_autofree uint8_t *back = g_memdup2 (ct.data, ct.len);
  bool opened = crypto_cipher_open (cipher, SLICE (NULL, 0), iv.data, back, ct.len, mac) &&
      slice_equal (SLICE (back, ct.len), SLICE (message->data, message->len));
  return sealed && opened;
}

static void
test_aes_gcm (void)
{
  vectors_run ("aes_gcm", aes_gcm, NULL);
}

static void
test_chacha20_poly1305 (void)
{
  vectors_run ("chacha20_poly1305", chacha20_poly1305, NULL);
}

/* The ESP packets of draft-mcgrew-gcm-test-01, which RFC 4106 and RFC 5282 are tested with; with the
 * sequence number in 32 and in 64 bits. */
static void
test_esp_gcm (void)
{
  vectors_run ("draft_mcgrew_gcm", aes_gcm, NULL);
}

static void
test_rfc_7634 (void)
{
  vectors_run ("rfc7634_esp", chacha20_poly1305, NULL);
  vectors_run ("rfc7634_ike", chacha20_poly1305, NULL);
}

static void
test_aes_cbc (void)
{
  vectors_run ("aes_cbc_pkcs5", aes_cbc, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/crypto/vectors-aead/aes-gcm", test_aes_gcm);
  g_test_add_func ("/crypto/vectors-aead/chacha20-poly1305", test_chacha20_poly1305);
  g_test_add_func ("/crypto/vectors-aead/esp-gcm", test_esp_gcm);
  g_test_add_func ("/crypto/vectors-aead/rfc-7634", test_rfc_7634);
  g_test_add_func ("/crypto/vectors-aead/aes-cbc", test_aes_cbc);
  return g_test_run ();
}
