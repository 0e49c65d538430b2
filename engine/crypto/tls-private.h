/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>

#include "crypto/signer.h"
#include "crypto/tls.h"

struct _TlsServerCredentials {
  gatomicrefcount refs;
  gnutls_certificate_credentials_t certificate;
  gnutls_datum_t ticket_key;
};

typedef struct _TlsSigner TlsSigner;

#define TLS_GREETING_LEN 8

struct _TlsStream {
  gnutls_session_t session;
  gnutls_certificate_credentials_t own; /* owned; client only */
  TlsSigner *signer; /* owned; NULL where we are nobody */
  TlsServerCredentials *server; /* owned; server only */
  TlsTransport transport;
  const CryptoTrust *trust; /* borrowed; client only */
  char *expected_name;
  time_t (*wall_clock) (void); /* client only */
  TlsSeenFunc seen; /* client only; or NULL */
  void *seen_data;

  int transport_errno;
  bool transport_eof;
  uint8_t greeting[TLS_GREETING_LEN]; /* the peer's first octets: what it is if it is not TLS */
  size_t greeting_len;

  TrustVerdict verdict;
  unsigned int n_without_data; /* records since the last data */
  size_t octets_without_data; /* likewise, of the transport */
  bool handshaken;
  bool got_alert; /* the peer ended it with one */
  bool unsent; /* a sealed record waits for the transport */
  bool wants_write;
};

/* tls.c */
TlsStream *tls_stream_new (
    const TlsTransport *transport, unsigned int flags, bool old_servers, GError **error);

/* tls-client.c */
TlsStatus tls_stream_judge_resumed (TlsStream *stream, GError **error);
void tls_stream_tell_seen (const TlsStream *stream);

/* tls-error.c */
bool tls_stream_broke (const TlsStream *stream);
TlsStatus tls_stream_fail (TlsStream *stream, int code, GError **error);

/* tls-signer.c */
TlsSigner *tls_signer_new (gnutls_session_t session, const CryptoSigner *signer, int *ret_code);
void tls_signer_free (TlsSigner *signer);
void tls_signer_note (TlsSigner *signer, unsigned int type, const gnutls_datum_t *message);
void tls_signer_show (const TlsSigner *signer, const struct gnutls_cert_retr_st *wanted,
    gnutls_pcert_st **ret_chain, unsigned int *ret_n, gnutls_privkey_t *ret_key);
