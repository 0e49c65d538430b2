/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>

#include "base/inet.h"

/* A range of addresses, protocols and ports: RFC 7296 section 3.13.1. */
typedef struct {
  InetAddr start, end; /* inclusive, same family */
  uint8_t protocol; /* 0 = any */
  uint16_t start_port, end_port;
} TrafficSelector;

/* What of a packet a selector looks at. Where ports cannot be read (other protocols, fragments),
 * has_ports is false. */
typedef struct {
  InetAddr addr;
  uint8_t protocol;
  bool has_ports;
  uint16_t port;
} TrafficEnd;

#define TRAFFIC_SELECTOR_STRLEN 128
#define TRAFFIC_SELECTOR_MAX_PREFIXES 256

TrafficSelector traffic_selector_any (InetFamily family);
TrafficSelector traffic_selector_from_prefix (const InetPrefix *prefix);
bool traffic_selector_is_valid (const TrafficSelector *ts);
bool traffic_selector_matches (const TrafficSelector *ts, const TrafficEnd *end);
bool traffic_selector_is_subset (const TrafficSelector *ts, const TrafficSelector *of);
size_t traffic_selector_to_prefixes (
    const TrafficSelector *ts, InetPrefix *ret_prefixes, size_t max_prefixes);
const char *
traffic_selector_format (const TrafficSelector *ts, char buf[static TRAFFIC_SELECTOR_STRLEN]);
