/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arithmetic and encodings of ML-KEM's ring (FIPS 203 section 4).
 *
 * A polynomial is as often as not a secret. So there is no branch, no index and no division that
 * depends on a coefficient: a remainder is taken with a multiplication by the reciprocal of q, a
 * choice with a mask. The compiler is kept from seeing through a mask, or it might make a branch of
 * it again. Loops run over fixed counts. */
#include "crypto/mlkem-ring.h"

#include <stddef.h>

/* 17^BitRev7(i) mod q, i = 0 .. 127: powers of a 256th root of unity (FIPS 203 appendix A). */
static const uint16_t zetas[MLKEM_N / 2] = { 1, 1729, 2580, 3289, 2642, 630, 1897, 848, 1062, 1919,
  193, 797, 2786, 3260, 569, 1746, 296, 2447, 1339, 1476, 3046, 56, 2240, 1333, 1426, 2094, 535,
  2882, 2393, 2879, 1974, 821, 289, 331, 3253, 1756, 1197, 2304, 2277, 2055, 650, 1977, 2513, 632,
  2865, 33, 1320, 1915, 2319, 1435, 807, 452, 1438, 2868, 1534, 2402, 2647, 2617, 1481, 648, 2474,
  3110, 1227, 910, 17, 2761, 583, 2649, 1637, 723, 2288, 1100, 1409, 2662, 3281, 233, 756, 2156,
  3015, 3050, 1703, 1651, 2789, 1789, 1847, 952, 1461, 2687, 939, 2308, 2437, 2388, 733, 2337, 268,
  641, 1584, 2298, 2037, 3220, 375, 2549, 2090, 1645, 1063, 319, 2773, 757, 2099, 561, 2466, 2594,
  2804, 1092, 403, 1026, 1143, 2150, 2775, 886, 1722, 1212, 1874, 1029, 2110, 2935, 885, 2154 };

/* x mod q for x < 2^24. 5039 is 2^24 / q, rounded down; the quotient is too small by one at most. */
static uint16_t
reduce (uint32_t x)
{
  uint32_t quotient = (uint32_t) ((uint64_t) x * 5039 >> 24);
  return mlkem_reduce_once (x - quotient * MLKEM_Q);
}

static uint16_t
multiply (uint16_t a, uint16_t b)
{
  return reduce ((uint32_t) a * b);
}

static uint16_t
add (uint16_t a, uint16_t b)
{
  return mlkem_reduce_once ((uint32_t) a + b);
}

static uint16_t
subtract (uint16_t a, uint16_t b)
{
  return mlkem_reduce_once ((uint32_t) a + MLKEM_Q - b);
}

void
mlkem_poly_add (MlkemPoly *f, const MlkemPoly *g)
{
  for (size_t i = 0; i < MLKEM_N; i++)
    f->c[i] = add (f->c[i], g->c[i]);
}

void
mlkem_poly_subtract (MlkemPoly *f, const MlkemPoly *g)
{
  for (size_t i = 0; i < MLKEM_N; i++)
    f->c[i] = subtract (f->c[i], g->c[i]);
}

/* Algorithm 9, NTT, in place. */
void
mlkem_ntt (MlkemPoly *f)
{
  size_t k = 1;
  for (size_t len = MLKEM_N / 2, blocks = 1; len >= 2; len >>= 1, blocks <<= 1) {
    for (size_t block = 0; block < blocks; block++) {
      uint16_t zeta = zetas[k++], *low = f->c + block * 2 * len, *high = low + len;
      for (size_t i = 0; i < len; i++) {
        uint16_t t = multiply (zeta, high[i]);
        high[i] = subtract (low[i], t);
        low[i] = add (low[i], t);
      }
    }
  }
}

