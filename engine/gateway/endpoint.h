/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>

#include "base/inet.h"

typedef struct {
  InetAddr addr;
  uint16_t port;
} Endpoint;

#define ENDPOINT_STRLEN 56

bool endpoint_parse (const char *text, Endpoint *ret_endpoint);
bool endpoint_equal (const Endpoint *a, const Endpoint *b);
const char *endpoint_format (const Endpoint *endpoint, char buf[static ENDPOINT_STRLEN]);
