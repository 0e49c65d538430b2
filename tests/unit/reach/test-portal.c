/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an answer on port 80 says about the network, and the question itself on real sockets. */
#include <fcntl.h>
#include <glib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "reach/fd-watch.h"
#include "reach/portal-probe.h"
#include "sockets.h"

#define HOST "vpn.example.com"
#define LOGIN "http://login.hotel.example/?from=vpn"
#define END "\r\n\r\n"
#define FOUND "HTTP/1.1 302 Found\r\nLocation: "
#define OK "HTTP/1.1 200 OK\r\n\r\n<html>"

typedef struct {
  const char *name;
  const char *reply;
  PortalVerdict verdict; /* where nothing is known of TLS */
  PortalVerdict strange; /* where TLS has shown a stranger */
  const char *url; /* the portal's own words */
} Case;

static const Case cases[] = {
  { "302", FOUND LOGIN END, PORTAL_FOUND, PORTAL_FOUND, LOGIN },
  { "301", "HTTP/1.1 301 Moved\r\nLocation: " LOGIN END, PORTAL_FOUND, PORTAL_FOUND, LOGIN },
  { "303", "HTTP/1.0 303 See other\r\nlocation:" LOGIN END, PORTAL_FOUND, PORTAL_FOUND, LOGIN },
  { "307", "HTTP/1.1 307 x\r\nLOCATION: " LOGIN END, PORTAL_FOUND, PORTAL_FOUND, LOGIN },
  { "308", "HTTP/1.1 308 x\r\nLocation: " LOGIN END, PORTAL_FOUND, PORTAL_FOUND, LOGIN },
  { "to an address", FOUND "http://192.168.44.1:8002/index.php" END, PORTAL_FOUND, PORTAL_FOUND,
      "http://192.168.44.1:8002/index.php" },
  { "to a stranger's https", FOUND "https://wifi.example.net/" END, PORTAL_FOUND, PORTAL_FOUND,
      "https://wifi.example.net/" },
  { "511", "HTTP/1.1 511 Network Authentication Required" END, PORTAL_FOUND, PORTAL_FOUND, NULL },
  { "511 that says where", "HTTP/1.1 511 x\r\nLocation: " LOGIN END, PORTAL_FOUND, PORTAL_FOUND,
      LOGIN },
  { "511 that says nonsense", "HTTP/1.1 511 x\r\nLocation: javascript:alert(1)" END, PORTAL_FOUND,
      PORTAL_FOUND, NULL },

  { "to its own https", FOUND "https://vpn.example.com/visitor-portal-check" END, PORTAL_NONE,
      PORTAL_NONE, NULL },
  { "to its own https, in capitals", FOUND "HTTPS://VPN.Example.COM" END, PORTAL_NONE, PORTAL_NONE,
      NULL },
  { "to the owner's site", FOUND "https://www.example.com/" END, PORTAL_NONE, PORTAL_NONE, NULL },
  { "to the name that TLS goes by", FOUND "https://gw.example.org/" END, PORTAL_NONE, PORTAL_NONE,
      NULL },
  { "to a guest's page in the owner's domain", FOUND "http://guest.example.com/" END, PORTAL_FOUND,
      PORTAL_FOUND, "http://guest.example.com/" },
  { "to its own http", FOUND "http://vpn.example.com:8080/login" END, PORTAL_NONE, PORTAL_FOUND,
      "http://vpn.example.com:8080/login" },
  { "to its own page", FOUND "/login" END, PORTAL_NONE, PORTAL_FOUND, NULL },
  { "a page", OK, PORTAL_NONE, PORTAL_FOUND, NULL },
  { "nothing, in order", "HTTP/1.1 204 No Content" END, PORTAL_NONE, PORTAL_NONE, NULL },
  { "no such page", "HTTP/1.1 404 Not Found" END, PORTAL_NONE, PORTAL_NONE, NULL },
  { "no entry", "HTTP/1.1 403 Forbidden" END, PORTAL_NONE, PORTAL_NONE, NULL },
  { "a server in trouble", "HTTP/1.1 503 x" END, PORTAL_NONE, PORTAL_NONE, NULL },
  { "not modified", "HTTP/1.1 304 x\r\nLocation: " LOGIN END, PORTAL_NONE, PORTAL_NONE, NULL },

  { "to nowhere", "HTTP/1.1 302 Found" END, PORTAL_UNKNOWN, PORTAL_UNKNOWN, NULL },
  { "to two places", FOUND LOGIN "\r\nLocation: http://b.example/" END, PORTAL_UNKNOWN,
      PORTAL_UNKNOWN, NULL },
  { "to a script", FOUND "javascript:alert(1)" END, PORTAL_UNKNOWN, PORTAL_UNKNOWN, NULL },
  { "to a file", FOUND "file:///etc/passwd" END, PORTAL_UNKNOWN, PORTAL_UNKNOWN, NULL },
  { "to this machine", FOUND "http://127.0.0.1:631/" END, PORTAL_UNKNOWN, PORTAL_UNKNOWN, NULL },
  { "to a false name", FOUND "http://vpn.example.com@evil.example/" END, PORTAL_UNKNOWN,
      PORTAL_UNKNOWN, NULL },
  { "to whoever has the scheme", FOUND "//evil.example/" END, PORTAL_UNKNOWN, PORTAL_UNKNOWN,
      NULL },
  { "with letters of others", FOUND "http://h\xc3\xb6tel.example/" END, PORTAL_UNKNOWN,
      PORTAL_UNKNOWN, NULL },
};

