/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Relay: gives every session one UDP socket, connected to the one configured IPsec gateway, and
 * moves messages between it and the session's streams. The socket's port is what the IPsec gateway
 * knows the client by; it lives as long as the session does, so a client that comes back on a new
 * stream looks to the IPsec gateway as if nothing had happened. Nothing that a client sends says
 * where a datagram goes. */
#include "gateway/relay.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/log.h"
#include "gateway/session-table.h"

#define UDP_MAX 65507
#define UDP_BATCH 64 /* datagrams of one session in one round */
#define ESP_MIN 8 /* SPI and sequence number, RFC 4303 section 2 */
#define HALF_OPEN_SECONDS 60

struct _RelaySession {
  SessionEntry entry; /* first: the table knows a session by it */
  Relay *relay;
  LoopWatch udp;
  uint16_t port; /* of the UDP socket, for the log */
};

struct _Relay {
  Loop *loop;
  SessionTable *sessions;
  Endpoint target;
  guint max_detached;
  gint64 keep;
  Counters counters;
  LogLimit udp_failed;
  LogLimit no_socket;
  LogLimit attached;
  uint8_t datagram[UDP_MAX + 1];
};

static void
drop (Relay *relay, DropReason reason)
{
  relay->counters.dropped[reason]++;
}

static void
session_free (gpointer data)
{
  RelaySession *session = data; /* its entry comes first */
  log_event (LOG_DEBUG, "session on UDP port %u ends", session->port);
  loop_remove (session->relay->loop, &session->udp);
  close (session->udp.fd);
  loop_dispose (session->relay->loop, session);
}

Relay *
relay_new (Loop *loop)
{
  Relay *relay = g_new0 (Relay, 1);
  relay->loop = loop;
  relay->sessions = session_table_new (session_free);
  return relay;
}

/* All clients are closed before. */
void
relay_free (Relay *relay)
{
  session_table_free (relay->sessions);
  g_free (relay);
}

/* A new target is that of new sessions: the SAs of the others are where they are. */
void
relay_set_config (Relay *relay, const GatewayConfig *config)
{
  relay->target = config->target;
  relay->max_detached = config->max_detached_sessions;
  relay->keep = config->session_timeout * G_USEC_PER_SEC;
}

static void
on_udp_error (RelaySession *session, int code)
{
  Relay *relay = session->relay;
  char target[ENDPOINT_STRLEN];
  drop (relay, DROP_UDP_FAILED);
  log_limited (&relay->udp_failed, LOG_WARNING, "The IPsec gateway at %s cannot be reached: %s",
      endpoint_format (&relay->target, target), g_strerror (code));
}

