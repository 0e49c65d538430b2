/* SPDX-License-Identifier: GPL-2.0-or-later */
/* UDP beside a stream that carries the traffic: the way there, and whatever may happen on it. */
#include "session-world.h"

static bool
is_asking (const World *w)
{
  return w->session->side_state == SIDE_ASKS;
}

static bool
has_moved (const World *w)
{
  return w->session->way == LADDER_UDP;
}

static bool
is_alone (const World *w)
{
  return w->session->side_state == SIDE_NONE && w->gateway.streams->len <= 1;
}

static bool
has_left_stream (const World *w)
{
  return w->session->side_state == SIDE_NONE && w->gateway.streams->len == 0;
}

static bool
hears_by_stream (const World *w)
{
  return g_str_has_suffix (w->gateway.heard->str, "s");
}

static bool
has_said_goodbye (const World *w)
{
  return g_str_has_suffix (w->states->str, "dd");
}

static bool
is_reconnected (const World *w)
{
  return world_is_connected (w) && w->session->reconnects > 0;
}

/* It is time to try UDP, which nobody waits for in a test. */
static void
hurry (World *w)
{
  w->session->udp_return.at = g_get_monotonic_time ();
  session_plan_return (w->session);
}

/* The host has heard of it, too. */
static bool
is_settled (const World *w)
{
  return world_is_connected (w) && g_str_has_suffix (w->states->str, "c");
}

/* Connected by a stream, UDP in that mood by now, and asked about. */
static void
begin (World *w, Mood udp)
{
  world_init (w, MOOD_SILENT, MOOD_ANSWERS);
  world_start (w);
  world_run_until (w, is_settled);
  g_assert_cmpint (w->session->way, ==, LADDER_STREAM);
  g_string_truncate (w->gateway.heard, 0);
  g_string_truncate (w->states, 0);
  w->gateway.udp = udp;
  hurry (w);
}

static void
begin_asking (World *w)
{
  begin (w, MOOD_SILENT);
  world_run_until (w, is_asking);
}

/* One sign-in, and one question, whatever came. */
static void
end (World *w)
{
  g_assert_cmpuint (w->n_secrets, ==, 1);
  g_assert_cmpuint (w->session->sign_ins, ==, 1);
  world_clear (w);
}

/* It is answered: the traffic moves, with no gap, and the stream is left a moment later. */
static void
test_moves (void)
{
  World w;
  begin (&w, MOOD_ANSWERS);
  world_run_until (&w, has_moved);
  g_assert_cmpstr (uplink_transport (w.session->uplink), ==, "UDP");
  g_assert_cmpstr (uplink_transport (w.session->side), ==, "TLS");
  g_assert_cmpint (w.session->side_state, ==, SIDE_LEAVES);
  g_assert_cmpuint (w.gateway.streams->len, ==, 1);
  world_run_until (&w, has_left_stream);
  g_assert_cmpstr (w.gateway.heard->str, ==, "u");
  g_assert_cmpstr (w.states->str, ==, "");
  end (&w);
}

/* It is not: all stays as it is, the gateway hears over the stream where we are, and the next time is later. */
static void
test_in_vain (void)
{
  World w;
  begin_asking (&w);
  gint64 pause = w.session->udp_return.pause;
  world_run_until (&w, is_alone);
  g_assert_cmpint (w.session->udp_return.pause, >, pause);
  world_run_until (&w, hears_by_stream);
  g_assert_cmpuint (w.gateway.heard->str[0], ==, 'u');
  g_assert_cmpstr (uplink_transport (w.session->uplink), ==, "TLS");
  g_assert_cmpstr (w.states->str, ==, "");
  end (&w);
}

/* The stream is lost while UDP is asked about: another one is made, and UDP is let go of. */
static void
test_stream_lost (void)
{
  World w;
  begin_asking (&w);
  gateway_reset_streams (&w.gateway);
  world_run_until (&w, is_reconnected);
  world_run_until (&w, is_alone);
  world_run_until (&w, is_settled);
  g_assert_cmpstr (uplink_transport (w.session->uplink), ==, "TLS");
  g_assert_cmpstr (w.states->str, ==, "rc");
  end (&w);
}

/* The stream is lost, and the answer over UDP comes in the same moment. */
static void
test_stream_lost_as_answered (void)
{
  World w;
  begin_asking (&w);
  w.gateway.udp = MOOD_ANSWERS;
  gateway_reset_streams (&w.gateway);
  world_run_until (&w, world_is_connected);
  world_run_until (&w, is_alone);
  world_run_until (&w, world_is_connected);
  end (&w);
}

