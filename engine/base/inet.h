/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/slice.h"

typedef enum {
  INET_NONE = 0,
  INET_V4 = 4,
  INET_V6 = 6,
} InetFamily;

/* An IPv4 or IPv6 address in network order; v4 uses the first four octets, the rest are zero. */
typedef struct {
  InetFamily family;
  uint8_t bytes[16];
} InetAddr;

typedef struct {
  InetAddr addr;
  uint8_t length; /* bits: 0 to 32, or 0 to 128 */
} InetPrefix;

#define INET_ADDR_STRLEN 46
#define INET_PREFIX_STRLEN 50

size_t inet_family_len (InetFamily family);
bool inet_addr_from_bytes (InetFamily family, Slice bytes, InetAddr *ret_addr);
bool inet_addr_parse (const char *text, InetAddr *ret_addr);
const char *inet_addr_format (const InetAddr *addr, char buf[static INET_ADDR_STRLEN]);
int inet_addr_compare (const InetAddr *a, const InetAddr *b);
bool inet_addr_is_unicast (const InetAddr *addr);

bool inet_prefix_parse (const char *text, InetPrefix *ret_prefix);
const char *inet_prefix_format (const InetPrefix *prefix, char buf[static INET_PREFIX_STRLEN]);
bool inet_prefix_contains (const InetPrefix *prefix, const InetAddr *addr);
bool inet_prefix_is_canonical (const InetPrefix *prefix);
bool inet_prefix_stays_local (const InetPrefix *prefix);

socklen_t
inet_addr_to_sockaddr (const InetAddr *addr, uint16_t port, struct sockaddr_storage *ret_sockaddr);
bool
inet_addr_from_sockaddr (const struct sockaddr *sockaddr, InetAddr *ret_addr, uint16_t *ret_port);
