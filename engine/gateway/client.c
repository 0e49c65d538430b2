/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Client: one TCP connection, from its first octet to its last: TLS or not, the prefix, frames in
 * and frames out. It knows nothing of sessions; its owner gets whole IKE messages and ESP packets
 * and pushes such back. A quiet client holds a TLS session and this struct, no buffer: the 64 KiB
 * of a decoder are only its own while a frame is half in. */
#include "gateway/client.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/client-state.h"
#include "gateway/client-stream.h"
#include "gateway/log.h"
#include "gateway/send-queue.h"

#define HANDSHAKE_SECONDS 20
#define PREFIX_SECONDS 10
#define CONFIRM_SECONDS 60 /* until the IPsec gateway has sent something encrypted on this stream */
#define LINGER_SECONDS 5
#define READ_BUDGET (256 * 1024) /* octets in one round, so that one fast sender is not alone */
#define MESSAGE_BUDGET 64 /* the same for one whose messages are tiny: each costs a system call */

struct _Client {
  ClientShared *shared; /* borrowed */
  LoopWatch watch;
  Endpoint peer;
  char name[ENDPOINT_STRLEN];
  ClientState state;
  gint64 deadline; /* monotonic microseconds, 0 for none */
  ClientStream stream;
  StreamDecoder *decoder; /* owned, or NULL while no frame is half in */
  SendQueue queue;
  RelaySession *session; /* borrowed; the owner's */
};

static const char not_a_web_server[] = "HTTP/1.1 400 Bad Request\r\n"
                                       "Content-Type: text/plain; charset=utf-8\r\n"
                                       "Content-Length: 26\r\n"
                                       "Connection: close\r\n"
                                       "\r\n"
                                       "This is not a web server.\n";

static void
set_state (Client *client, ClientState state, const char *reason)
{
  g_assert (client_state_may_become (client->state, state));
  log_event (LOG_DEBUG, "client %s: %s -> %s (%s)", client->name,
      client_state_to_string (client->state), client_state_to_string (state), reason);
  client->state = state;
}

static void
set_deadline (Client *client, int seconds)
{
  client->deadline = seconds > 0 ? loop_now (client->shared->loop) + seconds * G_USEC_PER_SEC : 0;
}

static bool
wants_write (const Client *client)
{
  return send_queue_len (&client->queue) > 0 || client_stream_wants_write (&client->stream);
}

static void
update_events (Client *client)
{
  if (client->state != CLIENT_CLOSED)
    loop_set_events (client->shared->loop, &client->watch,
        EPOLLIN | (wants_write (client) ? (uint32_t) EPOLLOUT : 0));
}

/* Ends the stream at once. The owner is told; the memory goes when this round of the loop is
 * over. */
void
client_close (Client *client, const char *reason)
{
  if (client->state == CLIENT_CLOSED)
    return;
  set_state (client, CLIENT_CLOSED, reason);
  client->shared->events.closed (client->shared->events.user, client, reason);
  loop_remove (client->shared->loop, &client->watch);
  client_stream_clear (&client->stream);
  g_clear_pointer (&client->decoder, g_free);
  send_queue_clear (&client->queue);
  loop_dispose (client->shared->loop, client);
}

/* The same, but the peer is told: the end of TLS, then that of the stream. */
static void
close_politely (Client *client, const char *reason)
{
  client_stream_finish (&client->stream);
  client_close (client, reason);
}

/* Somebody came with a web browser, or probes what this port is. After the answer the stream is
 * read to its end for a while, or the reset would overtake the answer. */
static void
refuse (Client *client, const char *reason)
{
  set_state (client, CLIENT_REFUSING, reason);
  set_deadline (client, LINGER_SECONDS);
  size_t written;
  client_stream_write (&client->stream, not_a_web_server, sizeof not_a_web_server - 1, &written);
  client_stream_finish (&client->stream);
}

static bool
is_http_method (uint8_t first)
{
  return g_ascii_isupper (first) && first != stream_prefix[0];
}

static void
on_bad_prefix (Client *client, const StreamDecoder *decoder)
{
  if (is_http_method (decoder->buffer[0]))
    refuse (client, "an HTTP request");
  else
    close_politely (client, "the stream does not start with IKETCP");
}

