/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TlsStream: TLS 1.3 or 1.2 over a transport that never blocks (RFC 9329 appendix A puts the whole
 * stream inside it). The stream owns no socket and waits for nothing: every call does what it can
 * and says TLS_AGAIN when the transport would block; the owner calls again when the transport is
 * readable, or writable if tls_stream_wants_write (). After TLS_FAILED or TLS_CLOSED the stream is
 * only good for tls_stream_free (). What only a client does is in tls-client.c, what went wrong in words in
 * tls-error.c.
 *
 * Algorithms: forward secrecy and AEAD only (RFC 9325), no renegotiation, no compression, no 0-RTT. */
#include "crypto/tls.h"

#include <errno.h>
#include <gnutls/gnutls.h>
#include <string.h>

#include "base/secret.h"
#include "crypto/tls-private.h"

#define RECORD_MAX 16384

/* Records in a row that bring no data. Without a bound one call would last as long as a peer sends
 * warnings, and whoever made it would serve nobody else. */
#define MAX_WITHOUT_DATA 32

/* Octets that may come without any data among them: two ClientHellos with post-quantum keys and a ticket
 * are a quarter of it. The library keeps one message of 16 MiB for each stranger before it finds that too
 * much. */
#define MAX_OCTETS_WITHOUT_DATA 65536

#define PRIORITIES \
  "NONE:+CTYPE-SRV-X509:+COMP-NULL:+VERS-TLS1.3:+VERS-TLS1.2:+ECDHE-ECDSA:+ECDHE-RSA" \
  ":+AES-256-GCM:+AES-128-GCM:+CHACHA20-POLY1305:+AEAD" \
  ":+GROUP-X25519:+GROUP-SECP256R1:+GROUP-SECP384R1:+GROUP-SECP521R1" \
  ":+SIGN-ECDSA-SECP256R1-SHA256:+SIGN-ECDSA-SECP384R1-SHA384:+SIGN-ECDSA-SECP521R1-SHA512" \
  ":+SIGN-ECDSA-SHA256:+SIGN-ECDSA-SHA384:+SIGN-ECDSA-SHA512:+SIGN-EDDSA-ED25519" \
  ":+SIGN-RSA-PSS-RSAE-SHA256:+SIGN-RSA-PSS-RSAE-SHA384:+SIGN-RSA-PSS-RSAE-SHA512" \
  ":+SIGN-RSA-PSS-SHA256:+SIGN-RSA-PSS-SHA384:+SIGN-RSA-PSS-SHA512" \
  ":+SIGN-RSA-SHA256:+SIGN-RSA-SHA384:+SIGN-RSA-SHA512" \
  ":%SERVER_PRECEDENCE"

static const char priorities[] = PRIORITIES ":%SAFE_RENEGOTIATION";
static const char old_priorities[] = PRIORITIES ":%PARTIAL_RENEGOTIATION";

static ssize_t
transport_push (gnutls_transport_ptr_t user, const void *data, size_t len)
{
  TlsStream *stream = user;
  ssize_t n = stream->transport.push (stream->transport.user, data, len);
  stream->transport_errno = n < 0 ? errno : 0;
  return n;
}

/* True where nothing but the protocol's own messages has come for too long. A client takes as much of a
 * server's handshake as the library does: chains are long, and there is one. */
static bool
is_overlong (const TlsStream *stream)
{
  return (stream->server != NULL || stream->handshaken) &&
      stream->octets_without_data > MAX_OCTETS_WITHOUT_DATA;
}

static ssize_t
transport_pull (gnutls_transport_ptr_t user, void *buf, size_t size)
{
  TlsStream *stream = user;
  if (is_overlong (stream)) {
    stream->transport_errno = EAGAIN;
    return -1;
  }
  ssize_t n = stream->transport.pull (stream->transport.user, buf, size);
  stream->octets_without_data += n > 0 ? (size_t) n : 0;
  stream->transport_errno = n < 0 ? errno : 0;
  if (n == 0 && size > 0)
    stream->transport_eof = true;
  if (n > 0 && stream->greeting_len < TLS_GREETING_LEN) {
    size_t take = MIN ((size_t) n, TLS_GREETING_LEN - stream->greeting_len);
    memcpy (stream->greeting + stream->greeting_len, buf, take);
    stream->greeting_len += take;
  }
  return n;
}

