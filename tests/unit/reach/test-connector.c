/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which address the connector goes to, with real sockets on the loopback. */
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "reach/connector.h"
#include "reach/fd-watch.h"
#include "sockets.h"

typedef struct {
  int fd; /* listens */
  FdWatch *watch;
  unsigned int n_accepted;
} Server;

typedef struct {
  GMainLoop *loop;
  Server stale, right;
  bool done;
  int error;
} Fixture;

/* Hangs up on everybody: not a TLS server. */
static void
accept_one (GIOCondition condition, void *user_data)
{
  Server *server = user_data;
  int fd = accept (server->fd, NULL, NULL);
  g_assert_cmpint (fd, >=, 0);
  server->n_accepted++;
  close (fd);
}

/* 0 where the port, which may be 0 for any, is somebody else's. */
static uint16_t
listen_at (Server *server, const char *address, uint16_t port)
{
  InetAddr addr;
  struct sockaddr_storage at;
  socklen_t len;
  g_assert_true (inet_addr_parse (address, &addr));
  len = inet_addr_to_sockaddr (&addr, port, &at);
  server->fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (bind (server->fd, (struct sockaddr *) &at, len) < 0) {
    g_assert_cmpint (errno, ==, EADDRINUSE);
    close (server->fd);
    return 0;
  }
  g_assert_cmpint (listen (server->fd, 4), ==, 0);
  g_assert_cmpint (getsockname (server->fd, (struct sockaddr *) &at, &len), ==, 0);
  g_assert_true (inet_addr_from_sockaddr ((struct sockaddr *) &at, &addr, &port));
  server->watch = fd_watch_new (server->fd, G_IO_IN, accept_one, server);
  return port;
}

static void
server_clear (Server *server)
{
  fd_watch_free (server->watch);
  close (server->fd);
}

/* Both at one port. */
static uint16_t
listen_beside (Server *one, const char *address, Server *other, const char *other_address)
{
  for (;;) {
    uint16_t port = listen_at (one, address, 0);
    if (listen_at (other, other_address, port) != 0)
      return port;
    server_clear (one);
  }
}

static void
done (Link *link, const GError *error, void *user_data)
{
  Fixture *f = user_data;
  g_assert_null (link);
  f->done = true;
  f->error = error->code;
  g_main_loop_quit (f->loop);
}

static GArray *
addresses (const char *text)
{
  GArray *list = g_array_new (FALSE, FALSE, sizeof (InetAddr));
  InetAddr addr;
  if (inet_addr_parse (text, &addr))
    g_array_append_val (list, addr);
  return list;
}

/* Where the gateway answered yesterday somebody else answers today: the name is looked up anew. */
static void
test_stale_address (void)
{
  Fixture f = { .loop = g_main_loop_new (NULL, FALSE) };
  uint16_t port = listen_beside (&f.stale, "127.0.0.2", &f.right, "127.0.0.1");
  g_autoptr (GArray) nobody = addresses ("");
  g_autoptr (GArray) hosts = addresses ("127.0.0.1");
  g_autoptr (GArray) last_good = addresses ("127.0.0.2");
  g_autoptr (CryptoTrust) trust = crypto_trust_new (NULL, NULL);
  EntryPoint entry = {
    .host = (char *) "gw.example.test", .port = port, .hosts = hosts, .last_good = last_good
  };
  const ConnectorConfig config = {
    .entries = &entry,
    .n_entries = 1,
    .nameservers = nobody,
    .tls = true,
    .tls_name = entry.host,
    .trust = trust,
    .sockets = test_sockets,
  };
  g_autoptr (Connector) connector = connector_new (&config, done, &f);
  for (unsigned int round = 1; round <= 2; round++) {
    f.done = false;
    connector_start (connector);
    g_main_loop_run (f.loop);
    g_assert_true (f.done);
    g_assert_cmpuint (f.stale.n_accepted, ==, round);
    g_assert_cmpuint (f.right.n_accepted, ==, round);
    g_assert_cmpint (f.error, ==, VISITOR_ERROR_STREAM_CLOSED);
  }
  server_clear (&f.stale);
  server_clear (&f.right);
  g_main_loop_unref (f.loop);
}