static void
test_cases (void)
{
  for (size_t i = 0; i < 2 * G_N_ELEMENTS (cases); i++) {
    const Case *c = cases + i / 2;
    bool strange = i % 2 == 1;
    const PortalQuestion question = {
      .host = HOST,
      .tls_name = "gw.example.org",
      .strange_tls = strange,
    };
    HttpReply reply;
    const char *why;
    g_autofree char *url = NULL;
    g_test_message ("%s%s", c->name, strange ? ", and TLS is a stranger's" : "");
    Slice octets = SLICE ((const uint8_t *) c->reply, strlen (c->reply));
    g_assert_cmpint (http_reply_parse (octets, &reply, &why), ==, HTTP_REPLY_DONE);
    PortalVerdict verdict = portal_judge (&question, &reply, &url);
    g_assert_cmpint (verdict, ==, strange ? c->strange : c->verdict);
    g_assert_cmpstr (url, ==, verdict == PORTAL_FOUND ? c->url : NULL);
  }
}

/* A portal cannot be told from a web server by a gateway that has an address alone, but by it. */
static void
test_literal (void)
{
  static const char octets[] = FOUND "https://203.0.113.7/" END;
  const PortalQuestion question = { .host = "203.0.113.7", .tls_name = "203.0.113.7" };
  const PortalQuestion other = { .host = "203.0.113.8", .tls_name = "203.0.113.8" };
  HttpReply reply;
  const char *why;
  g_autofree char *url = NULL;
  Slice all = SLICE ((const uint8_t *) octets, strlen (octets));
  g_assert_cmpint (http_reply_parse (all, &reply, &why), ==, HTTP_REPLY_DONE);
  g_assert_cmpint (portal_judge (&question, &reply, &url), ==, PORTAL_NONE);
  g_assert_cmpint (portal_judge (&other, &reply, &url), ==, PORTAL_FOUND);
  g_assert_cmpstr (url, ==, "https://203.0.113.7/");
}

