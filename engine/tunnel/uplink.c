/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Uplink: the one stream to the gateway that stands at a time, what moves on it, and how it is made
 * again. It knows nothing of IKE but its frames; what a lost stream means is its user's business. A UDP
 * socket is a stream too, which loses frames and never breaks by itself: its user says when it is silent.
 *
 * Each wakeup moves a bounded burst, so that neither direction, nor the host's messages, starve. */
#include "tunnel/uplink.h"

#include <unistd.h>

#include "reach/alarm.h"
#include "reach/fd-watch.h"
#include "reach/frame.h"
#include "reach/link-udp.h"
#include "wire/message.h"

#define FRAMES_PER_WAKEUP 256
#define PACKETS_PER_WAKEUP 128
/* So many frames in a row that make no sense are no accident: an octet of a length is false, and all
 * that follows is cut at the wrong places (RFC 9329 section 6.5). */
#define MAX_SENSELESS 100

struct _Uplink {
  Connector *connector;
  Datapath *datapath; /* borrowed */
  UplinkHandlers handlers;
  void *user_data;

  Alarm *connect_alarm;
  Alarm *keepalive_alarm; /* over UDP */
  Alarm *later_alarm; /* what must not happen inside a caller: a break, the rest of a burst */
  bool knows_peer;

  AttemptRecord *record; /* of the stream's way, until the gateway has said a word; or NULL */
  FrameStream *frames; /* NULL: no stream */
  FdWatch *watch;
  unsigned int senseless; /* frames in a row */
  GError *broken; /* why `frames` is of no use any more */

  FdWatch *tun_watch;
  bool allow_esp;
  bool stalled; /* the stream takes no more, the TUN is not read */
};

static void
mark_broken (Uplink *self, GError *error)
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
  case DATAPATH_BROKEN: mark_broken (self, error); return;
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
  case LINK_FAILED: mark_broken (self, error); break;
  }
}

static bool
has_datagrams (const Uplink *self)
{
  return self->frames != NULL && link_has_datagrams (frame_stream_link (self->frames));
}

/* Counts frames that are neither IKE nor ESP of an SA of ours. A few may come while the two ends do not
 * know of the same SAs, and anybody can put one into a stream without TLS. Datagrams are cut by nobody, and
 * anybody can send them. */
