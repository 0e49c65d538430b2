/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"
#include "wire/stream.h"

/* IKE and ESP in UDP (RFC 3948, RFC 7296 section 2.23), as what a stream would carry. */

/* The NAT keepalive (RFC 3948 section 2.3). */
#define DATAGRAM_KEEPALIVE 0xff

/* What stands in front of a datagram in the frame that is made of it: a length, and on a port without
 * markers the one that a frame has. */
#define DATAGRAM_MARKED_ROOM STREAM_LENGTH_LEN
#define DATAGRAM_PLAIN_ROOM (STREAM_LENGTH_LEN + STREAM_MARKER_LEN)

/* A frame of ours that is to be sent. */
typedef struct {
  Slice body; /* with the marker where it is IKE */
  size_t frame_len;
  bool is_ike;
  bool begins_sa; /* IKE_SA_INIT or IKE_SESSION_RESUME: may go to port 500, without its marker */
} Datagram;

size_t datagram_to_frame (uint8_t *frame, size_t datagram_len, bool is_marked, bool *ret_is_ike);
bool datagram_of_frame (Slice frames, Datagram *ret_datagram);