/* Where a page is asked for that answers 204 and nothing else. */
static void
test_known_page (void)
{
  static const struct {
    const char *reply;
    PortalVerdict verdict;
    const char *url;
  } known[] = {
    { "HTTP/1.1 204 No Content" END, PORTAL_NONE, NULL },
    { OK, PORTAL_FOUND, NULL },
    { FOUND LOGIN END, PORTAL_FOUND, LOGIN },
    { FOUND "https://" HOST "/" END, PORTAL_FOUND, "https://" HOST "/" },
    { FOUND "/login" END, PORTAL_FOUND, NULL },
    { FOUND "javascript:x" END, PORTAL_FOUND, NULL },
    { "HTTP/1.1 511 x" END, PORTAL_FOUND, NULL },
    { "HTTP/1.1 404 x" END, PORTAL_UNKNOWN, NULL },
    { "HTTP/1.1 502 x" END, PORTAL_UNKNOWN, NULL },
  };
  const PortalQuestion question = { .host = HOST, .tls_name = HOST, .answers_204 = true };
  for (size_t i = 0; i < G_N_ELEMENTS (known); i++) {
    HttpReply reply;
    const char *why;
    g_autofree char *url = NULL;
    Slice octets = SLICE ((const uint8_t *) known[i].reply, strlen (known[i].reply));
    g_test_message ("%s", known[i].reply);
    g_assert_cmpint (http_reply_parse (octets, &reply, &why), ==, HTTP_REPLY_DONE);
    g_assert_cmpint (portal_judge (&question, &reply, &url), ==, known[i].verdict);
    g_assert_cmpstr (url, ==, known[i].url);
  }
}

static void
test_request (void)
{
  g_autofree char *named = portal_request (HOST, NULL);
  g_autofree char *literal = portal_request ("2001:db8::1", "/204?x");
  g_autofree char *url = portal_own_url ("2001:db8::1");
  g_assert_cmpstr (named, ==,
      "GET /visitor-portal-check HTTP/1.1\r\nHost: vpn.example.com\r\nConnection: close\r\n"
      "Cache-Control: no-cache\r\n\r\n");
  g_assert_true (g_str_has_prefix (literal, "GET /204?x HTTP/1.1\r\n"));
  g_assert_nonnull (strstr (literal, "\r\nHost: [2001:db8::1]\r\n"));
  g_assert_cmpstr (url, ==, "http://[2001:db8::1]/");
}

/* A server that says one thing, in pieces, whatever it is asked, and as long as somebody listens. */
typedef struct {
  GMainLoop *loop;
  const char *says;
  bool hangs_up; /* after it */
  int listener, fd;
  guint saying; /* source */
  FdWatch *watch, *reader;
  GString *asked;
  bool done;
  PortalVerdict verdict;
  char *url;
} Server;

static gboolean
say_more (gpointer data)
{
  Server *server = data;
  size_t n = MIN (strlen (server->says), 7);
  gboolean heard = send (server->fd, server->says, n, MSG_NOSIGNAL) == (ssize_t) n;
  server->says += n;
  if (heard && *server->says != '\0')
    return G_SOURCE_CONTINUE;
  if (server->hangs_up)
    shutdown (server->fd, SHUT_WR);
  server->saying = 0;
  return G_SOURCE_REMOVE;
}

static void
hear (GIOCondition condition, void *user_data)
{
  Server *server = user_data;
  char text[512];
  ssize_t n = recv (server->fd, text, sizeof text, 0);
  if (n <= 0) {
    fd_watch_set (server->reader, 0);
    return;
  }
  g_string_append_len (server->asked, text, n);
  if (g_str_has_suffix (server->asked->str, "\r\n\r\n"))
    server->saying = g_idle_add (say_more, server);
}

static void
accept_one (GIOCondition condition, void *user_data)
{
  Server *server = user_data;
  server->fd = accept (server->listener, NULL, NULL);
  g_assert_cmpint (server->fd, >=, 0);
  server->reader = fd_watch_new (server->fd, G_IO_IN, hear, server);
}

static uint16_t
listen_at_loopback (Server *server)
{
  InetAddr addr;
  struct sockaddr_storage at;
  uint16_t port;
  g_assert_true (inet_addr_parse ("127.0.0.1", &addr));
  socklen_t len = inet_addr_to_sockaddr (&addr, 0, &at);
  server->listener = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (bind (server->listener, (struct sockaddr *) &at, len), ==, 0);
  g_assert_cmpint (listen (server->listener, 4), ==, 0);
  g_assert_cmpint (getsockname (server->listener, (struct sockaddr *) &at, &len), ==, 0);
  g_assert_true (inet_addr_from_sockaddr ((struct sockaddr *) &at, &addr, &port));
  server->watch = fd_watch_new (server->listener, G_IO_IN, accept_one, server);
  return port;
}

