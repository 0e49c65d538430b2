/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Session: one client of the IPsec gateway, however many streams it came in on; pure.
 *
 * A session is known by the SPIs of its IKE SAs, which TLS hides from everybody else. RFC 9329
 * section 6.1 lets the responder send on the stream that last carried an authenticated, fresh
 * message. The relay holds no key and cannot tell by itself, but the IPsec gateway can, and it
 * answers nothing else with an encrypted response. So:
 *
 *  - a stream that names a session with no stream is attached at once: there is nobody to lose;
 *  - a stream that names a session that has one is a candidate: what it says is passed on, and
 *    the answers to its own requests come back on it;
 *  - a candidate becomes the attached one when the gateway sends an encrypted response to a request
 *    that only this stream carried, with a message ID that was never answered before. A replay of
 *    an old request, or a header that somebody has seen, moves nothing.
 *
 * An IKE rekey negotiates its SPIs encrypted, so the new SA is known from its first message on. A
 * stream that breaks in the moment between comes back as a new session, and the client's
 * UPDATE_SA_ADDRESSES, which RFC 9329 asks for anyway, makes the IPsec gateway follow.
 *
 * The superseded stream may still deliver what was on its way. */
#include "gateway/session.h"

#include <glib.h>
#include <string.h>

/* Hashing the whole first request makes a half-open SA as hard to guess as an open one: a stranger
 * would have to know the key exchange value and the nonce. */
static uint64_t
hash_message (Slice message)
{
  uint8_t digest[32];
  gsize len = sizeof digest;
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_checksum_update (checksum, message.data, (gssize) message.len);
  g_checksum_get_digest (checksum, digest, &len);
  uint64_t hash;
  memcpy (&hash, digest, sizeof hash);
  return hash;
}

/* The key under which the session of this message is found. While the responder's SPI is not known
 * only the very same request finds it, which RFC 9329 section 6.1 has the client send again. */
SessionKey
session_key_of (const IkePeek *peek, Slice message)
{
  if (peek->spi_r != 0)
    return (SessionKey){ .spi_i = peek->spi_i, .other = peek->spi_r };
  return (SessionKey){
    .spi_i = peek->spi_i,
    .other = hash_message (message),
    .half_open = true,
  };
}

bool
session_key_equal (const SessionKey *a, const SessionKey *b)
{
  return a->spi_i == b->spi_i && a->other == b->other && a->half_open == b->half_open;
}

static SessionSa *
find_sa (Session *session, uint64_t spi_i, uint64_t spi_r)
{
  for (size_t i = 0; i < session->n_sas; i++) {
    SessionKey *key = &session->sas[i].key;
    if (!key->half_open && key->spi_i == spi_i && key->other == spi_r)
      return &session->sas[i];
  }
  return NULL;
}

bool
session_knows (const Session *session, const SessionKey *key)
{
  for (size_t i = 0; i < session->n_sas; i++) {
    if (session_key_equal (&session->sas[i].key, key))
      return true;
  }
  return false;
}

/* Adds a key that the session does not know yet; true if the oldest had to go for it, which is then
 * *ret_forgotten. An IKE rekey makes a new SA every few hours: what falls out is long gone. */
bool
session_learn (Session *session, const SessionKey *key, SessionKey *ret_forgotten)
{
  bool full = session->n_sas == SESSION_MAX_KEYS;
  if (full) {
    *ret_forgotten = session->sas[0].key;
    memmove (&session->sas[0], &session->sas[1], (SESSION_MAX_KEYS - 1) * sizeof (SessionSa));
    session->n_sas--;
  }
  session->sas[session->n_sas++] = (SessionSa){ .key = *key };
  return full;
}

static SessionStream *
find_stream (Session *session, const Client *client)
{
  for (size_t i = 0; i < session->n_streams; i++) {
    if (session->streams[i].client == client)
      return &session->streams[i];
  }
  return NULL;
}

/* Adds a stream, attached if there is no other. Returns a stream that had to leave for it (the
 * oldest that is not attached), or NULL: the caller closes it. */
Client *
session_add_stream (Session *session, Client *client)
{
  Client *evicted = NULL;
  if (session->n_streams == SESSION_MAX_STREAMS) {
    evicted = session->streams[0].client;
    if (evicted == session->attached)
      evicted = session->streams[1].client;
    session_remove_stream (session, evicted);
  }
  session->streams[session->n_streams++] = (SessionStream){ .client = client };
  if (session->attached == NULL)
    session->attached = client;
  return evicted;
}

/* Takes a stream out; if it was attached, the newest of the others takes its place. */
void
session_remove_stream (Session *session, const Client *client)
{
  SessionStream *stream = find_stream (session, client);
  if (stream == NULL)
    return;
  size_t at = (size_t) (stream - session->streams);
  session->n_streams--;
  memmove (stream, stream + 1, (session->n_streams - at) * sizeof *stream);
  if (session->attached == client)
    session->attached =
        session->n_streams > 0 ? session->streams[session->n_streams - 1].client : NULL;
}

/* Notes what a stream of this session asks. */
void
session_from_client (Session *session, const Client *client, const IkePeek *peek)
{
  SessionStream *stream = find_stream (session, client);
  if (stream == NULL || peek->is_response)
    return;
  stream->asked = true;
  stream->asked_spi_i = peek->spi_i;
  stream->asked_spi_r = peek->spi_r;
  stream->asked_id = peek->message_id;
}

static bool
answers (const IkePeek *peek, const SessionStream *stream)
{
  return stream->asked && peek->message_id == stream->asked_id &&
      peek->spi_i == stream->asked_spi_i &&
      (stream->asked_spi_r == 0 || peek->spi_r == stream->asked_spi_r);
}

static bool
take_fresh (Session *session, const IkePeek *peek)
{
  SessionSa *sa = find_sa (session, peek->spi_i, peek->spi_r);
  if (sa == NULL || peek->message_id < sa->next_request)
    return false;
  sa->next_request = (uint64_t) peek->message_id + 1;
  return true;
}

/* Says where a message of the gateway goes: a response to every stream that carried its request,
 * all else to the attached one. The session has learned the message's SPIs before. */
void
session_from_gateway (Session *session, const IkePeek *peek, SessionRoute *ret_route)
{
  SessionRoute route = { 0 };
  session->established |= peek->is_encrypted;
  if (peek->is_response) {
    for (size_t i = 0; i < session->n_streams; i++) {
      SessionStream *stream = &session->streams[i];
      if (!answers (peek, stream))
        continue;
      /* A response may be several fragments (RFC 7383): `asked` stays until the next request. */
      route.to[route.n_to++] = stream->client;
    }
    bool fresh = peek->is_encrypted && take_fresh (session, peek);
    if (fresh && route.n_to == 1 && route.to[0] != session->attached) {
      route.superseded = session->attached;
      session->attached = route.to[0];
    }
  }
  if (route.n_to == 0 && session->attached != NULL)
    route.to[route.n_to++] = session->attached;
  *ret_route = route;
}