static void
on_greeting (Client *client)
{
  uint8_t first;
  ssize_t n = recv (client->stream.fd, &first, 1, MSG_PEEK | MSG_DONTWAIT);
  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return;
  if (n <= 0) {
    client_close (client, "gone before the first octet");
    return;
  }
  if (first == 0x16) { /* a TLS record of type handshake: RFC 8446 section 5.1 */
    if (client_stream_begin_tls (&client->stream, client->shared->credentials))
      set_state (client, CLIENT_HANDSHAKE, "TLS");
    else
      client_close (client, "no TLS session could be made");
  } else if (first == stream_prefix[0] && client->shared->plain_streams) {
    set_state (client, CLIENT_PREFIX, "plain");
    set_deadline (client, PREFIX_SECONDS);
  } else if (is_http_method (first)) {
    refuse (client, "an HTTP request");
  } else {
    client_close (client, "neither TLS nor IKETCP");
  }
}

static void
on_handshake (Client *client)
{
  g_autoptr (GError) error = NULL;
  switch (tls_stream_handshake (client->stream.tls, &error)) {
  case TLS_DONE: {
    g_autofree char *description = tls_stream_describe (client->stream.tls);
    set_state (client, CLIENT_PREFIX, description);
    set_deadline (client, PREFIX_SECONDS);
    break;
  }
  case TLS_AGAIN: break;
  case TLS_CLOSED: client_close (client, "closed within the TLS handshake"); break;
  case TLS_FAILED: client_close (client, error->message); break;
  }
}

static void
take_decoder (Client *client)
{
  if (client->decoder != NULL)
    return;
  client->decoder = g_steal_pointer (&client->shared->spare);
  if (client->decoder == NULL)
    client->decoder = g_new (StreamDecoder, 1);
  stream_decoder_init (client->decoder, client->state == CLIENT_PREFIX);
}

/* Gives the decoder back if nothing is half in it. */
static void
return_decoder (Client *client)
{
  if (client->decoder == NULL || client->state != CLIENT_OPEN ||
      client->decoder->pos < client->decoder->len)
    return;
  g_free (client->shared->spare);
  client->shared->spare = g_steal_pointer (&client->decoder);
}

/* Hands out what is whole, *budget messages at most. The owner may close the client while it takes one. */
static void
decode (Client *client, unsigned int *budget)
{
  StreamDecoder *decoder = client->decoder;
  const ClientEvents *events = &client->shared->events;
  while (*budget > 0) {
    Slice body;
    StreamVerdict verdict = stream_decoder_next (decoder, &body);
    if (client->state == CLIENT_PREFIX && !decoder->expects_prefix && !decoder->failed) {
      set_state (client, CLIENT_OPEN, "prefix");
      set_deadline (client, CONFIRM_SECONDS);
    }
    switch (verdict) {
    case STREAM_MORE: return;
    case STREAM_BAD_PREFIX: on_bad_prefix (client, decoder); return;
    case STREAM_BAD_LENGTH: close_politely (client, "a frame of length 0 or 1"); return;
    case STREAM_IKE:
    case STREAM_ESP:
      --*budget;
      events->message (events->user, client, verdict == STREAM_IKE, body);
      break;
    }
    if (client->state != CLIENT_OPEN)
      return;
  }
}

static void
on_frames (Client *client)
{
  size_t budget = READ_BUDGET;
  unsigned int messages = MESSAGE_BUDGET;
  if (client->decoder != NULL)
    decode (client, &messages);
  while (messages > 0 && (client->state == CLIENT_PREFIX || client->state == CLIENT_OPEN)) {
    size_t size, n = 0;
    take_decoder (client);
    uint8_t *space = stream_decoder_space (client->decoder, &size);
    TlsStatus status = client_stream_read (&client->stream, space, size, &n);
    if (status == TLS_AGAIN)
      break;
    if (status != TLS_DONE) {
      client_close (client, status == TLS_CLOSED ? "closed by the client" : "broken");
      break;
    }
    stream_decoder_filled (client->decoder, n);
    decode (client, &messages);
    budget -= MIN (budget, n);
    /* Octets inside TLS wake nobody, so they are read even over the budget: 16 KiB at most. */
    if (budget == 0 && client_stream_pending (&client->stream) == 0)
      break;
  }
  if (messages == 0 && client->state == CLIENT_OPEN)
    loop_again (client->shared->loop, &client->watch);
  return_decoder (client);
}

