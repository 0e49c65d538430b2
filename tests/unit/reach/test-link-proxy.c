/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Links through proxies over a socketpair, whose other end says what the row wants, in pieces. */
#include <glib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "reach/link-proxy.h"

#define OK "HTTP/1.1 200 OK\r\n\r\n"
#define NTLM_CHALLENGE \
  "NTLM " \
  "TlRMTVNTUAACAAAADAAMADgAAAAzgoriASNFZ4mrze8AAAAAAAAAACQAJABEAAAABgBwFwAAAA9TAGUAcgB2AGUAcgACAA" \
  "wARABvAG0AYQBpAG4AAQAMAFMAZQByAHYAZQByAAAAAAA="

static void
zeros (void *buf, size_t len)
{
  memset (buf, 0, len);
}

static int64_t
epoch (void)
{
  return 0;
}

static const ProxyAuthEnv env = { .random = zeros, .real_time = epoch };

typedef struct {
  Proxy proxy;
  ProxyAuth *auth;
  Link *link;
  int peer;
} Fixture;

static void
fixture_init (Fixture *f, const char *uri)
{
  int fds[2];
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds), ==, 0);
  g_assert_cmpint (proxy_parse (uri, &f->proxy), ==, PROXY_URI_OK);
  f->auth = proxy_auth_new (&f->proxy, &env);
  f->peer = fds[1];
  Link *below = link_tcp_new (fds[0]);
  f->link = f->proxy.kind == PROXY_HTTP
      ? link_connect_new (below, "gw.example:443", f->auth)
      : link_socks_new (below, &f->proxy, "gw.example", 443, f->auth);
}

static void
fixture_clear (Fixture *f)
{
  link_free (f->link);
  proxy_auth_free (f->auth);
  close (f->peer);
}

/* What has come to the proxy. */
static char *
heard (const Fixture *f)
{
  char buf[4096] = { 0 };
  (void) recv (f->peer, buf, sizeof buf - 1, 0);
  return g_strdup (buf);
}

static void
say (const Fixture *f, const void *octets, size_t len)
{
  g_assert_cmpint (send (f->peer, octets, len, 0), ==, (ssize_t) len);
}

static LinkStatus
open_link (const Fixture *f, int *ret_code)
{
  g_autoptr (GError) error = NULL;
  LinkStatus status = link_open (f->link, &error);
  *ret_code = error != NULL ? error->code : -1;
  return status;
}

/* What the proxy's answer comes to, given whole and octet by octet. */
static void
test_answers (void)
{
  static const struct {
    const char *answer;
    LinkStatus status;
    int code;
    const char *tunnel; /* that came with it */
  } rows[] = {
    { OK, LINK_DONE, -1, "" },
    { OK "\x16\x03\x03", LINK_DONE, -1, "\x16\x03\x03" },
    { "HTTP/1.1 100 Continue\r\n\r\n" OK "x", LINK_DONE, -1, "x" },
    { "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", LINK_DONE, -1, "abc" },
    { "HTTP/1.1 403 Forbidden\r\n\r\n", LINK_FAILED, VISITOR_ERROR_PROXY_REFUSED },
    { "HTTP/1.1 302 Found\r\nLocation: http://portal/\r\n\r\n", LINK_FAILED,
        VISITOR_ERROR_PROXY_REFUSED },
    { "HTTP/1.1 503 Service Unavailable\r\n\r\n", LINK_FAILED, VISITOR_ERROR_PROXY_NO_WAY },
    { "HTTP/1.1 407 x\r\nProxy-Authenticate: Basic realm=x\r\n\r\n", LINK_FAILED,
        VISITOR_ERROR_PROXY_AUTH_REQUIRED },
    { "HTTP/1.1 407 x\r\nProxy-Authenticate: Bearer\r\n\r\n", LINK_FAILED,
        VISITOR_ERROR_PROXY_AUTH_REFUSED },
    { "HTTP/1.1 407 x\r\n\r\n", LINK_FAILED, VISITOR_ERROR_PROXY_AUTH_REFUSED },
    { "HTTP/1.1 200 OK\n\n", LINK_FAILED, VISITOR_ERROR_PROXY_PROTOCOL },
    { "SSH-2.0-x\r\n", LINK_FAILED, VISITOR_ERROR_PROXY_PROTOCOL },
  };
  for (gsize i = 0; i < 2 * G_N_ELEMENTS (rows); i++) {
    const char *answer = rows[i / 2].answer;
    Fixture f;
    int code;
    fixture_init (&f, "http://p:1");
    g_assert_cmpint (open_link (&f, &code), ==, LINK_AGAIN);
    g_autofree char *request = heard (&f);
    g_assert_true (g_str_has_prefix (request, "CONNECT gw.example:443 HTTP/1.1\r\n"));
    LinkStatus status = LINK_AGAIN;
    size_t step = i % 2 == 0 ? strlen (answer) : 1;
    for (size_t at = 0; at < strlen (answer) && status == LINK_AGAIN; at += step) {
      say (&f, answer + at, step);
      status = open_link (&f, &code);
    }
    g_assert_cmpint (status, ==, rows[i / 2].status);
    g_assert_cmpint (code, ==, rows[i / 2].code);
    for (size_t n = 0; status == LINK_DONE && i % 2 == 0 && n < strlen (rows[i / 2].tunnel); n++) {
      char octet;
      size_t len = 0;
      g_assert_cmpint (link_read (f.link, &octet, 1, &len, NULL), ==, LINK_DONE);
      g_assert_cmpint (octet, ==, rows[i / 2].tunnel[n]);
    }
    fixture_clear (&f);
  }
}

