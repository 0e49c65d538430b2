/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whom a TlsStream's client refuses: by its certificate, and, where our own other end would prove nothing, the
 * library's plain server with other settings. */
#include <glib/gstdio.h>

#include "base/error.h"
#include "tls-pair.h"

static const struct {
  const char *what;
  const char *name;
  bool other_issuer;
  int from_days, to_days;
  VisitorError code;
} refusals[] = {
  { "another CA", NAME, true, -1, 1, VISITOR_ERROR_TLS_UNTRUSTED },
  { "another name", "www.example.test", false, -1, 1, VISITOR_ERROR_TLS_WRONG_NAME },
  { "expired", NAME, false, -2, -1, VISITOR_ERROR_TLS_EXPIRED },
  { "not yet valid", NAME, false, 1, 2, VISITOR_ERROR_TLS_EXPIRED },
  { "another CA, expired, other name", "x.test", true, -2, -1, VISITOR_ERROR_TLS_UNTRUSTED },
};

static void
test_refusals (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (refusals); i++) {
    g_test_message ("%s", refusals[i].what);
    Pair pair;
    g_autoptr (TlsServerCredentials) credentials = new_credentials (refusals[i].name,
        refusals[i].other_issuer ? &other_ca : &ca, refusals[i].from_days, refusals[i].to_days);
    pair_init (&pair, credentials, trust, NAME, NULL);
    g_assert_cmpint (pair_handshake (&pair), ==, TLS_FAILED);
    g_assert_error (pair.client_error, VISITOR_ERROR, (gint) refusals[i].code);
    g_assert_null (tls_stream_session (pair.client));
    g_autoptr (GBytes) unvouched = tls_stream_unvouched_certificate (pair.client);
    g_assert_true ((unvouched != NULL) == refusals[i].other_issuer);
    /* The server is told, and does not take it for a success. */
    char buf[10];
    size_t n = 0;
    TlsStatus status = pair.server_error != NULL
        ? TLS_FAILED
        : tls_stream_handshake (pair.server, &pair.server_error);
    if (status == TLS_DONE)
      status = tls_stream_read (pair.server, buf, sizeof buf, &n, &pair.server_error);
    g_assert_cmpint (status, ==, TLS_FAILED);
    g_assert_error (pair.server_error, VISITOR_ERROR, VISITOR_ERROR_TLS);
    pair_clear (&pair);
  }
}

/* Servers that are not ours, by the library's own words for what they can do. */
static const struct {
  const char *priorities;
  bool works;
} peers[] = {
  { "NORMAL", true },
  { "NORMAL:-VERS-ALL:+VERS-TLS1.3", true },
  { "NORMAL:-VERS-ALL:+VERS-TLS1.2", true },
  { "NORMAL:-VERS-ALL:+VERS-TLS1.2:-AES-256-GCM:-AES-128-GCM", true }, /* ChaCha20-Poly1305 */
  { "NORMAL:-VERS-ALL:+VERS-TLS1.2:-AEAD", false }, /* CBC */
  { "NORMAL:-VERS-ALL:+VERS-TLS1.1", false },
  { "NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:+RSA", false },
  { "NORMAL:-VERS-ALL:+VERS-TLS1.2:%DISABLE_SAFE_RENEGOTIATION", false },
};

static gnutls_session_t
new_foreign_server (
    Pair *pair, gnutls_certificate_credentials_t credentials, const char *priority_text)
{
  gnutls_session_t session;
  gnutls_init (&session, GNUTLS_SERVER | GNUTLS_NONBLOCK);
  g_assert_cmpint (gnutls_priority_set_direct (session, priority_text, NULL), ==, 0);
  gnutls_credentials_set (session, GNUTLS_CRD_CERTIFICATE, credentials);
  gnutls_transport_set_ptr (session, &pair->server_end);
  gnutls_transport_set_push_function (session, pipe_push);
  gnutls_transport_set_pull_function (session, pipe_pull);
  return session;
}

static bool
foreign_handshake (gnutls_certificate_credentials_t credentials, const char *priority_text)
{
  Pair pair;
  pair_init (&pair, NULL, trust, NAME, NULL);
  gnutls_session_t server = new_foreign_server (&pair, credentials, priority_text);
  TlsStatus client = TLS_AGAIN;
  int code = GNUTLS_E_AGAIN;
  for (int i = 0; i < 20 && client == TLS_AGAIN; i++) {
    client = tls_stream_handshake (pair.client, &pair.client_error);
    if (code != 0 && client != TLS_FAILED)
      code = gnutls_handshake (server);
    if (code != 0 && gnutls_error_is_fatal (code))
      break;
  }
  gnutls_deinit (server);
  pair_clear (&pair);
  return client == TLS_DONE;
}

static void
test_foreign_servers (void)
{
  time_t now = g_get_real_time () / G_USEC_PER_SEC;
  Identity id = new_identity (NAME, &ca, now - DAY, now + DAY);
  gnutls_certificate_credentials_t credentials;
  gnutls_certificate_allocate_credentials (&credentials);
  g_assert_cmpint (gnutls_certificate_set_x509_key (credentials, &id.cert, 1, id.key), >=, 0);
  for (size_t i = 0; i < G_N_ELEMENTS (peers); i++) {
    g_test_message ("%s", peers[i].priorities);
    g_assert_cmpint (foreign_handshake (credentials, peers[i].priorities), ==, peers[i].works);
  }
  gnutls_certificate_free_credentials (credentials);
  identity_clear (&id);
}

/* The first of the tests: nobody has written the file yet. That the library alone would write it is shown
 * by the server that is not ours. */
static void
test_key_log_is_ignored (void)
{
  const char *path = g_getenv ("SSLKEYLOGFILE");
  g_assert_nonnull (path);
  Pair pair;
  pair_init (&pair, good, trust, NAME, NULL);
  g_assert_cmpint (pair_handshake (&pair), ==, TLS_DONE);
  send_text (pair.client, pair.server, "secret");
  pair_clear (&pair);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  test_foreign_servers ();
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
}

int
main (int argc, char **argv)
{
  /* Before the library reads it. */
  g_autofree char *path = g_strdup_printf (
      "%s/visitor-test-tls-%" G_GINT64_FORMAT ".keys", g_get_tmp_dir (), g_get_real_time ());
  g_setenv ("SSLKEYLOGFILE", path, TRUE);
  begin_identities ();

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tls-client/key-log-is-ignored", test_key_log_is_ignored);
  g_test_add_func ("/tls-client/refusals", test_refusals);
  g_test_add_func ("/tls-client/foreign-servers", test_foreign_servers);
  int result = g_test_run ();
  g_remove (path);
  end_identities ();
  return result;
}
