/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Both ends of TlsStream over two pipes in memory. */
#include "crypto/tls.h"

#include <string.h>

#include "base/error.h"
#include "crypto/tls-private.h"
#include "tls-pair.h"

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

/* Records without data, more than anybody has a reason to send. */
#define FLOOD 1000

static void
flood_with_warnings (TlsStream *from)
{
  for (int i = 0; i < FLOOD; i++)
    g_assert_cmpint (
        gnutls_alert_send (from->session, GNUTLS_AL_WARNING, GNUTLS_A_NO_RENEGOTIATION), ==, 0);
}

static void
flood_with_key_updates (TlsStream *from)
{
  for (int i = 0; i < FLOOD; i++)
    g_assert_cmpint (gnutls_session_key_update (from->session, 0), ==, 0);
}

static void
flood_with_tickets (TlsStream *from)
{
  for (int i = 0; i < FLOOD; i++)
    g_assert_cmpint (gnutls_session_ticket_send (from->session, 1, 0), ==, 0);
}

static const struct {
  const char *name;
  const char *priorities; /* of the client */
  bool from_server;
  void (*flood) (TlsStream *from);
} floods[] = {
  { "warnings of a client", "NORMAL:-VERS-ALL:+VERS-TLS1.2", false, flood_with_warnings },
  { "warnings of a server", "NORMAL:-VERS-ALL:+VERS-TLS1.2", true, flood_with_warnings },
  { "key updates of a client", "NORMAL", false, flood_with_key_updates },
  { "key updates of a server", "NORMAL", true, flood_with_key_updates },
  { "tickets of a server", "NORMAL", true, flood_with_tickets },
};

/* Who sends records without any data, and never stops, must not keep whoever reads them from all others. */
static void
test_flood (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (floods); i++) {
    g_test_message ("%s", floods[i].name);
    Pair pair;
    pair_init (&pair, good, trust, NAME, NULL);
    g_assert_cmpint (
        gnutls_priority_set_direct (pair.client->session, floods[i].priorities, NULL), ==, 0);
    g_assert_cmpint (pair_handshake (&pair), ==, TLS_DONE);
    send_text (pair.server, pair.client, "tickets come first");
    floods[i].flood (floods[i].from_server ? pair.server : pair.client);
    const Pipe *in = floods[i].from_server ? &pair.down : &pair.up;
    size_t n;
    char buf[10];
    g_assert_cmpint (tls_stream_read (floods[i].from_server ? pair.client : pair.server, buf,
                         sizeof buf, &n, &pair.client_error),
        ==, TLS_FAILED);
    g_assert_error (pair.client_error, VISITOR_ERROR, VISITOR_ERROR_TLS);
    g_assert_cmpuint (in->octets->len, >, 0);
    pair_clear (&pair);
  }
}

/* A server keeps little for a client that it knows nothing of: here a ClientHello that says to have 16 MiB,
 * and comes. */
static void
test_endless_hello (void)
{
  static const uint8_t record[] = { 22, 3, 1, 16000 >> 8, 16000 & 0xff };
  static const uint8_t begin[16000] = { 1, 0xff, 0xff, 0xff }, rest[16000];
  Pair pair;
  TlsStatus status = TLS_AGAIN;
  size_t sent = 0;
  pair_init (&pair, good, trust, NAME, NULL);
  for (; status == TLS_AGAIN && sent < 1 << 20; sent += sizeof rest) {
    g_byte_array_append (pair.up.octets, record, sizeof record);
    g_byte_array_append (pair.up.octets, sent == 0 ? begin : rest, sizeof rest);
    status = tls_stream_handshake (pair.server, &pair.server_error);
  }
  g_assert_cmpint (status, ==, TLS_FAILED);
  g_assert_error (pair.server_error, VISITOR_ERROR, VISITOR_ERROR_TLS);
  g_assert_cmpuint (sent, <=, 96000);
  pair_clear (&pair);
}

int
main (int argc, char **argv)
{
  begin_identities ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tls/both-ways", test_both_ways);
  g_test_add_func ("/tls/resumption", test_resumption);
  g_test_add_func ("/tls/slow-transport", test_slow_transport);
  g_test_add_func ("/tls/cut", test_cut);
  g_test_add_func ("/tls/tampered", test_tampered);
  g_test_add_func ("/tls/not-tls", test_not_tls);
  g_test_add_func ("/tls/credentials", test_credentials);
  g_test_add_func ("/tls/credentials-outlive", test_credentials_outlive);
  g_test_add_func ("/tls/flood", test_flood);
  g_test_add_func ("/tls/endless-hello", test_endless_hello);
  int result = g_test_run ();
  end_identities ();
  return result;
}
