/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ML-KEM-768 as another implementation has it: through CryptoKem, whose random source gives what the
 * vector says, and where a vector has an expanded key, through mlkem768.h. */
#include <string.h>

#include "crypto/kem.h"
#include "crypto/mlkem768.h"
#include "support/vectors.h"

static Slice random_octets;

static void
scripted_random (void *buf, size_t len)
{
  g_assert_cmpuint (random_octets.len, ==, len);
  memcpy (buf, random_octets.data, len);
}

static bool
is (const Vector *vector, const char *field, const void *octets, size_t len)
{
  Slice expected = vector_octets (vector, field);
  return expected.len == len && memcmp (expected.data, octets, len) == 0;
}

static bool
secret_is (const Vector *vector, const char *field, const Secret *secret)
{
  return is (vector, field, secret_slice (secret).data, secret_len (secret));
}

static CryptoKem *
kem_of (const Vector *vector)
{
  random_octets = vector_octets (vector, "seed");
  return crypto_kem_new (scripted_random);
}

static bool
key_pair (const Vector *vector)
{
  uint8_t encaps_key[MLKEM768_ENCAPS_KEY_LEN], decaps_key[MLKEM768_DECAPS_KEY_LEN];
  g_autoptr (CryptoKem) kem = kem_of (vector);
  mlkem768_key_pair (random_octets.data, encaps_key, decaps_key);
  return is (vector, "ek", crypto_kem_public (kem).data, crypto_kem_public (kem).len) &&
      is (vector, "ek", encaps_key, sizeof encaps_key) &&
      is (vector, "dk", decaps_key, sizeof decaps_key);
}

static bool
encapsulate (const Vector *vector)
{
  uint8_t ciphertext[CRYPTO_KEM_CIPHERTEXT_LEN];
  random_octets = vector_octets (vector, "m");
  g_autoptr (Secret) shared =
      crypto_kem_encapsulate (vector_octets (vector, "ek"), scripted_random, ciphertext, NULL);
  return shared != NULL && is (vector, "c", ciphertext, sizeof ciphertext) &&
      secret_is (vector, "K", shared);
}

/* A seed of another length, as Wycheproof has some, cannot be asked of us: we ask for it. */
static bool
decapsulate (const Vector *vector)
{
  if (vector_octets (vector, "seed").len != MLKEM768_SEED_LEN)
    return false;
  g_autoptr (CryptoKem) kem = kem_of (vector);
  g_autoptr (Secret) shared = crypto_kem_decapsulate (kem, vector_octets (vector, "c"), NULL);
  return shared != NULL && secret_is (vector, "K", shared);
}

static bool
decapsulate_expanded (const Vector *vector)
{
  uint8_t shared[MLKEM768_SHARED_LEN];
  Slice decaps_key = vector_octets (vector, "dk"), ciphertext = vector_octets (vector, "c");
  return decaps_key.len == MLKEM768_DECAPS_KEY_LEN && ciphertext.len == MLKEM768_CIPHERTEXT_LEN &&
      mlkem768_decapsulate (decaps_key.data, ciphertext.data, shared) &&
      is (vector, "K", shared, sizeof shared);
}

/* FIPS 203 section 7.2: a key to encapsulate with is taken only if all of its numbers are below q. */
static bool
takes_encaps_key (const Vector *vector)
{
  static const uint8_t message[MLKEM768_MESSAGE_LEN];
  uint8_t ciphertext[CRYPTO_KEM_CIPHERTEXT_LEN];
  random_octets = SLICE (message, sizeof message);
  g_autoptr (Secret) shared =
      crypto_kem_encapsulate (vector_octets (vector, "ek"), scripted_random, ciphertext, NULL);
  return shared != NULL;
}

/* Section 7.3: a key to decapsulate with is taken only if the hash in it is that of the other key in it. */
static bool
takes_decaps_key (const Vector *vector)
{
  static const uint8_t ciphertext[MLKEM768_CIPHERTEXT_LEN];
  uint8_t shared[MLKEM768_SHARED_LEN];
  Slice decaps_key = vector_octets (vector, "dk");
  return decaps_key.len == MLKEM768_DECAPS_KEY_LEN &&
      mlkem768_decapsulate (decaps_key.data, ciphertext, shared);
}

static void
test_key_pair (void)
{
  vectors_run ("mlkem_768_keygen_seed", key_pair, NULL);
}

static void
test_encapsulate (void)
{
  vectors_run ("mlkem_768_encaps", encapsulate, NULL);
}

static void
test_decapsulate (void)
{
  vectors_run ("mlkem_768", decapsulate, NULL);
}

static void
test_decapsulate_expanded (void)
{
  vectors_run ("mlkem_768_semi_expanded_decaps", decapsulate_expanded, NULL);
}

static void
test_encaps_key (void)
{
  vectors_run_foreign ("mlkem_768_encaps_key", takes_encaps_key, NULL);
}

static void
test_decaps_key (void)
{
  vectors_run_foreign ("mlkem_768_decaps_key", takes_decaps_key, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/crypto/vectors-mlkem/key-pair", test_key_pair);
  g_test_add_func ("/crypto/vectors-mlkem/encapsulate", test_encapsulate);
  g_test_add_func ("/crypto/vectors-mlkem/decapsulate", test_decapsulate);
  g_test_add_func ("/crypto/vectors-mlkem/decapsulate-expanded", test_decapsulate_expanded);
  g_test_add_func ("/crypto/vectors-mlkem/encaps-key", test_encaps_key);
  g_test_add_func ("/crypto/vectors-mlkem/decaps-key", test_decaps_key);
  return g_test_run ();
}
