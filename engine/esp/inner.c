/* SPDX-License-Identifier: GPL-2.0-or-later */
/* InnerPacket: addresses, protocol and ports of an IPv4 or IPv6 packet, read with bounds. */
#include "esp/inner.h"

#define IPV6_MAX_EXTENSIONS 8

enum {
  PROTOCOL_HOP_BY_HOP = 0,
  PROTOCOL_ICMP = 1,
  PROTOCOL_TCP = 6,
  PROTOCOL_UDP = 17,
  PROTOCOL_DCCP = 33,
  PROTOCOL_ROUTING = 43,
  PROTOCOL_FRAGMENT = 44,
  PROTOCOL_AH = 51,
  PROTOCOL_ICMPV6 = 58,
  PROTOCOL_DESTINATION = 60,
  PROTOCOL_SCTP = 132,
  PROTOCOL_UDPLITE = 136,
};

static void
set_protocol (InnerPacket *inner, uint8_t protocol)
{
  inner->source.protocol = protocol;
  inner->destination.protocol = protocol;
}

/* Reads the ports of the first fragment's transport header. ICMP's type and code stand in for both
 * (RFC 4301 section 4.4.1.1). A header too short for ports leaves them unknown. */
static void
read_ports (InnerPacket *inner, uint8_t protocol, Cursor c)
{
  uint16_t source = cursor_u16 (&c), destination;
  switch (protocol) {
  case PROTOCOL_ICMP:
  case PROTOCOL_ICMPV6: destination = source; break;
  case PROTOCOL_TCP:
  case PROTOCOL_UDP:
  case PROTOCOL_DCCP:
  case PROTOCOL_SCTP:
  case PROTOCOL_UDPLITE: destination = cursor_u16 (&c); break;
  default: return;
  }
  if (c.failed)
    return;
  inner->source.has_ports = inner->destination.has_ports = true;
  inner->source.port = source;
  inner->destination.port = destination;
}

static bool
parse_v4 (Cursor c, InnerPacket *inner)
{
  size_t available = cursor_left (&c);
  uint8_t header_len = (uint8_t) (4 * (cursor_u8 (&c) & 0x0f));
  cursor_skip (&c, 1);
  inner->family = INET_V4;
  inner->len = cursor_u16 (&c);
  cursor_skip (&c, 2);
  uint16_t fragment = cursor_u16 (&c) & 0x1fff;
  cursor_skip (&c, 1);
  uint8_t protocol = cursor_u8 (&c);
  cursor_skip (&c, 2);
  if (!inet_addr_from_bytes (INET_V4, cursor_slice (&c, 4), &inner->source.addr) ||
      !inet_addr_from_bytes (INET_V4, cursor_slice (&c, 4), &inner->destination.addr))
    return false;
  if (header_len < 20 || inner->len < header_len || inner->len > available)
    return false;
  cursor_skip (&c, header_len - 20u);
  set_protocol (inner, protocol);
  if (fragment == 0)
    read_ports (inner, protocol, cursor_sub (&c, inner->len - header_len));
  return true;
}

/* Walks the extension headers; false if one runs past the packet. Where there are more than we walk
 * through the protocol stays what the chain said last, with unknown ports. */
static bool
walk_extensions (InnerPacket *inner, uint8_t next, Cursor c)
{
  for (int i = 0; i < IPV6_MAX_EXTENSIONS; i++) {
    uint8_t type = next;
    size_t len;
    switch (type) {
    case PROTOCOL_HOP_BY_HOP:
    case PROTOCOL_ROUTING:
    case PROTOCOL_DESTINATION:
      next = cursor_u8 (&c);
      len = 8 * (size_t) cursor_u8 (&c) + 6;
      break;
    case PROTOCOL_AH:
      next = cursor_u8 (&c);
      len = 4 * (size_t) cursor_u8 (&c) + 6;
      break;
    case PROTOCOL_FRAGMENT:
      next = cursor_u8 (&c);
      cursor_skip (&c, 1);
      if (cursor_u16 (&c) >> 3 != 0) {
        set_protocol (inner, next);
        return !c.failed;
      }
      len = 4;
      break;
    default:
      set_protocol (inner, type);
      read_ports (inner, type, c);
      return true;
    }
    cursor_skip (&c, len);
    if (c.failed)
      return false;
  }
  set_protocol (inner, next);
  return true;
}

static bool
parse_v6 (Cursor c, InnerPacket *inner)
{
  size_t available = cursor_left (&c);
  cursor_skip (&c, 4);
  size_t payload_len = cursor_u16 (&c);
  uint8_t next = cursor_u8 (&c);
  cursor_skip (&c, 1);
  inner->family = INET_V6;
  inner->len = 40 + payload_len;
  if (!inet_addr_from_bytes (INET_V6, cursor_slice (&c, 16), &inner->source.addr) ||
      !inet_addr_from_bytes (INET_V6, cursor_slice (&c, 16), &inner->destination.addr))
    return false;
  if (inner->len > available)
    return false;
  return walk_extensions (inner, next, cursor_sub (&c, payload_len));
}

/* Reads an IP packet; bytes behind its own length are tolerated (RFC 4303 section 2.7, TFC padding).
 * False if it is no whole IPv4 or IPv6 packet; then nothing is written. */
bool
inner_packet_parse (Slice packet, InnerPacket *ret_inner)
{
  InnerPacket inner = { 0 };
  if (packet.len == 0)
    return false;
  bool ok = false;
  if (packet.data[0] >> 4 == 4)
    ok = parse_v4 (cursor_of (packet), &inner);
  else if (packet.data[0] >> 4 == 6)
    ok = parse_v6 (cursor_of (packet), &inner);
  if (ok)
    *ret_inner = inner;
  return ok;
}
