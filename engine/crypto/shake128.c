/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SHAKE128 with an output as long as one likes (FIPS 202 section 6.2), over nettle's permutation.
 * nettle 3.10 has the whole of it: where that is the least that there is, this file goes.
 *
 * Init, absorb any number of times, finish, squeeze any number of times. Nothing is wiped. */
#include "crypto/shake128.h"

#include <string.h>

#define RATE 168
#define SUFFIX 0x1f /* and the first bit of the padding (FIPS 202 appendix B.2) */
#define LANE_LEN 8

static void
absorb_octet (Shake128 *shake, size_t at, uint8_t octet)
{
  shake->state.a[at / LANE_LEN] ^= (uint64_t) octet << 8 * (at % LANE_LEN);
}

void
shake128_init (Shake128 *shake)
{
  memset (shake, 0, sizeof *shake);
}

void
shake128_absorb (Shake128 *shake, const uint8_t *message, size_t len)
{
  for (size_t i = 0; i < len; i++) {
    absorb_octet (shake, shake->at++, message[i]);
    if (shake->at == RATE) {
      sha3_permute (&shake->state);
      shake->at = 0;
    }
  }
}

/* No more will be absorbed. */
void
shake128_finish (Shake128 *shake)
{
  absorb_octet (shake, shake->at, SUFFIX);
  absorb_octet (shake, RATE - 1, 0x80);
  shake->at = RATE;
}

/* The next len octets of the output. */
void
shake128_squeeze (Shake128 *shake, uint8_t *ret_octets, size_t len)
{
  for (size_t i = 0; i < len; i++) {
    if (shake->at == RATE) {
      sha3_permute (&shake->state);
      shake->at = 0;
    }
    ret_octets[i] = (uint8_t) (shake->state.a[shake->at / LANE_LEN] >> 8 * (shake->at % LANE_LEN));
    shake->at++;
  }
}
