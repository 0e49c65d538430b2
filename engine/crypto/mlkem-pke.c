/* SPDX-License-Identifier: GPL-2.0-or-later */
/* K-PKE, the encryption inside ML-KEM-768 (FIPS 203 section 5). It is no use by itself: mlkem768.c
 * makes of it what withstands a peer that tries ciphertexts.
 *
 * The public key is three polynomials of 12 bits each, transformed, and the seed rho of the matrix;
 * the ciphertext three of 10 bits and one of 4. A matrix entry is made when it is needed, so that no
 * matrix is kept. All that is secret stands in one struct, wiped at the end. */
#include "crypto/mlkem-pke.h"

#include <string.h>

#include "base/secret.h"

typedef struct {
  MlkemPoly p[MLKEM_K];
} Vector;

/* Small secret polynomials, the first with that nonce, the others with those behind it. */
static void
sample_vector (const uint8_t *seed, uint8_t nonce, Vector *ret_v)
{
  for (uint8_t i = 0; i < MLKEM_K; i++)
    mlkem_sample_small (seed, (uint8_t) (nonce + i), &ret_v->p[i]);
}

static void
vector_ntt (Vector *v)
{
  for (size_t i = 0; i < MLKEM_K; i++)
    mlkem_ntt (&v->p[i]);
}

/* f += row i of the matrix, or of its transpose, times v. */
static void
multiply_row (const uint8_t *rho, uint8_t i, bool transposed, const Vector *v, MlkemPoly *f)
{
  MlkemPoly entry;
  for (uint8_t j = 0; j < MLKEM_K; j++) {
    mlkem_sample_uniform (rho, transposed ? i : j, transposed ? j : i, &entry);
    mlkem_ntt_multiply_add (f, &entry, &v->p[j]);
  }
}

/* f += the product of v with the vector that is encoded in 12 bits at octets. */
static void
multiply_encoded (const uint8_t *octets, const Vector *v, MlkemPoly *f)
{
  MlkemPoly other;
  for (size_t i = 0; i < MLKEM_K; i++) {
    mlkem_poly_decode (octets + i * MLKEM_POLY_LEN (12), 12, &other);
    mlkem_ntt_multiply_add (f, &other, &v->p[i]);
  }
  bytes_wipe (&other, sizeof other);
}

/* K-PKE.KeyGen (Algorithm 13) behind its hash: rho is public, sigma secret. */
void
mlkem_pke_key_pair (const uint8_t rho[static MLKEM_SYMBYTES],
    const uint8_t sigma[static MLKEM_SYMBYTES], uint8_t ret_public[static MLKEM_PKE_PUBLIC_LEN],
    uint8_t ret_private[static MLKEM_PKE_PRIVATE_LEN])
{
  struct {
    Vector s, t; /* t begins as e */
  } secret;
  sample_vector (sigma, 0, &secret.s);
  sample_vector (sigma, MLKEM_K, &secret.t);
  vector_ntt (&secret.s);
  vector_ntt (&secret.t);
  for (uint8_t i = 0; i < MLKEM_K; i++) {
    multiply_row (rho, i, false, &secret.s, &secret.t.p[i]);
    mlkem_poly_encode (&secret.t.p[i], 12, ret_public + i * MLKEM_POLY_LEN (12));
    mlkem_poly_encode (&secret.s.p[i], 12, ret_private + i * MLKEM_POLY_LEN (12));
  }
  memcpy (ret_public + MLKEM_K * MLKEM_POLY_LEN (12), rho, MLKEM_SYMBYTES);
  bytes_wipe (&secret, sizeof secret);
}

