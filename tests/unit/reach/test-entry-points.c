/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The connector over the loopback, without TLS: which entry point and address it ends at, and what it says
 * when it ends at none. */
#include <errno.h>
#include <glib.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "reach/connector.h"

typedef struct {
  GMainLoop *loop;
  GArray *pending; /* Pending */
  unsigned int asked;
  unsigned int datagrams; /* of them */
  bool refuse;
  GError *refusal; /* what the host says then, or NULL */
  unsigned int done;
  Link *link;
  VisitorError code;
} Fixture;

typedef struct {
  unsigned int number;
  InetFamily family;
  int type;
  SocketReadyFunc ready;
  void *ready_data;
} Pending;

static gboolean
hand_out (void *user_data)
{
  Fixture *f = user_data;
  if (f->pending->len == 0)
    return G_SOURCE_REMOVE;
  Pending p = g_array_index (f->pending, Pending, 0);
  g_array_remove_index (f->pending, 0);
  int family = p.family == INET_V6 ? AF_INET6 : AF_INET;
  p.ready (f->refuse ? -1 : socket (family, p.type | SOCK_NONBLOCK, 0), p.ready_data);
  return G_SOURCE_REMOVE;
}

static unsigned int
want (void *user, InetFamily family, int type, SocketReadyFunc ready, void *ready_data)
{
  Fixture *f = user;
  Pending p = { ++f->asked, family, type, ready, ready_data };
  f->datagrams += type == SOCK_DGRAM;
  g_array_append_val (f->pending, p);
  g_idle_add (hand_out, f);
  return p.number;
}

static void
cancel (void *user, unsigned int number)
{
  Fixture *f = user;
  for (guint i = 0; i < f->pending->len; i++) {
    if (g_array_index (f->pending, Pending, i).number == number) {
      g_array_remove_index (f->pending, i);
      return;
    }
  }
  g_assert_not_reached ();
}

static const GError *
refusal (void *user)
{
  return ((Fixture *) user)->refusal;
}

static void
done (Link *link, const GError *error, void *user_data)
{
  Fixture *f = user_data;
  f->done++;
  f->link = link;
  f->code = error != NULL ? (VisitorError) error->code : VISITOR_ERROR_N_CODES;
  g_assert_true ((link == NULL) == (error != NULL));
  g_main_loop_quit (f->loop);
}

