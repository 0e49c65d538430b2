/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The stack as the worker has it, frames on TLS on a socket, against a TLS server in the same thread:
 * nothing here waits, so the two take turns. */
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "reach/frame.h"
#include "support/certificate.h"

#define NAME "gw.example.test"
#define SMALL_BUFFER 4608

typedef struct {
  TlsServerCredentials *credentials;
  CryptoTrust *trust;
  TlsStream *server;
  int server_fd;
  Link *link;
} Fixture;

static ssize_t
push (void *user, const void *data, size_t len)
{
  return send (*(int *) user, data, len, MSG_NOSIGNAL);
}

static ssize_t
pull (void *user, void *buf, size_t size)
{
  return recv (*(int *) user, buf, size, 0);
}

static void
set_up (Fixture *f, const void *data)
{
  CertificateSpec spec = {
    .cn = "server",
    .key = CERTIFICATE_ECDSA_P256,
    .dns = { NAME },
    .is_ca = true,
    .usage = GNUTLS_KEY_DIGITAL_SIGNATURE | GNUTLS_KEY_KEY_CERT_SIGN,
    .from_day = -4000,
    .to_day = 40000,
  };
  g_autoptr (Certificate) certificate = certificate_new (&spec, NULL);
  g_autofree char *chain = certificate_pem (certificate), *key = certificate_key_pem (certificate);
  g_autoptr (GError) error = NULL;
  *f = (Fixture){ .server_fd = -1 };
  f->credentials = tls_server_credentials_new (chain, key, &error);
  g_assert_no_error (error);
  f->trust = crypto_trust_new (chain, &error);
  g_assert_no_error (error);
}

static void
hang_up (Fixture *f)
{
  g_clear_pointer (&f->server, tls_stream_free);
  if (f->server_fd >= 0)
    close (f->server_fd);
  f->server_fd = -1;
}

static void
tear_down (Fixture *f, const void *data)
{
  hang_up (f);
  link_free (f->link);
  tls_server_credentials_unref (f->credentials);
  crypto_trust_free (f->trust);
}

static void
begin (Fixture *f, const char *expected_name, GBytes *resume)
{
  int fds[2], size = SMALL_BUFFER;
  hang_up (f);
  g_clear_pointer (&f->link, link_free);
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), ==, 0);
  g_assert_cmpint (setsockopt (fds[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof size), ==, 0);
  f->server_fd = fds[1];
  TlsTransport transport = { .push = push, .pull = pull, .user = &f->server_fd };
  TlsClientConfig config = {
    .server_name = expected_name,
    .expected_name = expected_name,
    .trust = f->trust,
    .resume = resume,
  };
  f->server = tls_stream_new_server (f->credentials, &transport, NULL);
  f->link = link_tls_new (link_tcp_new (fds[0]), &config, NULL);
  g_assert_nonnull (f->link);
}

static LinkStatus
shake_hands (Fixture *f, GError **error)
{
  LinkStatus status = LINK_AGAIN;
  TlsStatus server = TLS_AGAIN;
  for (unsigned int i = 0; i < 50 && status == LINK_AGAIN; i++) {
    status = link_open (f->link, error);
    if (server == TLS_AGAIN)
      server = tls_stream_handshake (f->server, NULL);
  }
  if (status == LINK_DONE && server == TLS_AGAIN)
    server = tls_stream_handshake (f->server, NULL);
  g_assert_true (status != LINK_DONE || server == TLS_DONE);
  return status;
}

/* Everything that goes in comes out, in order, through a socket that is full most of the time. */
static void
test_frames (Fixture *f, const void *data)
{
  begin (f, NAME, NULL);
  g_assert_cmpint (shake_hands (f, NULL), ==, LINK_DONE);
  g_autoptr (FrameStream) frames = frame_stream_new (g_steal_pointer (&f->link), false);
  g_autoptr (GByteArray) sent = g_byte_array_new ();
  g_autoptr (GByteArray) got = g_byte_array_new ();
  g_byte_array_append (sent, stream_prefix, STREAM_PREFIX_LEN);
  unsigned int stalls = 0;
  for (unsigned int i = 0; i < 500 || !frame_stream_is_flushed (frames);) {
    uint8_t *space = i < 500 ? frame_stream_esp_space (frames, 1000) : NULL;
    if (space != NULL) {
      memset (space, (int) ++i | 1, 1000);
      frame_stream_esp_commit (frames, 1000);
      g_byte_array_append (sent, (const uint8_t[]){ 1002 >> 8, 1002 & 0xff }, 2);
      g_byte_array_append (sent, space, 1000);
      continue;
    }
    LinkStatus status = frame_stream_flush (frames, NULL);
    g_assert_true (status == LINK_DONE || status == LINK_AGAIN);
    g_assert_true ((status == LINK_DONE) == frame_stream_is_flushed (frames));
    stalls += status == LINK_AGAIN;
    uint8_t buf[3000];
    size_t n = 0;
    if (tls_stream_read (f->server, buf, sizeof buf, &n, NULL) == TLS_DONE)
      g_byte_array_append (got, buf, (guint) n);
  }
  uint8_t buf[3000];
  size_t n = 0;
  while (tls_stream_read (f->server, buf, sizeof buf, &n, NULL) == TLS_DONE)
    g_byte_array_append (got, buf, (guint) n);
  g_assert_cmpuint (stalls, >, 10);
  g_assert_cmpmem (got->data, got->len, sent->data, sent->len);
}

