/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Both ends of a TlsStream over two pipes in memory, and the certificates that they are made with. */
#include "tls-pair.h"

#include <errno.h>
#include <string.h>

Identity ca, other_ca;
CryptoTrust *trust, *other_trust;
TlsServerCredentials *good;

ssize_t
pipe_push (void *user, const void *data, size_t len)
{
  Pipe *p = ((End *) user)->out;
  size_t n = MIN (MIN (len, p->per_call), p->capacity - p->octets->len);
  if (p->error != 0 || n == 0) {
    errno = p->error != 0 ? p->error : EAGAIN;
    return -1;
  }
  g_byte_array_append (p->octets, data, (guint) n);
  return (ssize_t) n;
}

ssize_t
pipe_pull (void *user, void *buf, size_t size)
{
  Pipe *p = ((End *) user)->in;
  size_t n = MIN (MIN (size, p->per_call), p->octets->len);
  if (n == 0 && p->ended)
    return 0;
  if (p->error != 0 || n == 0) {
    errno = p->error != 0 ? p->error : EAGAIN;
    return -1;
  }
  memcpy (buf, p->octets->data, n);
  g_byte_array_remove_range (p->octets, 0, (guint) n);
  return (ssize_t) n;
}

static gnutls_x509_privkey_t
new_key (void)
{
  gnutls_x509_privkey_t key;
  gnutls_x509_privkey_init (&key);
  g_assert_cmpint (gnutls_x509_privkey_generate (
                       key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0),
      ==, 0);
  return key;
}

Identity
new_identity (const char *name, const Identity *issuer, time_t from, time_t to)
{
  Identity id = { .key = new_key () };
  static uint8_t serial;
  serial++;
  gnutls_x509_crt_init (&id.cert);
  gnutls_x509_crt_set_version (id.cert, 3);
  gnutls_x509_crt_set_serial (id.cert, &serial, 1);
  gnutls_x509_crt_set_activation_time (id.cert, from);
  gnutls_x509_crt_set_expiration_time (id.cert, to);
  gnutls_x509_crt_set_dn_by_oid (
      id.cert, GNUTLS_OID_X520_COMMON_NAME, 0, name, (unsigned int) strlen (name));
  gnutls_x509_crt_set_key (id.cert, id.key);
  if (issuer == NULL) {
    gnutls_x509_crt_set_ca_status (id.cert, 1);
    gnutls_x509_crt_set_key_usage (id.cert, GNUTLS_KEY_KEY_CERT_SIGN);
  } else {
    gnutls_x509_crt_set_subject_alt_name (
        id.cert, GNUTLS_SAN_DNSNAME, name, (unsigned int) strlen (name), GNUTLS_FSAN_SET);
    gnutls_x509_crt_set_key_purpose_oid (id.cert, GNUTLS_KP_TLS_WWW_SERVER, 0);
  }
  g_assert_cmpint (gnutls_x509_crt_sign2 (id.cert, issuer != NULL ? issuer->cert : id.cert,
                       issuer != NULL ? issuer->key : id.key, GNUTLS_DIG_SHA256, 0),
      ==, 0);
  return id;
}

void
identity_clear (Identity *id)
{
  gnutls_x509_crt_deinit (id->cert);
  gnutls_x509_privkey_deinit (id->key);
}

char *
cert_pem (const Identity *id)
{
  gnutls_datum_t pem;
  g_assert_cmpint (gnutls_x509_crt_export2 (id->cert, GNUTLS_X509_FMT_PEM, &pem), ==, 0);
  char *text = g_strndup ((const char *) pem.data, pem.size);
  gnutls_free (pem.data);
  return text;
}

char *
key_pem (const Identity *id)
{
  gnutls_datum_t pem;
  g_assert_cmpint (gnutls_x509_privkey_export2 (id->key, GNUTLS_X509_FMT_PEM, &pem), ==, 0);
  char *text = g_strndup ((const char *) pem.data, pem.size);
  gnutls_free (pem.data);
  return text;
}

