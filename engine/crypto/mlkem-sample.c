/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Polynomials out of seeds (FIPS 203 section 4.2): the public matrix, and what is small and secret. */
#include "crypto/mlkem-sample.h"

#include <nettle/sha3.h>
#include <string.h>

#include "base/secret.h"
#include "crypto/shake128.h"

#define ETA 2

/* SampleNTT (Algorithm 7) of rho || column || row: an entry of the matrix, transformed. It is public,
 * and so is the time that this takes. */
void
mlkem_sample_uniform (
    const uint8_t rho[static MLKEM_SYMBYTES], uint8_t column, uint8_t row, MlkemPoly *ret_f)
{
  Shake128 shake;
  const uint8_t at[] = { column, row };
  shake128_init (&shake);
  shake128_absorb (&shake, rho, MLKEM_SYMBYTES);
  shake128_absorb (&shake, at, sizeof at);
  shake128_finish (&shake);
  for (size_t n = 0; n < MLKEM_N;) {
    uint8_t octets[3];
    shake128_squeeze (&shake, octets, sizeof octets);
    uint32_t pair = octets[0] | (uint32_t) octets[1] << 8 | (uint32_t) octets[2] << 16;
    uint16_t d1 = pair & 0xfff, d2 = (uint16_t) (pair >> 12);
    if (d1 < MLKEM_Q)
      ret_f->c[n++] = d1;
    if (d2 < MLKEM_Q && n < MLKEM_N)
      ret_f->c[n++] = d2;
  }
}

/* SamplePolyCBD (Algorithm 8) of PRF (seed, nonce), with eta = 2: each coefficient is the number of
 * ones in two bits less that in two others. */
void
mlkem_sample_small (const uint8_t seed[static MLKEM_SYMBYTES], uint8_t nonce, MlkemPoly *ret_f)
{
  struct sha3_256_ctx ctx;
  uint8_t octets[MLKEM_POLY_LEN (2 * ETA)];
  sha3_256_init (&ctx);
  sha3_256_update (&ctx, MLKEM_SYMBYTES, seed);
  sha3_256_update (&ctx, 1, &nonce);
  sha3_256_shake (&ctx, sizeof octets, octets);
  for (size_t i = 0; i < MLKEM_N; i++) {
    uint32_t bits = octets[i / 2] >> 4 * (i % 2);
    uint32_t more = (bits & 1) + (bits >> 1 & 1), less = (bits >> 2 & 1) + (bits >> 3 & 1);
    ret_f->c[i] = mlkem_reduce_once (more + MLKEM_Q - less);
  }
  bytes_wipe (octets, sizeof octets);
  bytes_wipe (&ctx, sizeof ctx);
}
