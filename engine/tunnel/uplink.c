/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Uplink: the one stream to the gateway that stands at a time, and how it is made again; what moves on it is
 * in uplink-flow.c. It knows nothing of IKE but its frames; what a lost stream means is its user's business.
 * A UDP socket is a stream too, which loses frames and never breaks by itself: its user says when it is
 * silent. */
#include "tunnel/uplink-private.h"

#include "reach/link-udp.h"

/* Whoever looks on learns that the way came to nothing, unless the gateway was heard on it. */
void
uplink_blame (Uplink *uplink, const GError *error)
{
  attempt_record_failed (
      g_steal_pointer (&uplink->record), (VisitorError) error->code, error->message);
}

/* Over UDP somebody refuses, who may be anybody: whoever looks on learns of it when the stream is left, unless
 * the gateway itself is heard before (uplink_believe ()). */
void
uplink_doubt (Uplink *uplink, const GError *error)
{
  if (uplink->doubt == NULL)
    uplink->doubt = g_error_copy (error);
}

/* The gateway has answered: its way works, whatever was said before. */
void
uplink_believe (Uplink *uplink)
{
  g_clear_error (&uplink->doubt);
  attempt_record_worked (g_steal_pointer (&uplink->record));
}

/* Whoever looks on learns that another way was first, or what this one was refused for before that. */
void
uplink_overtake (Uplink *uplink)
{
  if (uplink->doubt != NULL)
    uplink_blame (uplink, uplink->doubt);
  AttemptRecord *record = g_steal_pointer (&uplink->record);
  attempt_record_overtaken (record != NULL ? record : connector_take_record (uplink->connector));
}

/* After `down`: nobody of use was there, although somebody may have said a word. Where the stream was one of
 * UDP, its address is tried behind all others of this round. */
void
uplink_pass_over (Uplink *uplink, const GError *error)
{
  connector_note_silent (uplink->connector, error);
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
  if (uplink->doubt != NULL)
    uplink_blame (uplink, uplink->doubt);
  g_clear_error (&uplink->doubt);
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
    uplink_blame (self, self->doubt != NULL ? self->doubt : error);
    uplink_break (self, g_error_copy (error)); /* for uplink_close (): no goodbye */
    if (uplink_has_datagrams (self) && !frame_stream_was_heard (self->frames))
      connector_note_silent (self->connector, error);
    uplink_close (self);
    self->handlers.down (error, true, self->user_data);
  } else if (self->frames != NULL) {
    uplink_receive_frames (self);
  }
}

static void
keep_alive (void *user_data)
{
  Uplink *self = user_data;
  if (uplink_has_datagrams (self))
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
  self->watch = fd_watch_new (link_fd (link), G_IO_IN, uplink_stream_ready, self);
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

/* See connector_set_only (). */
void
uplink_set_only (Uplink *uplink, size_t entry)
{
  connector_set_only (uplink->connector, entry);
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

/* True if its streams, that which stands or stood and the next, are of UDP. */
bool
uplink_has_udp (const Uplink *uplink)
{
  return connector_has_udp (uplink->connector);
}

/* The stream that stands is of no use any more: it is told as if it had broken by itself. Takes error. */
void
uplink_give_up (Uplink *uplink, GError *error)
{
  if (uplink_is_up (uplink))
    uplink_break (uplink, error);
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
  IkePath path = {
    .has_datagrams = uplink_has_datagrams (uplink),
    .hurries = connector_hurries (uplink->connector),
  };
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

/* Somebody else hears of it from now on; allowed from inside a handler. */
void
uplink_set_handlers (Uplink *uplink, const UplinkHandlers *handlers, void *user_data)
{
  uplink->handlers = *handlers;
  uplink->user_data = user_data;
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
