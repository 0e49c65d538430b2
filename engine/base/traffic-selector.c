/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TrafficSelector: which packets belong to a CHILD_SA (RFC 7296 sections 2.9 and 3.13). */
#include "base/traffic-selector.h"

#include <glib.h>
#include <string.h>

/* The selector of every packet of one family. */
TrafficSelector
traffic_selector_any (InetFamily family)
{
  TrafficSelector ts = { .start.family = family, .end.family = family, .end_port = 0xffff };
  memset (ts.end.bytes, 0xff, inet_family_len (family));
  return ts;
}

/* The selector of every packet to or from a prefix; bits behind its length are ignored. */
TrafficSelector
traffic_selector_from_prefix (const InetPrefix *prefix)
{
  TrafficSelector ts = traffic_selector_any (prefix->addr.family);
  for (size_t bit = 0; bit < prefix->length; bit++) {
    uint8_t mask = (uint8_t) (0x80u >> bit % 8);
    if ((prefix->addr.bytes[bit / 8] & mask) != 0)
      ts.start.bytes[bit / 8] |= mask;
    else
      ts.end.bytes[bit / 8] &= (uint8_t) ~mask;
  }
  return ts;
}

/* True if the ranges run forward within one family. OPAQUE ports (65535 to 0) are not taken: no
 * packet of ours would match them. */
bool
traffic_selector_is_valid (const TrafficSelector *ts)
{
  return ts->start.family != INET_NONE && ts->start.family == ts->end.family &&
      inet_addr_compare (&ts->start, &ts->end) <= 0 && ts->start_port <= ts->end_port;
}

/* True if that end of a packet is inside. A selector that names ports matches only where the ports
 * are known: a fragment without them is not let through on a guess (RFC 4301 section 7). */
bool
traffic_selector_matches (const TrafficSelector *ts, const TrafficEnd *end)
{
  if (ts->start.family != end->addr.family || inet_addr_compare (&ts->start, &end->addr) > 0 ||
      inet_addr_compare (&end->addr, &ts->end) > 0)
    return false;
  if (ts->protocol != 0 && ts->protocol != end->protocol)
    return false;
  if (ts->start_port == 0 && ts->end_port == 0xffff)
    return true;
  return end->has_ports && ts->start_port <= end->port && end->port <= ts->end_port;
}

/* True if every packet that ts takes is taken by `of` as well: what narrowing must yield. */
bool
traffic_selector_is_subset (const TrafficSelector *ts, const TrafficSelector *of)
{
  return ts->start.family == of->start.family && inet_addr_compare (&of->start, &ts->start) <= 0 &&
      inet_addr_compare (&ts->end, &of->end) <= 0 &&
      (of->protocol == 0 || of->protocol == ts->protocol) && of->start_port <= ts->start_port &&
      ts->end_port <= of->end_port;
}

static InetAddr
last_of_prefix (const InetPrefix *prefix)
{
  return traffic_selector_from_prefix (prefix).end;
}

/* The address behind addr; false behind the family's last. */
static bool
next_addr (InetAddr *addr)
{
  for (size_t i = inet_family_len (addr->family); i > 0; i--) {
    if (++addr->bytes[i - 1] != 0)
      return true;
  }
  return false;
}

/* The largest prefix that begins at `from` and does not pass `end`. */
static InetPrefix
largest_prefix (const InetAddr *from, const InetAddr *end)
{
  InetPrefix prefix = { .addr = *from, .length = (uint8_t) (8 * inet_family_len (from->family)) };
  while (prefix.length > 0) {
    InetPrefix wider = { .addr = *from, .length = (uint8_t) (prefix.length - 1) };
    InetAddr last = last_of_prefix (&wider);
    if (!inet_prefix_is_canonical (&wider) || inet_addr_compare (&last, end) > 0)
      break;
    prefix = wider;
  }
  return prefix;
}

/* Covers the selector's address range with as few prefixes as it takes, for routes. Returns how many
 * were written; 0 if the range is invalid or needs more than max_prefixes. */
size_t
traffic_selector_to_prefixes (
    const TrafficSelector *ts, InetPrefix *ret_prefixes, size_t max_prefixes)
{
  if (!traffic_selector_is_valid (ts))
    return 0;
  InetAddr from = ts->start;
  for (size_t n = 0; n < max_prefixes;) {
    ret_prefixes[n] = largest_prefix (&from, &ts->end);
    from = last_of_prefix (&ret_prefixes[n++]);
    if (inet_addr_compare (&from, &ts->end) == 0)
      return n;
    next_addr (&from);
  }
  return 0;
}

/* Writes START-END[/protocol[/ports]], or PREFIX where the range is one, into buf and returns buf. */
const char *
traffic_selector_format (const TrafficSelector *ts, char buf[static TRAFFIC_SELECTOR_STRLEN])
{
  InetPrefix one;
  char a[INET_PREFIX_STRLEN], b[INET_ADDR_STRLEN], rest[32] = "";
  bool all_ports = ts->start_port == 0 && ts->end_port == 0xffff;
  if (!all_ports)
    g_snprintf (rest, sizeof rest, "/%u/%u-%u", ts->protocol, ts->start_port, ts->end_port);
  else if (ts->protocol != 0)
    g_snprintf (rest, sizeof rest, "/%u", ts->protocol);

  if (traffic_selector_to_prefixes (ts, &one, 1) == 1)
    g_snprintf (buf, TRAFFIC_SELECTOR_STRLEN, "%s%s", inet_prefix_format (&one, a), rest);
  else
    g_snprintf (buf, TRAFFIC_SELECTOR_STRLEN, "%s-%s%s", inet_addr_format (&ts->start, a),
        inet_addr_format (&ts->end, b), rest);
  return buf;
}
