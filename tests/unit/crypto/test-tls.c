/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Both ends of TlsStream over two pipes in memory; where our own other end would prove nothing, the
 * library's plain server with other settings. */
#include "crypto/tls.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <string.h>

#include "base/error.h"

#define NAME "gateway.example.test"
#define DAY (24 * 60 * 60)

typedef struct {
  GByteArray *octets;
  size_t capacity;
  size_t per_call;
  bool ended;
  int error;
} Pipe;

typedef struct {
  Pipe *out, *in;
} End;

typedef struct {
  gnutls_x509_crt_t cert;
  gnutls_x509_privkey_t key;
} Identity;

typedef struct {
  Pipe up, down;
  End client_end, server_end;
  TlsStream *client, *server;
  GError *client_error, *server_error;
} Pair;

static Identity ca, other_ca;
static CryptoTrust *trust, *other_trust;
static TlsServerCredentials *good;

static ssize_t
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

static ssize_t
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

static Identity
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

static void
identity_clear (Identity *id)
{
  gnutls_x509_crt_deinit (id->cert);
  gnutls_x509_privkey_deinit (id->key);
}

static char *
cert_pem (const Identity *id)
{
  gnutls_datum_t pem;
  g_assert_cmpint (gnutls_x509_crt_export2 (id->cert, GNUTLS_X509_FMT_PEM, &pem), ==, 0);
  char *text = g_strndup ((const char *) pem.data, pem.size);
  gnutls_free (pem.data);
  return text;
}

static char *
key_pem (const Identity *id)
{
  gnutls_datum_t pem;
  g_assert_cmpint (gnutls_x509_privkey_export2 (id->key, GNUTLS_X509_FMT_PEM, &pem), ==, 0);
  char *text = g_strndup ((const char *) pem.data, pem.size);
  gnutls_free (pem.data);
  return text;
}

static TlsServerCredentials *
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

static void
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

static void
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
static TlsStatus
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

static void
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

static void
test_both_ways (void)
{
  Pair pair;
  pair_init (&pair, good, trust, NAME, NULL);
  g_assert_cmpint (pair_handshake (&pair), ==, TLS_DONE);
  g_assert_false (tls_stream_resumed (pair.client));
  g_autofree char *description = tls_stream_describe (pair.client);
  g_assert_cmpstr (description, ==, "TLS1.3, X25519, AES-256-GCM");
  g_autoptr (GBytes) certificate = tls_stream_peer_certificate (pair.client);
  g_assert_nonnull (certificate);

  char buf[10];
  size_t n = 0;
  g_assert_cmpint (tls_stream_read (pair.client, buf, sizeof buf, &n, NULL), ==, TLS_AGAIN);
  g_assert_false (tls_stream_wants_write (pair.client));
  send_text (pair.client, pair.server, "up");
  send_text (pair.server, pair.client, "down");
  g_assert_cmpint (tls_stream_bye (pair.server), ==, TLS_DONE);
  g_assert_cmpint (tls_stream_read (pair.client, buf, sizeof buf, &n, NULL), ==, TLS_CLOSED);
  pair_clear (&pair);
}

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

static GBytes *
session_of_one_stream (void)
{
  Pair pair;
  pair_init (&pair, good, trust, NAME, NULL);
  g_assert_cmpint (pair_handshake (&pair), ==, TLS_DONE);
  send_text (pair.server, pair.client, "tickets come first");
  GBytes *session = tls_stream_session (pair.client);
  g_assert_nonnull (session);
  pair_clear (&pair);
  return session;
}

static void
test_resumption (void)
{
  g_autoptr (GBytes) session = session_of_one_stream ();
  Pair pair;
  pair_init (&pair, good, trust, NAME, session);
  g_assert_cmpint (pair_handshake (&pair), ==, TLS_DONE);
  g_assert_true (tls_stream_resumed (pair.client));
  send_text (pair.client, pair.server, "again");
  pair_clear (&pair);

  pair_init (&pair, good, other_trust, NAME, session);
  g_assert_cmpint (pair_handshake (&pair), ==, TLS_FAILED);
  g_assert_error (pair.client_error, VISITOR_ERROR, VISITOR_ERROR_TLS_UNTRUSTED);
  pair_clear (&pair);

  g_autoptr (TlsServerCredentials) renewed = new_credentials (NAME, &ca, -1, 1);
  pair_init (&pair, renewed, trust, NAME, session);
  g_assert_cmpint (pair_handshake (&pair), ==, TLS_DONE);
  g_assert_false (tls_stream_resumed (pair.client));
  pair_clear (&pair);

  g_autoptr (GBytes) nonsense = g_bytes_new_static ("nonsense", 8);
  pair_init (&pair, good, trust, NAME, nonsense);
  g_assert_cmpint (pair_handshake (&pair), ==, TLS_DONE);
  pair_clear (&pair);
}

