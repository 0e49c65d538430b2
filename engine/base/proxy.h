/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
  PROXY_DIRECT, /* none: straight to the gateway */
  PROXY_HTTP,
  PROXY_HTTPS, /* HTTP inside TLS */
  PROXY_SOCKS4A,
  PROXY_SOCKS5,
} ProxyKind;

#define PROXY_HOST_MAX 253
#define PROXY_LIST_MAX 16
#define PROXY_URI_MAX 320

/* A way through, as a plain value; host is an address literal without brackets or a lower-case name. */
typedef struct {
  ProxyKind kind;
  uint16_t port;
  char host[PROXY_HOST_MAX + 1];
} Proxy;

typedef enum {
  PROXY_URI_OK,
  PROXY_URI_NOT_ONE, /* it is not SCHEME://HOST:PORT */
  PROXY_URI_SCHEME, /* of a kind that is not known */
  PROXY_URI_USER, /* a user or a password stands in it */
} ProxyUriVerdict;

ProxyUriVerdict proxy_parse (const char *uri, Proxy *ret_proxy);
char *proxy_format (const Proxy *proxy);
char *proxy_name (const Proxy *proxy);
bool proxy_equal (const Proxy *a, const Proxy *b);
size_t proxy_list_parse (const char *const *uris, Proxy ret_list[static PROXY_LIST_MAX]);
char *host_port_format (const char *host, uint16_t port);