/* The proxy hangs up. */
static void
test_closed (void)
{
  static const char *const uris[] = { "http://p:1", "socks5://p:1", "socks4a://p:1" };
  for (gsize i = 0; i < G_N_ELEMENTS (uris); i++) {
    Fixture f;
    int code;
    fixture_init (&f, uris[i]);
    g_assert_cmpint (open_link (&f, &code), ==, LINK_AGAIN);
    shutdown (f.peer, SHUT_WR);
    g_assert_cmpint (open_link (&f, &code), ==, LINK_FAILED);
    g_assert_cmpint (code, ==, VISITOR_ERROR_PROXY_PROTOCOL);
    fixture_clear (&f);
  }
}

/* NTLM's second leg goes over the same connection, past the body of the refusal between. */
static void
test_two_legs (void)
{
  static const char refusal[] =
      "HTTP/1.1 407 x\r\nContent-Length: 5\r\nProxy-Authenticate: " NTLM_CHALLENGE "\r\n\r\nsorry";
  Fixture f;
  int code;
  fixture_init (&f, "http://p:1");
  Slice offer = SLICE ((const uint8_t *) "NTLM", 4);
  g_autoptr (Secret) answer = secret_new ("u:p", 3);
  proxy_auth_challenged (f.auth, &offer, 1, true);
  g_assert_cmpint (proxy_auth_answer (f.auth, answer), ==, PROXY_AUTH_AGAIN);
  g_assert_cmpint (open_link (&f, &code), ==, LINK_AGAIN);
  g_autofree char *one = heard (&f);
  g_assert_nonnull (strstr (one, "Proxy-Authorization: NTLM TlRMTVNTUAABAAAA"));
  for (size_t i = 0; i < sizeof refusal - 1; i++) {
    say (&f, refusal + i, 1);
    g_assert_cmpint (open_link (&f, &code), ==, LINK_AGAIN);
  }
  g_autofree char *two = heard (&f);
  g_assert_nonnull (strstr (two, "Proxy-Authorization: NTLM TlRMTVNTUAADAAAA"));
  say (&f, OK, strlen (OK));
  g_assert_cmpint (open_link (&f, &code), ==, LINK_DONE);
  fixture_clear (&f);
}

typedef struct {
  const char *name;
  const char *uri;
  const char *replies[3]; /* one after each message of ours; a length first */
  LinkStatus status;
  int code;
} SocksCase;

static const SocksCase socks_cases[] = {
  { "4a", "socks4a://p:1", { "\x08\x00\x5a\0\0\0\0\0\0" }, LINK_DONE, -1 },
  { "4a, refused", "socks4a://p:1", { "\x08\x00\x5b\0\0\0\0\0\0" }, LINK_FAILED,
      VISITOR_ERROR_PROXY_REFUSED },
  { "4a, to an HTTP proxy", "socks4a://p:1", { "\x04HTTP" }, LINK_FAILED,
      VISITOR_ERROR_PROXY_PROTOCOL },
  { "5", "socks5://p:1", { "\x02\x05\x00", "\x0a\x05\x00\x00\x01\0\0\0\0\0\0" }, LINK_DONE, -1 },
  { "5, not by its rules", "socks5://p:1", { "\x02\x05\x00", "\x0a\x05\x02\x00\x01\0\0\0\0\0\0" },
      LINK_FAILED, VISITOR_ERROR_PROXY_REFUSED },
  { "5, no such host", "socks5://p:1", { "\x02\x05\x00", "\x0a\x05\x04\x00\x01\0\0\0\0\0\0" },
      LINK_FAILED, VISITOR_ERROR_PROXY_NO_WAY },
  { "5, who are you", "socks5://p:1", { "\x02\x05\xff" }, LINK_FAILED,
      VISITOR_ERROR_PROXY_AUTH_REQUIRED },
};

/* SOCKS takes no octet more than its reply has. */
static void
test_socks (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (socks_cases); i++) {
    const SocksCase *c = &socks_cases[i];
    Fixture f;
    int code = -1;
    LinkStatus status = LINK_AGAIN;
    g_test_message ("%s", c->name);
    fixture_init (&f, c->uri);
    for (size_t k = 0; k < G_N_ELEMENTS (c->replies) && c->replies[k] != NULL; k++) {
      g_assert_cmpint (status, ==, LINK_AGAIN);
      g_assert_cmpint (open_link (&f, &code), ==, LINK_AGAIN);
      say (&f, c->replies[k] + 1, (size_t) c->replies[k][0]);
      if (c->replies[k + 1] == NULL)
        say (&f, "T", 1);
      status = open_link (&f, &code);
    }
    g_assert_cmpint (status, ==, c->status);
    g_assert_cmpint (code, ==, c->code);
    char octet = 0;
    size_t len = 0;
    if (status == LINK_DONE)
      g_assert_cmpint (link_read (f.link, &octet, 1, &len, NULL), ==, LINK_DONE);
    g_assert_cmpint (octet, ==, status == LINK_DONE ? 'T' : 0);
    fixture_clear (&f);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/reach/link-proxy/answers", test_answers);
  g_test_add_func ("/reach/link-proxy/closed", test_closed);
  g_test_add_func ("/reach/link-proxy/two-legs", test_two_legs);
  g_test_add_func ("/reach/link-proxy/socks", test_socks);
  return g_test_run ();
}
