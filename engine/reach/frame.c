/* SPDX-License-Identifier: GPL-2.0-or-later */
/* FrameStream: IKE and ESP over one link, framed as RFC 9329 section 3 has it. The prefix goes first
 * and once. What is to be sent is laid frame behind frame into one buffer and leaves in one write,
 * so that a TLS record carries many of them; what arrives is handed out where it was read. The two
 * buffers are part of the object: no packet costs an allocation or a copy. */
#include "reach/frame.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

/* ESP never fills more than a batch, so IKE finds room behind it even when the link is stuck. */
#define OUT_LEN (FRAME_BATCH_LEN + STREAM_BUFFER_LEN)

struct _FrameStream {
  Link *link; /* owned */
  bool knows_peer;
  bool heard; /* a whole frame has come */

  StreamDecoder in;

  uint8_t out[OUT_LEN];
  size_t out_len; /* octets in out */
  size_t out_pos; /* of these, octets that the link took */
};

/* Takes an open link, which it owns. With knows_peer false, the first that comes must be IKE, and
 * anything else says that this server is none of ours (the IKE SA begins on this stream). */
FrameStream *
frame_stream_new (Link *link, bool knows_peer)
{
  FrameStream *self = g_new0 (FrameStream, 1);
  self->link = link;
  self->knows_peer = knows_peer;
  stream_decoder_init (&self->in, false);
  memcpy (self->out, stream_prefix, STREAM_PREFIX_LEN);
  self->out_len = STREAM_PREFIX_LEN;
  return self;
}

void
frame_stream_free (FrameStream *frames)
{
  if (frames == NULL)
    return;
  link_free (frames->link);
  g_free (frames);
}

Link *
frame_stream_link (FrameStream *frames)
{
  return frames->link;
}

/* True if a router has marked the datagram that the last frame came in. With a stream never: there that is
 * TCP's own business. */
bool
frame_stream_was_congested (const FrameStream *frames)
{
  return frames->link->was_congested;
}

/* True once a whole frame has come. */
bool
frame_stream_was_heard (const FrameStream *frames)
{
  return frames->heard;
}

static void
set_not_visitor_mode (GError **error, const char *what)
{
  g_clear_error (error);
  g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_NOT_VISITOR_MODE,
      "the server %s: this port does not speak Visitor Mode", what);
}

/* A gateway's first frame is IKE: a length, then the non-ESP marker. A web server's first octets are
 * text, which read as a length would be waited for in vain. */
static bool
begins_wrong (FrameStream *self)
{
  if (self->knows_peer || self->heard || self->in.len < STREAM_LENGTH_LEN + STREAM_MARKER_LEN)
    return false;
  static const uint8_t marker[STREAM_MARKER_LEN];
  bool keepalive = self->in.buffer[0] == 0 && self->in.buffer[1] <= STREAM_LENGTH_LEN + 1;
  return !keepalive && memcmp (self->in.buffer + STREAM_LENGTH_LEN, marker, sizeof marker) != 0;
}

/* The link is over: says so, and what that means before the gateway has said anything. */
static void
explain_end (FrameStream *self, LinkStatus status, GError **error)
{
  bool silent = !self->knows_peer && !self->heard;
  bool closed =
      status == LINK_CLOSED || g_error_matches (*error, VISITOR_ERROR, VISITOR_ERROR_STREAM_CLOSED);
  if (silent && closed)
    set_not_visitor_mode (error, "closed the stream without an answer");
  else if (status == LINK_CLOSED)
    g_set_error (
        error, VISITOR_ERROR, VISITOR_ERROR_STREAM_CLOSED, "the gateway closed the stream");
}

/* Reads once from the link; FRAME_IKE means only that there is something to decode. */
static FrameType
fill (FrameStream *self, GError **error)
{
  size_t size, n = 0;
  uint8_t *space = stream_decoder_space (&self->in, &size);
  g_autoptr (GError) own = NULL;
  LinkStatus status = link_read (self->link, space, size, &n, &own);
  switch (status) {
  case LINK_DONE: break;
  case LINK_AGAIN: return FRAME_NONE;
  case LINK_CLOSED:
  case LINK_FAILED:
    explain_end (self, status, &own);
    g_propagate_error (error, g_steal_pointer (&own));
    return FRAME_BROKEN;
  }
  stream_decoder_filled (&self->in, n);
  if (begins_wrong (self)) {
    set_not_visitor_mode (error, "answers, but not with IKE");
    return FRAME_BROKEN;
  }
  return FRAME_IKE;
}

