/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The connector over the loopback, without TLS: which entry point and address it ends at, and what it says
 * when it ends at none. */
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "world.h"

static void
test_literal (World *w, const void *data)
{
  EntryPoint entry = { .host = (char *) "127.0.0.1", .port = w->open_port };
  g_autoptr (Connector) c = world_connector (w, &entry, 1, w->none);
  world_run (w, c);
  g_assert_cmpuint (world_port_of_peer (w->f.link), ==, w->open_port);
  g_assert_cmpuint (w->f.asked, ==, 1);
}

static void
test_known_host (World *w, const void *data)
{
  EntryPoint entry = { .host = (char *) "gw.invalid", .port = w->open_port };
  g_autoptr (Connector) c = world_connector (w, &entry, 1, w->loopback);
  world_run (w, c);
  g_assert_nonnull (w->f.link);
}

static void
test_refused (World *w, const void *data)
{
  EntryPoint entry = { .host = (char *) "127.0.0.1", .port = w->closed_port };
  g_autoptr (Connector) c = world_connector (w, &entry, 1, w->none);
  world_run (w, c);
  g_assert_cmpint (w->f.code, ==, VISITOR_ERROR_REFUSED);
}

static void
test_no_address (World *w, const void *data)
{
  EntryPoint entry = { .host = (char *) "gw.invalid", .port = w->open_port };
  g_autoptr (Connector) c = world_connector (w, &entry, 1, w->none);
  world_run (w, c);
  g_assert_cmpint (w->f.code, ==, VISITOR_ERROR_NAME_NOT_FOUND);
}

static void
test_no_socket (World *w, const void *data)
{
  w->f.refuse = true;
  EntryPoint entry = { .host = (char *) "127.0.0.1", .port = w->open_port };
  g_autoptr (Connector) c = world_connector (w, &entry, 1, w->none);
  world_run (w, c);
  g_assert_cmpint (w->f.code, ==, VISITOR_ERROR_UNREACHABLE);
}

/* The second entry point is tried when the first refuses, and first the next time. */
static void
test_entry_points (World *w, const void *data)
{
  EntryPoint entries[] = { { .host = (char *) "127.0.0.1", .port = w->closed_port },
    { .host = (char *) "127.0.0.1", .port = w->open_port } };
  g_autoptr (Connector) c = world_connector (w, entries, 2, w->none);
  world_run (w, c);
  g_assert_cmpuint (world_port_of_peer (w->f.link), ==, w->open_port);
  g_assert_cmpuint (w->f.asked, ==, 2);
  world_run (w, c);
  g_assert_cmpuint (world_port_of_peer (w->f.link), ==, w->open_port);
  g_assert_cmpuint (w->f.asked, ==, 3);

  /* and when it is gone too, the error is that of who came farthest */
  world_deafen (w->open);
  world_run (w, c);
  g_assert_cmpint (w->f.code, ==, VISITOR_ERROR_REFUSED);
  g_assert_cmpuint (w->f.asked, ==, 5);
}

