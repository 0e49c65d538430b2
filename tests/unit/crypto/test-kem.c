/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Both sides of a key encapsulation, and what is refused. */
#include <string.h>

#include "base/error.h"
#include "crypto/kem.h"
#include "support/hex.h"

static Secret *
encapsulate (Slice public, uint8_t *ret_ciphertext)
{
  g_autoptr (GError) error = NULL;
  Secret *shared = crypto_kem_encapsulate (public, crypto_random, ret_ciphertext, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (secret_len (shared), ==, 32);
  return shared;
}

static Secret *
decapsulate (const CryptoKem *kem, const uint8_t *ciphertext)
{
  g_autoptr (GError) error = NULL;
  Secret *shared =
      crypto_kem_decapsulate (kem, SLICE (ciphertext, CRYPTO_KEM_CIPHERTEXT_LEN), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (secret_len (shared), ==, 32);
  return shared;
}

static void
test_both_sides_agree (void)
{
  for (int i = 0; i < 20; i++) {
    uint8_t ciphertext[CRYPTO_KEM_CIPHERTEXT_LEN];
    g_autoptr (CryptoKem) kem = crypto_kem_new (crypto_random);
    g_assert_cmpuint (crypto_kem_public (kem).len, ==, 1184);
    g_autoptr (Secret) theirs = encapsulate (crypto_kem_public (kem), ciphertext);
    g_autoptr (Secret) ours = decapsulate (kem, ciphertext);
    g_assert_true (secret_equal (ours, theirs));
  }
}

/* Each key pair and each encapsulation is its own. */
static void
test_fresh (void)
{
  uint8_t one[CRYPTO_KEM_CIPHERTEXT_LEN], other[CRYPTO_KEM_CIPHERTEXT_LEN];
  g_autoptr (CryptoKem) a = crypto_kem_new (crypto_random);
  g_autoptr (CryptoKem) b = crypto_kem_new (crypto_random);
  g_assert_cmpint (memcmp (crypto_kem_public (a).data, crypto_kem_public (b).data, 1184), !=, 0);
  g_autoptr (Secret) first = encapsulate (crypto_kem_public (a), one);
  g_autoptr (Secret) second = encapsulate (crypto_kem_public (a), other);
  g_assert_cmpint (memcmp (one, other, sizeof one), !=, 0);
  g_assert_false (secret_equal (first, second));
}

/* A false ciphertext leads to another secret, the same each time, and to no error. */
static void
test_false_ciphertext (void)
{
  uint8_t ciphertext[CRYPTO_KEM_CIPHERTEXT_LEN];
  g_autoptr (CryptoKem) kem = crypto_kem_new (crypto_random);
  g_autoptr (Secret) theirs = encapsulate (crypto_kem_public (kem), ciphertext);
  ciphertext[CRYPTO_KEM_CIPHERTEXT_LEN - 1] ^= 0x80;
  g_autoptr (Secret) once = decapsulate (kem, ciphertext);
  g_autoptr (Secret) twice = decapsulate (kem, ciphertext);
  g_assert_false (secret_equal (once, theirs));
  g_assert_true (secret_equal (once, twice));
}

static void
test_ciphertext_lengths (void)
{
  static const uint8_t zeros[2 * CRYPTO_KEM_CIPHERTEXT_LEN] = { 0 };
  static const size_t lengths[] = { 0, 1, 32, 1087, 1089, 1184, sizeof zeros };
  g_autoptr (CryptoKem) kem = crypto_kem_new (crypto_random);
  for (size_t i = 0; i < G_N_ELEMENTS (lengths); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (crypto_kem_decapsulate (kem, SLICE (zeros, lengths[i]), &error));
    g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_PROTOCOL);
  }
}

static void
assert_no_public (Slice public)
{
  uint8_t ciphertext[CRYPTO_KEM_CIPHERTEXT_LEN];
  g_autoptr (GError) error = NULL;
  g_assert_null (crypto_kem_encapsulate (public, crypto_random, ciphertext, &error));
  g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_PROTOCOL);
}

/* A public key of another length, and one whose first, last or any other coefficient is q or more. */
static void
test_public_keys (void)
{
  g_autoptr (CryptoKem) kem = crypto_kem_new (crypto_random);
  uint8_t public[CRYPTO_KEM_PUBLIC_LEN + 1] = { 0 };
  memcpy (public, crypto_kem_public (kem).data, CRYPTO_KEM_PUBLIC_LEN);
  assert_no_public (SLICE (public, 0));
  assert_no_public (SLICE (public, CRYPTO_KEM_PUBLIC_LEN - 1));
  assert_no_public (SLICE (public, CRYPTO_KEM_PUBLIC_LEN + 1));
  static const uint16_t too_large[] = { 3329, 3330, 4095 };
  for (size_t i = 0; i < 3 * 256; i++) {
    uint8_t *pair = public + i / 2 * 3, kept[3];
    memcpy (kept, pair, sizeof kept);
    uint16_t value = too_large[i % G_N_ELEMENTS (too_large)];
    if (i % 2 == 0) {
      pair[0] = (uint8_t) value;
      pair[1] = (uint8_t) ((pair[1] & 0xf0) | value >> 8);
    } else {
      pair[1] = (uint8_t) ((pair[1] & 0x0f) | (value & 0x0f) << 4);
      pair[2] = (uint8_t) (value >> 4);
    }
    assert_no_public (SLICE (public, CRYPTO_KEM_PUBLIC_LEN));
    memcpy (pair, kept, sizeof kept);
  }
  uint8_t ciphertext[CRYPTO_KEM_CIPHERTEXT_LEN];
  g_autoptr (Secret) shared = encapsulate (SLICE (public, CRYPTO_KEM_PUBLIC_LEN), ciphertext);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/crypto/kem/both-sides-agree", test_both_sides_agree);
  g_test_add_func ("/crypto/kem/fresh", test_fresh);
  g_test_add_func ("/crypto/kem/false-ciphertext", test_false_ciphertext);
  g_test_add_func ("/crypto/kem/ciphertext-lengths", test_ciphertext_lengths);
  g_test_add_func ("/crypto/kem/public-keys", test_public_keys);
  return g_test_run ();
}
