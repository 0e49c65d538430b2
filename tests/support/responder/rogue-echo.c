/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What answers inside the tunnel: every packet goes back to where it came from, an echo request as its
 * reply. */
#include "rogue.h"

#include <string.h>

#define IPV4_HEADER_LEN 20
#define PROTOCOL_ICMP 1
#define ICMP_ECHO_REQUEST 8

static ResponderChild *
child_of (const Rogue *rogue, Slice packet)
{
  uint32_t spi;
  for (guint i = 0; esp_spi_of (packet, &spi) && i < rogue->responder->children->len; i++) {
    ResponderChild *child = rogue->responder->children->pdata[i];
    if (child->spi_in == spi)
      return child;
  }
  return NULL;
}

static void
swap (uint8_t *a, uint8_t *b, size_t len)
{
  uint8_t kept[4];
  memcpy (kept, a, len);
  memcpy (a, b, len);
  memcpy (b, kept, len);
}

/* An echo request and its reply differ by 8 in the first octet, and by as much in the checksum. */
static void
make_reply (uint8_t *icmp)
{
  unsigned int sum = (unsigned int) (icmp[2] << 8 | icmp[3]) + (ICMP_ECHO_REQUEST << 8);
  sum = (sum & 0xffff) + (sum >> 16);
  icmp[0] = 0;
  icmp[2] = (uint8_t) (sum >> 8);
  icmp[3] = (uint8_t) sum;
}

/* Answers one ESP packet of the client; what is none is left alone. */
void
rogue_echo (Rogue *rogue, Slice packet)
{
  Slice inner;
  uint8_t plain[2048];
  ResponderChild *child = child_of (rogue, packet);
  g_autofree uint8_t *copy = g_memdup2 (packet.data, packet.len);
  if (child == NULL || esp_open (child->esp, copy, packet.len, &inner) != ESP_PASS ||
      inner.data[0] != 0x45 || inner.len < IPV4_HEADER_LEN + 8 || inner.len > 1500)
    return;
  Builder b = builder_init (plain, sizeof plain);
  builder_slice (&b, inner);
  swap (plain + 12, plain + 16, 4);
  if (plain[9] != PROTOCOL_ICMP)
    swap (plain + IPV4_HEADER_LEN, plain + IPV4_HEADER_LEN + 2, 2);
  else if (plain[IPV4_HEADER_LEN] == ICMP_ECHO_REQUEST)
    make_reply (plain + IPV4_HEADER_LEN);
  size_t padding = (4 - (inner.len + 2) % 4) % 4;
  for (size_t i = 1; i <= padding; i++)
    builder_u8 (&b, (uint8_t) i);
  builder_u8 (&b, (uint8_t) padding);
  builder_u8 (&b, 4);
  responder_send_esp (rogue->responder, ++child->sent, builder_result (&b));
}
