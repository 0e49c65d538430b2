/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdint.h>

typedef enum {
  DROP_ESP_BEFORE_IKE, /* a stream must name its session first */
  DROP_IKE_MALFORMED,
  DROP_TOO_LARGE, /* does not fit a UDP datagram */
  DROP_TOO_SHORT,
  DROP_UDP_FAILED,
  DROP_ESP_QUEUE_FULL,
  DROP_IKE_QUEUE_FULL,
  DROP_NO_STREAM, /* the session's client is away */
  DROP_N_REASONS,
} DropReason;

typedef struct {
  uint64_t to_gateway_packets;
  uint64_t to_gateway_octets;
  uint64_t to_client_packets;
  uint64_t to_client_octets;
  uint64_t dropped[DROP_N_REASONS];
} Counters;

const char *drop_reason_to_string (DropReason reason);
