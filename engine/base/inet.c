/* SPDX-License-Identifier: GPL-2.0-or-later */
/* InetAddr, InetPrefix: addresses as values, without a socket. */
#include "base/inet.h"

#include <arpa/inet.h>
#include <glib.h>
#include <netinet/in.h>
#include <string.h>

/* Octets of an address of that family: 4, 16, or 0 for none. */
size_t
inet_family_len (InetFamily family)
{
  switch (family) {
  case INET_V4: return 4;
  case INET_V6: return 16;
  case INET_NONE: break;
  }
  return 0;
}

/* Makes an address of the family's exact number of octets, in network order. */
bool
inet_addr_from_bytes (InetFamily family, Slice bytes, InetAddr *ret_addr)
{
  if (family == INET_NONE || bytes.len != inet_family_len (family))
    return false;
  InetAddr addr = { .family = family };
  memcpy (addr.bytes, bytes.data, bytes.len);
  *ret_addr = addr;
  return true;
}

/* Parses a dotted quad or an IPv6 literal without brackets or zone. */
bool
inet_addr_parse (const char *text, InetAddr *ret_addr)
{
  InetAddr addr = { 0 };
  if (inet_pton (AF_INET, text, addr.bytes) == 1)
    addr.family = INET_V4;
  else if (inet_pton (AF_INET6, text, addr.bytes) == 1)
    addr.family = INET_V6;
  else
    return false;
  *ret_addr = addr;
  return true;
}

/* Writes the address into buf and returns buf; "-" for none. */
const char *
inet_addr_format (const InetAddr *addr, char buf[static INET_ADDR_STRLEN])
{
  int family = addr->family == INET_V6 ? AF_INET6 : AF_INET;
  if (addr->family == INET_NONE || inet_ntop (family, addr->bytes, buf, INET_ADDR_STRLEN) == NULL)
    g_strlcpy (buf, "-", INET_ADDR_STRLEN);
  return buf;
}

/* Orders v4 before v6, then by number. */
int
inet_addr_compare (const InetAddr *a, const InetAddr *b)
{
  if (a->family != b->family)
    return a->family < b->family ? -1 : 1;
  return memcmp (a->bytes, b->bytes, sizeof a->bytes);
}

/* True if the address may belong to a host: not unspecified, loopback, multicast or broadcast. */
bool
inet_addr_is_unicast (const InetAddr *addr)
{
  static const uint8_t zero[16], loopback6[16] = { [15] = 1 };
  const uint8_t *b = addr->bytes;
  switch (addr->family) {
  case INET_V4: return b[0] != 0 && b[0] != 127 && b[0] < 224;
  case INET_V6: return b[0] != 0xff && memcmp (b, zero, 16) != 0 && memcmp (b, loopback6, 16) != 0;
  case INET_NONE: break;
  }
  return false;
}

/* Parses ADDRESS/LENGTH; a bare address is a prefix of its full length. */
bool
inet_prefix_parse (const char *text, InetPrefix *ret_prefix)
{
  g_autofree char *copy = g_strdup (text);
  char *slash = strchr (copy, '/');
  if (slash != NULL)
    *slash = '\0';

  InetPrefix prefix;
  if (!inet_addr_parse (copy, &prefix.addr))
    return false;
  guint64 length = 8 * inet_family_len (prefix.addr.family);
  if (slash != NULL && !g_ascii_string_to_unsigned (slash + 1, 10, 0, length, &length, NULL))
    return false;
  prefix.length = (uint8_t) length;
  *ret_prefix = prefix;
  return true;
}

const char *
inet_prefix_format (const InetPrefix *prefix, char buf[static INET_PREFIX_STRLEN])
{
  char addr[INET_ADDR_STRLEN];
  g_snprintf (
      buf, INET_PREFIX_STRLEN, "%s/%u", inet_addr_format (&prefix->addr, addr), prefix->length);
  return buf;
}