/* A session kept after something was read makes the next handshake shorter; once the stream broke it
 * is too late to keep it. */
static void
test_resume (Fixture *f, const void *data)
{
  begin (f, NAME, NULL);
  g_assert_cmpint (shake_hands (f, NULL), ==, LINK_DONE);
  uint8_t buf[10];
  size_t n = 0;
  g_assert_cmpint (tls_stream_write (f->server, "x", 1, &n, NULL), ==, TLS_DONE);
  g_assert_cmpint (link_read (f->link, buf, sizeof buf, &n, NULL), ==, LINK_DONE);
  g_autoptr (GBytes) session = link_session (f->link);
  g_assert_nonnull (session);
  hang_up (f);
  g_assert_cmpint (link_read (f->link, buf, sizeof buf, &n, NULL), ==, LINK_FAILED);
  g_assert_null (link_session (f->link));

  begin (f, NAME, session);
  g_assert_cmpint (shake_hands (f, NULL), ==, LINK_DONE);
  g_autofree char *what = link_describe (f->link);
  g_assert_nonnull (strstr (what, "resumed"));
}

static void
test_wrong_name (Fixture *f, const void *data)
{
  begin (f, "other.example.test", NULL);
  g_autoptr (GError) error = NULL;
  g_assert_cmpint (shake_hands (f, &error), ==, LINK_FAILED);
  g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_TLS_WRONG_NAME);
  g_assert_null (link_unvouched_certificate (f->link));
}

/* Where only the issuer is unknown the certificate can be had, for somebody to judge. */
static void
test_unknown_issuer (Fixture *f, const void *data)
{
  crypto_trust_free (f->trust);
  f->trust = crypto_trust_new (NULL, NULL);
  begin (f, NAME, NULL);
  g_autoptr (GError) error = NULL;
  g_assert_cmpint (shake_hands (f, &error), ==, LINK_FAILED);
  g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_TLS_UNTRUSTED);
  g_autoptr (GBytes) der = link_unvouched_certificate (f->link);
  size_t len;
  const uint8_t *octets = g_bytes_get_data (der, &len);
  g_auto (CertificateInfo) info = { 0 };
  g_assert_true (crypto_certificate_info (SLICE (octets, len), &info));

  crypto_trust_add_pin (f->trust, info.pin);
  begin (f, NAME, NULL);
  g_assert_cmpint (shake_hands (f, NULL), ==, LINK_DONE);
  g_assert_null (link_unvouched_certificate (f->link));
}

static void
test_cut_in_handshake (Fixture *f, const void *data)
{
  begin (f, NAME, NULL);
  g_assert_cmpint (link_open (f->link, NULL), ==, LINK_AGAIN);
  hang_up (f);
  g_autoptr (GError) error = NULL;
  g_assert_cmpint (link_open (f->link, &error), ==, LINK_FAILED);
  g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_STREAM_CLOSED);
}

static void
test_not_tls (Fixture *f, const void *data)
{
  begin (f, NAME, NULL);
  g_assert_cmpint (link_open (f->link, NULL), ==, LINK_AGAIN);
  g_assert_cmpint (send (f->server_fd, "SSH-2.0-server\r\n", 16, 0), ==, 16);
  g_autoptr (GError) error = NULL;
  g_assert_cmpint (link_open (f->link, &error), ==, LINK_FAILED);
  g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_NOT_VISITOR_MODE);
}

static void
test_close (Fixture *f, const void *data)
{
  begin (f, NAME, NULL);
  g_assert_cmpint (shake_hands (f, NULL), ==, LINK_DONE);
  link_close (f->link);
  uint8_t buf[10];
  size_t n = 0;
  g_assert_cmpint (tls_stream_read (f->server, buf, sizeof buf, &n, NULL), ==, TLS_CLOSED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, test) g_test_add ("/reach/link-tls/" name, Fixture, NULL, set_up, test, tear_down)
  ADD ("frames", test_frames);
  ADD ("resume", test_resume);
  ADD ("wrong name", test_wrong_name);
  ADD ("unknown issuer", test_unknown_issuer);
  ADD ("cut in the handshake", test_cut_in_handshake);
  ADD ("not TLS", test_not_tls);
  ADD ("close", test_close);
  return g_test_run ();
}
