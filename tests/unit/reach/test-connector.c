/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which address the connector goes to, with real sockets on the loopback. */
#include <fcntl.h>
#include <glib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "reach/connector.h"
#include "reach/fd-watch.h"

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

typedef struct {
  SocketReadyFunc ready;
  void *ready_data;
  int fd;
} Request;

static gboolean
hand_out (gpointer data)
{
  Request *request = data;
  request->ready (request->fd, request->ready_data);
  return G_SOURCE_REMOVE;
}

static unsigned int
want (void *user, InetFamily family, int type, SocketReadyFunc ready, void *ready_data)
{
  Request *request = g_new0 (Request, 1);
  *request = (Request){ .ready = ready, .ready_data = ready_data };
  request->fd = socket (AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  return g_idle_add_full (G_PRIORITY_DEFAULT, hand_out, request, g_free);
}

static void
cancel (void *user, unsigned int request)
{
  g_source_remove (request);
}

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

static uint16_t
listen_at (Server *server, const char *address, uint16_t port)
{
  InetAddr addr;
  struct sockaddr_storage at;
  socklen_t len;
  g_assert_true (inet_addr_parse (address, &addr));
  len = inet_addr_to_sockaddr (&addr, port, &at);
  server->fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (bind (server->fd, (struct sockaddr *) &at, len), ==, 0);
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
  uint16_t port = listen_at (&f.stale, "127.0.0.2", 0);
  listen_at (&f.right, "127.0.0.1", port);
  g_autoptr (GArray) nobody = addresses ("");
  g_autoptr (GArray) hosts = addresses ("127.0.0.1");
  g_autoptr (GArray) last_good = addresses ("127.0.0.2");
  g_autoptr (CryptoTrust) trust = crypto_trust_new (NULL, NULL);
  EntryPoint entry = { .host = (char *) "gw.example.test", .port = port };
  const ConnectorConfig config = {
    .entries = &entry,
    .n_entries = 1,
    .nameservers = nobody,
    .hosts = hosts,
    .last_good = last_good,
    .tls = true,
    .tls_name = entry.host,
    .trust = trust,
    .sockets = { .want = want, .cancel = cancel },
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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/reach/connector/stale-address", test_stale_address);
  return g_test_run ();
}
