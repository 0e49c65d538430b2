/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>

#include "base/cursor.h"
#include "base/traffic-selector.h"

/* What ESP must know of an IP packet inside the tunnel. */
typedef struct {
  InetFamily family;
  size_t len; /* as its own header says: what lies behind is padding */
  TrafficEnd source, destination;
} InnerPacket;

bool inner_packet_parse (Slice packet, InnerPacket *ret_inner);
