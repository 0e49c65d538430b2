/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Datagrams and the frames of RFC 9329: the body of a frame is octet for octet what RFC 3948 puts into a
 * datagram of port 4500, so that one is made of the other by its length alone. On port 500 there is
 * nothing but IKE, and no marker (RFC 7296 section 2.23). */
#include "wire/datagram.h"

#include <string.h>

#include "base/builder.h"
#include "base/cursor.h"
#include "wire/message.h"

/* Where the header of an IKE message says which exchange it belongs to (RFC 7296 section 3.1). */
#define EXCHANGE_AT 18

static const uint8_t marker[STREAM_MARKER_LEN];

/* Nothing that is worth a frame: keepalives, and what is too short to be IKE or ESP. */
static bool
is_of_use (Slice datagram, bool is_ike)
{
  if (is_ike)
    return datagram.len >= IKE_HEADER_LEN;
  return datagram.len > STREAM_MARKER_LEN;
}

/* Makes a frame of a datagram that was received DATAGRAM_MARKED_ROOM or DATAGRAM_PLAIN_ROOM octets behind
 * `frame`, as is_marked says. The frame's length; 0 where the datagram is to be passed over, and then
 * nothing is written. */
size_t
datagram_to_frame (uint8_t *frame, size_t datagram_len, bool is_marked, bool *ret_is_ike)
{
  size_t room = is_marked ? DATAGRAM_MARKED_ROOM : DATAGRAM_PLAIN_ROOM;
  Slice datagram = SLICE (frame + room, datagram_len);
  Slice content = datagram;
  bool is_ike = !is_marked;
  if (is_marked && datagram_len >= sizeof marker &&
      memcmp (datagram.data, marker, sizeof marker) == 0) {
    is_ike = true;
    content = SLICE (datagram.data + sizeof marker, datagram_len - sizeof marker);
  }
  size_t len = room + datagram_len;
  if (len > STREAM_BUFFER_LEN || !is_of_use (content, is_ike))
    return 0;
  Builder b = builder_init (frame, room);
  builder_u16 (&b, (uint16_t) len);
  builder_zeros (&b, room - STREAM_LENGTH_LEN);
  *ret_is_ike = is_ike;
  return builder_ok (&b) ? len : 0;
}

/* The first of the frames that are to be sent; borrowed. False where none is whole: they are our own, so
 * that none ever is not. */
bool
datagram_of_frame (Slice frames, Datagram *ret_datagram)
{
  Cursor c = cursor_of (frames);
  uint16_t len = cursor_u16 (&c);
  if (c.failed || len < STREAM_LENGTH_LEN)
    return false;
  Slice body = cursor_slice (&c, len - (size_t) STREAM_LENGTH_LEN);
  if (c.failed)
    return false;
  Datagram datagram = { .body = body, .frame_len = len };
  datagram.is_ike = body.len >= sizeof marker && memcmp (body.data, marker, sizeof marker) == 0;
  if (datagram.is_ike) {
    Cursor ike = cursor_of (body);
    cursor_skip (&ike, sizeof marker + EXCHANGE_AT);
    uint8_t exchange = cursor_u8 (&ike);
    datagram.begins_sa = !ike.failed &&
        (exchange == IKE_EXCHANGE_SA_INIT || exchange == IKE_EXCHANGE_SESSION_RESUME);
  }
  *ret_datagram = datagram;
  return true;
}
