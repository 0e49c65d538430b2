/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>
#include <time.h>

#include "base/slice.h"
#include "crypto/signer.h"
#include "crypto/trust.h"

/* A TLS stream over any transport that never blocks. */
typedef struct _TlsStream TlsStream;
typedef struct _TlsServerCredentials TlsServerCredentials;

/* As send () and recv (): -1 with errno set, EAGAIN when it would block. */
typedef struct {
  ssize_t (*push) (void *user, const void *data, size_t len);
  ssize_t (*pull) (void *user, void *buf, size_t size);
  void *user;
} TlsTransport;

typedef enum {
  TLS_DONE,
  TLS_AGAIN,
  TLS_CLOSED,
  TLS_FAILED,
} TlsStatus;

/* What a server has shown, and what is thought of it; all borrowed. */
typedef struct {
  GBytes *certificate; /* its own, in DER */
  TrustVerdict verdict;
  const char *algorithms; /* as far as they were agreed on, for people */
} TlsSeen;

typedef void (*TlsSeenFunc) (const TlsSeen *seen, void *user_data);

typedef struct {
  const char *server_name; /* ASCII host name for SNI, or NULL for an address literal */
  const char *expected_name; /* name or address literal the certificate must carry */
  const CryptoTrust *trust; /* borrowed for the stream's life */
  GBytes *resume; /* from tls_stream_session (), or NULL */
  bool old_servers; /* takes those that do not know RFC 5746: no renegotiation is ever done */
  const CryptoSigner *signer; /* who we are, where the server asks; NULL = nobody; borrowed */
  time_t (*wall_clock) (void); /* by which certificates are judged; NULL = the system's */
  TlsSeenFunc
      seen; /* called when the handshake has ended, well or not, if there was one; may be NULL */
  void *seen_data;
} TlsClientConfig;

TlsStream *tls_stream_new_client (
    const TlsClientConfig *config, const TlsTransport *transport, GError **error);
TlsStream *tls_stream_new_server (
    TlsServerCredentials *credentials, const TlsTransport *transport, GError **error);
void tls_stream_free (TlsStream *stream);

TlsStatus tls_stream_handshake (TlsStream *stream, GError **error);
TlsStatus
tls_stream_read (TlsStream *stream, void *buf, size_t size, size_t *ret_len, GError **error);
TlsStatus
tls_stream_write (TlsStream *stream, const void *data, size_t len, size_t *ret_len, GError **error);
TlsStatus tls_stream_bye (TlsStream *stream);
bool tls_stream_wants_write (const TlsStream *stream);
size_t tls_stream_pending (const TlsStream *stream);
bool tls_stream_got_alert (const TlsStream *stream);
bool tls_stream_wants_certificate (const TlsStream *stream);

GBytes *tls_stream_session (TlsStream *stream);
bool tls_stream_resumed (const TlsStream *stream);
char *tls_stream_describe (const TlsStream *stream);
GBytes *tls_stream_peer_certificate (const TlsStream *stream);
GBytes *tls_stream_unvouched_certificate (const TlsStream *stream);

TlsServerCredentials *
tls_server_credentials_new (const char *chain_pem, const char *key_pem, GError **error);
TlsServerCredentials *tls_server_credentials_ref (TlsServerCredentials *credentials);
void tls_server_credentials_unref (TlsServerCredentials *credentials);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TlsStream, tls_stream_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TlsServerCredentials, tls_server_credentials_unref)
