/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The RFC 9329 stream: a prefix once, then frames of a 16-bit length that counts itself and a body
 * that is byte for byte what RFC 3948 puts into a UDP datagram: a non-ESP marker of four zero octets
 * and an IKE message, or an ESP packet from its SPI.
 *
 * The decoder owns one buffer. The caller writes into its space and takes whole bodies out, borrowed
 * until the next call of stream_decoder_space (). */
#include "wire/stream.h"

#include <string.h>

#include "base/builder.h"
#include "base/cursor.h"

const uint8_t stream_prefix[STREAM_PREFIX_LEN] = { 'I', 'K', 'E', 'T', 'C', 'P' };

/* Begins a stream. expects_prefix on the side that accepted it: RFC 9329 section 4 lets only the TCP
 * originator send one. */
void
stream_decoder_init (StreamDecoder *d, bool expects_prefix)
{
  d->len = d->pos = 0;
  d->expects_prefix = expects_prefix;
  d->failed = false;
}

/* Room for more octets of the stream; never of size 0 once stream_decoder_next () has said
 * STREAM_MORE. What was handed out before is no longer valid. */
uint8_t *
stream_decoder_space (StreamDecoder *d, size_t *ret_size)
{
  /* Moved only when less than a half is free, so that each octet moves a bounded number of times. */
  if (d->pos == d->len)
    d->pos = d->len = 0;
  else if (d->pos > 0 && STREAM_BUFFER_LEN - d->len < STREAM_BUFFER_LEN / 2) {
    memmove (d->buffer, d->buffer + d->pos, d->len - d->pos);
    d->len -= d->pos;
    d->pos = 0;
  }
  *ret_size = STREAM_BUFFER_LEN - d->len;
  return d->buffer + d->len;
}

/* Says that n octets were written into the space. */
void
stream_decoder_filled (StreamDecoder *d, size_t n)
{
  d->len += n;
}

static StreamVerdict
fail (StreamDecoder *d, StreamVerdict why)
{
  d->failed = true;
  d->pos = d->len = 0;
  return why;
}

/* STREAM_IKE once the prefix is behind us, STREAM_MORE or STREAM_BAD_PREFIX otherwise. A wrong octet
 * is told as soon as it is there. */
static StreamVerdict
take_prefix (StreamDecoder *d)
{
  size_t have = d->len - d->pos < STREAM_PREFIX_LEN ? d->len - d->pos : STREAM_PREFIX_LEN;
  if (memcmp (d->buffer + d->pos, stream_prefix, have) != 0)
    return fail (d, STREAM_BAD_PREFIX);
  if (have < STREAM_PREFIX_LEN)
    return STREAM_MORE;
  d->pos += STREAM_PREFIX_LEN;
  d->expects_prefix = false;
  return STREAM_IKE;
}

/* Sorts a body. Empty ones and keepalives are dropped without a word (RFC 9329 section 3), and so is
 * what is too short for an SPI: neither IKE nor ESP, but no reason to end the stream. */
static StreamVerdict
classify (Slice body, Slice *ret_body)
{
  static const uint8_t marker[STREAM_MARKER_LEN];
  if (body.len < STREAM_MARKER_LEN)
    return STREAM_MORE;
  if (memcmp (body.data, marker, STREAM_MARKER_LEN) != 0) {
    *ret_body = body;
    return STREAM_ESP;
  }
  *ret_body = SLICE (body.data + STREAM_MARKER_LEN, body.len - STREAM_MARKER_LEN);
  return STREAM_IKE;
}

/* Takes the next message out of the stream. *ret_body is written with STREAM_IKE and STREAM_ESP only
 * and borrowed from the decoder. The two STREAM_BAD_* are final: the TCP connection must be closed
 * (RFC 9329 section 3), every later call says STREAM_BAD_LENGTH. */
StreamVerdict
stream_decoder_next (StreamDecoder *d, Slice *ret_body)
{
  if (d->failed)
    return STREAM_BAD_LENGTH;
  if (d->expects_prefix) {
    StreamVerdict prefix = take_prefix (d);
    if (prefix != STREAM_IKE)
      return prefix;
  }
  for (;;) {
    Cursor c = cursor_init (d->buffer + d->pos, d->len - d->pos);
    uint16_t length = cursor_u16 (&c);
    if (c.failed)
      return STREAM_MORE;
    if (length < STREAM_LENGTH_LEN)
      return fail (d, STREAM_BAD_LENGTH);
    Slice body = cursor_slice (&c, length - (size_t) STREAM_LENGTH_LEN);
    if (c.failed)
      return STREAM_MORE;
    d->pos += length;
    StreamVerdict verdict = classify (body, ret_body);
    if (verdict != STREAM_MORE)
      return verdict;
  }
}

/* Octets of a whole frame around a body (an IKE message without its marker, or an ESP packet). */
size_t
stream_frame_len (bool is_ike, size_t body_len)
{
  return STREAM_LENGTH_LEN + (is_ike ? STREAM_MARKER_LEN : 0u) + body_len;
}

/* Writes length, marker and message into buf; the frame's length, or 0 if it does not fit. */
size_t
stream_write_ike (uint8_t *buf, size_t size, Slice ike_message)
{
  Builder b = builder_init (buf, size);
  Reserved length = builder_reserve_u16 (&b, LENGTH_COUNTS_ITSELF);
  builder_zeros (&b, STREAM_MARKER_LEN);
  builder_slice (&b, ike_message);
  builder_fill (&b, length);
  return builder_result (&b).len;
}

/* Writes the two octets of length in front of an ESP packet of esp_len octets, which stands behind
 * them already. False if a frame cannot hold it. */
bool
stream_write_esp_header (uint8_t *at, size_t esp_len)
{
  if (esp_len > STREAM_MAX_BODY)
    return false;
  Builder b = builder_init (at, STREAM_LENGTH_LEN);
  builder_u16 (&b, (uint16_t) (STREAM_LENGTH_LEN + esp_len));
  return builder_ok (&b);
}
