/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Uplink, what moves on its stream: packets from the TUN, ESP and IKE from the gateway.
 *
 * Each wakeup moves a bounded burst, so that neither direction, nor the host's messages, starve. */
#include "tunnel/uplink-private.h"

#include "wire/message.h"

#define FRAMES_PER_WAKEUP 256
#define PACKETS_PER_WAKEUP 128
/* So many frames in a row that make no sense are no accident: an octet of a length is false, and all
 * that follows is cut at the wrong places (RFC 9329 section 6.5). */
#define MAX_SENSELESS 100

/* The stream is of no use any more, which its user hears from the main loop. Takes error. */
void
uplink_break (Uplink *self, GError *error)
{
  if (self->broken == NULL)
    self->broken = error;
  else
    g_clear_error (&error);
  alarm_set (self->later_alarm, 0);
}

static bool
reads_tun (const Uplink *self)
{
  return self->allow_esp && !self->stalled && datapath_can_send (self->datapath);
}

static void
update_watches (Uplink *self)
{
  bool flushed = frame_stream_is_flushed (self->frames);
  GIOCondition out = self->stalled || !flushed ? G_IO_OUT : 0;
  if (self->watch != NULL)
    fd_watch_set (self->watch, G_IO_IN | out);
  if (self->tun_watch != NULL)
    fd_watch_set (self->tun_watch, reads_tun (self) ? G_IO_IN : 0);
}

static void
send_packets (Uplink *self)
{
  GError *error = NULL;
  unsigned int budget = self->allow_esp ? PACKETS_PER_WAKEUP : 0;
  switch (datapath_send (self->datapath, self->frames, budget, &error)) {
  case DATAPATH_IDLE:
  case DATAPATH_MORE: self->stalled = false; break;
  case DATAPATH_STALLED: self->stalled = true; break;
  case DATAPATH_BROKEN: uplink_break (self, error); return;
  }
  update_watches (self);
}

static void
flush (Uplink *self)
{
  GError *error = NULL;
  switch (frame_stream_flush (self->frames, &error)) {
  case LINK_DONE:
  case LINK_AGAIN: update_watches (self); break;
  case LINK_CLOSED:
  case LINK_FAILED: uplink_break (self, error); break;
  }
}

/* True for a stream over UDP. */
bool
uplink_has_datagrams (const Uplink *self)
{
  return self->frames != NULL && link_has_datagrams (frame_stream_link (self->frames));
}

/* Counts frames that are neither IKE nor ESP of an SA of ours. A few may come while the two ends do not
 * know of the same SAs, and anybody can put one into a stream without TLS. Datagrams are cut by nobody, and
 * anybody can send them. */
static void
judge_frame (Uplink *self, bool makes_sense)
{
  if (uplink_has_datagrams (self))
    return;
  self->senseless = makes_sense ? 0 : self->senseless + 1;
  if (self->senseless == MAX_SENSELESS)
    uplink_break (self,
        g_error_new (VISITOR_ERROR, VISITOR_ERROR_PROTOCOL,
            "%d frames in a row make no sense: the stream is corrupt", MAX_SENSELESS));
}

static void
receive_ike (Uplink *self, Slice message)
{
  IkeHeader header;
  judge_frame (self, ike_header_parse (message, &header));
  self->handlers.ike (message, self->user_data);
}

/* True if it was authentic and passed on. */
static bool
receive_esp (Uplink *self, uint8_t *packet, size_t len)
{
  EspVerdict verdict =
      datapath_receive (self->datapath, packet, len, frame_stream_was_congested (self->frames));
  judge_frame (self,
      verdict != ESP_DROP_SHORT && verdict != ESP_DROP_UNKNOWN_SPI && verdict != ESP_DROP_AUTH);
  return verdict == ESP_PASS;
}

/* The gateway has said a word. Before it is known who it is anybody can say one over UDP: then its user knows
 * better (uplink_believe ()). */
static void
note_heard (Uplink *self)
{
  if (self->knows_peer || !uplink_has_datagrams (self))
    attempt_record_worked (g_steal_pointer (&self->record));
}

/* Takes what has come, until there is no more, the burst is over, or a handler closed the stream. */
void
uplink_receive_frames (Uplink *self)
{
  bool any_esp = false;
  for (unsigned int i = 0; i < FRAMES_PER_WAKEUP && uplink_is_up (self); i++) {
    uint8_t *body;
    size_t len;
    GError *error = NULL;
    FrameType type = frame_stream_next (self->frames, &body, &len, &error);
    if (type == FRAME_ESP || type == FRAME_IKE)
      note_heard (self);
    if (type == FRAME_ESP)
      any_esp |= receive_esp (self, body, len);
    else if (type == FRAME_IKE)
      receive_ike (self, SLICE (body, len));
    else if (type == FRAME_BROKEN)
      uplink_break (self, error);
    if (type == FRAME_NONE || type == FRAME_BROKEN)
      break;
    if (i + 1 == FRAMES_PER_WAKEUP)
      alarm_set (self->later_alarm, 0); /* what TLS holds already wakes no poll () */
  }
  if (any_esp)
    self->handlers.esp (self->user_data);
}

/* FdWatchFunc, of the stream. */
void
uplink_stream_ready (GIOCondition condition, void *user_data)
{
  Uplink *self = user_data;
  if (self->broken != NULL)
    return;
  if ((condition & ~G_IO_OUT) != 0)
    uplink_receive_frames (self);
  if ((condition & G_IO_OUT) != 0 && self->frames != NULL && self->broken == NULL)
    send_packets (self);
}

static void
tun_ready (GIOCondition condition, void *user_data)
{
  Uplink *self = user_data;
  if ((condition & (G_IO_ERR | G_IO_HUP | G_IO_NVAL)) != 0) {
    g_clear_pointer (&self->tun_watch, fd_watch_free);
    self->handlers.tun_lost (self->user_data);
  } else if (self->frames != NULL && self->broken == NULL && self->allow_esp) {
    send_packets (self);
  }
}

/* Sends an IKE message; without a stream it is lost, as in any network. */
void
uplink_send_ike (Uplink *uplink, Slice message)
{
  GError *error = NULL;
  if (!uplink_is_up (uplink))
    return;
  if (frame_stream_send_ike (uplink->frames, message, &error))
    flush (uplink);
  else
    uplink_break (uplink, error);
}

/* Reads the datapath's TUN, or leaves that to another uplink of the same datapath. */
void
uplink_own_tun (Uplink *uplink, bool own)
{
  int fd = datapath_tun (uplink->datapath);
  g_clear_pointer (&uplink->tun_watch, fd_watch_free);
  if (own && fd >= 0)
    uplink->tun_watch = fd_watch_new (fd, reads_tun (uplink) ? G_IO_IN : 0, tun_ready, uplink);
}

/* Gives the datapath its TUN (which it owns from now on) and watches it. */
void
uplink_set_tun (Uplink *uplink, int fd)
{
  g_clear_pointer (&uplink->tun_watch, fd_watch_free);
  datapath_set_tun (uplink->datapath, fd);
  uplink_own_tun (uplink, true);
}

/* Lets packets out, or holds them back in the TUN. What comes in is always taken. A stream that may
 * carry packets has proved itself: what it is worth for the next one is kept. */
void
uplink_allow_esp (Uplink *uplink, bool allow)
{
  uplink->allow_esp = allow;
  if (!uplink_is_up (uplink))
    return;
  if (allow)
    connector_keep_session (uplink->connector, frame_stream_link (uplink->frames));
  update_watches (uplink);
}
