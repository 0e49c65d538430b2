/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "service/connection-state.h"

#define IS(state) CONNECTION_##state

static const struct {
  ConnectionState from, to;
  gboolean may;
} edges[] = {
  { IS (LOOKING_FOR_GATEWAY), IS (SIGNING_IN), TRUE },
  { IS (LOOKING_FOR_GATEWAY), IS (CONNECTED), FALSE },
  { IS (SIGNING_IN), IS (SETTING_UP), TRUE },
  { IS (SIGNING_IN), IS (CONNECTED), FALSE },
  { IS (SETTING_UP), IS (CONNECTED), TRUE },
  { IS (CONNECTED), IS (RECONNECTING), TRUE },
  { IS (CONNECTED), IS (LOOKING_FOR_GATEWAY), FALSE },
  { IS (RECONNECTING), IS (CONNECTED), TRUE },
  { IS (RECONNECTING), IS (WAITING_FOR_PORTAL), TRUE },
  { IS (LOOKING_FOR_GATEWAY), IS (WAITING_FOR_PORTAL), TRUE },
  { IS (WAITING_FOR_PORTAL), IS (LOOKING_FOR_GATEWAY), TRUE },
  { IS (WAITING_FOR_PORTAL), IS (CONNECTED), FALSE },
  { IS (DISCONNECTING), IS (CONNECTED), FALSE },
  { IS (DISCONNECTING), IS (DISCONNECTED), TRUE },
  { IS (DISCONNECTING), IS (FAILED), TRUE },
};

static void
edges_of_the_table (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (edges); i++) {
    g_test_message ("%s -> %s", connection_state_to_string (edges[i].from),
        connection_state_to_string (edges[i].to));
    g_assert_cmpint (connection_state_may_become (edges[i].from, edges[i].to), ==, edges[i].may);
  }
}

/* A configuration can come in any state in which a worker lives, and every such state can end. */
static void
no_dead_ends (void)
{
  for (ConnectionState state = 0; state < CONNECTION_N_STATES; state++) {
    if (connection_state_is_over (state)) {
      for (ConnectionState to = 0; to < CONNECTION_N_STATES; to++)
        g_assert_false (connection_state_may_become (state, to));
      continue;
    }
    g_assert_true (connection_state_may_become (state, IS (FAILED)));
    g_assert_true (connection_state_may_become (state, IS (DISCONNECTED)));
    if (state != IS (DISCONNECTING)) {
      g_assert_true (connection_state_may_become (state, IS (DISCONNECTING)));
      g_assert_true (
          state == IS (SETTING_UP) || connection_state_may_become (state, IS (SETTING_UP)));
    }
  }
}

static void
names_round_trip (void)
{
  for (ConnectionState state = 0; state < CONNECTION_N_STATES; state++) {
    ConnectionState again;
    g_assert_true (connection_state_from_string (connection_state_to_string (state), &again));
    g_assert_cmpint (again, ==, state);
  }
  ConnectionState untouched = IS (FAILED);
  g_assert_false (connection_state_from_string ("upside-down", &untouched));
  g_assert_cmpint (untouched, ==, IS (FAILED));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/connection-state/edges", edges_of_the_table);
  g_test_add_func ("/connection-state/no-dead-ends", no_dead_ends);
  g_test_add_func ("/connection-state/names", names_round_trip);
  return g_test_run ();
}
