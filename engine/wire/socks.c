/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOCKS 4a (the "SOCKS: A protocol for TCP proxy across firewalls" memo and its 4A extension) and SOCKS 5
 * (RFC 1928) with user and password (RFC 1929), a client's side of CONNECT. A name goes to the proxy as
 * it is, so that a network whose DNS knows nothing but the proxy will do. */
#include "wire/socks.h"

#include <string.h>

#include "base/builder.h"
#include "base/cursor.h"
#include "base/inet.h"

#define VERSION_4 0x04
#define VERSION_5 0x05
#define PASSWORD_VERSION 0x01
#define COMMAND_CONNECT 0x01
#define SOCKS4_GRANTED 0x5a
#define ADDRESS_V4 0x01
#define ADDRESS_NAME 0x03
#define ADDRESS_V6 0x04

static size_t
written (const Builder *b)
{
  return builder_ok (b) ? b->len : 0;
}

/* DSTIP 0.0.0.1 says that the name follows the empty user. An IPv6 address has no place but there. All
 * that write return 0 where it does not fit. */
size_t
socks4a_request_write (const char *host, uint16_t port, uint8_t *buf, size_t size)
{
  InetAddr addr;
  Builder b = builder_init (buf, size);
  builder_u8 (&b, VERSION_4);
  builder_u8 (&b, COMMAND_CONNECT);
  builder_u16 (&b, port);
  bool is_v4 = inet_addr_parse (host, &addr) && addr.family == INET_V4;
  if (is_v4)
    builder_bytes (&b, addr.bytes, inet_family_len (INET_V4));
  else
    builder_u32 (&b, 1);
  builder_u8 (&b, 0);
  if (!is_v4)
    builder_bytes (&b, host, strlen (host) + 1);
  return written (&b);
}

/* Eight octets, of which the last six say nothing. */
SocksVerdict
socks4a_reply_parse (Slice octets, SocksReply *ret_reply)
{
  Cursor c = cursor_of (octets);
  if (octets.len > 0 && octets.data[0] != 0)
    return SOCKS_BAD;
  cursor_skip (&c, 1);
  SocksReply reply = { .code = cursor_u8 (&c) };
  cursor_skip (&c, 6);
  if (c.failed)
    return SOCKS_MORE;
  reply.len = c.pos;
  *ret_reply = reply;
  return reply.code == SOCKS4_GRANTED ? SOCKS_GRANTED : SOCKS_REFUSED;
}

size_t
socks5_greeting_write (bool with_password, uint8_t *buf, size_t size)
{
  Builder b = builder_init (buf, size);
  builder_u8 (&b, VERSION_5);
  Reserved methods = builder_reserve_u8 (&b, LENGTH_COUNTS_BODY);
  builder_u8 (&b, SOCKS5_NO_AUTH);
  if (with_password)
    builder_u8 (&b, SOCKS5_PASSWORD);
  builder_fill (&b, methods);
  return written (&b);
}

static SocksVerdict
parse_pair (Slice octets, uint8_t version, SocksReply *ret_reply)
{
  Cursor c = cursor_of (octets);
  if (octets.len > 0 && octets.data[0] != version)
    return SOCKS_BAD;
  cursor_skip (&c, 1);
  SocksReply reply = { .code = cursor_u8 (&c) };
  if (c.failed)
    return SOCKS_MORE;
  reply.len = c.pos;
  *ret_reply = reply;
  return SOCKS_GRANTED;
}

/* The method that the proxy has chosen; SOCKS_REFUSED if it was none of ours. */
SocksVerdict
socks5_method_parse (Slice octets, SocksReply *ret_reply)
{
  SocksVerdict verdict = parse_pair (octets, VERSION_5, ret_reply);
  if (verdict != SOCKS_GRANTED)
    return verdict;
  switch (ret_reply->code) {
  case SOCKS5_NO_AUTH:
  case SOCKS5_PASSWORD: return SOCKS_GRANTED;
  case SOCKS5_NO_METHOD: return SOCKS_REFUSED;
  default: return SOCKS_BAD;
  }
}