typedef struct {
  GMainLoop *loop;
  Connector *connector;
  char *log; /* the addresses that links went to, or why there was none */
} Udp;

static void
udp_done (Link *link, const GError *error, void *user_data)
{
  Udp *udp = user_data;
  struct sockaddr_storage peer;
  socklen_t len = sizeof peer;
  char text[INET_ADDR_STRLEN];
  InetAddr addr;
  uint16_t port;
  g_autofree char *before = udp->log;
  g_main_loop_quit (udp->loop);
  if (link == NULL) {
    udp->log = g_strdup_printf ("%s %s", before, visitor_error_name ((VisitorError) error->code));
    return;
  }
  g_assert_cmpstr (link_transport (link), ==, "UDP");
  g_assert_cmpint (getpeername (link_fd (link), (struct sockaddr *) &peer, &len), ==, 0);
  g_assert_true (inet_addr_from_sockaddr ((struct sockaddr *) &peer, &addr, &port));
  g_assert_cmpuint (port, ==, 500);
  udp->log = g_strdup_printf ("%s %s", before, inet_addr_format (&addr, text));
  link_free (link);
}

/* Over UDP the address that is silent is left for the next, no proxy is in the way, and where all are silent
 * the reason that says most is told, and all have another chance. */
static void
test_silent_addresses (void)
{
  static const Proxy proxy = { .kind = PROXY_HTTP, .host = "192.0.2.1", .port = 3128 };
  g_autoptr (GArray) nobody = addresses ("");
  g_autoptr (GArray) hosts = addresses ("127.0.0.1");
  g_autoptr (GArray) second = addresses ("127.0.0.2");
  g_array_append_vals (hosts, second->data, 1);
  EntryPoint entry = { .host = (char *) "gw.example.test", .port = 443, .hosts = hosts };
  const ConnectorConfig config = {
    .entries = &entry,
    .n_entries = 1,
    .nameservers = nobody,
    .udp = true,
    .udp_port = 500,
    .tls = true,
    .sockets = test_sockets,
  };
  Udp udp = { .loop = g_main_loop_new (NULL, FALSE), .log = g_strdup ("") };
  g_autoptr (Connector) connector = connector_new (&config, udp_done, &udp);
  static const int reasons[][2] = {
    { VISITOR_ERROR_REFUSED, VISITOR_ERROR_TIMED_OUT },
    { VISITOR_ERROR_UNREACHABLE, VISITOR_ERROR_UNREACHABLE },
  };
  connector_set_proxies (connector, &proxy, 1);
  for (size_t i = 0; i < 7; i++) {
    connector_start (connector);
    g_main_loop_run (udp.loop);
    if (i % 3 == 2 || i == 6)
      continue;
    g_autoptr (GError) error = g_error_new (VISITOR_ERROR, reasons[i / 3][i % 3], "silent");
    connector_note_silent (connector, error);
  }
  g_assert_cmpstr (
      udp.log, ==, " 127.0.0.1 127.0.0.2 Refused 127.0.0.1 127.0.0.2 Unreachable 127.0.0.1");
  g_free (udp.log);
  g_main_loop_unref (udp.loop);
}

/* Who was waited for in a hurry, as another had to have a turn, gets a second one, without hurry; who had all the
 * time there is does not. "!": in a hurry. */
static void
test_second_turn (void)
{
  g_autoptr (GArray) nobody = addresses ("");
  g_autoptr (GArray) hosts = addresses ("127.0.0.1");
  EntryPoint entry = { .host = (char *) "gw.example.test", .port = 443, .hosts = hosts };
  const ConnectorConfig config = {
    .entries = &entry,
    .n_entries = 1,
    .nameservers = nobody,
    .udp = true,
    .udp_port = 500,
    .sockets = test_sockets,
  };
  for (unsigned int i = 2; i <= 3; i++) {
    g_autofree char *more = g_strdup_printf ("127.0.0.%u", i);
    g_autoptr (GArray) another = addresses (more);
    g_array_append_vals (hosts, another->data, 1);
  }
  Udp udp = { .loop = g_main_loop_new (NULL, FALSE), .log = g_strdup ("") };
  g_autoptr (Connector) connector = connector_new (&config, udp_done, &udp);
  g_autoptr (GError) error = g_error_new_literal (VISITOR_ERROR, VISITOR_ERROR_TIMED_OUT, "silent");
  for (size_t i = 0; i < 7; i++) {
    connector_start (connector);
    g_main_loop_run (udp.loop);
    g_autofree char *before = udp.log;
    udp.log = g_strconcat (before, connector_hurries (connector) ? "!" : "", NULL);
    if (i != 5)
      connector_note_silent (connector, error);
  }
  g_assert_cmpstr (
      udp.log, ==, " 127.0.0.1! 127.0.0.2! 127.0.0.3 127.0.0.1 127.0.0.2 TimedOut 127.0.0.1!");
  g_free (udp.log);
  g_main_loop_unref (udp.loop);
}