static int
transport_errno (gnutls_transport_ptr_t user)
{
  TlsStream *stream = user;
  return stream->transport_errno;
}

/* GnuTLS asks this before it would wait; we never wait, pull () says EAGAIN by itself. */
static int
transport_is_readable (gnutls_transport_ptr_t user, unsigned int milliseconds)
{
  return 1;
}

/* In the place of the library's own function, which writes every key to $SSLKEYLOGFILE. */
static int
ignore_key_log (gnutls_session_t session, const char *label, const gnutls_datum_t *secret)
{
  return 0;
}

/* An end within a record's header is "again" to the library too, for ever. */
static bool
is_again (const TlsStream *stream, int code)
{
  return (code == GNUTLS_E_AGAIN || code == GNUTLS_E_INTERRUPTED) && !stream->transport_eof;
}

static TlsStatus
again (TlsStream *stream)
{
  stream->wants_write = gnutls_record_get_direction (stream->session) == 1;
  return TLS_AGAIN;
}

/* What both ends begin with. flags: GNUTLS_CLIENT or GNUTLS_SERVER. */
TlsStream *
tls_stream_new (const TlsTransport *transport, unsigned int flags, bool old_servers, GError **error)
{
  g_autoptr (TlsStream) stream = g_new0 (TlsStream, 1);
  stream->transport = *transport;
  int code = gnutls_init (&stream->session, flags | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL);
  if (code >= 0)
    code = gnutls_priority_set_direct (
        stream->session, old_servers ? old_priorities : priorities, NULL);
  if (code < 0) {
    tls_stream_fail (stream, code, error);
    return NULL;
  }
  gnutls_session_set_ptr (stream->session, stream);
  gnutls_session_set_keylog_function (stream->session, ignore_key_log);
  gnutls_transport_set_ptr (stream->session, stream);
  gnutls_transport_set_push_function (stream->session, transport_push);
  gnutls_transport_set_pull_function (stream->session, transport_pull);
  gnutls_transport_set_pull_timeout_function (stream->session, transport_is_readable);
  gnutls_transport_set_errno_function (stream->session, transport_errno);
  return g_steal_pointer (&stream);
}

/* A server's stream; it takes its own reference to the credentials, so that a reload changes new
 * streams only. */
TlsStream *
tls_stream_new_server (
    TlsServerCredentials *credentials, const TlsTransport *transport, GError **error)
{
  g_autoptr (TlsStream) stream = tls_stream_new (transport, GNUTLS_SERVER, false, error);
  if (stream == NULL)
    return NULL;
  stream->server = tls_server_credentials_ref (credentials);
  int code =
      gnutls_credentials_set (stream->session, GNUTLS_CRD_CERTIFICATE, credentials->certificate);
  if (code >= 0)
    code = gnutls_session_ticket_enable_server (stream->session, &credentials->ticket_key);
  if (code < 0) {
    tls_stream_fail (stream, code, error);
    return NULL;
  }
  return g_steal_pointer (&stream);
}

void
tls_stream_free (TlsStream *stream)
{
  if (stream == NULL)
    return;
  if (stream->session != NULL)
    gnutls_deinit (stream->session);
  if (stream->own != NULL)
    gnutls_certificate_free_credentials (stream->own);
  g_clear_pointer (&stream->signer, tls_signer_free);
  if (stream->server != NULL)
    tls_server_credentials_unref (stream->server);
  g_free (stream->expected_name);
  g_free (stream);
}