static void
send_to_gateway (RelaySession *session, bool is_ike, Slice body)
{
  static const uint8_t marker[STREAM_MARKER_LEN];
  struct iovec parts[2] = {
    { .iov_base = (void *) marker, .iov_len = is_ike ? sizeof marker : 0 },
    { .iov_base = (void *) body.data, .iov_len = body.len },
  };
  const struct msghdr message = { .msg_iov = parts, .msg_iovlen = G_N_ELEMENTS (parts) };
  ssize_t n = sendmsg (session->udp.fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (n < 0) {
    on_udp_error (session, errno);
    return;
  }
  session->relay->counters.to_gateway_packets++;
  session->relay->counters.to_gateway_octets += (uint64_t) n;
}

static void
push (Relay *relay, Client *client, bool is_ike, Slice datagram)
{
  if (!client_push (client, datagram, is_ike)) {
    drop (relay, is_ike ? DROP_IKE_QUEUE_FULL : DROP_ESP_QUEUE_FULL);
    return;
  }
  relay->counters.to_client_packets++;
  relay->counters.to_client_octets += datagram.len;
}

/* Only what the IPsec gateway says when a key exchange was begun, or encrypted, teaches an SPI: all
 * else it may say to anybody about any SPI. */
static void
learn_from_gateway (RelaySession *session, const IkePeek *peek)
{
  if (peek->spi_r == 0 || (!peek->is_encrypted && peek->exchange != IKE_EXCHANGE_SA_INIT))
    return;
  SessionKey key = { .spi_i = peek->spi_i, .other = peek->spi_r };
  session_table_learn (session->relay->sessions, &session->entry, &key);
}

/* Where no stream is there the message is lost, as a datagram may be, and is not kept for the next one: who
 * asks for something asks again until there is an answer (RFC 7296 section 2.1), the IPsec gateway by its
 * timer and the client on its next stream (RFC 9329 section 6.2). So a queue would deliver the same request
 * once sooner and then again, at the price of memory that strangers can fill. */
static void
ike_from_gateway (RelaySession *session, Slice datagram)
{
  Relay *relay = session->relay;
  IkePeek peek;
  if (!ike_peek (
          SLICE (datagram.data + STREAM_MARKER_LEN, datagram.len - STREAM_MARKER_LEN), &peek)) {
    drop (relay, DROP_IKE_MALFORMED);
    return;
  }
  learn_from_gateway (session, &peek);
  SessionRoute route;
  session_from_gateway (&session->entry.session, &peek, &route);
  if (route.superseded != NULL) {
    log_event (LOG_DEBUG, "client %s takes over the session of client %s",
        client_name (route.to[0]), client_name (route.superseded));
    client_supersede (route.superseded);
  }
  for (size_t i = 0; i < route.n_to; i++) {
    if (peek.is_encrypted) /* in clear anybody is answered, be it that nothing was agreed on */
      client_confirm (route.to[i]);
    push (relay, route.to[i], true, datagram);
  }
  if (route.n_to == 0)
    drop (relay, DROP_NO_STREAM);
}

static void
from_gateway (RelaySession *session, Slice datagram)
{
  static const uint8_t marker[STREAM_MARKER_LEN];
  Relay *relay = session->relay;
  Client *attached = session->entry.session.attached;
  if (datagram.len < ESP_MIN) /* a NAT keepalive (RFC 3948 section 2.3) among others */
    drop (relay, DROP_TOO_SHORT);
  else if (memcmp (datagram.data, marker, sizeof marker) == 0)
    ike_from_gateway (session, datagram);
  else if (attached == NULL)
    drop (relay, DROP_NO_STREAM);
  else
    push (relay, attached, false, datagram);
}

/* A client that breaks while it is flushed leaves the session's array: so from the last to the
 * first. The last one to leave may take the session with it, which then has no streams. */
static void
flush_streams (RelaySession *session)
{
  const Session *state = &session->entry.session;
  for (size_t i = state->n_streams; i-- > 0;)
    client_flush (state->streams[i].client);
}

static void
on_udp_ready (void *user, uint32_t events)
{
  RelaySession *session = user;
  Relay *relay = session->relay;
  for (int i = 0; i < UDP_BATCH; i++) {
    ssize_t n = recv (session->udp.fd, relay->datagram, sizeof relay->datagram, MSG_DONTWAIT);
    if (n < 0 && errno == EAGAIN)
      break;
    if (n < 0)
      on_udp_error (session, errno);
    else
      from_gateway (session, SLICE (relay->datagram, (size_t) n));
  }
  flush_streams (session);
}

static int
open_udp (const Endpoint *target)
{
  struct sockaddr_storage sockaddr;
  socklen_t len = inet_addr_to_sockaddr (&target->addr, target->port, &sockaddr);
  int fd = socket (sockaddr.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd >= 0 && connect (fd, (struct sockaddr *) &sockaddr, len) == 0)
    return fd;
  if (fd >= 0)
    close (fd);
  return -1;
}

static uint16_t
local_port (int fd)
{
  struct sockaddr_storage sockaddr;
  socklen_t len = sizeof sockaddr;
  InetAddr addr;
  uint16_t port = 0;
  if (getsockname (fd, (struct sockaddr *) &sockaddr, &len) == 0)
    inet_addr_from_sockaddr ((struct sockaddr *) &sockaddr, &addr, &port);
  return port;
}

static RelaySession *
session_new (Relay *relay)
{
  int fd = open_udp (&relay->target);
  if (fd < 0)
    return NULL;
  RelaySession *session = g_new0 (RelaySession, 1);
  session->relay = relay;
  session->port = local_port (fd);
  session->udp = (LoopWatch){ .fd = fd, .events = EPOLLIN, .ready = on_udp_ready, .user = session };
  if (!loop_add (relay->loop, &session->udp, NULL)) {
    close (fd);
    g_free (session);
    return NULL;
  }
  session_table_add (relay->sessions, &session->entry);
  return session;
}

/* The stream's first IKE message: it comes back to a session, or begins one. An SPI that nobody
 * knows begins one too: this program may have been restarted, and the SA still lives at both
 * ends. */
static RelaySession *
attach (Relay *relay, Client *client, const SessionKey *key)
{
  RelaySession *session = (RelaySession *) session_table_find (relay->sessions, key);
  bool found = session != NULL;
  if (!found)
    session = session_new (relay);
  if (session == NULL) {
    log_limited (&relay->no_socket, LOG_ERR, "No UDP socket for client %s: %s",
        client_name (client), g_strerror (errno));
    client_close (client, "no UDP socket");
    return NULL;
  }
  session_table_set_detached (relay->sessions, &session->entry, false, loop_now (relay->loop), 0);
  Client *evicted = session_add_stream (&session->entry.session, client);
  client_set_session (client, session);
  if (evicted != NULL) {
    client_set_session (evicted, NULL);
    client_close (evicted, "too many streams of one session");
  }
  log_limited (&relay->attached, LOG_INFO, "client %s %s session on UDP port %u",
      client_name (client), found ? "is back in its" : "begins a", session->port);
  return session;
}

/* What a client says about SPIs is taken from the stream that its session is attached to, once it
 * is encrypted; a half-open SA is known by its whole first request. */
static void
learn_from_client (
    RelaySession *session, const Client *client, const IkePeek *peek, const SessionKey *key)
{
  bool trusted = peek->is_encrypted && session->entry.session.attached == client;
  if (key->half_open ? peek->exchange == IKE_EXCHANGE_SA_INIT : trusted)
    session_table_learn (session->relay->sessions, &session->entry, key);
}

static void
ike_from_client (Relay *relay, Client *client, Slice message)
{
  IkePeek peek;
  if (!ike_peek (message, &peek)) {
    drop (relay, DROP_IKE_MALFORMED);
    return;
  }
  SessionKey key = session_key_of (&peek, message);
  RelaySession *session = client_session (client);
  if (session == NULL)
    session = attach (relay, client, &key);
  if (session == NULL)
    return;
  learn_from_client (session, client, &peek, &key);
  session_from_client (&session->entry.session, client, &peek);
  send_to_gateway (session, true, message);
}

/* One whole message out of a client's stream: body is an IKE message without its marker, or an ESP
 * packet. May close the client. */
void
relay_message (Relay *relay, Client *client, bool is_ike, Slice body)
{
  size_t max = is_ike ? UDP_MAX - STREAM_MARKER_LEN : UDP_MAX;
  RelaySession *session = client_session (client);
  if (body.len > max)
    drop (relay, DROP_TOO_LARGE);
  else if (is_ike)
    ike_from_client (relay, client, body);
  else if (body.len < ESP_MIN)
    drop (relay, DROP_TOO_SHORT);
  else if (session == NULL)
    drop (relay, DROP_ESP_BEFORE_IKE);
  else
    send_to_gateway (session, false, body);
}

/* The client's stream has ended. Its session waits for it to come back. */
void
relay_client_closed (Relay *relay, Client *client)
{
  RelaySession *session = client_session (client);
  if (session == NULL)
    return;
  client_set_session (client, NULL);
  session_remove_stream (&session->entry.session, client);
  if (session->entry.session.n_streams == 0)
    session_table_set_detached (
        relay->sessions, &session->entry, true, loop_now (relay->loop), relay->max_detached);
}

void
relay_tick (Relay *relay, gint64 now)
{
  guint n =
      session_table_expire (relay->sessions, now, relay->keep, HALF_OPEN_SECONDS * G_USEC_PER_SEC);
  if (n > 0)
    log_event (LOG_INFO, "%u sessions have waited too long for their clients", n);
}

/* One line of all counters. */
void
relay_log_counters (const Relay *relay)
{
  const Counters *c = &relay->counters;
  g_autoptr (GString) drops = g_string_new (NULL);
  for (int i = 0; i < DROP_N_REASONS; i++)
    g_string_append_printf (drops, " %s=%" G_GUINT64_FORMAT, drop_reason_to_string ((DropReason) i),
        (guint64) c->dropped[i]);
  log_event (LOG_INFO,
      "counters: sessions=%u detached=%u to-gateway=%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT
      " to-client=%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT " dropped:%s",
      session_table_size (relay->sessions), session_table_n_detached (relay->sessions),
      (guint64) c->to_gateway_packets, (guint64) c->to_gateway_octets,
      (guint64) c->to_client_packets, (guint64) c->to_client_octets, drops->str);
}