typedef struct {
  GMainLoop *loop;
  int fd; /* listens */
  GThread *thread;
  GString *asked; /* what each client wanted to be connected to; the thread's until it has ended */
  unsigned int lets; /* which of them it connects, from 1 */
  unsigned int n_asked;
  int held; /* that one's connection */
  char *outcome;
} HttpProxy;

/* Reads the whole of a small request, and answers it. */
static void
serve_one (HttpProxy *proxy, int fd)
{
  char request[1024] = "", authority[128] = "";
  ssize_t more;
  for (size_t n = 0; strstr (request, "\r\n\r\n") == NULL; n += (size_t) more) {
    more = read (fd, request + n, sizeof request - 1 - n);
    g_assert_cmpint (more, >, 0);
  }
  g_assert_cmpint (sscanf (request, "CONNECT %127s HTTP", authority), ==, 1);
  g_string_append_printf (proxy->asked, "%s ", authority);
  bool lets = ++proxy->n_asked == proxy->lets;
  const char *answer = lets ? "HTTP/1.1 200 OK\r\n\r\n" : "HTTP/1.1 502 Bad Gateway\r\n\r\n";
  g_assert_cmpint (write (fd, answer, strlen (answer)), ==, (ssize_t) strlen (answer));
  if (lets)
    proxy->held = fd;
  else
    close (fd);
}

static gpointer
serve (gpointer data)
{
  HttpProxy *proxy = data;
  for (int fd; (fd = accept (proxy->fd, NULL, NULL)) >= 0;)
    serve_one (proxy, fd);
  return NULL;
}

static uint16_t
http_proxy_start (HttpProxy *proxy)
{
  Server server;
  uint16_t port = listen_at (&server, "127.0.0.1", 0);
  fd_watch_free (server.watch);
  proxy->fd = server.fd;
  proxy->held = -1;
  proxy->loop = g_main_loop_new (NULL, FALSE);
  proxy->asked = g_string_new (NULL);
  proxy->thread = g_thread_new ("proxy", serve, proxy);
  return port;
}

static void
http_proxy_stop (HttpProxy *proxy)
{
  shutdown (proxy->fd, SHUT_RDWR);
  g_thread_join (proxy->thread);
  close (proxy->fd);
  if (proxy->held >= 0)
    close (proxy->held);
}

static void
http_proxy_clear (HttpProxy *proxy)
{
  g_string_free (proxy->asked, TRUE);
  g_free (proxy->outcome);
  g_main_loop_unref (proxy->loop);
}

static void
proxied (Link *link, const GError *error, void *user_data)
{
  HttpProxy *proxy = user_data;
  proxy->outcome = g_strdup (link != NULL ? "a link" : error->message);
  link_free (link);
  g_main_loop_quit (proxy->loop);
}

/* A proxy is told the addresses that the site gives, one after the other, and never the name; where it connects
 * to none of them the failure names one, the port and the proxy. */