/* Algorithm 10, the inverse, in place. */
void
mlkem_ntt_inverse (MlkemPoly *f)
{
  static const uint16_t inverse_of_128 = 3303;
  size_t k = MLKEM_N / 2;
  for (size_t len = 2, blocks = MLKEM_N / 4; blocks > 0; len <<= 1, blocks >>= 1) {
    for (size_t block = 0; block < blocks; block++) {
      uint16_t zeta = zetas[--k], *low = f->c + block * 2 * len, *high = low + len;
      for (size_t i = 0; i < len; i++) {
        uint16_t t = low[i];
        low[i] = add (t, high[i]);
        high[i] = multiply (zeta, subtract (high[i], t));
      }
    }
  }
  for (size_t i = 0; i < MLKEM_N; i++)
    f->c[i] = multiply (f->c[i], inverse_of_128);
}

/* f += g * h, all three transformed: Algorithms 11 and 12. The pair at 2i is a polynomial modulo
 * X^2 - zeta^(2 BitRev7(i) + 1); those moduli are plus and minus the last 64 zetas, in turn. */
void
mlkem_ntt_multiply_add (MlkemPoly *f, const MlkemPoly *g, const MlkemPoly *h)
{
  for (size_t i = 0; i < MLKEM_N; i += 2) {
    uint16_t zeta = zetas[MLKEM_N / 4 + i / 4];
    uint16_t gamma = i % 4 == 0 ? zeta : (uint16_t) (MLKEM_Q - zeta);
    uint16_t high = multiply (multiply (g->c[i + 1], h->c[i + 1]), gamma);
    uint16_t low = add (multiply (g->c[i], h->c[i]), high);
    uint16_t cross = add (multiply (g->c[i], h->c[i + 1]), multiply (g->c[i + 1], h->c[i]));
    f->c[i] = add (f->c[i], low);
    f->c[i + 1] = add (f->c[i + 1], cross);
  }
}

/* round (2^d / q * x) mod 2^d for x < q, d <= 10 (equation 4.7). 10321340 is 2^35 / q, rounded up:
 * for every numerator that occurs here the quotient is exact. */
uint16_t
mlkem_compress (uint16_t x, unsigned int d)
{
  uint64_t numerator = ((uint32_t) x << d) + MLKEM_Q / 2;
  uint32_t quotient = (uint32_t) (numerator * 10321340 >> 35);
  return (uint16_t) (quotient & ((1u << d) - 1));
}

/* round (q / 2^d * y) for y < 2^d (equation 4.8). */
uint16_t
mlkem_decompress (uint16_t y, unsigned int d)
{
  return (uint16_t) ((mlkem_opaque (y) * MLKEM_Q + (1u << d >> 1)) >> d);
}

void
mlkem_poly_compress (MlkemPoly *f, unsigned int d)
{
  for (size_t i = 0; i < MLKEM_N; i++)
    f->c[i] = mlkem_compress (f->c[i], d);
}

void
mlkem_poly_decompress (MlkemPoly *f, unsigned int d)
{
  for (size_t i = 0; i < MLKEM_N; i++)
    f->c[i] = mlkem_decompress (f->c[i], d);
}

/* ByteEncode_d (Algorithm 5): d bits of each coefficient, the lowest first, in
 * MLKEM_POLY_LEN (d) octets. */
void
mlkem_poly_encode (const MlkemPoly *f, unsigned int d, uint8_t *ret_octets)
{
  uint32_t waiting = 0;
  unsigned int n_bits = 0;
  for (size_t i = 0; i < MLKEM_N; i++) {
    waiting |= (uint32_t) f->c[i] << n_bits;
    for (n_bits += d; n_bits >= 8; n_bits -= 8) {
      *ret_octets++ = (uint8_t) waiting;
      waiting >>= 8;
    }
  }
}

/* ByteDecode_d (Algorithm 6) of MLKEM_POLY_LEN (d) octets; modulo q where d is 12. */
void
mlkem_poly_decode (const uint8_t *octets, unsigned int d, MlkemPoly *ret_f)
{
  uint32_t waiting = 0;
  unsigned int n_bits = 0;
  for (size_t i = 0; i < MLKEM_N; i++) {
    for (; n_bits < d; n_bits += 8)
      waiting |= (uint32_t) *octets++ << n_bits;
    ret_f->c[i] = reduce (waiting & ((1u << d) - 1));
    waiting >>= d;
    n_bits -= d;
  }
}