/* The check of section 7.2: no coefficient of q or more. */
bool
mlkem_pke_public_ok (const uint8_t public[static MLKEM_PKE_PUBLIC_LEN])
{
  for (size_t i = 0; i < MLKEM_K; i++) {
    const uint8_t *encoded = public + i * MLKEM_POLY_LEN (12);
    uint8_t again[MLKEM_POLY_LEN (12)];
    MlkemPoly f;
    mlkem_poly_decode (encoded, 12, &f);
    mlkem_poly_encode (&f, 12, again);
    if (memcmp (again, encoded, sizeof again) != 0)
      return false;
  }
  return true;
}

/* K-PKE.Encrypt (Algorithm 14). */
void
mlkem_pke_encrypt (const uint8_t public[static MLKEM_PKE_PUBLIC_LEN],
    const uint8_t message[static MLKEM_SYMBYTES], const uint8_t coins[static MLKEM_SYMBYTES],
    uint8_t ret_ciphertext[static MLKEM_PKE_CIPHERTEXT_LEN])
{
  const uint8_t *rho = public + MLKEM_K * MLKEM_POLY_LEN (12);
  struct {
    Vector y, e1;
    MlkemPoly f, e2;
  } secret;
  sample_vector (coins, 0, &secret.y);
  sample_vector (coins, MLKEM_K, &secret.e1);
  mlkem_sample_small (coins, 2 * MLKEM_K, &secret.e2);
  vector_ntt (&secret.y);
  for (uint8_t i = 0; i < MLKEM_K; i++) {
    memset (&secret.f, 0, sizeof secret.f);
    multiply_row (rho, i, true, &secret.y, &secret.f);
    mlkem_ntt_inverse (&secret.f);
    mlkem_poly_add (&secret.f, &secret.e1.p[i]);
    mlkem_poly_compress (&secret.f, MLKEM_DU);
    mlkem_poly_encode (&secret.f, MLKEM_DU, ret_ciphertext + i * MLKEM_POLY_LEN (MLKEM_DU));
  }
  memset (&secret.f, 0, sizeof secret.f);
  multiply_encoded (public, &secret.y, &secret.f);
  mlkem_ntt_inverse (&secret.f);
  mlkem_poly_add (&secret.f, &secret.e2);
  mlkem_poly_decode (message, 1, &secret.e2);
  mlkem_poly_decompress (&secret.e2, 1);
  mlkem_poly_add (&secret.f, &secret.e2);
  mlkem_poly_compress (&secret.f, MLKEM_DV);
  mlkem_poly_encode (&secret.f, MLKEM_DV, ret_ciphertext + MLKEM_K * MLKEM_POLY_LEN (MLKEM_DU));
  bytes_wipe (&secret, sizeof secret);
}

/* K-PKE.Decrypt (Algorithm 15). Any ciphertext has some message. */
void
mlkem_pke_decrypt (const uint8_t private[static MLKEM_PKE_PRIVATE_LEN],
    const uint8_t ciphertext[static MLKEM_PKE_CIPHERTEXT_LEN],
    uint8_t ret_message[static MLKEM_SYMBYTES])
{
  struct {
    Vector u;
    MlkemPoly product, f;
  } secret;
  for (size_t i = 0; i < MLKEM_K; i++) {
    mlkem_poly_decode (ciphertext + i * MLKEM_POLY_LEN (MLKEM_DU), MLKEM_DU, &secret.u.p[i]);
    mlkem_poly_decompress (&secret.u.p[i], MLKEM_DU);
  }
  vector_ntt (&secret.u);
  memset (&secret.product, 0, sizeof secret.product);
  multiply_encoded (private, &secret.u, &secret.product);
  mlkem_ntt_inverse (&secret.product);
  mlkem_poly_decode (ciphertext + MLKEM_K * MLKEM_POLY_LEN (MLKEM_DU), MLKEM_DV, &secret.f);
  mlkem_poly_decompress (&secret.f, MLKEM_DV);
  mlkem_poly_subtract (&secret.f, &secret.product);
  mlkem_poly_compress (&secret.f, 1);
  mlkem_poly_encode (&secret.f, 1, ret_message);
  bytes_wipe (&secret, sizeof secret);
}
