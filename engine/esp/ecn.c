/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Explicit congestion notification through the tunnel (RFC 6040): what a router has marked on the way is
 * told to the two inside that can slow down. Each that made its SA by IKEv2 has to (RFC 7296 section 2.24).
 * The mark is not authentic, as none is on the internet: whoever can set it could drop the packet too. */
#include "esp/ecn.h"

#define ECN_MASK 3u
#define IPV4_HEADER_LEN 20
#define IPV6_HEADER_LEN 40

enum {
  NOT_ECT = 0,
  CE = 3,
};

static uint16_t
read_u16 (const uint8_t *at)
{
  return (uint16_t) (at[0] << 8 | at[1]);
}

/* HC' = ~(~HC + ~m + m'), RFC 1624 section 3: one word of the header has become another. */
static void
correct_checksum (uint8_t *header, uint16_t before, uint16_t after)
{
  uint32_t sum = (uint16_t) ~read_u16 (header + 10) + (uint32_t) (uint16_t) ~before + after;
  sum = (sum & 0xffff) + (sum >> 16);
  sum = (sum & 0xffff) + (sum >> 16);
  header[10] = (uint8_t) (~sum >> 8);
  header[11] = (uint8_t) ~sum;
}

/* The outer header of that IP packet, of len octets, said CE: marks it so in place. False where its ends
 * do not know of that and it has to be dropped instead, or where it is no IP packet (RFC 6040 section
 * 4.2). */
bool
ecn_carry_over (uint8_t *inner, size_t len)
{
  if (len >= IPV4_HEADER_LEN && inner[0] >> 4 == 4) {
    uint16_t before = read_u16 (inner);
    if ((inner[1] & ECN_MASK) == NOT_ECT)
      return false;
    inner[1] |= CE;
    correct_checksum (inner, before, read_u16 (inner));
    return true;
  }
  if (len >= IPV6_HEADER_LEN && inner[0] >> 4 == 6) {
    if ((inner[1] >> 4 & ECN_MASK) == NOT_ECT)
      return false;
    inner[1] |= CE << 4;
    return true;
  }
  return false;
}