/* A transport that takes and gives little at a time, and holds little. */
static void
test_slow_transport (void)
{
  Pair pair;
  pair_init (&pair, good, trust, NAME, NULL);
  pair.up.per_call = pair.down.per_call = 1;
  g_assert_cmpint (pair_handshake (&pair), ==, TLS_DONE);
  pair.up.per_call = 997;
  pair.up.capacity = 3000;

  g_autofree uint8_t *sent = g_malloc (300000);
  for (size_t i = 0; i < 300000; i++)
    sent[i] = (uint8_t) (i * 7 + i / 251);
  g_autoptr (GByteArray) received = g_byte_array_new ();
  size_t taken = 0;
  bool waited = false;
  while (received->len < 300000) {
    uint8_t buf[5000];
    size_t n = 0;
    TlsStatus status =
        tls_stream_write (pair.client, sent + taken, 300000 - taken, &n, &pair.client_error);
    g_assert_cmpint (status, !=, TLS_FAILED);
    taken += status == TLS_DONE ? n : 0;
    waited |= tls_stream_wants_write (pair.client);
    while (tls_stream_read (pair.server, buf, sizeof buf, &n, &pair.server_error) == TLS_DONE)
      g_byte_array_append (received, buf, (guint) n);
    g_assert_no_error (pair.server_error);
  }
  size_t n;
  g_assert_true (waited);
  g_assert_cmpmem (received->data, received->len, sent, 300000);
  g_assert_cmpint (tls_stream_write (pair.client, NULL, 0, &n, NULL), ==, TLS_DONE);
  g_assert_false (tls_stream_wants_write (pair.client));
  pair_clear (&pair);
}

static void
test_cut (void)
{
  char buf[10];
  size_t n = 0;
  Pair pair;
  pair_init (&pair, good, trust, NAME, NULL);
  g_assert_cmpint (pair_handshake (&pair), ==, TLS_DONE);
  pair.down.ended = true;
  g_assert_cmpint (
      tls_stream_read (pair.client, buf, sizeof buf, &n, &pair.client_error), ==, TLS_FAILED);
  g_assert_error (pair.client_error, VISITOR_ERROR, VISITOR_ERROR_STREAM_CLOSED);
  pair_clear (&pair);

  pair_init (&pair, good, trust, NAME, NULL);
  g_assert_cmpint (pair_handshake (&pair), ==, TLS_DONE);
  pair.down.error = ECONNRESET;
  while (tls_stream_read (pair.client, buf, sizeof buf, &n, &pair.client_error) != TLS_FAILED)
    pair.down.octets->len = 0;
  g_assert_error (pair.client_error, VISITOR_ERROR, VISITOR_ERROR_STREAM_CLOSED);
  pair_clear (&pair);

  /* In the middle of a record's header. */
  pair_init (&pair, good, trust, NAME, NULL);
  g_assert_cmpint (pair_handshake (&pair), ==, TLS_DONE);
  send_text (pair.server, pair.client, "tickets come first");
  g_assert_cmpint (tls_stream_write (pair.server, "data", 4, &n, NULL), ==, TLS_DONE);
  g_byte_array_set_size (pair.down.octets, 3);
  pair.down.ended = true;
  g_assert_cmpint (
      tls_stream_read (pair.client, buf, sizeof buf, &n, &pair.client_error), ==, TLS_FAILED);
  g_assert_error (pair.client_error, VISITOR_ERROR, VISITOR_ERROR_STREAM_CLOSED);
  pair_clear (&pair);

  pair_init (&pair, NULL, trust, NAME, NULL);
  pair.down.ended = true;
  g_assert_cmpint (tls_stream_handshake (pair.client, &pair.client_error), ==, TLS_FAILED);
  g_assert_error (pair.client_error, VISITOR_ERROR, VISITOR_ERROR_STREAM_CLOSED);
  pair_clear (&pair);
}