/* A socket on a free port of the loopback, listening or only taking the port. */
static int
open_port (bool listens, uint16_t *ret_port)
{
  int fd = socket (AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in any = { .sin_family = AF_INET, .sin_addr = { htonl (INADDR_LOOPBACK) } };
  socklen_t len = sizeof any;
  g_assert_cmpint (bind (fd, (struct sockaddr *) &any, len), ==, 0);
  g_assert_cmpint (listens ? listen (fd, 5) : 0, ==, 0);
  g_assert_cmpint (getsockname (fd, (struct sockaddr *) &any, &len), ==, 0);
  *ret_port = ntohs (any.sin_port);
  return fd;
}

static uint16_t
port_of_peer (Link *link)
{
  struct sockaddr_in peer;
  socklen_t len = sizeof peer;
  g_assert_cmpint (getpeername (link_fd (link), (struct sockaddr *) &peer, &len), ==, 0);
  return ntohs (peer.sin_port);
}

typedef struct {
  Fixture f;
  int open, closed;
  uint16_t open_port, closed_port;
  GArray *none, *loopback;
} World;

static void
set_up (World *w, const void *data)
{
  InetAddr loopback;
  g_assert_true (inet_addr_parse ("127.0.0.1", &loopback));
  w->f.loop = g_main_loop_new (NULL, FALSE);
  w->f.pending = g_array_new (FALSE, FALSE, sizeof (Pending));
  w->open = open_port (true, &w->open_port);
  w->closed = open_port (false, &w->closed_port);
  w->none = g_array_new (FALSE, FALSE, sizeof (InetAddr));
  w->loopback = g_array_new (FALSE, FALSE, sizeof (InetAddr));
  g_array_append_val (w->loopback, loopback);
}

static void
tear_down (World *w, const void *data)
{
  link_free (w->f.link);
  g_main_loop_unref (w->f.loop);
  g_array_unref (w->f.pending);
  g_array_unref (w->none);
  g_array_unref (w->loopback);
  close (w->open);
  close (w->closed);
}

static Connector *
connector (World *w, EntryPoint *entries, size_t n, GArray *hosts)
{
  entries[0].hosts = hosts;
  ConnectorConfig config = {
    .entries = entries,
    .n_entries = n,
    .nameservers = w->none,
    .sockets = { .want = want, .cancel = cancel, .user = &w->f },
  };
  return connector_new (&config, done, &w->f);
}

static void
run (World *w, Connector *c)
{
  g_clear_pointer (&w->f.link, link_free);
  connector_start (c);
  g_main_loop_run (w->f.loop);
}

static void
test_literal (World *w, const void *data)
{
  EntryPoint entry = { .host = (char *) "127.0.0.1", .port = w->open_port };
  g_autoptr (Connector) c = connector (w, &entry, 1, w->none);
  run (w, c);
  g_assert_cmpuint (port_of_peer (w->f.link), ==, w->open_port);
  g_assert_cmpuint (w->f.asked, ==, 1);
}

static void
test_known_host (World *w, const void *data)
{
  EntryPoint entry = { .host = (char *) "gw.invalid", .port = w->open_port };
  g_autoptr (Connector) c = connector (w, &entry, 1, w->loopback);
  run (w, c);
  g_assert_nonnull (w->f.link);
}

static void
test_refused (World *w, const void *data)
{
  EntryPoint entry = { .host = (char *) "127.0.0.1", .port = w->closed_port };
  g_autoptr (Connector) c = connector (w, &entry, 1, w->none);
  run (w, c);
  g_assert_cmpint (w->f.code, ==, VISITOR_ERROR_REFUSED);
}

static void
test_no_address (World *w, const void *data)
{
  EntryPoint entry = { .host = (char *) "gw.invalid", .port = w->open_port };
  g_autoptr (Connector) c = connector (w, &entry, 1, w->none);
  run (w, c);
  g_assert_cmpint (w->f.code, ==, VISITOR_ERROR_NAME_NOT_FOUND);
}

static void
test_no_socket (World *w, const void *data)
{
  w->f.refuse = true;
  EntryPoint entry = { .host = (char *) "127.0.0.1", .port = w->open_port };
  g_autoptr (Connector) c = connector (w, &entry, 1, w->none);
  run (w, c);
  g_assert_cmpint (w->f.code, ==, VISITOR_ERROR_UNREACHABLE);
}

/* The second entry point is tried when the first refuses, and first the next time. */
static void
test_entry_points (World *w, const void *data)
{
  EntryPoint entries[] = { { .host = (char *) "127.0.0.1", .port = w->closed_port },
    { .host = (char *) "127.0.0.1", .port = w->open_port } };
  g_autoptr (Connector) c = connector (w, entries, 2, w->none);
  run (w, c);
  g_assert_cmpuint (port_of_peer (w->f.link), ==, w->open_port);
  g_assert_cmpuint (w->f.asked, ==, 2);
  run (w, c);
  g_assert_cmpuint (port_of_peer (w->f.link), ==, w->open_port);
  g_assert_cmpuint (w->f.asked, ==, 3);

  /* and when it is gone too, the error is that of who came farthest */
  close (w->open);
  w->open = open_port (false, &(uint16_t){ 0 });
  run (w, c);
  g_assert_cmpint (w->f.code, ==, VISITOR_ERROR_REFUSED);
  g_assert_cmpuint (w->f.asked, ==, 5);
}

/* What the gateway names besides is tried behind the site's entry points, at the port that was used last;
 * what it sends us to is tried first, and the site's again where that fails. */
static void
test_further (World *w, const void *data)
{
  static const char *const loopback[] = { "127.0.0.1", NULL },
                           *const other[] = { "127.0.0.2", NULL };
  static const char *const none[] = { NULL };
  EntryPoint entries[] = { { .host = (char *) "127.0.0.3", .port = w->closed_port } };
  g_autoptr (Connector) c = connector (w, entries, 1, w->none);
  entries[0].port = w->open_port; /* the connector has its own copy */
  run (w, c);
  g_assert_cmpint (w->f.code, ==, VISITOR_ERROR_REFUSED);
  g_assert_cmpuint (w->f.asked, ==, 1);
  connector_set_further (c, loopback, CONNECTOR_BEHIND);
  run (w, c);
  g_assert_cmpint (w->f.code, ==, VISITOR_ERROR_REFUSED);
  g_assert_cmpuint (w->f.asked, ==, 3);
  connector_set_further (c, none, CONNECTOR_BEHIND);
  run (w, c);
  g_assert_cmpuint (w->f.asked, ==, 4);

  EntryPoint open[] = { { .host = (char *) "127.0.0.1", .port = w->open_port } };
  g_autoptr (Connector) d = connector (w, open, 1, w->none);
  run (w, d);
  connector_set_further (d, other, CONNECTOR_FIRST);
  g_assert_cmpuint (w->f.asked, ==, 5);
  run (w, d); /* nobody listens there */
  g_assert_cmpuint (port_of_peer (w->f.link), ==, w->open_port);
  g_assert_cmpuint (w->f.asked, ==, 7);
  connector_set_further (d, loopback, CONNECTOR_FIRST);
  run (w, d);
  g_assert_cmpuint (port_of_peer (w->f.link), ==, w->open_port);
  connector_set_further (d, none, CONNECTOR_BEHIND);
  run (w, d);
  g_assert_cmpuint (w->f.asked, ==, 9);
  connector_set_further (d, other, CONNECTOR_ONLY);
  run (w, d);
  g_assert_null (w->f.link);
  g_assert_cmpint (w->f.code, ==, VISITOR_ERROR_REFUSED);
  g_assert_cmpuint (w->f.asked, ==, 10);
}

/* The address behind the site's name is tried once in a round, however often the gateway names it. */
static void
test_further_known (World *w, const void *data)
{
  static const char *const hosts[] = { "127.0.0.1", "127.0.0.2", NULL };
  EntryPoint entry = { .host = (char *) "gw.test", .port = w->open_port };
  g_autoptr (Connector) c = connector (w, &entry, 1, w->loopback);
  run (w, c);
  g_assert_nonnull (w->f.link);
  g_assert_cmpuint (w->f.asked, ==, 1);
  connector_set_further (c, hosts, CONNECTOR_BEHIND);
  close (w->open);
  w->open = open_port (false, &(uint16_t){ 0 });
  run (w, c);
  g_assert_cmpint (w->f.code, ==, VISITOR_ERROR_REFUSED);
  g_assert_cmpuint (w->f.asked, ==, 3);
}

static char *
peer_of (Link *link)
{
  struct sockaddr_storage peer;
  socklen_t len = sizeof peer;
  InetAddr addr;
  uint16_t port;
  char text[INET_ADDR_STRLEN];
  g_assert_cmpint (getpeername (link_fd (link), (struct sockaddr *) &peer, &len), ==, 0);
  g_assert_true (inet_addr_from_sockaddr ((struct sockaddr *) &peer, &addr, &port));
  return g_strdup (inet_addr_format (&addr, text));
}

static GArray *
addresses (const char *first, const char *second)
{
  GArray *list = g_array_new (FALSE, FALSE, sizeof (InetAddr));
  InetAddr addr[2];
  g_assert_true (inet_addr_parse (first, &addr[0]) && inet_addr_parse (second, &addr[1]));
  g_array_append_vals (list, addr, 2);
  return list;
}

static int
listen_too (const char *address, uint16_t port)
{
  InetAddr addr;
  struct sockaddr_storage at;
  g_assert_true (inet_addr_parse (address, &addr));
  socklen_t len = inet_addr_to_sockaddr (&addr, port, &at);
  int fd = socket (AF_INET, SOCK_STREAM, 0);
  g_assert_cmpint (bind (fd, (struct sockaddr *) &at, len), ==, 0);
  g_assert_cmpint (listen (fd, 5), ==, 0);
  return fd;
}

/* The one that answers is of no use: the other addresses of its name have their turn, then the other entry
 * points, in the same round; and nobody twice. */
static void
test_go_on (World *w, const void *data)
{
  static const char *const want[] = { "127.0.0.1", "127.0.0.2", "127.0.0.3" };
  g_autoptr (GError) error =
      g_error_new_literal (VISITOR_ERROR, VISITOR_ERROR_NOT_VISITOR_MODE, "a web server");
  g_autoptr (GArray) hosts = addresses ("127.0.0.1", "127.0.0.2");
  int others[] = { listen_too ("127.0.0.2", w->open_port), listen_too ("127.0.0.3", w->open_port) };
  EntryPoint entries[] = { { .host = (char *) "gw.test", .port = w->open_port },
    { .host = (char *) "127.0.0.3", .port = w->open_port } };
  g_autoptr (Connector) c = connector (w, entries, 2, hosts);
  g_assert_false (connector_go_on (c, error));
  for (gsize i = 0; i < G_N_ELEMENTS (want); i++) {
    if (i == 0) {
      run (w, c);
    } else {
      g_clear_pointer (&w->f.link, link_free);
      g_assert_true (connector_go_on (c, error));
      g_assert_true (connector_is_busy (c));
      g_main_loop_run (w->f.loop);
    }
    g_assert_nonnull (w->f.link);
    g_autofree char *peer = peer_of (w->f.link);
    g_assert_cmpstr (peer, ==, want[i]);
    g_assert_cmpuint (connector_entry_index (c), ==, i / 2);
  }
  g_assert_false (connector_go_on (c, error));
  g_assert_cmpuint (w->f.asked, ==, 3);

  /* who has proved itself is not left */
  run (w, c);
  connector_keep_session (c, w->f.link);
  g_assert_false (connector_go_on (c, error));

  /* where the others do not answer either the first failure is what is told, since it came farthest */
  run (w, c);
  close (others[0]);
  close (w->open);
  w->open = open_port (false, &(uint16_t){ 0 });
  close (others[1]);
  g_assert_true (connector_go_on (c, error));
  g_clear_pointer (&w->f.link, link_free);
  g_main_loop_run (w->f.loop);
  g_assert_cmpint (w->f.code, ==, VISITOR_ERROR_NOT_VISITOR_MODE);
}

/* Addresses that the site gives: all are tried, and nobody is asked for the name. */
static void
test_static (World *w, const void *data)
{
  g_autoptr (GArray) given = addresses ("127.0.0.9", "127.0.0.1");
  g_autoptr (GArray) stale = addresses ("127.0.0.7", "127.0.0.8");
  EntryPoint entry = { .host = (char *) "gw.test", .port = w->open_port };
  const ConnectorConfig config = {
    .entries = &entry,
    .n_entries = 1,
    .nameservers = w->loopback,
    .sockets = { .want = want, .cancel = cancel, .user = &w->f },
  };
  /* it would be seen if somebody were */
  g_autoptr (Connector) by_name = connector_new (&config, done, &w->f);
  run (w, by_name);
  g_assert_cmpint (w->f.code, ==, VISITOR_ERROR_NAME_NOT_FOUND);
  g_assert_cmpuint (w->f.datagrams, >=, 2);

  w->f.datagrams = w->f.asked = 0;
  entry.addresses = given;
  entry.last_good = entry.hosts = stale;
  g_autoptr (Connector) c = connector_new (&config, done, &w->f);
  run (w, c);
  g_assert_nonnull (w->f.link);
  g_assert_cmpuint (w->f.asked, ==, 2);
  run (w, c);
  g_assert_cmpuint (w->f.asked, ==, 3); /* the one that answered, first */
  close (w->open);
  w->open = open_port (false, &(uint16_t){ 0 });
  run (w, c);
  g_assert_null (w->f.link);
  g_assert_cmpuint (w->f.datagrams, ==, 0);

  /* they stand for a literal too */
  EntryPoint literal = {
    .host = (char *) "127.0.0.66", .port = w->closed_port, .addresses = given
  };
  ConnectorConfig other = config;
  other.entries = &literal;
  g_autoptr (Connector) d = connector_new (&other, done, &w->f);
  w->f.asked = 0;
  run (w, d);
  g_assert_cmpuint (w->f.asked, ==, 2);
}

/* What the host says about a socket that it does not give is what a person is told, also where it was one for
 * the name server. */
static void
test_refusal (World *w, const void *data)
{
  w->f.refuse = true;
  w->f.refusal =
      g_error_new_literal (VISITOR_ERROR, VISITOR_ERROR_NO_INTERFACE, "nosuch0: there is none");
  for (unsigned int by_name = 0; by_name < 2; by_name++) {
    EntryPoint entry = { .host = (char *) (by_name ? "gw.test" : "127.0.0.1"), .port = 443 };
    const ConnectorConfig config = {
      .entries = &entry,
      .n_entries = 1,
      .nameservers = w->loopback,
      .sockets = { .want = want, .cancel = cancel, .refusal = refusal, .user = &w->f },
    };
    g_autoptr (Connector) c = connector_new (&config, done, &w->f);
    run (w, c);
    g_assert_cmpint (w->f.code, ==, VISITOR_ERROR_NO_INTERFACE);
  }
  g_clear_error (&w->f.refusal);
}

/* A backup that is in use is where rounds begin, until the policy has the primary again. */
static void
test_policy (World *w, const void *data)
{
  EntryPolicy policy;
  entry_policy_init (&policy, ENTRY_PRIMARY_BACKUP);
  EntryPoint entries[] = { { .host = (char *) "127.0.0.1", .port = w->closed_port },
    { .host = (char *) "127.0.0.1", .port = w->open_port } };
  ConnectorConfig config = {
    .entries = entries,
    .n_entries = 2,
    .policy = &policy,
    .nameservers = w->none,
    .sockets = { .want = want, .cancel = cancel, .user = &w->f },
  };
  g_autoptr (Connector) c = connector_new (&config, done, &w->f);
  run (w, c);
  g_assert_cmpuint (policy.in_use, ==, 1);
  g_assert_cmpint (entry_policy_next_probe (&policy), !=, INT64_MAX);
  g_assert_cmpint (listen (w->closed, 5), ==, 0); /* the primary is back */
  run (w, c);
  g_assert_cmpuint (port_of_peer (w->f.link), ==, w->open_port);
  int64_t now = g_get_monotonic_time ();
  entry_policy_probed (&policy, 0, now - ENTRY_WELL_US);
  entry_policy_probed (&policy, 0, now);
  /* also for another connector to the same gateway, which has never been anywhere */
  g_autoptr (Connector) d = connector_new (&config, done, &w->f);
  run (w, d);
  g_assert_cmpuint (port_of_peer (w->f.link), ==, w->closed_port);
  g_assert_cmpuint (policy.in_use, ==, 0);
  run (w, c);
  g_assert_cmpuint (port_of_peer (w->f.link), ==, w->closed_port);
}

static void
note (const Attempt *attempt, void *user_data)
{
  g_array_append_val ((GArray *) user_data, *attempt);
}

/* Each way is told of when it has ended: one that failed at once, the one that stands when its owner says
 * so, and one that was given up by somebody else not at all. */
static void
test_attempts (World *w, const void *data)
{
  g_autoptr (GArray) ended = g_array_new (FALSE, FALSE, sizeof (Attempt));
  g_autoptr (Attempts) attempts = attempts_new (note, ended);
  EntryPoint entries[] = { { .host = (char *) "127.0.0.1", .port = w->closed_port },
    { .host = (char *) "gw.test", .port = w->open_port } };
  ConnectorConfig config = {
    .entries = entries,
    .n_entries = 2,
    .nameservers = w->none,
    .sockets = { .want = want, .cancel = cancel, .user = &w->f },
    .attempts = attempts,
  };
  g_autoptr (Connector) c = connector_new (&config, done, &w->f);
  run (w, c);
  g_assert_cmpuint (ended->len, ==, 2);
  const Attempt *refused = &g_array_index (ended, Attempt, 0);
  g_assert_cmpuint (refused->number, ==, 1);
  g_assert_cmpstr (refused->host, ==, "127.0.0.1");
  g_assert_cmpuint (refused->port, ==, w->closed_port);
  g_assert_cmpint (refused->transport, ==, ATTEMPT_OVER_TCP);
  g_assert_cmpint (refused->stage, ==, ATTEMPT_TCP);
  g_assert_cmpint (refused->stage_ms[ATTEMPT_LOOKUP], ==, -1);
  g_assert_cmpint (refused->stage_ms[ATTEMPT_TCP], >=, 0);
  g_assert_cmpint (refused->address.family, ==, INET_NONE);
  g_assert_false (refused->worked);
  g_assert_cmpint (refused->code, ==, VISITOR_ERROR_REFUSED);
  const Attempt *nameless = &g_array_index (ended, Attempt, 1);
  g_assert_cmpint (nameless->stage, ==, ATTEMPT_LOOKUP);
  g_assert_cmpint (nameless->code, ==, VISITOR_ERROR_NAME_NOT_FOUND);
  g_assert_null (connector_take_record (c));

  entries[1].host = (char *) "127.0.0.1";
  g_autoptr (Connector) d = connector_new (&config, done, &w->f);
  run (w, d);
  g_assert_cmpuint (ended->len, ==, 3);
  AttemptRecord *record = connector_take_record (d);
  attempt_record_worked (record);
  g_assert_cmpuint (ended->len, ==, 4);
  const Attempt *stands = &g_array_index (ended, Attempt, 3);
  g_assert_true (stands->worked);
  g_assert_cmpint (stands->stage, ==, ATTEMPT_IKE);
  g_assert_cmpint (stands->address.family, ==, INET_V4);
  g_assert_cmpuint (stands->number, ==, 4);

  run (w, d);
  connector_stop (d);
  g_assert_cmpuint (ended->len, ==, 4);
}

static void
test_stop (World *w, const void *data)
{
  EntryPoint entry = { .host = (char *) "127.0.0.1", .port = w->open_port };
  g_autoptr (Connector) c = connector (w, &entry, 1, w->none);
  connector_start (c);
  g_main_context_iteration (NULL, FALSE);
  connector_stop (c);
  for (unsigned int i = 0; i < 20; i++)
    g_main_context_iteration (NULL, FALSE);
  g_assert_cmpuint (w->f.done, ==, 0);
  g_assert_cmpuint (w->f.pending->len, ==, 0);
}

/* All at once: who stands first is the one, the others are dropped; the next time it is ahead of them, and where
 * it proves to be of no use they run once more. */
static void
test_entry_race (World *w, const void *data)
{
  EntryPolicy policy;
  entry_policy_init (&policy, ENTRY_FIRST_TO_RESPOND);
  g_autoptr (GArray) ended = g_array_new (FALSE, FALSE, sizeof (Attempt));
  g_autoptr (Attempts) attempts = attempts_new (note, ended);
  g_autoptr (GError) error =
      g_error_new_literal (VISITOR_ERROR, VISITOR_ERROR_NOT_VISITOR_MODE, "a web server");
  EntryPoint entries[] = { { .host = (char *) "127.0.0.1", .port = w->closed_port },
    { .host = (char *) "127.0.0.1", .port = w->open_port },
    { .host = (char *) "127.0.0.2", .port = w->open_port } };
  int other = listen_too ("127.0.0.2", w->open_port);
  const ConnectorConfig config = {
    .entries = entries,
    .n_entries = 3,
    .policy = &policy,
    .nameservers = w->none,
    .sockets = { .want = want, .cancel = cancel, .user = &w->f },
    .attempts = attempts,
  };
  g_autoptr (Connector) c = connector_new (&config, done, &w->f);
  run (w, c);
  g_assert_cmpuint (w->f.done, ==, 1);
  g_assert_cmpuint (policy.in_use, !=, 0);
  size_t winner = policy.in_use;
  g_assert_cmpuint (connector_entry_index (c), ==, winner);
  g_autofree char *peer = peer_of (w->f.link);
  g_assert_cmpstr (peer, ==, winner == 1 ? "127.0.0.1" : "127.0.0.2");
  /* the one that refuses is told of; the third only if it had begun */
  g_assert_cmpuint (ended->len, >=, 1);
  g_assert_cmpint (g_array_index (ended, Attempt, 0).code, ==, VISITOR_ERROR_REFUSED);
  for (guint i = 1; i < ended->len; i++)
    g_assert_cmpint (g_array_index (ended, Attempt, i).code, ==, VISITOR_ERROR_CANCELLED);

  w->f.asked = 0;
  run (w, c);
  g_assert_cmpuint (connector_entry_index (c), ==, winner);
  g_assert_cmpuint (w->f.asked, ==, 1);

  attempt_record_free (connector_take_record (c));
  g_clear_pointer (&w->f.link, link_free);
  g_assert_true (connector_go_on (c, error));
  g_main_loop_run (w->f.loop);
  g_assert_nonnull (w->f.link);
  g_assert_cmpuint (connector_entry_index (c), ==, 3 - winner);
  attempt_record_free (connector_take_record (c));
  g_clear_pointer (&w->f.link, link_free);
  if (connector_go_on (c, error)) { /* the one that refuses had not begun before */
    g_main_loop_run (w->f.loop);
    g_assert_null (w->f.link);
    g_assert_cmpint (w->f.code, ==, VISITOR_ERROR_NOT_VISITOR_MODE);
  }

  /* nobody at all: it ends, and says the worst */
  close (w->open);
  close (other);
  w->open = open_port (false, &(uint16_t){ 0 });
  run (w, c);
  g_assert_null (w->f.link);
  g_assert_cmpint (w->f.code, ==, VISITOR_ERROR_REFUSED);

  /* given up in the middle */
  connector_start (c);
  g_main_context_iteration (NULL, FALSE);
  connector_stop (c);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, test) \
  g_test_add ("/reach/entry-points/" name, World, NULL, set_up, test, tear_down)
  ADD ("literal", test_literal);
  ADD ("address known beforehand", test_known_host);
  ADD ("refused", test_refused);
  ADD ("no address", test_no_address);
  ADD ("no socket", test_no_socket);
  ADD ("entry points", test_entry_points);
  ADD ("further", test_further);
  ADD ("further, known already", test_further_known);
  ADD ("attempts", test_attempts);
  ADD ("go on", test_go_on);
  ADD ("static addresses", test_static);
  ADD ("refusal", test_refusal);
  ADD ("policy", test_policy);
  ADD ("entry race", test_entry_race);
  ADD ("stop", test_stop);
  return g_test_run ();
}
