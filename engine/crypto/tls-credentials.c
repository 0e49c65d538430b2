/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TlsServerCredentials: a server's chain and key, and the key of the tickets it gives out. Streams
 * share them by reference, so that new ones can be loaded while old streams live; tickets of the old
 * ones then cost their owners a full handshake. */
#include <string.h>

#include "base/error.h"
#include "crypto/tls-private.h"

/* A server's chain (its own certificate first) and private key, both PEM text. Error TLS: not PEM,
 * or the key does not belong to the certificate. */
TlsServerCredentials *
tls_server_credentials_new (const char *chain_pem, const char *key_pem, GError **error)
{
  g_autoptr (TlsServerCredentials) credentials = g_new0 (TlsServerCredentials, 1);
  g_atomic_ref_count_init (&credentials->refs);
  const gnutls_datum_t chain = { (unsigned char *) chain_pem, (unsigned int) strlen (chain_pem) };
  const gnutls_datum_t key = { (unsigned char *) key_pem, (unsigned int) strlen (key_pem) };

  int code = gnutls_certificate_allocate_credentials (&credentials->certificate);
  if (code >= 0)
    code = gnutls_certificate_set_x509_key_mem2 (
        credentials->certificate, &chain, &key, GNUTLS_X509_FMT_PEM, NULL, 0);
  if (code >= 0)
    code = gnutls_session_ticket_key_generate (&credentials->ticket_key);
  if (code < 0) {
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_TLS,
        "The certificate and key cannot be used: %s", gnutls_strerror (code));
    return NULL;
  }
  return g_steal_pointer (&credentials);
}

TlsServerCredentials *
tls_server_credentials_ref (TlsServerCredentials *credentials)
{
  g_atomic_ref_count_inc (&credentials->refs);
  return credentials;
}

void
tls_server_credentials_unref (TlsServerCredentials *credentials)
{
  if (!g_atomic_ref_count_dec (&credentials->refs))
    return;
  if (credentials->certificate != NULL)
    gnutls_certificate_free_credentials (credentials->certificate);
  if (credentials->ticket_key.data != NULL) {
    gnutls_memset (credentials->ticket_key.data, 0, credentials->ticket_key.size);
    gnutls_free (credentials->ticket_key.data);
  }
  g_free (credentials);
}
