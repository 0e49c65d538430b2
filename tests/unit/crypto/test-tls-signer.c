/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A client whose key is elsewhere proves its certificate to a server of the library's own. */
#include <errno.h>
#include <gnutls/gnutls.h>
#include <string.h>

#include "crypto/signer.h"
#include "crypto/tls.h"
#include "support/certificate.h"

static const struct {
  const char *name;
  CertificateKey key;
  SignatureScheme schemes[3];
  const char *priorities; /* of the server */
} rows[] = {
  { "p256-1.3", CERTIFICATE_ECDSA_P256, { SIGNATURE_ECDSA_SHA256 },
      "NORMAL:-VERS-ALL:+VERS-TLS1.3" },
  { "p256-1.2", CERTIFICATE_ECDSA_P256, { SIGNATURE_ECDSA_SHA256 },
      "NORMAL:-VERS-ALL:+VERS-TLS1.2" },
  { "p384-1.3", CERTIFICATE_ECDSA_P384, { SIGNATURE_ECDSA_SHA384 },
      "NORMAL:-VERS-ALL:+VERS-TLS1.3" },
  { "ed25519-1.3", CERTIFICATE_ED25519, { SIGNATURE_ED25519 }, "NORMAL:-VERS-ALL:+VERS-TLS1.3" },
  { "rsa-1.3", CERTIFICATE_RSA_2048, { SIGNATURE_RSA_PSS_SHA256, SIGNATURE_RSA_PKCS1_SHA256 },
      "NORMAL:-VERS-ALL:+VERS-TLS1.3" },
  { "rsa-1.2", CERTIFICATE_RSA_2048, { SIGNATURE_RSA_PSS_SHA256, SIGNATURE_RSA_PKCS1_SHA256 },
      "NORMAL:-VERS-ALL:+VERS-TLS1.2" },
};

typedef struct {
  GByteArray *to_client, *to_server;
  const Certificate *client;
  gboolean refuses, lies;
  guint n_signed;
} Table;

static ssize_t
take (GByteArray *from, void *buf, size_t size)
{
  size_t n = MIN (size, from->len);
  if (n == 0) {
    errno = EAGAIN;
    return -1;
  }
  memcpy (buf, from->data, n);
  g_byte_array_remove_range (from, 0, (guint) n);
  return (ssize_t) n;
}

static ssize_t
client_pull (void *user, void *buf, size_t size)
{
  return take (((Table *) user)->to_client, buf, size);
}

static ssize_t
client_push (void *user, const void *data, size_t len)
{
  g_byte_array_append (((Table *) user)->to_server, data, (guint) len);
  return (ssize_t) len;
}

static ssize_t
server_pull (gnutls_transport_ptr_t user, void *buf, size_t size)
{
  return take (((Table *) user)->to_server, buf, size);
}

static ssize_t
server_push (gnutls_transport_ptr_t user, const void *data, size_t len)
{
  g_byte_array_append (((Table *) user)->to_client, data, (guint) len);
  return (ssize_t) len;
}

static int
server_wait (gnutls_transport_ptr_t user, unsigned int milliseconds)
{
  return 1;
}

static gnutls_sign_algorithm_t
algorithm_of (SignatureScheme scheme)
{
  switch (scheme) {
  case SIGNATURE_RSA_PSS_SHA256: return GNUTLS_SIGN_RSA_PSS_RSAE_SHA256;
  case SIGNATURE_RSA_PKCS1_SHA256: return GNUTLS_SIGN_RSA_SHA256;
  case SIGNATURE_ECDSA_SHA256: return GNUTLS_SIGN_ECDSA_SHA256;
  case SIGNATURE_ECDSA_SHA384: return GNUTLS_SIGN_ECDSA_SHA384;
  case SIGNATURE_ED25519: return GNUTLS_SIGN_EDDSA_ED25519;
  case SIGNATURE_NONE:
  case SIGNATURE_RSA_PSS_SHA384:
  case SIGNATURE_RSA_PSS_SHA512:
  case SIGNATURE_RSA_PKCS1_SHA384:
  case SIGNATURE_RSA_PKCS1_SHA512:
  case SIGNATURE_ECDSA_SHA512:
  case SIGNATURE_N_SCHEMES: break;
  }
  g_assert_not_reached ();
}

static GBytes *
sign (void *user_data, SignatureScheme scheme, Slice octets)
{
  Table *table = user_data;
  table->n_signed++;
  if (table->refuses)
    return NULL;
  const gnutls_datum_t data = { (uint8_t *) octets.data, (unsigned int) octets.len };
  gnutls_datum_t signature;
  g_assert_cmpint (gnutls_privkey_sign_data2 (certificate_key (table->client),
                       algorithm_of (scheme), 0, &data, &signature),
      ==, 0);
  signature.data[signature.size - 1] ^= table->lies ? 1 : 0;
  GBytes *bytes = g_bytes_new (signature.data, signature.size);
  gnutls_free (signature.data);
  return bytes;
}

static time_t
now (void)
{
  return CERTIFICATE_NOW;
}