/* Goes on with the handshake. Errors: TLS_UNTRUSTED, TLS_WRONG_NAME, TLS_EXPIRED by the verdict of
 * CryptoTrust; NOT_VISITOR_MODE if the peer's first octets are no TLS record; STREAM_CLOSED if the
 * transport ends or breaks; TLS for all else. The peer is told with an alert. */
TlsStatus
tls_stream_handshake (TlsStream *stream, GError **error)
{
  int code;
  do {
    stream->wants_write = false;
    code = gnutls_handshake (stream->session);
  } while (code == GNUTLS_E_WARNING_ALERT_RECEIVED);

  if (is_again (stream, code) && is_overlong (stream))
    code = GNUTLS_E_HANDSHAKE_TOO_LARGE;
  if (is_again (stream, code))
    return again (stream);
  if (code < 0) {
    if (!stream->transport_eof && !tls_stream_broke (stream))
      gnutls_alert_send_appropriate (stream->session, code);
    tls_stream_tell_seen (stream);
    return tls_stream_fail (stream, code, error);
  }
  TlsStatus status = tls_stream_judge_resumed (stream, error);
  stream->handshaken = status == TLS_DONE;
  stream->octets_without_data = 0;
  tls_stream_tell_seen (stream);
  return status;
}

/* True after a warning, and after a message of the handshake such as a ticket, where the library says
 * "again" although the transport may have more: an owner that waits for the transport would wait in
 * vain. */
static bool
took_no_data (const TlsStream *stream, ssize_t n)
{
  return n == GNUTLS_E_WARNING_ALERT_RECEIVED ||
      (n == GNUTLS_E_AGAIN && stream->transport_errno == 0 && !stream->transport_eof);
}

/* Reads up to size octets; TLS_DONE comes with *ret_len > 0. TLS_CLOSED is the peer's orderly end
 * (close_notify); a transport that ends without it is TLS_FAILED with STREAM_CLOSED. A request to
 * renegotiate is a failure, and so is more than a few records without data. */
TlsStatus
tls_stream_read (TlsStream *stream, void *buf, size_t size, size_t *ret_len, GError **error)
{
  ssize_t n;
  do {
    stream->wants_write = false;
    stream->transport_errno = 0;
    n = gnutls_record_recv (stream->session, buf, size);
  } while (took_no_data (stream, n) && ++stream->n_without_data <= MAX_WITHOUT_DATA);

  if (stream->n_without_data > MAX_WITHOUT_DATA || (n < 0 && is_overlong (stream)))
    return tls_stream_fail (stream, GNUTLS_E_TOO_MANY_EMPTY_PACKETS, error);
  if (n == 0)
    return TLS_CLOSED;
  if (n > 0) {
    stream->n_without_data = 0;
    stream->octets_without_data = 0;
    *ret_len = (size_t) n;
    return TLS_DONE;
  }
  if (is_again (stream, (int) n))
    return again (stream);
  return tls_stream_fail (stream, (int) n, error);
}

/* The rest of a record that was sealed before: its octets already count as written. */
static TlsStatus
flush (TlsStream *stream, GError **error)
{
  stream->wants_write = stream->unsent;
  if (!stream->unsent)
    return TLS_DONE;
  ssize_t n = gnutls_record_send (stream->session, NULL, 0);
  if (is_again (stream, (int) n)) {
    stream->wants_write = true;
    return TLS_AGAIN;
  }
  stream->unsent = false;
  stream->wants_write = false;
  return n < 0 ? tls_stream_fail (stream, (int) n, error) : TLS_DONE;
}

/* Writes len octets in as few records as there can be. TLS_DONE: the first *ret_len octets (at
 * least one) are taken; they may still wait inside for the transport, which
 * tls_stream_wants_write () tells. TLS_AGAIN: nothing was taken. With len 0 it only sends what
 * waits, and TLS_DONE says that nothing waits any more. */
