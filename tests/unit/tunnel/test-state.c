/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib.h>

#include "tunnel/state.h"

/* Row: from; column: to. The same order as the enum. */
static const char *const edges[TUNNEL_N_STATES] = {
  [TUNNEL_LOOKING_FOR_GATEWAY] = ".x...xx.x",
  [TUNNEL_SIGNING_IN] = "x.x.x.x.x",
  [TUNNEL_SETTING_UP] = "...xx.x.x",
  [TUNNEL_CONNECTED] = "..x.x.x.x",
  [TUNNEL_RECONNECTING] = ".xxx.xx.x",
  [TUNNEL_WAITING_FOR_PORTAL] = "x...x.x.x",
  [TUNNEL_DISCONNECTING] = ".......x.",
  [TUNNEL_DISCONNECTED] = ".........",
  [TUNNEL_FAILED] = ".........",
};

static void
test_edges (void)
{
  for (unsigned int from = 0; from < TUNNEL_N_STATES; from++) {
    for (unsigned int to = 0; to < TUNNEL_N_STATES; to++)
      g_assert_cmpint (tunnel_state_may_follow (from, to), ==, edges[from][to] == 'x');
  }
}

/* From everywhere there is a way to an end. */
static void
test_ends (void)
{
  for (unsigned int from = 0; from < TUNNEL_N_STATES; from++) {
    g_assert_true (tunnel_state_is_final (from) ||
        tunnel_state_may_follow (from, TUNNEL_DISCONNECTING) || from == TUNNEL_DISCONNECTING);
  }
  g_assert_true (tunnel_state_is_final (TUNNEL_DISCONNECTED));
  g_assert_true (tunnel_state_is_final (TUNNEL_FAILED));
}

/* The names are a contract: org.visitorvpn.Connection1 lists them. */
static void
test_names (void)
{
  static const char *const names[TUNNEL_N_STATES] = { "looking-for-gateway", "signing-in",
    "setting-up", "connected", "reconnecting", "waiting-for-portal", "disconnecting",
    "disconnected", "failed" };
  for (unsigned int i = 0; i < TUNNEL_N_STATES; i++)
    g_assert_cmpstr (tunnel_state_to_string (i), ==, names[i]);
  g_assert_cmpstr (tunnel_state_to_string (TUNNEL_N_STATES), ==, "unknown");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tunnel/state/edges", test_edges);
  g_test_add_func ("/tunnel/state/ends", test_ends);
  g_test_add_func ("/tunnel/state/names", test_names);
  return g_test_run ();
}