static void
on_refusing (Client *client)
{
  if (!client_stream_drain (&client->stream))
    client_close (client, "refused");
}

static void
on_ready (void *user, uint32_t events)
{
  Client *client = user;
  if (client->state == CLIENT_GREETING)
    on_greeting (client);
  if (client->state == CLIENT_HANDSHAKE)
    on_handshake (client);
  if ((client->state == CLIENT_PREFIX || client->state == CLIENT_OPEN))
    on_frames (client);
  if (client->state == CLIENT_REFUSING)
    on_refusing (client);
  if (client->state == CLIENT_OPEN && (events & EPOLLOUT) != 0)
    client_flush (client);
  update_events (client);
}

/* Takes over a connected, non-blocking socket. NULL if it cannot be watched; then the socket is
 * closed. */
Client *
client_new (ClientShared *shared, int fd, const Endpoint *peer)
{
  Client *client = g_new0 (Client, 1);
  client->shared = shared;
  client->peer = *peer;
  endpoint_format (peer, client->name);
  client->state = CLIENT_GREETING;
  client->stream.fd = fd;
  client->watch = (LoopWatch){ .fd = fd, .events = EPOLLIN, .ready = on_ready, .user = client };
  set_deadline (client, HANDSHAKE_SECONDS);
  if (loop_add (shared->loop, &client->watch, NULL))
    return client;
  close (fd);
  g_free (client);
  return NULL;
}

/* Queues a datagram of the IPsec gateway as a frame; false if the queue is too full for it. Nothing
 * moves before client_flush (). */
bool
client_push (Client *client, Slice datagram, bool is_ike)
{
  return client->state == CLIENT_OPEN && send_queue_push (&client->queue, datagram, is_ike);
}

/* Writes what is queued, as far as the stream takes it. */
void
client_flush (Client *client)
{
  if (client->state != CLIENT_OPEN)
    return;
  TlsStatus status = TLS_DONE;
  while (status == TLS_DONE && wants_write (client)) {
    Slice waiting = send_queue_peek (&client->queue);
    size_t n = 0;
    status = client_stream_write (&client->stream, waiting.data, waiting.len, &n);
    if (status == TLS_DONE)
      send_queue_consume (&client->queue, n);
  }
  if (status == TLS_FAILED)
    client_close (client, "broken");
  update_events (client);
}

/* Ends the stream in order: what waits is sent as far as the stream takes it. */
void
client_goodbye (Client *client, const char *reason)
{
  client_flush (client);
  if (client->state != CLIENT_CLOSED)
    close_politely (client, reason);
}

/* To be called about once a second. */
void
client_tick (Client *client, gint64 now)
{
  if (client->deadline == 0 || now < client->deadline)
    return;
  switch (client->state) {
  case CLIENT_GREETING: client_close (client, "nothing came"); break;
  case CLIENT_HANDSHAKE: client_close (client, "the TLS handshake took too long"); break;
  case CLIENT_PREFIX: client_close (client, "IKETCP did not come"); break;
  case CLIENT_OPEN:
    client_goodbye (
        client, client->session == NULL ? "names no session" : "replaced or never answered");
    break;
  case CLIENT_REFUSING: client_close (client, "refused"); break;
  case CLIENT_CLOSED: break;
  }
}

/* The IPsec gateway has agreed on keys with whoever is at the end of this stream: it may stay. */
void
client_confirm (Client *client)
{
  if (client->state == CLIENT_OPEN)
    set_deadline (client, 0);
}

/* Another stream has taken over the session: this one may still bring what is on its way. */
void
client_supersede (Client *client)
{
  if (client->state == CLIENT_OPEN)
    set_deadline (client, LINGER_SECONDS);
}

/* The session that the owner has found for this stream, or NULL. */
RelaySession *
client_session (const Client *client)
{
  return client->session;
}

void
client_set_session (Client *client, RelaySession *session)
{
  client->session = session;
}

const Endpoint *
client_peer (const Client *client)
{
  return &client->peer;
}

/* ADDRESS:PORT of the client, for the log. */
const char *
client_name (const Client *client)
{
  return client->name;
}