static gnutls_session_t
new_server (Table *table, const Certificate *own, const char *priorities,
    gnutls_certificate_credentials_t *ret)
{
  gnutls_session_t server;
  g_autofree char *pem = certificate_pem (own);
  const gnutls_datum_t data = { (uint8_t *) pem, (unsigned int) strlen (pem) };
  gnutls_pcert_st *chain = g_new0 (gnutls_pcert_st, 1);
  gnutls_x509_privkey_t exported;
  gnutls_privkey_t key;
  g_assert_cmpint (gnutls_certificate_allocate_credentials (ret), ==, 0);
  g_assert_cmpint (gnutls_pcert_import_x509_raw (chain, &data, GNUTLS_X509_FMT_PEM, 0), ==, 0);
  g_assert_cmpint (gnutls_privkey_export_x509 (certificate_key (own), &exported), ==, 0);
  g_assert_cmpint (gnutls_privkey_init (&key), ==, 0);
  g_assert_cmpint (
      gnutls_privkey_import_x509 (key, exported, GNUTLS_PRIVKEY_IMPORT_AUTO_RELEASE), ==, 0);
  g_assert_cmpint (gnutls_certificate_set_key (*ret, NULL, 0, chain, 1, key), >=, 0);
  g_free (chain);
  g_assert_cmpint (gnutls_init (&server, GNUTLS_SERVER | GNUTLS_NONBLOCK), ==, 0);
  g_assert_cmpint (gnutls_priority_set_direct (server, priorities, NULL), ==, 0);
  g_assert_cmpint (gnutls_credentials_set (server, GNUTLS_CRD_CERTIFICATE, *ret), ==, 0);
  gnutls_certificate_server_set_request (server, GNUTLS_CERT_REQUIRE);
  gnutls_transport_set_ptr (server, table);
  gnutls_transport_set_pull_function (server, server_pull);
  gnutls_transport_set_push_function (server, server_push);
  gnutls_transport_set_pull_timeout_function (server, server_wait);
  return server;
}

/* Plays a handshake to its end; the server's code and the certificate that it saw are told. */
static int
play (size_t row, Table *table, gboolean *ret_same)
{
  const CertificateSpec ca_spec = { .cn = "CA", .is_ca = true };
  const CertificateSpec server_spec = {
    .cn = "server", .key = rows[row].key, .dns = { "server.example.test" }
  };
  const CertificateSpec client_spec = { .cn = "anna", .key = rows[row].key };
  g_autoptr (Certificate) ca = certificate_new (&ca_spec, NULL);
  g_autoptr (Certificate) own = certificate_new (&server_spec, ca);
  g_autoptr (Certificate) client = certificate_new (&client_spec, ca);
  g_autofree char *ca_pem = certificate_pem (ca);
  g_autoptr (CryptoTrust) trust = crypto_trust_new (ca_pem, NULL);
  g_autoptr (GPtrArray) chain = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  Slice der = certificate_der (client);
  g_ptr_array_add (chain, g_bytes_new (der.data, der.len));
  g_autoptr (CryptoSigner) signer = crypto_signer_new (
      chain, rows[row].schemes, G_N_ELEMENTS (rows[row].schemes), sign, table, NULL);
  table->client = client;
  table->to_client = g_byte_array_new ();
  table->to_server = g_byte_array_new ();
  gnutls_certificate_credentials_t credentials;
  gnutls_session_t server = new_server (table, own, rows[row].priorities, &credentials);
  const TlsTransport transport = { .push = client_push, .pull = client_pull, .user = table };
  const TlsClientConfig config = {
    .expected_name = "server.example.test",
    .trust = trust,
    .signer = signer,
    .wall_clock = now,
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (TlsStream) stream = tls_stream_new_client (&config, &transport, &error);
  g_assert_no_error (error);
  TlsStatus status = TLS_AGAIN;
  int code = GNUTLS_E_AGAIN;
  for (int i = 0; i < 20 && (status == TLS_AGAIN || code == GNUTLS_E_AGAIN); i++) {
    if (status == TLS_AGAIN)
      status = tls_stream_handshake (stream, NULL);
    if (code == GNUTLS_E_AGAIN)
      code = gnutls_handshake (server);
  }
  unsigned int n = 0;
  const gnutls_datum_t *seen = gnutls_certificate_get_peers (server, &n);
  *ret_same = n == 1 && seen->size == der.len && memcmp (seen->data, der.data, der.len) == 0;
  gnutls_deinit (server);
  gnutls_certificate_free_credentials (credentials);
  g_byte_array_unref (table->to_client);
  g_byte_array_unref (table->to_server);
  return code;
}

static void
test_proves (gconstpointer data)
{
  Table table = { 0 };
  gboolean same;
  g_assert_cmpint (play (GPOINTER_TO_SIZE (data), &table, &same), ==, 0);
  g_assert_true (same);
  g_assert_cmpuint (table.n_signed, ==, 1);
}

/* No signature, or one that our own certificate does not verify: nothing of it goes out. */
static void
test_no_proof (void)
{
  gboolean same;
  Table refuses = { .refuses = TRUE };
  g_assert_cmpint (play (0, &refuses, &same), !=, 0);
  Table lies = { .lies = TRUE };
  g_assert_cmpint (play (0, &lies, &same), !=, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *path = g_strconcat ("/crypto/tls-signer/", rows[i].name, NULL);
    g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_proves);
  }
  g_test_add_func ("/crypto/tls-signer/no-proof", test_no_proof);
  return g_test_run ();
}
