/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The connector's rounds: where one begins, that it goes on where its link was of no use, and all entry points at
 * once. */
#include <sys/socket.h>
#include <unistd.h>

#include "world.h"

/* The one that answers is of no use: the other addresses of its name have their turn, then the other entry
 * points, in the same round; and nobody twice. */
static void
test_go_on (World *w, const void *data)
{
  static const char *const want[] = { "127.0.0.1", "127.0.0.2", "127.0.0.3" };
  g_autoptr (GError) error =
      g_error_new_literal (VISITOR_ERROR, VISITOR_ERROR_NOT_VISITOR_MODE, "a web server");
  g_autoptr (GArray) hosts = world_addresses ("127.0.0.1", "127.0.0.2");
  world_listen (w->beside[0]);
  world_listen (w->beside[1]);
  EntryPoint entries[] = { { .host = (char *) "gw.test", .port = w->open_port },
    { .host = (char *) "127.0.0.3", .port = w->open_port } };
  g_autoptr (Connector) c = world_connector (w, entries, 2, hosts);
  g_assert_false (connector_go_on (c, error));
  for (gsize i = 0; i < G_N_ELEMENTS (want); i++) {
    if (i == 0) {
      world_run (w, c);
    } else {
      g_clear_pointer (&w->f.link, link_free);
      g_assert_true (connector_go_on (c, error));
      g_assert_true (connector_is_busy (c));
      g_main_loop_run (w->f.loop);
    }
    g_assert_nonnull (w->f.link);
    g_autofree char *peer = world_peer_of (w->f.link);
    g_assert_cmpstr (peer, ==, want[i]);
    g_assert_cmpuint (connector_entry_index (c), ==, i / 2);
  }
  g_assert_false (connector_go_on (c, error));
  g_assert_cmpuint (w->f.asked, ==, 3);

  /* who has proved itself is not left */
  world_run (w, c);
  connector_keep_session (c, w->f.link);
  g_assert_false (connector_go_on (c, error));

  /* where the others do not answer either the first failure is what is told, since it came farthest */
  world_run (w, c);
  world_deafen (w->beside[0]);
  world_deafen (w->open);
  world_deafen (w->beside[1]);
  g_assert_true (connector_go_on (c, error));
  g_clear_pointer (&w->f.link, link_free);
  g_main_loop_run (w->f.loop);
  g_assert_cmpint (w->f.code, ==, VISITOR_ERROR_NOT_VISITOR_MODE);
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
    .sockets = { .want = world_want, .cancel = world_cancel, .user = &w->f },
  };
  g_autoptr (Connector) c = connector_new (&config, world_done, &w->f);
  world_run (w, c);
  g_assert_cmpuint (connector_entry_index (c), ==, 1);
  entry_policy_stands (&policy, 1, g_get_monotonic_time ());
  world_listen (w->closed); /* the primary is back */
  world_run (w, c);
  g_assert_cmpuint (world_port_of_peer (w->f.link), ==, w->open_port);
  int64_t now = g_get_monotonic_time ();
  entry_policy_probed (&policy, 0, now - ENTRY_WELL_US);
  entry_policy_probed (&policy, 0, now);
  /* also for another connector to the same gateway, which has never been anywhere */
  g_autoptr (Connector) d = connector_new (&config, world_done, &w->f);
  world_run (w, d);
  g_assert_cmpuint (world_port_of_peer (w->f.link), ==, w->closed_port);
  g_assert_cmpuint (connector_entry_index (d), ==, 0);
  world_run (w, c);
  g_assert_cmpuint (world_port_of_peer (w->f.link), ==, w->closed_port);
}

/* One that is alone to be tried is, whatever the policy says; once a link stood it is one among the others. */
static void
test_only (World *w, const void *data)
{
  EntryPolicy policy;
  entry_policy_init (&policy, ENTRY_PRIMARY_BACKUP);
  EntryPoint entries[] = { { .host = (char *) "127.0.0.1", .port = w->closed_port },
    { .host = (char *) "127.0.0.1", .port = w->open_port } };
  const ConnectorConfig config = {
    .entries = entries,
    .n_entries = 2,
    .policy = &policy,
    .nameservers = w->none,
    .sockets = { .want = world_want, .cancel = world_cancel, .user = &w->f },
  };
  g_autoptr (Connector) c = connector_new (&config, world_done, &w->f);
  entry_policy_stands (&policy, 1, g_get_monotonic_time ());
  connector_set_only (c, 0);
  world_run (w, c);
  g_assert_cmpint (w->f.code, ==, VISITOR_ERROR_REFUSED);
  g_assert_cmpuint (w->f.asked, ==, 1);
  world_listen (w->closed);
  world_run (w, c);
  g_assert_cmpuint (world_port_of_peer (w->f.link), ==, w->closed_port);
  g_assert_cmpuint (connector_entry_index (c), ==, 0);
  world_run (w, c); /* the policy has the word again */
  g_assert_cmpuint (world_port_of_peer (w->f.link), ==, w->open_port);
}

/* All at once: who stands first is the one, the others are dropped; the next time it is ahead of them, and where
 * it proves to be of no use they run once more. */
static void
test_entry_race (World *w, const void *data)
{
  EntryPolicy policy;
  entry_policy_init (&policy, ENTRY_FIRST_TO_RESPOND);
  g_autoptr (GArray) ended = g_array_new (FALSE, FALSE, sizeof (Attempt));
  g_autoptr (Attempts) attempts = attempts_new (world_note_attempt, ended);
  g_autoptr (GError) error =
      g_error_new_literal (VISITOR_ERROR, VISITOR_ERROR_NOT_VISITOR_MODE, "a web server");
  EntryPoint entries[] = { { .host = (char *) "127.0.0.1", .port = w->closed_port },
    { .host = (char *) "127.0.0.1", .port = w->open_port },
    { .host = (char *) "127.0.0.2", .port = w->open_port } };
  world_listen (w->beside[0]);
  const ConnectorConfig config = {
    .entries = entries,
    .n_entries = 3,
    .policy = &policy,
    .nameservers = w->none,
    .sockets = { .want = world_want, .cancel = world_cancel, .user = &w->f },
    .attempts = attempts,
  };
  g_autoptr (Connector) c = connector_new (&config, world_done, &w->f);
  world_run (w, c);
  g_assert_cmpuint (w->f.done, ==, 1);
  size_t winner = connector_entry_index (c);
  g_assert_cmpuint (winner, !=, 0);
  entry_policy_stands (&policy, winner, g_get_monotonic_time ());
  g_autofree char *peer = world_peer_of (w->f.link);
  g_assert_cmpstr (peer, ==, winner == 1 ? "127.0.0.1" : "127.0.0.2");
  /* the one that refuses is told of; the third only if it had begun */
  g_assert_cmpuint (ended->len, >=, 1);
  g_assert_cmpint (g_array_index (ended, Attempt, 0).code, ==, VISITOR_ERROR_REFUSED);
  for (guint i = 1; i < ended->len; i++)
    g_assert_cmpint (g_array_index (ended, Attempt, i).code, ==, VISITOR_ERROR_CANCELLED);

  w->f.asked = 0;
  world_run (w, c);
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
  world_deafen (w->open);
  world_deafen (w->beside[0]);
  world_run (w, c);
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
  g_test_add ("/reach/connector-round/" name, World, NULL, world_set_up, test, world_tear_down)
  ADD ("go on", test_go_on);
  ADD ("policy", test_policy);
  ADD ("only one", test_only);
  ADD ("entry race", test_entry_race);
  return g_test_run ();
}