static void
done (PortalVerdict verdict, const char *url, void *user_data)
{
  Server *server = user_data;
  g_assert_false (server->done);
  server->done = true;
  server->verdict = verdict;
  server->url = g_strdup (url);
  g_main_loop_quit (server->loop);
}

/* Asks a server that says `says`; NULL: there is none. */
static void
expect (const char *says, bool hangs_up, PortalVerdict verdict, const char *url)
{
  Server server = { .says = says, .hangs_up = hangs_up, .listener = -1, .fd = -1 };
  server.loop = g_main_loop_new (NULL, FALSE);
  server.asked = g_string_new (NULL);
  uint16_t port = listen_at_loopback (&server);
  if (says == NULL) {
    g_clear_pointer (&server.watch, fd_watch_free);
    close (server.listener);
  }
  InetAddr addr;
  g_assert_true (inet_addr_parse ("127.0.0.1", &addr));
  g_autoptr (GArray) hosts = g_array_new (FALSE, FALSE, sizeof (InetAddr));
  g_autoptr (GArray) nobody = g_array_new (FALSE, FALSE, sizeof (InetAddr));
  g_array_append_val (hosts, addr);
  const PortalProbeConfig config = {
    .question = { .host = HOST, .tls_name = HOST },
    .port = port,
    .url = "http://" HOST "/",
    .nameservers = nobody,
    .hosts = hosts,
    .sockets = test_sockets,
  };
  PortalProbe *probe = portal_probe_new (&config, done, &server);
  g_main_loop_run (server.loop);
  while (says != NULL && !g_str_has_suffix (server.asked->str, "\r\n\r\n"))
    g_main_context_iteration (NULL, TRUE); /* what was sent before comes, if the machine was busy */
  g_assert_cmpint (server.verdict, ==, verdict);
  g_assert_cmpstr (server.url, ==, url);
  portal_probe_free (probe);
  g_clear_handle_id (&server.saying, g_source_remove);
  if (says != NULL) {
    g_assert_true (g_str_has_prefix (server.asked->str, "GET /visitor-portal-check HTTP/1.1\r\n"));
    g_assert_null (strcasestr (server.asked->str, "cookie"));
    fd_watch_free (server.reader);
    fd_watch_free (server.watch);
    close (server.fd);
    close (server.listener);
  }
  g_string_free (server.asked, TRUE);
  g_free (server.url);
  g_main_loop_unref (server.loop);
}

static void
test_probe (void)
{
  g_autofree char *filler = g_strnfill (HTTP_REPLY_MAX, 'a');
  g_autofree char *endless = g_strconcat ("HTTP/1.1 200 OK\r\nX: ", filler, NULL);
  expect (FOUND LOGIN END, false, PORTAL_FOUND, LOGIN);
  expect ("HTTP/1.1 511 x" END, true, PORTAL_FOUND, "http://" HOST "/");
  expect (FOUND "https://" HOST "/" END, true, PORTAL_NONE, NULL);
  expect (OK, false, PORTAL_NONE, NULL);
  expect ("SSH-2.0-OpenSSH_9.2\r\n", false, PORTAL_UNKNOWN, NULL);
  expect ("HTTP/1.1 302 Found\r\nLocation: http://login.ho", true, PORTAL_UNKNOWN, NULL);
  expect (endless, false, PORTAL_UNKNOWN, NULL);
  expect (NULL, false, PORTAL_UNKNOWN, NULL);
}

/* Who accepts and says nothing is waited for until the limit, and not for ever. */
static void
test_silence (void)
{
  gint64 start = g_get_monotonic_time ();
  expect ("", false, PORTAL_UNKNOWN, NULL);
  g_assert_cmpint (g_get_monotonic_time () - start, >=, 5 * G_USEC_PER_SEC);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/reach/portal/cases", test_cases);
  g_test_add_func ("/reach/portal/literal", test_literal);
  g_test_add_func ("/reach/portal/known-page", test_known_page);
  g_test_add_func ("/reach/portal/request", test_request);
  g_test_add_func ("/reach/portal/probe", test_probe);
  g_test_add_func ("/reach/portal/silence", test_silence);
  return g_test_run ();
}