/* RFC 1929 section 2: each of 1 to 255 octets. */
size_t
socks5_password_write (Slice user, Slice password, uint8_t *buf, size_t size)
{
  Builder b = builder_init (buf, size);
  builder_u8 (&b, PASSWORD_VERSION);
  Reserved user_len = builder_reserve_u8 (&b, LENGTH_COUNTS_BODY);
  builder_slice (&b, user);
  builder_fill (&b, user_len);
  Reserved password_len = builder_reserve_u8 (&b, LENGTH_COUNTS_BODY);
  builder_slice (&b, password);
  builder_fill (&b, password_len);
  return user.len > 0 && password.len > 0 ? written (&b) : 0;
}

SocksVerdict
socks5_password_reply_parse (Slice octets, SocksReply *ret_reply)
{
  SocksVerdict verdict = parse_pair (octets, PASSWORD_VERSION, ret_reply);
  return verdict == SOCKS_GRANTED && ret_reply->code != 0 ? SOCKS_REFUSED : verdict;
}

size_t
socks5_request_write (const char *host, uint16_t port, uint8_t *buf, size_t size)
{
  InetAddr addr;
  Builder b = builder_init (buf, size);
  builder_u8 (&b, VERSION_5);
  builder_u8 (&b, COMMAND_CONNECT);
  builder_u8 (&b, 0);
  if (inet_addr_parse (host, &addr)) {
    builder_u8 (&b, addr.family == INET_V4 ? ADDRESS_V4 : ADDRESS_V6);
    builder_bytes (&b, addr.bytes, inet_family_len (addr.family));
  } else {
    builder_u8 (&b, ADDRESS_NAME);
    Reserved len = builder_reserve_u8 (&b, LENGTH_COUNTS_BODY);
    builder_bytes (&b, host, strlen (host));
    builder_fill (&b, len);
  }
  builder_u16 (&b, port);
  return written (&b);
}

/* The reply ends with the address that the proxy is bound to, whose form it says itself. */
SocksVerdict
socks5_reply_parse (Slice octets, SocksReply *ret_reply)
{
  Cursor c = cursor_of (octets);
  if (octets.len > 0 && octets.data[0] != VERSION_5)
    return SOCKS_BAD;
  cursor_skip (&c, 1);
  SocksReply reply = { .code = cursor_u8 (&c) };
  cursor_skip (&c, 1);
  uint8_t type = cursor_u8 (&c);
  if (c.failed)
    return SOCKS_MORE;
  switch (type) {
  case ADDRESS_V4: cursor_skip (&c, 4); break;
  case ADDRESS_V6: cursor_skip (&c, 16); break;
  case ADDRESS_NAME: cursor_skip (&c, cursor_u8 (&c)); break;
  default: return SOCKS_BAD;
  }
  cursor_skip (&c, 2);
  if (c.failed)
    return SOCKS_MORE;
  reply.len = c.pos;
  *ret_reply = reply;
  return reply.code == 0 ? SOCKS_GRANTED : SOCKS_REFUSED;
}

const char *
socks4_code_to_string (uint8_t code)
{
  switch (code) {
  case SOCKS4_GRANTED: return "granted";
  case 0x5c: return "it does not reach our identd";
  case 0x5d: return "our identd tells of another user";
  default: return "refused or failed";
  }
}

/* RFC 1928 section 6. */
const char *
socks5_code_to_string (uint8_t code)
{
  static const char *const words[] = { "granted", "general failure", "not allowed by its rules",
    "network unreachable", "host unreachable", "connection refused", "TTL expired",
    "command not supported", "address type not supported" };
  return code < G_N_ELEMENTS (words) ? words[code] : "unknown reason";
}
