/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ML-KEM-768 below its face: its hash and its ring against their definitions, and the whole of it
 * against the digest of a hundred runs that other implementations agree on. */
#include <nettle/sha3.h>
#include <string.h>

#include "crypto/mlkem-ring.h"
#include "crypto/mlkem768.h"
#include "crypto/shake128.h"
#include "support/hex.h"

/* Output that goes over several blocks, of messages that do so, in pieces: as SHAKE128 of other
 * libraries has it. */
static void
test_shake128 (void)
{
  static const struct {
    size_t message_len, output_at;
    const char *output;
  } cases[] = {
    { 0, 0, "7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26" },
    { 5, 160, "3de79ecd454ae832499946c3b76041cb9215bb972df8a74bab302ac8f57fe0b2" },
    { 167, 0, "1e552791cc4e93a0d4a8dc47ae49228c2faa869e40e628f6ace477aec3f1ca7a" },
    { 168, 168, "f4a0d48742c073be05223df144965cb2ad9fb025f0f1f7f568500936ccceb431" },
    { 169, 340, "e59251aef7ebee611b3dd49dc11dff6204a02fbf98a6d2692266f6a4f219c40d" },
    { 400, 320, "b928e6e879e6a0d286bb186f2003311b5223bb4e6690c183a18f4b658370c13e" },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    for (size_t piece = 1; piece < 200; piece += 33) {
      Shake128 shake;
      uint8_t message[400], output[400];
      for (size_t at = 0; at < cases[i].message_len; at++)
        message[at] = (uint8_t) at;
      shake128_init (&shake);
      for (size_t at = 0; at < cases[i].message_len; at += piece)
        shake128_absorb (&shake, message + at, MIN (piece, cases[i].message_len - at));
      shake128_finish (&shake);
      for (size_t at = 0; at < sizeof output; at += piece)
        shake128_squeeze (&shake, output + at, MIN (piece, sizeof output - at));
      assert_slice_is_hex (SLICE (output + cases[i].output_at, 32), cases[i].output);
    }
  }
}

/* Equations 4.7 and 4.8, by division, for every coefficient. */
static void
test_compress (void)
{
  static const unsigned int bits[] = { 1, 4, 10 };
  for (size_t i = 0; i < G_N_ELEMENTS (bits); i++) {
    unsigned int d = bits[i];
    for (uint16_t x = 0; x < MLKEM_Q; x++)
      g_assert_cmpuint (
          mlkem_compress (x, d), ==, (((2u * x << d) + MLKEM_Q) / (2 * MLKEM_Q)) % (1u << d));
    for (uint16_t y = 0; y < 1u << d; y++)
      g_assert_cmpuint (mlkem_decompress (y, d), ==, (2u * MLKEM_Q * y + (1u << d)) / (2u << d));
  }
}

/* Products in the ring are what multiplying out and X^256 = -1 give, and there is a way back. */
static void
test_ntt (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (203);
  for (int round = 0; round < 20; round++) {
    MlkemPoly f, g, f_ntt, g_ntt, product = { 0 };
    for (size_t i = 0; i < MLKEM_N; i++) {
      /* the ends of the range in the first rounds */
      f.c[i] = round == 0 ? MLKEM_Q - 1 : (uint16_t) g_rand_int_range (rand, 0, MLKEM_Q);
      g.c[i] = round <= 1 ? MLKEM_Q - 1 : (uint16_t) g_rand_int_range (rand, 0, MLKEM_Q);
    }
    f_ntt = f;
    g_ntt = g;
    mlkem_ntt (&f_ntt);
    mlkem_ntt (&g_ntt);
    mlkem_ntt_multiply_add (&product, &f_ntt, &g_ntt);
    mlkem_ntt_inverse (&product);
    int64_t sums[MLKEM_N] = { 0 };
    for (size_t i = 0; i < MLKEM_N; i++) {
      for (size_t j = 0; j < MLKEM_N; j++)
        sums[(i + j) % MLKEM_N] += (i + j < MLKEM_N ? 1 : -1) * (int64_t) f.c[i] * g.c[j];
    }
    for (size_t i = 0; i < MLKEM_N; i++)
      g_assert_cmpint (product.c[i], ==, ((sums[i] % MLKEM_Q) + MLKEM_Q) % MLKEM_Q);
    mlkem_ntt_inverse (&f_ntt);
    g_assert_cmpmem (&f_ntt, sizeof f_ntt, &f, sizeof f);
  }
}

/* What d bits hold comes back; 12 bits are taken modulo q. */
static void
test_encodings (void)
{
  static const unsigned int bits[] = { 1, 4, 10, 12 };
  g_autoptr (GRand) rand = g_rand_new_with_seed (203);
  for (size_t i = 0; i < G_N_ELEMENTS (bits); i++) {
    unsigned int d = bits[i];
    uint8_t octets[MLKEM_POLY_LEN (12)];
    MlkemPoly f, again;
    for (size_t n = 0; n < MLKEM_N; n++)
      f.c[n] = (uint16_t) g_rand_int_range (rand, 0, d == 12 ? MLKEM_Q : 1 << d);
    mlkem_poly_encode (&f, d, octets);
    mlkem_poly_decode (octets, d, &again);
    g_assert_cmpmem (&again, sizeof again, &f, sizeof f);
  }
  uint8_t ones[MLKEM_POLY_LEN (12)];
  MlkemPoly f;
  memset (ones, 0xff, sizeof ones);
  mlkem_poly_decode (ones, 12, &f);
  for (size_t n = 0; n < MLKEM_N; n++)
    g_assert_cmpuint (f.c[n], ==, 4095 - MLKEM_Q);
}

