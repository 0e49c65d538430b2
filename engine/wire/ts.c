/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The Traffic Selector payloads TSi and TSr (RFC 7296 section 3.13). */
#include "wire/ts.h"

#include "base/cursor.h"

#define TS_IPV4_ADDR_RANGE 7
#define TS_IPV6_ADDR_RANGE 8

static bool
parse_selector (Cursor *c, TrafficSelector *ret_selector, bool *ret_known)
{
  uint8_t type = cursor_u8 (c), protocol = cursor_u8 (c);
  uint16_t length = cursor_u16 (c);
  if (length < 8)
    cursor_fail (c);
  Cursor in = cursor_sub (c, (size_t) length - 4);
  TrafficSelector ts = { .protocol = protocol };
  ts.start_port = cursor_u16 (&in);
  ts.end_port = cursor_u16 (&in);
  *ret_known = type == TS_IPV4_ADDR_RANGE || type == TS_IPV6_ADDR_RANGE;
  if (!*ret_known)
    return !in.failed;
  InetFamily family = type == TS_IPV4_ADDR_RANGE ? INET_V4 : INET_V6;
  Slice start = cursor_slice (&in, inet_family_len (family));
  Slice end = cursor_slice (&in, inet_family_len (family));
  if (!cursor_done (&in) || !inet_addr_from_bytes (family, start, &ts.start) ||
      !inet_addr_from_bytes (family, end, &ts.end))
    return false;
  *ret_selector = ts;
  return true;
}

/* Reads the body of TSi or TSr. Types that we do not know and ranges that we cannot use (backwards,
 * OPAQUE ports) are left out. False if the syntax is wrong. */
bool
ike_ts_payload_parse (
    Slice body, TrafficSelector ret_selectors[static IKE_MAX_SELECTORS], size_t *ret_n)
{
  Cursor c = cursor_of (body);
  uint8_t n = cursor_u8 (&c);
  cursor_skip (&c, 3);
  size_t kept = 0;
  for (size_t i = 0; i < n; i++) {
    TrafficSelector ts;
    bool known;
    if (!parse_selector (&c, &ts, &known))
      return false;
    if (!known || !traffic_selector_is_valid (&ts))
      continue;
    ret_selectors[kept++] = ts;
  }
  if (!cursor_done (&c) || n == 0)
    return false;
  *ret_n = kept;
  return true;
}

/* Writes TSi or TSr. */
void
ike_ts_payload_write (
    IkeChain *chain, IkePayloadType type, const TrafficSelector *selectors, size_t n)
{
  Builder *b = &chain->b;
  Reserved payload = ike_chain_begin (chain, type);
  builder_u8 (b, (uint8_t) n);
  builder_zeros (b, 3);
  for (size_t i = 0; i < n; i++) {
    const TrafficSelector *ts = &selectors[i];
    size_t from = b->len, addr_len = inet_family_len (ts->start.family);
    builder_u8 (b, ts->start.family == INET_V4 ? TS_IPV4_ADDR_RANGE : TS_IPV6_ADDR_RANGE);
    builder_u8 (b, ts->protocol);
    Reserved length = builder_reserve_u16_from (b, from);
    builder_u16 (b, ts->start_port);
    builder_u16 (b, ts->end_port);
    builder_bytes (b, ts->start.bytes, addr_len);
    builder_bytes (b, ts->end.bytes, addr_len);
    builder_fill (b, length);
  }
  ike_chain_end (chain, payload);
}