TlsServerCredentials *
new_credentials (const char *name, const Identity *issuer, int from_days, int to_days)
{
  time_t now = g_get_real_time () / G_USEC_PER_SEC;
  Identity id = new_identity (name, issuer, now + from_days * DAY, now + to_days * DAY);
  g_autofree char *chain = cert_pem (&id);
  g_autofree char *key = key_pem (&id);
  GError *error = NULL;
  TlsServerCredentials *credentials = tls_server_credentials_new (chain, key, &error);
  g_assert_no_error (error);
  identity_clear (&id);
  return credentials;
}

static CryptoTrust *
new_trust (const Identity *authority)
{
  g_autofree char *pem = cert_pem (authority);
  GError *error = NULL;
  CryptoTrust *result = crypto_trust_new (pem, &error);
  g_assert_no_error (error);
  return result;
}

static void
pair_init_pipes (Pair *pair)
{
  *pair = (Pair){ 0 };
  Pipe *pipes[] = { &pair->up, &pair->down };
  for (size_t i = 0; i < 2; i++) {
    pipes[i]->octets = g_byte_array_new ();
    pipes[i]->capacity = 1 << 20;
    pipes[i]->per_call = 1 << 20;
  }
  pair->client_end = (End){ &pair->up, &pair->down };
  pair->server_end = (End){ &pair->down, &pair->up };
}

void
pair_init (Pair *pair, TlsServerCredentials *credentials, const CryptoTrust *believed,
    const char *expected, GBytes *resume)
{
  pair_init_pipes (pair);
  const TlsTransport client_transport = { pipe_push, pipe_pull, &pair->client_end };
  const TlsTransport server_transport = { pipe_push, pipe_pull, &pair->server_end };
  const TlsClientConfig config = { expected, expected, believed, resume };
  pair->client = tls_stream_new_client (&config, &client_transport, &pair->client_error);
  g_assert_no_error (pair->client_error);
  if (credentials != NULL) {
    pair->server = tls_stream_new_server (credentials, &server_transport, &pair->server_error);
    g_assert_no_error (pair->server_error);
  }
}

void
pair_clear (Pair *pair)
{
  g_clear_pointer (&pair->client, tls_stream_free);
  g_clear_pointer (&pair->server, tls_stream_free);
  g_clear_error (&pair->client_error);
  g_clear_error (&pair->server_error);
  g_byte_array_unref (pair->up.octets);
  g_byte_array_unref (pair->down.octets);
}

/* Runs both ends until neither has anything to do; the client's last status. */
TlsStatus
pair_handshake (Pair *pair)
{
  TlsStatus client = TLS_AGAIN, server = TLS_AGAIN;
  for (int i = 0; i < 20000 && (client == TLS_AGAIN || server == TLS_AGAIN); i++) {
    if (client == TLS_AGAIN)
      client = tls_stream_handshake (pair->client, &pair->client_error);
    if (server == TLS_AGAIN)
      server = tls_stream_handshake (pair->server, &pair->server_error);
    if (client == TLS_FAILED || server == TLS_FAILED)
      break;
  }
  if (client == TLS_DONE)
    g_assert_cmpint (server, ==, TLS_DONE);
  return client;
}

void
send_text (TlsStream *from, TlsStream *to, const char *text)
{
  size_t n = 0;
  char buf[100];
  GError *error = NULL;
  g_assert_cmpint (tls_stream_write (from, text, strlen (text), &n, &error), ==, TLS_DONE);
  g_assert_cmpuint (n, ==, strlen (text));
  g_assert_cmpint (tls_stream_read (to, buf, sizeof buf, &n, &error), ==, TLS_DONE);
  g_assert_no_error (error);
  g_assert_cmpmem (buf, n, text, strlen (text));
}

void
begin_identities (void)
{
  time_t now = g_get_real_time () / G_USEC_PER_SEC;
  ca = new_identity ("Test CA", NULL, now - 10 * DAY, now + 10 * DAY);
  other_ca = new_identity ("Another CA", NULL, now - 10 * DAY, now + 10 * DAY);
  trust = new_trust (&ca);
  other_trust = new_trust (&other_ca);
  good = new_credentials (NAME, &ca, -1, 1);
}

void
end_identities (void)
{
  tls_server_credentials_unref (good);
  crypto_trust_free (trust);
  crypto_trust_free (other_trust);
  identity_clear (&ca);
  identity_clear (&other_ca);
}