static void
test_tampered (void)
{
  char buf[10];
  size_t n = 0;
  Pair pair;
  pair_init (&pair, good, trust, NAME, NULL);
  g_assert_cmpint (pair_handshake (&pair), ==, TLS_DONE);
  send_text (pair.server, pair.client, "tickets come first");
  g_assert_cmpint (tls_stream_write (pair.server, "data", 4, &n, NULL), ==, TLS_DONE);
  pair.down.octets->data[pair.down.octets->len - 1] ^= 1;
  g_assert_cmpint (
      tls_stream_read (pair.client, buf, sizeof buf, &n, &pair.client_error), ==, TLS_FAILED);
  g_assert_error (pair.client_error, VISITOR_ERROR, VISITOR_ERROR_TLS);
  pair_clear (&pair);
}

static const char *const greetings[] = {
  "HTTP/1.1 400 Bad Request\r\n\r\n",
  "SSH-2.0-OpenSSH_9.2\r\n",
  "220 mail.example.test ESMTP\r\n",
  "\x16\x01\x00",
};

static void
test_not_tls (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (greetings); i++) {
    g_test_message ("%s", greetings[i]);
    Pair pair;
    pair_init (&pair, NULL, trust, NAME, NULL);
    g_byte_array_append (
        pair.down.octets, (const guint8 *) greetings[i], (guint) strlen (greetings[i]));
    pair.down.ended = true;
    g_assert_cmpint (tls_stream_handshake (pair.client, &pair.client_error), ==, TLS_FAILED);
    g_assert_error (pair.client_error, VISITOR_ERROR, VISITOR_ERROR_NOT_VISITOR_MODE);
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

static void
test_credentials (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *chain = cert_pem (&ca);
  g_autofree char *key = key_pem (&ca);
  g_autofree char *wrong_key = key_pem (&other_ca);
  const char *rows[][2] = {
    { chain, wrong_key },
    { chain, "" },
    { "", key },
    { "nonsense", key },
    { chain, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n" },
    { key, chain },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_assert_null (tls_server_credentials_new (rows[i][0], rows[i][1], &error));
    g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_TLS);
    g_clear_error (&error);
  }
}

/* A stream holds its credentials: a reload may drop them in the middle of a handshake. */
static void
test_credentials_outlive (void)
{
  Pair pair;
  TlsServerCredentials *credentials = new_credentials (NAME, &ca, -1, 1);
  pair_init (&pair, credentials, trust, NAME, NULL);
  tls_server_credentials_unref (credentials);
  g_assert_cmpint (pair_handshake (&pair), ==, TLS_DONE);
  pair_clear (&pair);
}

int
main (int argc, char **argv)
{
  /* Before the library reads it. */
  g_autofree char *path = g_strdup_printf (
      "%s/visitor-test-tls-%" G_GINT64_FORMAT ".keys", g_get_tmp_dir (), g_get_real_time ());
  g_setenv ("SSLKEYLOGFILE", path, TRUE);
  time_t now = g_get_real_time () / G_USEC_PER_SEC;
  ca = new_identity ("Test CA", NULL, now - 10 * DAY, now + 10 * DAY);
  other_ca = new_identity ("Another CA", NULL, now - 10 * DAY, now + 10 * DAY);
  trust = new_trust (&ca);
  other_trust = new_trust (&other_ca);
  good = new_credentials (NAME, &ca, -1, 1);

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tls/key-log-is-ignored", test_key_log_is_ignored);
  g_test_add_func ("/tls/both-ways", test_both_ways);
  g_test_add_func ("/tls/refusals", test_refusals);
  g_test_add_func ("/tls/resumption", test_resumption);
  g_test_add_func ("/tls/slow-transport", test_slow_transport);
  g_test_add_func ("/tls/cut", test_cut);
  g_test_add_func ("/tls/tampered", test_tampered);
  g_test_add_func ("/tls/not-tls", test_not_tls);
  g_test_add_func ("/tls/foreign-servers", test_foreign_servers);
  g_test_add_func ("/tls/credentials", test_credentials);
  g_test_add_func ("/tls/credentials-outlive", test_credentials_outlive);
  int result = g_test_run ();

  g_remove (path);
  tls_server_credentials_unref (good);
  crypto_trust_free (trust);
  crypto_trust_free (other_trust);
  identity_clear (&ca);
  identity_clear (&other_ca);
  return result;
}
