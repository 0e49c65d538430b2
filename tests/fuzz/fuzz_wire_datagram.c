/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Datagrams as they come from the network, and as frames through the decoder that reads them next: what
 * the one lets through the other takes, as one message of the same kind. */
#include "fuzz.h"

#include <glib.h>
#include <string.h>

#include "wire/datagram.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static StreamDecoder decoder;
  if (size == 0 || size - 1 > STREAM_BUFFER_LEN - DATAGRAM_PLAIN_ROOM)
    return 0;
  bool is_marked = (data[0] & 1) != 0, is_ike = false;
  size_t room = is_marked ? DATAGRAM_MARKED_ROOM : DATAGRAM_PLAIN_ROOM, space_len;
  stream_decoder_init (&decoder, false);
  uint8_t *space = stream_decoder_space (&decoder, &space_len);
  memcpy (space + room, data + 1, size - 1);
  size_t len = datagram_to_frame (space, size - 1, is_marked, &is_ike);
  if (len > 0) {
    Slice body;
    Datagram datagram;
    g_assert (datagram_of_frame (SLICE (space, len), &datagram));
    g_assert (datagram.frame_len == len && datagram.is_ike == is_ike);
    stream_decoder_filled (&decoder, len);
    StreamVerdict verdict = stream_decoder_next (&decoder, &body);
    g_assert (verdict == (is_ike ? STREAM_IKE : STREAM_ESP));
    g_assert (stream_decoder_next (&decoder, &body) == STREAM_MORE);
  }
  Datagram any;
  (void) datagram_of_frame (SLICE (data, size), &any);
  return 0;
}