static uint8_t
mask_octet (const InetPrefix *prefix, size_t i)
{
  size_t bits = prefix->length > 8 * i ? prefix->length - 8 * i : 0;
  return (uint8_t) (bits >= 8 ? 0xffu : 0xff00u >> bits);
}

/* True if addr is of the prefix's family and inside it. */
bool
inet_prefix_contains (const InetPrefix *prefix, const InetAddr *addr)
{
  if (prefix->addr.family != addr->family)
    return false;
  for (size_t i = 0; i < inet_family_len (addr->family); i++) {
    if (((prefix->addr.bytes[i] ^ addr->bytes[i]) & mask_octet (prefix, i)) != 0)
      return false;
  }
  return true;
}

/* True if no bit is set behind the prefix's length, as a route needs it. */
bool
inet_prefix_is_canonical (const InetPrefix *prefix)
{
  for (size_t i = 0; i < inet_family_len (prefix->addr.family); i++) {
    if ((prefix->addr.bytes[i] & ~mask_octet (prefix, i)) != 0)
      return false;
  }
  return true;
}

/* True if the prefix is inside what never leaves a machine or its link: this network, loopback,
 * link-local IPv6, multicast, broadcast. That is no route for a tunnel. */
bool
inet_prefix_stays_local (const InetPrefix *prefix)
{
  static const InetPrefix local[] = {
    { .addr = { INET_V4, { 0 } }, .length = 8 },
    { .addr = { INET_V4, { 127 } }, .length = 8 },
    { .addr = { INET_V4, { 224 } }, .length = 3 },
    { .addr = { INET_V6, { 0 } }, .length = 127 },
    { .addr = { INET_V6, { 0xfe, 0x80 } }, .length = 10 },
    { .addr = { INET_V6, { 0xff } }, .length = 8 },
  };
  for (size_t i = 0; i < sizeof local / sizeof *local; i++) {
    if (prefix->length >= local[i].length && inet_prefix_contains (&local[i], &prefix->addr))
      return true;
  }
  return false;
}

/* Fills *ret_sockaddr for connect () or bind () and returns its length; port in host order. */
socklen_t
inet_addr_to_sockaddr (const InetAddr *addr, uint16_t port, struct sockaddr_storage *ret_sockaddr)
{
  memset (ret_sockaddr, 0, sizeof *ret_sockaddr);
  if (addr->family == INET_V6) {
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *) ret_sockaddr;
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons (port);
    memcpy (&v6->sin6_addr, addr->bytes, 16);
    return sizeof *v6;
  }
  struct sockaddr_in *v4 = (struct sockaddr_in *) ret_sockaddr;
  v4->sin_family = AF_INET;
  v4->sin_port = htons (port);
  memcpy (&v4->sin_addr, addr->bytes, 4);
  return sizeof *v4;
}

/* Takes address and port (host order) out of a socket address; a v4-mapped one becomes v4.
 * False for a family that is neither, and then nothing is written. */
bool
inet_addr_from_sockaddr (const struct sockaddr *sockaddr, InetAddr *ret_addr, uint16_t *ret_port)
{
  if (sockaddr->sa_family == AF_INET) {
    const struct sockaddr_in *v4 = (const void *) sockaddr;
    *ret_addr = (InetAddr){ .family = INET_V4 };
    memcpy (ret_addr->bytes, &v4->sin_addr, 4);
    *ret_port = ntohs (v4->sin_port);
    return true;
  }
  if (sockaddr->sa_family == AF_INET6) {
    const struct sockaddr_in6 *v6 = (const void *) sockaddr;
    bool mapped = IN6_IS_ADDR_V4MAPPED (&v6->sin6_addr);
    *ret_addr = (InetAddr){ .family = mapped ? INET_V4 : INET_V6 };
    memcpy (ret_addr->bytes, v6->sin6_addr.s6_addr + (mapped ? 12 : 0), mapped ? 4 : 16);
    *ret_port = ntohs (v6->sin6_port);
    return true;
  }
  return false;
}