static void
test_addresses_for_proxy (void)
{
  static const struct {
    unsigned int lets;
    const char *asked, *outcome;
  } rows[] = {
    { 1, "192.0.2.1:1720 ", "a link" },
    { 2, "192.0.2.1:1720 [2001:db8::2]:1720 ", "a link" },
    { 0, "192.0.2.1:1720 [2001:db8::2]:1720 ", "192.0.2.1:1720" },
  };
  g_autoptr (GArray) given = addresses ("192.0.2.1");
  g_autoptr (GArray) second = addresses ("2001:db8::2");
  g_autoptr (GArray) nobody = addresses ("");
  g_array_append_vals (given, second->data, 1);
  EntryPoint entry = { .host = (char *) "gw.example.test", .port = 1720, .addresses = given };
  const ConnectorConfig config = {
    .entries = &entry,
    .n_entries = 1,
    .nameservers = nobody,
    .sockets = test_sockets,
  };
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    HttpProxy http = { .lets = rows[i].lets };
    Proxy proxy = { .kind = PROXY_HTTP, .host = "127.0.0.1" };
    proxy.port = http_proxy_start (&http);
    g_autoptr (Connector) connector = connector_new (&config, proxied, &http);
    g_assert_true (connector_set_proxies (connector, &proxy, 1));
    connector_start (connector);
    g_main_loop_run (http.loop);
    http_proxy_stop (&http);
    g_autofree char *named = proxy_format (&proxy);
    g_assert_cmpstr (http.asked->str, ==, rows[i].asked);
    g_assert_nonnull (strstr (http.outcome, rows[i].outcome));
    g_assert_true ((rows[i].lets == 0) == (strstr (http.outcome, named) != NULL));
    http_proxy_clear (&http);
  }
}

/* Two that are looked for at once through the same proxies. */
typedef struct {
  const char *name;
  unsigned int lets; /* which of the CONNECTs that the first proxy hears it grants; 0 = none */
  unsigned int second_lets;
  const char *outcome;
  const char *second_asked; /* how often, as a text of dots */
} RaceRow;

static void
race_through (const RaceRow *row)
{
  g_autoptr (GArray) nobody = addresses ("");
  EntryPolicy policy;
  entry_policy_init (&policy, ENTRY_FIRST_TO_RESPOND);
  const EntryPoint entries[] = { { .host = (char *) "192.0.2.1", .port = 1720 },
    { .host = (char *) "192.0.2.2", .port = 1720 } };
  const ConnectorConfig config = {
    .entries = entries,
    .n_entries = 2,
    .policy = &policy,
    .nameservers = nobody,
    .sockets = test_sockets,
  };
  HttpProxy http = { .lets = row->lets }, second = { .lets = row->second_lets };
  Proxy proxies[] = { { .kind = PROXY_HTTP, .host = "127.0.0.1" },
    { .kind = PROXY_HTTP, .host = "127.0.0.1" } };
  proxies[0].port = http_proxy_start (&http);
  proxies[1].port = http_proxy_start (&second);
  g_autoptr (Connector) connector = connector_new (&config, proxied, &http);
  g_assert_true (connector_set_proxies (connector, proxies, 2));
  connector_start (connector);
  g_main_loop_run (http.loop);
  http_proxy_stop (&http);
  http_proxy_stop (&second);
  g_assert_nonnull (strstr (http.outcome, row->outcome));
  g_assert_nonnull (strstr (http.asked->str, "192.0.2.1:1720"));
  g_assert_nonnull (strstr (http.asked->str, "192.0.2.2:1720"));
  g_assert_cmpuint (second.n_asked, ==, strlen (row->second_asked));
  if (strcmp (row->outcome, "a link") == 0)
    g_assert_true (proxy_equal (connector_proxy (connector), &proxies[second.n_asked > 0 ? 1 : 0]));
  http_proxy_clear (&http);
  http_proxy_clear (&second);
}

static void
test_race_through_proxies (void)
{
  static const RaceRow rows[] = {
    { "the second of the two is let through", 2, 0, "a link", "" },
    { "the next proxy has its turn when no entry point is to be had by the first", 0, 2, "a link",
        ".." },
    { "none", 0, 0, "502", ".." },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_test_message ("%s", rows[i].name);
    race_through (&rows[i]);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/reach/connector/stale-address", test_stale_address);
  g_test_add_func ("/reach/connector/silent-addresses", test_silent_addresses);
  g_test_add_func ("/reach/connector/second-turn", test_second_turn);
  g_test_add_func ("/reach/connector/addresses-for-proxy", test_addresses_for_proxy);
  g_test_add_func ("/reach/connector/race-through-proxies", test_race_through_proxies);
  return g_test_run ();
}