static void
judge_frame (Uplink *self, bool makes_sense)
{
  if (has_datagrams (self))
    return;
  self->senseless = makes_sense ? 0 : self->senseless + 1;
  if (self->senseless == MAX_SENSELESS)
    mark_broken (self,
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
  EspVerdict verdict = datapath_receive (self->datapath, packet, len);
  judge_frame (self,
      verdict != ESP_DROP_SHORT && verdict != ESP_DROP_UNKNOWN_SPI && verdict != ESP_DROP_AUTH);
  return verdict == ESP_PASS;
}

/* Takes what has come, until there is no more, the burst is over, or a handler closed the stream. */
static void
receive_frames (Uplink *self)
{
  bool any_esp = false;
  for (unsigned int i = 0; i < FRAMES_PER_WAKEUP && uplink_is_up (self); i++) {
    uint8_t *body;
    size_t len;
    GError *error = NULL;
    FrameType type = frame_stream_next (self->frames, &body, &len, &error);
    if (type == FRAME_ESP || type == FRAME_IKE)
      attempt_record_worked (g_steal_pointer (&self->record));
    if (type == FRAME_ESP)
      any_esp |= receive_esp (self, body, len);
    else if (type == FRAME_IKE)
      receive_ike (self, SLICE (body, len));
    else if (type == FRAME_BROKEN)
      mark_broken (self, error);
    if (type == FRAME_NONE || type == FRAME_BROKEN)
      break;
    if (i + 1 == FRAMES_PER_WAKEUP)
      alarm_set (self->later_alarm, 0); /* what TLS holds already wakes no poll () */
  }
  if (any_esp)
    self->handlers.esp (self->user_data);
}

static void
stream_ready (GIOCondition condition, void *user_data)
{
  Uplink *self = user_data;
  if (self->broken != NULL)
    return;
  if ((condition & ~G_IO_OUT) != 0)
    receive_frames (self);
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

/* Whoever looks on learns that the way came to nothing, unless the gateway was heard on it. */
void
uplink_blame (Uplink *uplink, const GError *error)
{
  attempt_record_failed (
      g_steal_pointer (&uplink->record), (VisitorError) error->code, error->message);
}

/* Whoever looks on learns that another way was first. */
void
uplink_overtake (Uplink *uplink)
{
  AttemptRecord *record = g_steal_pointer (&uplink->record);
  attempt_record_overtaken (record != NULL ? record : connector_take_record (uplink->connector));
}

/* Closes the stream, says goodbye where that is possible, and ends every attempt to connect. */
void
uplink_close (Uplink *uplink)
{
  alarm_set (uplink->connect_alarm, ALARM_OFF);
  alarm_set (uplink->later_alarm, ALARM_OFF);
  alarm_set (uplink->keepalive_alarm, ALARM_OFF);
  connector_stop (uplink->connector);
  g_clear_pointer (&uplink->watch, fd_watch_free);
  if (uplink->frames != NULL) {
    if (uplink->broken == NULL && frame_stream_flush (uplink->frames, NULL) == LINK_DONE)
      link_close (frame_stream_link (uplink->frames));
  }
  g_clear_pointer (&uplink->frames, frame_stream_free);
  g_clear_pointer (&uplink->record, attempt_record_free);
  g_clear_error (&uplink->broken);
  uplink->allow_esp = false;
  uplink->stalled = false;
  if (uplink->tun_watch != NULL)
    fd_watch_set (uplink->tun_watch, 0);
}

static void
later (void *user_data)
{
  Uplink *self = user_data;
  if (self->broken != NULL) {
    g_autoptr (GError) error = g_steal_pointer (&self->broken);
    uplink_blame (self, error);
    mark_broken (self, g_error_copy (error)); /* for uplink_close (): no goodbye */
    if (has_datagrams (self) && !frame_stream_was_heard (self->frames))
      connector_note_silent (self->connector, error);
    uplink_close (self);
    self->handlers.down (error, true, self->user_data);
  } else if (self->frames != NULL) {
    receive_frames (self);
  }
}

static void
keep_alive (void *user_data)
{
  Uplink *self = user_data;
  if (has_datagrams (self))
    alarm_set (self->keepalive_alarm,
        link_udp_keep_alive (frame_stream_link (self->frames), g_get_monotonic_time ()));
}

static void
connected (Link *link, const GError *error, void *user_data)
{
  Uplink *self = user_data;
  if (link == NULL) {
    self->handlers.down (error, false, self->user_data);
    return;
  }
  self->record = connector_take_record (self->connector);
  if (self->knows_peer)
    link_udp_move (link);
  self->frames = frame_stream_new (link, self->knows_peer);
  keep_alive (self);
  self->senseless = 0;
  self->watch = fd_watch_new (link_fd (link), G_IO_IN, stream_ready, self);
  self->handlers.up (self->user_data);
}

static void
connect_now (void *user_data)
{
  connector_start (((Uplink *) user_data)->connector);
}

/* Closes what stands and connects at `at` (monotonic microseconds). knows_peer: the gateway is one
 * already, so that its first frame may be anything. */
void
uplink_connect (Uplink *uplink, gint64 at, bool knows_peer)
{
  uplink_close (uplink);
  uplink->knows_peer = knows_peer;
  alarm_set (uplink->connect_alarm, at);
}

/* Closes what stands, which is of no use for what error says, and goes on looking where it was found; see
 * connector_go_on (). False if nothing is left to look at; then only the stream is closed. */
bool
uplink_go_on (Uplink *uplink, const GError *error)
{
  uplink_close (uplink);
  return connector_go_on (uplink->connector, error);
}

/* See connector_set_further (); the stream that stands is left as it is. */
void
uplink_set_further (Uplink *uplink, const char *const *hosts, ConnectorOrder order)
{
  connector_set_further (uplink->connector, hosts, order);
}

/* See connector_set_proxies (). A round that looks for the gateway by another list begins anew. */
void
uplink_set_proxies (Uplink *uplink, const Proxy *list, size_t n)
{
  if (connector_set_proxies (uplink->connector, list, n) && connector_is_busy (uplink->connector))
    connector_start (uplink->connector);
}

/* Over UDP or by streams, from the next uplink_connect () on. */
void
uplink_set_udp (Uplink *uplink, bool udp)
{
  connector_set_udp (uplink->connector, udp);
}

/* The stream that stands is of no use any more: it is told as if it had broken by itself. Takes error. */
void
uplink_give_up (Uplink *uplink, GError *error)
{
  if (uplink_is_up (uplink))
    mark_broken (uplink, error);
  else
    g_error_free (error);
}

/* The proxy that the stream goes through; NULL without a stream, or a proxy. Borrowed. */
const Proxy *
uplink_proxy (const Uplink *uplink)
{
  return uplink->frames != NULL ? connector_proxy (uplink->connector) : NULL;
}

/* The entry point that the stream goes to; NULL without a stream. Borrowed. */
const EntryPoint *
uplink_entry (const Uplink *uplink)
{
  return uplink->frames != NULL ? connector_entry (uplink->connector) : NULL;
}

/* The place of the entry point that the stream goes to, or went to last. */
size_t
uplink_entry_index (const Uplink *uplink)
{
  return connector_entry_index (uplink->connector);
}

bool
uplink_is_up (const Uplink *uplink)
{
  return uplink->frames != NULL && uplink->broken == NULL;
}

/* After `down` with an error that says that nobody known has issued the TLS server's certificate: that,
 * in DER. Else NULL. Borrowed until the next uplink_connect () has begun. */
GBytes *
uplink_unvouched_certificate (const Uplink *uplink)
{
  return connector_unvouched_certificate (uplink->connector);
}

/* The stream's addresses and ports at both ends, as the kernel sees them. */
bool
uplink_path (const Uplink *uplink, IkePath *ret_path)
{
  if (uplink->frames == NULL)
    return false;
  struct sockaddr_storage local, remote;
  socklen_t local_len = sizeof local, remote_len = sizeof remote;
  int fd = link_fd (frame_stream_link (uplink->frames));
  IkePath path = { .has_datagrams = has_datagrams (uplink) };
  if (getsockname (fd, (struct sockaddr *) &local, &local_len) < 0 ||
      getpeername (fd, (struct sockaddr *) &remote, &remote_len) < 0 ||
      !inet_addr_from_sockaddr ((struct sockaddr *) &local, &path.local, &path.local_port) ||
      !inet_addr_from_sockaddr ((struct sockaddr *) &remote, &path.remote, &path.remote_port))
    return false;
  *ret_path = path;
  return true;
}

/* What the stream negotiated, or NULL; to be freed. */
char *
uplink_describe (const Uplink *uplink)
{
  return uplink->frames != NULL ? link_describe (frame_stream_link (uplink->frames)) : NULL;
}

/* "TLS", "TCP", "UDP", or NULL. */
const char *
uplink_transport (const Uplink *uplink)
{
  return uplink->frames != NULL ? link_transport (frame_stream_link (uplink->frames)) : NULL;
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
    mark_broken (uplink, error);
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

/* Somebody else hears of it from now on; allowed from inside a handler. */
void
uplink_set_handlers (Uplink *uplink, const UplinkHandlers *handlers, void *user_data)
{
  uplink->handlers = *handlers;
  uplink->user_data = user_data;
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

/* `datapath` is borrowed for the uplink's life. */
Uplink *
uplink_new (const ConnectorConfig *config, Datapath *datapath, const UplinkHandlers *handlers,
    void *user_data)
{
  Uplink *self = g_new0 (Uplink, 1);
  self->connector = connector_new (config, connected, self);
  self->datapath = datapath;
  self->handlers = *handlers;
  self->user_data = user_data;
  self->connect_alarm = alarm_new (connect_now, self);
  self->later_alarm = alarm_new (later, self);
  self->keepalive_alarm = alarm_new (keep_alive, self);
  return self;
}

void
uplink_free (Uplink *uplink)
{
  if (uplink == NULL)
    return;
  uplink_close (uplink);
  fd_watch_free (uplink->tun_watch);
  alarm_free (uplink->connect_alarm);
  alarm_free (uplink->later_alarm);
  alarm_free (uplink->keepalive_alarm);
  connector_free (uplink->connector);
  g_free (uplink);
}
