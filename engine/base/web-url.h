/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/proxy.h"

#define WEB_URL_MAX 2048

/* Where a URL leads, as a plain value; host as in a Proxy. */
typedef struct {
  bool is_https;
  uint16_t port;
  char host[PROXY_HOST_MAX + 1];
} WebUrl;

bool web_url_parse (const char *text, WebUrl *ret_url);
char *web_url_target (const char *text);
bool web_hosts_are_related (const char *a, const char *b);