/* Addresses that the site gives: all are tried, and nobody is asked for the name. */
static void
test_static (World *w, const void *data)
{
  g_autoptr (GArray) given = world_addresses ("127.0.0.9", "127.0.0.1");
  g_autoptr (GArray) stale = world_addresses ("127.0.0.7", "127.0.0.8");
  EntryPoint entry = { .host = (char *) "gw.test", .port = w->open_port };
  const ConnectorConfig config = {
    .entries = &entry,
    .n_entries = 1,
    .nameservers = w->loopback,
    .sockets = { .want = world_want, .cancel = world_cancel, .user = &w->f },
  };
  /* it would be seen if somebody were */
  g_autoptr (Connector) by_name = connector_new (&config, world_done, &w->f);
  world_run (w, by_name);
  g_assert_cmpint (w->f.code, ==, VISITOR_ERROR_NAME_NOT_FOUND);
  g_assert_cmpuint (w->f.datagrams, >=, 2);

  w->f.datagrams = w->f.asked = 0;
  entry.addresses = given;
  entry.last_good = entry.hosts = stale;
  g_autoptr (Connector) c = connector_new (&config, world_done, &w->f);
  world_run (w, c);
  g_assert_nonnull (w->f.link);
  g_assert_cmpuint (w->f.asked, ==, 2);
  world_run (w, c);
  g_assert_cmpuint (w->f.asked, ==, 3); /* the one that answered, first */
  world_deafen (w->open);
  world_run (w, c);
  g_assert_null (w->f.link);
  g_assert_cmpuint (w->f.datagrams, ==, 0);

  /* they stand for a literal too */
  EntryPoint literal = {
    .host = (char *) "127.0.0.66", .port = w->closed_port, .addresses = given
  };
  ConnectorConfig other = config;
  other.entries = &literal;
  g_autoptr (Connector) d = connector_new (&other, world_done, &w->f);
  w->f.asked = 0;
  world_run (w, d);
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
      .sockets = { .want = world_want,
          .cancel = world_cancel,
          .refusal = world_refusal,
          .user = &w->f },
    };
    g_autoptr (Connector) c = connector_new (&config, world_done, &w->f);
    world_run (w, c);
    g_assert_cmpint (w->f.code, ==, VISITOR_ERROR_NO_INTERFACE);
  }
  g_clear_error (&w->f.refusal);
}

/* Each way is told of when it has ended: one that failed at once, the one that stands when its owner says
 * so, and one that was given up by somebody else not at all. */
static void
test_attempts (World *w, const void *data)
{
  g_autoptr (GArray) ended = g_array_new (FALSE, FALSE, sizeof (Attempt));
  g_autoptr (Attempts) attempts = attempts_new (world_note_attempt, ended);
  EntryPoint entries[] = { { .host = (char *) "127.0.0.1", .port = w->closed_port },
    { .host = (char *) "gw.test", .port = w->open_port } };
  ConnectorConfig config = {
    .entries = entries,
    .n_entries = 2,
    .nameservers = w->none,
    .sockets = { .want = world_want, .cancel = world_cancel, .user = &w->f },
    .attempts = attempts,
  };
  g_autoptr (Connector) c = connector_new (&config, world_done, &w->f);
  world_run (w, c);
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
  g_autoptr (Connector) d = connector_new (&config, world_done, &w->f);
  world_run (w, d);
  g_assert_cmpuint (ended->len, ==, 3);
  AttemptRecord *record = connector_take_record (d);
  attempt_record_worked (record);
  g_assert_cmpuint (ended->len, ==, 4);
  const Attempt *stands = &g_array_index (ended, Attempt, 3);
  g_assert_true (stands->worked);
  g_assert_cmpint (stands->stage, ==, ATTEMPT_IKE);
  g_assert_cmpint (stands->address.family, ==, INET_V4);
  g_assert_cmpuint (stands->number, ==, 4);

  world_run (w, d);
  connector_stop (d);
  g_assert_cmpuint (ended->len, ==, 4);
}

static void
test_stop (World *w, const void *data)
{
  EntryPoint entry = { .host = (char *) "127.0.0.1", .port = w->open_port };
  g_autoptr (Connector) c = world_connector (w, &entry, 1, w->none);
  connector_start (c);
  g_main_context_iteration (NULL, FALSE);
  connector_stop (c);
  for (unsigned int i = 0; i < 20; i++)
    g_main_context_iteration (NULL, FALSE);
  g_assert_cmpuint (w->f.done, ==, 0);
  g_assert_cmpuint (w->f.pending->len, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, test) \
  g_test_add ("/reach/entry-points/" name, World, NULL, world_set_up, test, world_tear_down)
  ADD ("literal", test_literal);
  ADD ("address known beforehand", test_known_host);
  ADD ("refused", test_refused);
  ADD ("no address", test_no_address);
  ADD ("no socket", test_no_socket);
  ADD ("entry points", test_entry_points);
  ADD ("attempts", test_attempts);
  ADD ("static addresses", test_static);
  ADD ("refusal", test_refusal);
  ADD ("stop", test_stop);
  return g_test_run ();
}
