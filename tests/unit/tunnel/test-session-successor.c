/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A second sign-in beside the one that carries the traffic: what it comes to, and that the first is left as it is where
 * the second comes to nothing. */
#include "session-world.h"

static bool
is_signing_in (const World *w)
{
  return w->session->successor != NULL && w->gateway.n_inits > 0;
}

static bool
has_moved (const World *w)
{
  return w->session->sign_ins == 2 && w->session->farewell == NULL;
}

static bool
has_given_up (const World *w)
{
  return w->session->successor == NULL;
}

static bool
is_settled (const World *w)
{
  return world_is_connected (w) && g_str_has_suffix (w->states->str, "c");
}

/* Connected, and signing in anew. */
static void
begin (World *w)
{
  world_init (w, MOOD_SILENT, MOOD_ANSWERS);
  world_start (w);
  world_run_until (w, is_settled);
  g_string_truncate (w->states, 0);
  w->gateway.n_inits = 0;
  world_tell (w, MESSAGE_REKEY, g_variant_new ("(s)", "sign-in"));
}

/* The traffic moves, nobody is asked, there is no gap, and the first is left. */
static void
test_moves (void)
{
  World w;
  begin (&w);
  world_run_until (&w, has_moved);
  g_assert_cmpuint (w.n_secrets, ==, 1);
  g_assert_cmpstr (w.states->str, ==, "");
  g_assert_true (uplink_is_up (w.session->uplink));
  g_assert_cmpuint (w.gateway.n_inits, ==, 1);
  world_clear (&w);
}

/* Refused: all goes on as it is. */
static void
test_refused (void)
{
  World w;
  begin (&w);
  w.gateway.tcp = MOOD_REFUSES;
  world_run_until (&w, is_signing_in);
  world_run_until (&w, has_given_up);
  g_assert_true (world_is_connected (&w));
  g_assert_true (uplink_is_up (w.session->uplink));
  g_assert_cmpuint (w.session->sign_ins, ==, 1);
  g_assert_cmpuint (w.n_secrets, ==, 1);
  world_clear (&w);
}

/* Its stream is the way of the connection from then on, whatever that was when it began. */
static void
test_way (void)
{
  World w;
  begin (&w);
  w.gateway.tcp = MOOD_ANSWERS;
  world_run_until (&w, is_signing_in);
  w.session->way = LADDER_UDP; /* as if the first had moved there meanwhile */
  world_run_until (&w, has_moved);
  g_assert_cmpstr (uplink_transport (w.session->uplink), ==, "TLS");
  g_assert_cmpint (w.session->way, ==, LADDER_STREAM);
  world_clear (&w);
}

/* Another network meanwhile: the first has a new stream, and nobody is asked. */
static void
test_network_changes (void)
{
  World w;
  begin (&w);
  w.gateway.tcp = MOOD_SILENT;
  world_run_until (&w, is_signing_in);
  w.gateway.tcp = MOOD_ANSWERS;
  world_tell (&w, MESSAGE_NETWORK, g_variant_new ("(s^as)", "changed", (const char *[]){ NULL }));
  loop_wait_ms (50);
  world_run_until (&w, world_is_connected);
  g_assert_cmpuint (w.n_secrets, ==, 1);
  world_clear (&w);
}

/* Told to end, or freed, at any step of it. */
static void
test_ended (void)
{
  for (unsigned int steps = 0; steps < 40; steps++) {
    World w;
    begin (&w);
    for (unsigned int i = 0; i < steps; i++)
      g_main_context_iteration (NULL, FALSE);
    if (steps % 2 == 1) {
      world_tell (&w, MESSAGE_DISCONNECT, NULL);
      world_run_until (&w, world_has_ended);
      g_assert_cmpint (w.session->state, ==, TUNNEL_DISCONNECTED);
    }
    world_clear (&w);
  }
}

int
main (int argc, char **argv)
{
  bool has_network = world_enter_network ();
  g_test_init (&argc, &argv, NULL);
  if (!has_network) {
    g_print ("1..0 # SKIP needs root, or namespaces for users: a network of its own\n");
    return 0;
  }
  g_test_add_func ("/tunnel/session-successor/moves", test_moves);
  g_test_add_func ("/tunnel/session-successor/refused", test_refused);
  g_test_add_func ("/tunnel/session-successor/way", test_way);
  g_test_add_func ("/tunnel/session-successor/network-changes", test_network_changes);
  g_test_add_func ("/tunnel/session-successor/ended", test_ended);
  return g_test_run ();
}