TlsStatus
tls_stream_write (TlsStream *stream, const void *data, size_t len, size_t *ret_len, GError **error)
{
  TlsStatus status = flush (stream, error);
  if (status != TLS_DONE)
    return status;

  size_t taken = 0;
  while (taken < len && !stream->unsent) {
    size_t part = MIN (len - taken, RECORD_MAX);
    ssize_t n = gnutls_record_send (stream->session, (const uint8_t *) data + taken, part);
    if (n < 0 && !is_again (stream, (int) n))
      return tls_stream_fail (stream, (int) n, error);
    stream->unsent = n < 0;
    stream->wants_write = n < 0;
    taken += n < 0 ? part : (size_t) n;
  }
  *ret_len = taken;
  return TLS_DONE;
}

/* Sends close_notify; the transport stays open. TLS_AGAIN: call again when it is writable. */
TlsStatus
tls_stream_bye (TlsStream *stream)
{
  if (!stream->handshaken)
    return TLS_DONE;
  int code = gnutls_bye (stream->session, GNUTLS_SHUT_WR);
  if (is_again (stream, code))
    return again (stream);
  return code < 0 ? TLS_FAILED : TLS_DONE;
}

/* True if the last call stopped, or sealed octets wait, because the transport did not take more. */
bool
tls_stream_wants_write (const TlsStream *stream)
{
  return stream->wants_write || stream->unsent;
}

/* Octets that tls_stream_read () would return without the transport. */
size_t
tls_stream_pending (const TlsStream *stream)
{
  return gnutls_record_check_pending (stream->session);
}

/* True if the last call failed because the peer refused to go on. */
bool
tls_stream_got_alert (const TlsStream *stream)
{
  return stream->got_alert;
}

/* A client's: true once the server has asked for our certificate, and been given what there is. */
bool
tls_stream_wants_certificate (const TlsStream *stream)
{
  return gnutls_certificate_client_get_request_status (stream->session) == 1;
}

static void
free_secret (gpointer secret)
{
  secret_unref (secret);
}

/* What the next stream to the same server may resume with, or NULL if there is nothing yet: TLS 1.3
 * tickets arrive with the first data after the handshake (RFC 8446 section 4.6.1). Secret: it holds
 * keys, and is wiped when it is freed. To be used once, with the same expected name. */
GBytes *
tls_stream_session (TlsStream *stream)
{
  if (!stream->handshaken)
    return NULL;
  bool has_ticket = gnutls_session_get_flags (stream->session) & GNUTLS_SFLAGS_SESSION_TICKET;
  if (gnutls_protocol_get_version (stream->session) >= GNUTLS_TLS1_3 && !has_ticket)
    return NULL;

  gnutls_datum_t data;
  if (gnutls_session_get_data2 (stream->session, &data) < 0)
    return NULL;
  Secret *kept = secret_new (data.data, data.size);
  gnutls_memset (data.data, 0, data.size);
  gnutls_free (data.data);
  Slice octets = secret_slice (kept);
  return g_bytes_new_with_free_func (octets.data, octets.len, free_secret, kept);
}

bool
tls_stream_resumed (const TlsStream *stream)
{
  return gnutls_session_is_resumed (stream->session) != 0;
}

/* For the log and the status: "TLS1.3, X25519, AES-256-GCM". */
char *
tls_stream_describe (const TlsStream *stream)
{
  const char *group = gnutls_group_get_name (gnutls_group_get (stream->session));
  return g_strdup_printf ("%s, %s, %s",
      gnutls_protocol_get_name (gnutls_protocol_get_version (stream->session)),
      group != NULL ? group : "no group",
      gnutls_cipher_get_name (gnutls_cipher_get (stream->session)));
}

/* The peer's own certificate in DER, or NULL. */
GBytes *
tls_stream_peer_certificate (const TlsStream *stream)
{
  unsigned int n = 0;
  const gnutls_datum_t *chain = gnutls_certificate_get_peers (stream->session, &n);
  return chain != NULL && n > 0 ? g_bytes_new (chain[0].data, chain[0].size) : NULL;
}
