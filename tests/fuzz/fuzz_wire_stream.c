/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The stream decoder. The first octet says which side it is and how the rest is cut; however it is
 * cut, the same messages must come out. */
#include "fuzz.h"

#include <glib.h>
#include <string.h>

#include "wire/stream.h"

/* A digest of what came out, in order. */
static guint64
decode (const uint8_t *data, size_t len, bool server, size_t piece)
{
  static StreamDecoder d;
  guint64 sum = 14695981039346656037u;
  StreamVerdict verdict = STREAM_MORE;
  stream_decoder_init (&d, server);
  for (size_t at = 0; at < len && verdict == STREAM_MORE;) {
    size_t size;
    uint8_t *space = stream_decoder_space (&d, &size);
    g_assert (size > 0);
    size_t n = MIN (MIN (piece, size), len - at);
    memcpy (space, data + at, n);
    stream_decoder_filled (&d, n);
    at += n;
    do {
      Slice body = { NULL, 0 };
      verdict = stream_decoder_next (&d, &body);
      if (verdict != STREAM_MORE)
        sum = (sum ^ verdict ^ body.len << 8) * 1099511628211u;
      for (size_t i = 0; i < body.len; i++)
        sum = (sum ^ body.data[i]) * 1099511628211u;
      g_assert (verdict != STREAM_ESP || body.len >= STREAM_MARKER_LEN);
    } while (verdict == STREAM_IKE || verdict == STREAM_ESP);
  }
  return sum;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  if (size == 0)
    return 0;
  bool server = (data[0] & 1) != 0;
  size_t piece = 1u + (data[0] >> 1);
  guint64 cut = decode (data + 1, size - 1, server, piece);
  g_assert (cut == decode (data + 1, size - 1, server, SIZE_MAX));
  return 0;
}
