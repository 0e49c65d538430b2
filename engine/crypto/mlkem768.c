/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ML-KEM-768 (FIPS 203 sections 6 and 7), which no library of Debian 12 has.
 *
 * Octets in, octets out; the random ones are parameters. No branch, no index and no division depends
 * on a secret (tests/unit/crypto/test-mlkem-secrets.c), and what is secret is wiped. When nettle or GnuTLS
 * offer ML-KEM, a file with the three functions of mlkem768.h over theirs takes the place of this one
 * and of mlkem-*.c.
 *
 * The decapsulation key is the private key of K-PKE, the encapsulation key, its hash, and z, from which
 * the answer to a false ciphertext is made. */
#include "crypto/mlkem768.h"

#include <nettle/sha3.h>
#include <string.h>

#include "base/secret.h"
#include "crypto/mlkem-pke.h"

#define HASH_AT (MLKEM_PKE_PRIVATE_LEN + MLKEM768_ENCAPS_KEY_LEN)
#define Z_AT (HASH_AT + SHA3_256_DIGEST_SIZE)

_Static_assert(MLKEM768_ENCAPS_KEY_LEN == MLKEM_PKE_PUBLIC_LEN, "the encapsulation key is K-PKE's");
_Static_assert(MLKEM768_CIPHERTEXT_LEN == MLKEM_PKE_CIPHERTEXT_LEN, "the ciphertext is K-PKE's");
_Static_assert(MLKEM768_DECAPS_KEY_LEN == Z_AT + MLKEM_SYMBYTES, "nothing stands behind z");

/* G: 32 octets of each half of SHA3-512 (a || b). */
static void
hash_g (const uint8_t a[static MLKEM_SYMBYTES], const uint8_t *b, size_t b_len,
    uint8_t ret_first[static MLKEM_SYMBYTES], uint8_t ret_second[static MLKEM_SYMBYTES])
{
  struct sha3_512_ctx ctx;
  uint8_t digest[SHA3_512_DIGEST_SIZE];
  sha3_512_init (&ctx);
  sha3_512_update (&ctx, MLKEM_SYMBYTES, a);
  sha3_512_update (&ctx, b_len, b);
  sha3_512_digest (&ctx, sizeof digest, digest);
  memcpy (ret_first, digest, MLKEM_SYMBYTES);
  memcpy (ret_second, digest + MLKEM_SYMBYTES, MLKEM_SYMBYTES);
  bytes_wipe (digest, sizeof digest);
  bytes_wipe (&ctx, sizeof ctx);
}

/* H, of an encapsulation key. */
static void
hash_h (const uint8_t *encaps_key, uint8_t ret_digest[static SHA3_256_DIGEST_SIZE])
{
  struct sha3_256_ctx ctx;
  sha3_256_init (&ctx);
  sha3_256_update (&ctx, MLKEM768_ENCAPS_KEY_LEN, encaps_key);
  sha3_256_digest (&ctx, SHA3_256_DIGEST_SIZE, ret_digest);
}

/* J: SHAKE256 (z || ciphertext). */
static void
hash_j (const uint8_t *z, const uint8_t *ciphertext, uint8_t ret_shared[static MLKEM768_SHARED_LEN])
{
  struct sha3_256_ctx ctx;
  sha3_256_init (&ctx);
  sha3_256_update (&ctx, MLKEM_SYMBYTES, z);
  sha3_256_update (&ctx, MLKEM768_CIPHERTEXT_LEN, ciphertext);
  sha3_256_shake (&ctx, MLKEM768_SHARED_LEN, ret_shared);
  bytes_wipe (&ctx, sizeof ctx);
}

/* 0xff in each octet where a and b differ anywhere, 0 where they do not. */
static uint8_t
mask_of_difference (const uint8_t *a, const uint8_t *b, size_t len)
{
  uint32_t difference = 0;
  for (size_t i = 0; i < len; i++)
    difference |= a[i] ^ b[i];
  return (uint8_t) (mlkem_opaque (0u - difference) >> 24);
}