/* A stream of SHAKE128 of nothing gives seed, message and a false ciphertext, a hundred times; key,
 * ciphertext, secret, and the secret of the false one go into another SHAKE128. The digest is that of
 * Go's crypto/mlkem (TestAccumulated), which PQClean, CIRCL and kyber-py give as well. */
static void
test_accumulated (void)
{
  Shake128 stream, sum;
  shake128_init (&stream);
  shake128_finish (&stream);
  shake128_init (&sum);
  for (int i = 0; i < 100; i++) {
    uint8_t seed[MLKEM768_SEED_LEN], message[MLKEM768_MESSAGE_LEN];
    uint8_t encaps_key[MLKEM768_ENCAPS_KEY_LEN], decaps_key[MLKEM768_DECAPS_KEY_LEN];
    uint8_t ciphertext[MLKEM768_CIPHERTEXT_LEN], shared[MLKEM768_SHARED_LEN];
    uint8_t theirs[MLKEM768_SHARED_LEN];
    shake128_squeeze (&stream, seed, sizeof seed);
    mlkem768_key_pair (seed, encaps_key, decaps_key);
    shake128_absorb (&sum, encaps_key, sizeof encaps_key);
    shake128_squeeze (&stream, message, sizeof message);
    g_assert_true (mlkem768_encapsulate (encaps_key, message, ciphertext, shared));
    shake128_absorb (&sum, ciphertext, sizeof ciphertext);
    shake128_absorb (&sum, shared, sizeof shared);
    g_assert_true (mlkem768_decapsulate (decaps_key, ciphertext, theirs));
    g_assert_cmpmem (theirs, sizeof theirs, shared, sizeof shared);
    shake128_squeeze (&stream, ciphertext, sizeof ciphertext);
    g_assert_true (mlkem768_decapsulate (decaps_key, ciphertext, shared));
    shake128_absorb (&sum, shared, sizeof shared);
  }
  uint8_t digest[32];
  shake128_finish (&sum);
  shake128_squeeze (&sum, digest, sizeof digest);
  assert_slice_is_hex (SLICE (digest, sizeof digest),
      "1114b1b6699ed191734fa339376afa7e285c9e6acf6ff0177d346696ce564415");
}

/* The answer to a false ciphertext is SHAKE256 of z and it (Algorithm 18), whichever bit is false. */
static void
test_implicit_rejection (void)
{
  uint8_t seed[MLKEM768_SEED_LEN] = { 7 }, message[MLKEM768_MESSAGE_LEN] = { 9 };
  uint8_t encaps_key[MLKEM768_ENCAPS_KEY_LEN], decaps_key[MLKEM768_DECAPS_KEY_LEN];
  uint8_t ciphertext[MLKEM768_CIPHERTEXT_LEN], shared[MLKEM768_SHARED_LEN];
  uint8_t expected[MLKEM768_SHARED_LEN];
  mlkem768_key_pair (seed, encaps_key, decaps_key);
  g_assert_true (mlkem768_encapsulate (encaps_key, message, ciphertext, shared));
  for (size_t bit = 0; bit < 8 * sizeof ciphertext; bit += 13) {
    ciphertext[bit / 8] ^= (uint8_t) (1u << bit % 8);
    struct sha3_256_ctx ctx;
    sha3_256_init (&ctx);
    sha3_256_update (&ctx, 32, seed + 32);
    sha3_256_update (&ctx, sizeof ciphertext, ciphertext);
    sha3_256_shake (&ctx, sizeof expected, expected);
    g_assert_true (mlkem768_decapsulate (decaps_key, ciphertext, shared));
    g_assert_cmpmem (shared, sizeof shared, expected, sizeof expected);
    ciphertext[bit / 8] ^= (uint8_t) (1u << bit % 8);
  }
}

/* A decapsulation key of which any octet of the public part or of its hash is another (section 7.3). */
static void
test_decaps_key_hash (void)
{
  uint8_t seed[MLKEM768_SEED_LEN] = { 7 }, ciphertext[MLKEM768_CIPHERTEXT_LEN] = { 0 };
  uint8_t encaps_key[MLKEM768_ENCAPS_KEY_LEN], decaps_key[MLKEM768_DECAPS_KEY_LEN];
  uint8_t shared[MLKEM768_SHARED_LEN];
  mlkem768_key_pair (seed, encaps_key, decaps_key);
  g_assert_true (mlkem768_decapsulate (decaps_key, ciphertext, shared));
  for (size_t at = 1152; at < 2368; at++) {
    decaps_key[at] ^= 1;
    g_assert_false (mlkem768_decapsulate (decaps_key, ciphertext, shared));
    decaps_key[at] ^= 1;
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/crypto/mlkem/shake128", test_shake128);
  g_test_add_func ("/crypto/mlkem/compress", test_compress);
  g_test_add_func ("/crypto/mlkem/ntt", test_ntt);
  g_test_add_func ("/crypto/mlkem/encodings", test_encodings);
  g_test_add_func ("/crypto/mlkem/accumulated", test_accumulated);
  g_test_add_func ("/crypto/mlkem/implicit-rejection", test_implicit_rejection);
  g_test_add_func ("/crypto/mlkem/decaps-key-hash", test_decaps_key_hash);
  return g_test_run ();
}