/* Hands out the next frame's body: an IKE message without its marker, or an ESP packet. It stands in
 * the stream's own buffer, may be written to, and is valid until the next call. */
FrameType
frame_stream_next (FrameStream *frames, uint8_t **ret_body, size_t *ret_len, GError **error)
{
  for (;;) {
    Slice body = { 0 };
    StreamVerdict verdict = stream_decoder_next (&frames->in, &body);
    switch (verdict) {
    case STREAM_IKE:
    case STREAM_ESP:
      frames->heard = true;
      *ret_body = frames->in.buffer + (body.data - frames->in.buffer);
      *ret_len = body.len;
      return verdict == STREAM_IKE ? FRAME_IKE : FRAME_ESP;
    case STREAM_MORE: break;
    case STREAM_BAD_PREFIX:
    case STREAM_BAD_LENGTH:
      g_set_error (error, VISITOR_ERROR,
          frames->heard || frames->knows_peer ? VISITOR_ERROR_PROTOCOL
                                              : VISITOR_ERROR_NOT_VISITOR_MODE,
          "the stream is not framed as RFC 9329 says: bad length");
      return FRAME_BROKEN;
    }
    FrameType type = fill (frames, error);
    if (type == FRAME_NONE || type == FRAME_BROKEN)
      return type;
  }
}

/* Lays an IKE message behind what is waiting to be sent; frame_stream_flush () sends it. Fails when
 * the link has been stuck for so long that there is no room. */
bool
frame_stream_send_ike (FrameStream *frames, Slice message, GError **error)
{
  size_t n = stream_write_ike (
      frames->out + frames->out_len, sizeof frames->out - frames->out_len, message);
  if (n == 0) {
    g_set_error_literal (error, VISITOR_ERROR, VISITOR_ERROR_STREAM_CLOSED,
        "the stream is stuck: no room for an IKE message");
    return false;
  }
  frames->out_len += n;
  return true;
}

/* Room for an ESP packet of up to `size` octets behind the frames that are waiting, or NULL when the
 * batch is full. What is written there goes out after frame_stream_esp_commit (). */
uint8_t *
frame_stream_esp_space (FrameStream *frames, size_t size)
{
  size_t need = stream_frame_len (false, size);
  if (frames->out_len > FRAME_BATCH_LEN || need > FRAME_BATCH_LEN - frames->out_len)
    return NULL;
  return frames->out + frames->out_len + STREAM_LENGTH_LEN;
}

/* Puts the length in front of the packet that was written into the space. */
void
frame_stream_esp_commit (FrameStream *frames, size_t esp_len)
{
  if (stream_write_esp_header (frames->out + frames->out_len, esp_len))
    frames->out_len += stream_frame_len (false, esp_len);
}

/* Writes what waits. LINK_AGAIN: the rest goes when the socket is writable. LINK_FAILED: the stream is
 * over and error says why; LINK_CLOSED does not happen. */
LinkStatus
frame_stream_flush (FrameStream *frames, GError **error)
{
  while (!frame_stream_is_flushed (frames)) {
    size_t n = 0;
    g_autoptr (GError) own = NULL;
    LinkStatus status = link_write (
        frames->link, frames->out + frames->out_pos, frames->out_len - frames->out_pos, &n, &own);
    if (status == LINK_AGAIN)
      return LINK_AGAIN;
    if (status != LINK_DONE) {
      explain_end (frames, status, &own);
      g_propagate_error (error, g_steal_pointer (&own));
      return LINK_FAILED;
    }
    frames->out_pos += n;
    if (frames->out_pos == frames->out_len)
      frames->out_pos = frames->out_len = 0;
    if (frames->out_len == 0 && link_wants_write (frames->link))
      return LINK_AGAIN;
  }
  return LINK_DONE;
}

/* True if nothing waits to be sent, neither here nor in the link. */
bool
frame_stream_is_flushed (const FrameStream *frames)
{
  return frames->out_len == 0 && !link_wants_write (frames->link);
}

/* True if the kernel wants more: nothing waits here and its unsent queue is short
 * (TCP_NOTSENT_LOWAT, which poll () heeds and send () does not). */
bool
frame_stream_can_take (const FrameStream *frames)
{
  if (!frame_stream_is_flushed (frames))
    return false;
  struct pollfd p = { .fd = link_fd (frames->link), .events = POLLOUT };
  return poll (&p, 1, 0) == 1 && (p.revents & POLLOUT) != 0;
}