/* ML-KEM.KeyGen_internal (Algorithm 16): the seed is d || z. */
void
mlkem768_key_pair (const uint8_t seed[static MLKEM768_SEED_LEN],
    uint8_t ret_encaps_key[static MLKEM768_ENCAPS_KEY_LEN],
    uint8_t ret_decaps_key[static MLKEM768_DECAPS_KEY_LEN])
{
  static const uint8_t k = MLKEM_K;
  uint8_t rho[MLKEM_SYMBYTES], sigma[MLKEM_SYMBYTES];
  hash_g (seed, &k, sizeof k, rho, sigma);
  mlkem_pke_key_pair (rho, sigma, ret_encaps_key, ret_decaps_key);
  memcpy (ret_decaps_key + MLKEM_PKE_PRIVATE_LEN, ret_encaps_key, MLKEM768_ENCAPS_KEY_LEN);
  hash_h (ret_encaps_key, ret_decaps_key + HASH_AT);
  memcpy (ret_decaps_key + Z_AT, seed + MLKEM_SYMBYTES, MLKEM_SYMBYTES);
  bytes_wipe (sigma, sizeof sigma);
}

/* ML-KEM.Encaps (Algorithms 17 and 20) with a message of 32 random octets. False, and nothing written,
 * if the key has a coefficient that is none (section 7.2). */
bool
mlkem768_encapsulate (const uint8_t encaps_key[static MLKEM768_ENCAPS_KEY_LEN],
    const uint8_t message[static MLKEM768_MESSAGE_LEN],
    uint8_t ret_ciphertext[static MLKEM768_CIPHERTEXT_LEN],
    uint8_t ret_shared[static MLKEM768_SHARED_LEN])
{
  if (!mlkem_pke_public_ok (encaps_key))
    return false;
  uint8_t hash[SHA3_256_DIGEST_SIZE], coins[MLKEM_SYMBYTES];
  hash_h (encaps_key, hash);
  hash_g (message, hash, sizeof hash, ret_shared, coins);
  mlkem_pke_encrypt (encaps_key, message, coins, ret_ciphertext);
  bytes_wipe (coins, sizeof coins);
  return true;
}

/* ML-KEM.Decaps (Algorithms 18 and 21). A false ciphertext leads to octets that its maker cannot know,
 * and neither what is returned nor the time tells (implicit rejection). False, and nothing written, if
 * the key does not have the hash of its public part in it (section 7.3). */
bool
mlkem768_decapsulate (const uint8_t decaps_key[static MLKEM768_DECAPS_KEY_LEN],
    const uint8_t ciphertext[static MLKEM768_CIPHERTEXT_LEN],
    uint8_t ret_shared[static MLKEM768_SHARED_LEN])
{
  const uint8_t *encaps_key = decaps_key + MLKEM_PKE_PRIVATE_LEN;
  uint8_t hash[SHA3_256_DIGEST_SIZE];
  hash_h (encaps_key, hash);
  if (memcmp (hash, decaps_key + HASH_AT, sizeof hash) != 0)
    return false;
  struct {
    uint8_t message[MLKEM768_MESSAGE_LEN], coins[MLKEM_SYMBYTES], rejected[MLKEM768_SHARED_LEN];
    uint8_t again[MLKEM768_CIPHERTEXT_LEN];
  } secret;
  mlkem_pke_decrypt (decaps_key, ciphertext, secret.message);
  hash_g (secret.message, hash, sizeof hash, ret_shared, secret.coins);
  hash_j (decaps_key + Z_AT, ciphertext, secret.rejected);
  mlkem_pke_encrypt (encaps_key, secret.message, secret.coins, secret.again);
  uint8_t false_one = mask_of_difference (ciphertext, secret.again, MLKEM768_CIPHERTEXT_LEN);
  for (size_t i = 0; i < MLKEM768_SHARED_LEN; i++)
    ret_shared[i] = (uint8_t) (ret_shared[i] ^ (false_one & (ret_shared[i] ^ secret.rejected[i])));
  bytes_wipe (&secret, sizeof secret);
  return true;
}