/* Another network while UDP is asked about. */
static void
test_network_changes (void)
{
  World w;
  begin_asking (&w);
  unsigned int before = w.gateway.n_streams;
  world_tell (&w, MESSAGE_NETWORK, g_variant_new ("(s^as)", "changed", (const char *[]){ NULL }));
  world_run_until (&w, is_reconnected);
  world_run_until (&w, is_alone);
  g_assert_cmpuint (w.gateway.n_streams, ==, before + 1);
  end (&w);
}

/* Closed while UDP is asked about: the gateway hears the goodbye. */
static void
test_closed (void)
{
  World w;
  begin_asking (&w);
  world_tell (&w, MESSAGE_DISCONNECT, NULL);
  world_run_until (&w, world_has_ended);
  g_assert_cmpint (w.code, ==, 0);
  world_run_until (&w, has_said_goodbye);
  g_assert_cmpuint (w.gateway.n_goodbyes, ==, 1);
  end (&w);
}

/* A gateway that cannot be moved to another way is never asked. */
static void
test_without_mobike (void)
{
  World w;
  world_init (&w, MOOD_SILENT, MOOD_ANSWERS);
  w.gateway.responder->no_mobike = true;
  world_start (&w);
  world_run_until (&w, world_is_connected);
  unsigned int before = w.n_datagram_sockets;
  hurry (&w);
  loop_wait_ms (100);
  g_assert_cmpint (w.session->side_state, ==, SIDE_NONE);
  g_assert_cmpuint (w.n_datagram_sockets, ==, before);
  end (&w);
}

/* An exchange is under way: UDP is asked about behind it. */
static void
test_busy (void)
{
  World w;
  gint64 began = g_get_monotonic_time ();
  begin (&w, MOOD_ANSWERS);
  w.gateway.tcp = MOOD_SILENT;
  ike_session_rekey_child (w.session->ike, g_get_monotonic_time ());
  session_pump (w.session);
  loop_wait_ms (100);
  g_assert_cmpint (w.session->side_state, ==, SIDE_NONE);
  g_assert_cmpint (w.session->udp_return.at, >=, began + 2 * G_USEC_PER_SEC);
  g_assert_cmpint (w.session->way, ==, LADDER_STREAM);
  end (&w);
}

/* Freed at any step of it. */
static void
test_freed (void)
{
  for (unsigned int steps = 0; steps < 30; steps++) {
    World w;
    begin (&w, steps % 2 == 0 ? MOOD_ANSWERS : MOOD_SILENT);
    for (unsigned int i = 0; i < steps; i++)
      g_main_context_iteration (NULL, FALSE);
    world_clear (&w);
  }
}

/* The stream breaks, and before anybody was told the network is gone: the IKE SA waits for a stream. */
static void
test_broken_as_network_goes (void)
{
  World w;
  begin (&w, MOOD_SILENT);
  unsigned int before = w.gateway.n_streams;
  uplink_give_up (
      w.session->uplink, g_error_new_literal (VISITOR_ERROR, VISITOR_ERROR_STREAM_CLOSED, "reset"));
  g_autoptr (GVariant) none =
      g_variant_ref_sink (g_variant_new ("(s^as)", "none", (const char *[]){ NULL }));
  session_take_network (w.session, none);
  g_assert_cmpint (ike_session_next_timeout (w.session->ike), ==, G_MAXINT64);
  loop_wait_ms (50);
  g_assert_cmpuint (w.gateway.n_streams, ==, before);
  world_tell (&w, MESSAGE_NETWORK, g_variant_new ("(s^as)", "changed", (const char *[]){ NULL }));
  world_run_until (&w, is_reconnected);
  end (&w);
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
  g_test_add_func ("/tunnel/session-return/moves", test_moves);
  g_test_add_func ("/tunnel/session-return/in-vain", test_in_vain);
  g_test_add_func ("/tunnel/session-return/stream-lost", test_stream_lost);
  g_test_add_func ("/tunnel/session-return/stream-lost-as-answered", test_stream_lost_as_answered);
  g_test_add_func ("/tunnel/session-return/network-changes", test_network_changes);
  g_test_add_func ("/tunnel/session-return/closed", test_closed);
  g_test_add_func ("/tunnel/session-return/without-mobike", test_without_mobike);
  g_test_add_func ("/tunnel/session-return/busy", test_busy);
  g_test_add_func ("/tunnel/session-return/freed", test_freed);
  g_test_add_func ("/tunnel/session-return/broken-as-network-goes", test_broken_as_network_goes);
  return g_test_run ();
}
