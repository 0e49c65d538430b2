/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A TlsStream's client: which server it believes, who it says it is, and what it tells of the server. Whom to
 * believe is decided by CryptoTrust alone, never by the library's own store. */
#include <gnutls/ocsp.h>
#include <string.h>

#include "crypto/tls-private.h"

#define CHAIN_MAX 16

/* What the server stapled, one response for each certificate at most. */
static size_t
stapled (gnutls_session_t session, Slice ret_ocsp[static CHAIN_MAX])
{
  size_t n = 0;
  for (unsigned int i = 0; i < CHAIN_MAX; i++) {
    gnutls_datum_t response;
    if (gnutls_ocsp_status_request_get2 (session, i, &response) == 0 && response.size > 0)
      ret_ocsp[n++] = SLICE (response.data, response.size);
  }
  return n;
}

static TrustVerdict
judge_peer (TlsStream *stream)
{
  unsigned int n = 0;
  const gnutls_datum_t *certificates = gnutls_certificate_get_peers (stream->session, &n);
  if (certificates == NULL || n == 0 || n > CHAIN_MAX)
    return TRUST_MALFORMED;

  Slice chain[CHAIN_MAX];
  for (unsigned int i = 0; i < n; i++)
    chain[i] = SLICE (certificates[i].data, certificates[i].size);
  Slice ocsp[CHAIN_MAX];
  const TrustEvidence evidence = { .ocsp = ocsp, .n_ocsp = stapled (stream->session, ocsp) };
  /* In a resumed session nothing can be stapled. */
  return crypto_trust_verify (stream->trust, chain, n,
      tls_stream_resumed (stream) ? NULL : &evidence, TRUST_PURPOSE_TLS_SERVER,
      stream->expected_name, stream->wall_clock ());
}

static time_t
system_clock (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

static int
verify_peer (gnutls_session_t session)
{
  TlsStream *stream = gnutls_session_get_ptr (session);
  stream->verdict = judge_peer (stream);
  return stream->verdict == TRUST_OK ? 0 : GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR;
}

/* gnutls_handshake_hook_func. */
static int
note_message (gnutls_session_t session, unsigned int type, unsigned int when, unsigned int incoming,
    const gnutls_datum_t *message)
{
  TlsStream *stream = gnutls_session_get_ptr (session);
  tls_signer_note (stream->signer, type, message);
  return 0;
}

/* gnutls_certificate_retrieve_function3. */
static int
show_certificate (gnutls_session_t session, const struct gnutls_cert_retr_st *wanted,
    gnutls_pcert_st **ret_chain, unsigned int *ret_n, gnutls_ocsp_data_st **ret_ocsp,
    unsigned int *ret_n_ocsp, gnutls_privkey_t *ret_key, unsigned int *ret_flags)
{
  const TlsStream *stream = gnutls_session_get_ptr (session);
  *ret_n_ocsp = *ret_flags = 0;
  tls_signer_show (stream->signer, wanted, ret_chain, ret_n, ret_key);
  return 0;
}

/* A client's stream; nothing is sent before tls_stream_handshake (). config's strings are copied;
 * config->trust and signer must outlive the stream, transport->user too. A session to resume that the library
 * does not understand is ignored: it costs a full handshake, nothing else. So is any where the trust
 * wants proof that nothing is revoked, which only a full handshake brings. */
TlsStream *
tls_stream_new_client (const TlsClientConfig *config, const TlsTransport *transport, GError **error)
{
  g_autoptr (TlsStream) stream =
      tls_stream_new (transport, GNUTLS_CLIENT, config->old_servers, error);
  if (stream == NULL)
    return NULL;
  stream->trust = config->trust;
  stream->expected_name = g_strdup (config->expected_name);
  stream->seen = config->seen;
  stream->seen_data = config->seen_data;
  stream->wall_clock = config->wall_clock != NULL ? config->wall_clock : system_clock;
  gnutls_session_set_verify_function (stream->session, verify_peer);

  int code = gnutls_certificate_allocate_credentials (&stream->own);
  if (code >= 0 && config->signer != NULL) {
    stream->signer = tls_signer_new (stream->session, config->signer, &code);
    gnutls_certificate_set_retrieve_function3 (stream->own, show_certificate);
    gnutls_handshake_set_hook_function (
        stream->session, GNUTLS_HANDSHAKE_ANY, GNUTLS_HOOK_PRE, note_message);
  }
  if (code >= 0)
    code = gnutls_credentials_set (stream->session, GNUTLS_CRD_CERTIFICATE, stream->own);
  if (code >= 0 && config->server_name != NULL)
    code = gnutls_server_name_set (
        stream->session, GNUTLS_NAME_DNS, config->server_name, strlen (config->server_name));
  if (code < 0) {
    tls_stream_fail (stream, code, error);
    return NULL;
  }
  if (config->resume != NULL && !crypto_trust_requires_evidence (config->trust)) {
    size_t len;
    const void *data = g_bytes_get_data (config->resume, &len);
    gnutls_session_set_data (stream->session, data, len);
  }
  return g_steal_pointer (&stream);
}

/* A resumed session brings its old chain: it is judged again, as the site's trust or the time may
 * have changed since. */
TlsStatus
tls_stream_judge_resumed (TlsStream *stream, GError **error)
{
  if (stream->trust == NULL || !tls_stream_resumed (stream))
    return TLS_DONE;
  stream->verdict = judge_peer (stream);
  if (stream->verdict == TRUST_OK)
    return TLS_DONE;
  gnutls_alert_send (stream->session, GNUTLS_AL_FATAL, GNUTLS_A_BAD_CERTIFICATE);
  return tls_stream_fail (stream, GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR, error);
}

/* Who wants to know what the server has shown is told. */
void
tls_stream_tell_seen (const TlsStream *stream)
{
  g_autoptr (GBytes) certificate =
      stream->seen != NULL ? tls_stream_peer_certificate (stream) : NULL;
  if (certificate == NULL)
    return;
  g_autofree char *algorithms = tls_stream_describe (stream);
  const TlsSeen seen = {
    .certificate = certificate,
    .verdict = stream->verdict,
    .algorithms = algorithms,
  };
  stream->seen (&seen, stream->seen_data);
}

/* The peer's own certificate in DER, where the handshake failed because nobody known has issued it, and
 * for no other reason of the path; else NULL. */
GBytes *
tls_stream_unvouched_certificate (const TlsStream *stream)
{
  return stream->verdict == TRUST_UNKNOWN_ISSUER ? tls_stream_peer_certificate (stream) : NULL;
}
