/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdint.h>

/* The ring of ML-KEM (FIPS 203 section 2.4): Z_q[X] / (X^256 + 1). Private to mlkem*.c. */
#define MLKEM_Q 3329
#define MLKEM_N 256

/* Octets of a polynomial whose coefficients have d bits each. */
#define MLKEM_POLY_LEN(d) (MLKEM_N / 8 * (d))

/* Each coefficient is within 0 .. q - 1, between any two calls. */
typedef struct {
  uint16_t c[MLKEM_N];
} MlkemPoly;

/* The same value, of which the compiler knows nothing more: it makes no branch of a mask. */
static inline uint32_t
mlkem_opaque (uint32_t x)
{
  __asm__("" : "+r"(x));
  return x;
}

/* x mod q for x < 2q. */
static inline uint16_t
mlkem_reduce_once (uint32_t x)
{
  uint32_t less = x - MLKEM_Q;
  uint32_t below_zero = mlkem_opaque (-(less >> 31));
  return (uint16_t) (less + (below_zero & MLKEM_Q));
}

void mlkem_poly_add (MlkemPoly *f, const MlkemPoly *g);
void mlkem_poly_subtract (MlkemPoly *f, const MlkemPoly *g);

void mlkem_ntt (MlkemPoly *f);
void mlkem_ntt_inverse (MlkemPoly *f);
void mlkem_ntt_multiply_add (MlkemPoly *f, const MlkemPoly *g, const MlkemPoly *h);

uint16_t mlkem_compress (uint16_t x, unsigned int d);
uint16_t mlkem_decompress (uint16_t y, unsigned int d);
void mlkem_poly_compress (MlkemPoly *f, unsigned int d);
void mlkem_poly_decompress (MlkemPoly *f, unsigned int d);
void mlkem_poly_encode (const MlkemPoly *f, unsigned int d, uint8_t *ret_octets);
void mlkem_poly_decode (const uint8_t *octets, unsigned int d, MlkemPoly *ret_f);
