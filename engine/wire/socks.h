/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>

#include "base/secret.h"
#include "base/slice.h"

#define SOCKS_HOST_MAX 255
#define SOCKS_MESSAGE_MAX 520 /* the longest that we send */
#define SOCKS_CREDENTIAL_MAX 255 /* a user name, as a password */

typedef enum {
  SOCKS_MORE, /* it is not whole yet */
  SOCKS_GRANTED,
  SOCKS_REFUSED, /* by the reply's code */
  SOCKS_BAD, /* this is no such reply */
} SocksVerdict;

typedef enum {
  SOCKS5_NO_AUTH = 0x00,
  SOCKS5_PASSWORD = 0x02,
  SOCKS5_NO_METHOD = 0xff,
} Socks5Method;

typedef struct {
  uint8_t code; /* a Socks5Method, or why it was refused */
  size_t len; /* octets of the reply; behind a granted one the tunnel begins */
} SocksReply;

size_t socks4a_request_write (const char *host, uint16_t port, uint8_t *buf, size_t size);
SocksVerdict socks4a_reply_parse (Slice octets, SocksReply *ret_reply);

size_t socks5_greeting_write (bool with_password, uint8_t *buf, size_t size);
SocksVerdict socks5_method_parse (Slice octets, SocksReply *ret_reply);
size_t socks5_password_write (Slice user, Slice password, uint8_t *buf, size_t size);
SocksVerdict socks5_password_reply_parse (Slice octets, SocksReply *ret_reply);
size_t socks5_request_write (const char *host, uint16_t port, uint8_t *buf, size_t size);
SocksVerdict socks5_reply_parse (Slice octets, SocksReply *ret_reply);

const char *socks4_code_to_string (uint8_t code);
const char *socks5_code_to_string (uint8_t code);
