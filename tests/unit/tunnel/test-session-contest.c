/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A Session that looks for its gateway by UDP and TLS, and what may happen to it meanwhile. */
#include "session-world.h"

static bool
is_asked (const World *w)
{
  return w->n_secrets > 0;
}

static bool
has_begun (const World *w)
{
  return w->session->contest != NULL && w->gateway.n_streams > 0 && w->n_secrets > 0;
}

static bool
has_said_why (const World *w)
{
  return w->is_over && w->code != 0;
}

static GVariant *
network (const char *what)
{
  return g_variant_new ("(s^as)", what, (const char *[]){ NULL });
}

/* Each way alone, and both. */
static void
test_connects (void)
{
  static const struct {
    Mood udp, tcp;
    LadderWay way;
  } rows[] = {
    { MOOD_ANSWERS, MOOD_SILENT, LADDER_UDP },
    { MOOD_SILENT, MOOD_ANSWERS, LADDER_STREAM },
    { MOOD_REFUSES, MOOD_ANSWERS, LADDER_STREAM },
    { MOOD_REFUSES_ONCE, MOOD_SILENT, LADDER_UDP },
    { MOOD_SENDS_ON, MOOD_ANSWERS, LADDER_STREAM },
    { MOOD_ANSWERS, MOOD_HANGS_UP, LADDER_UDP },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    World w;
    world_init (&w, rows[i].udp, rows[i].tcp);
    world_start (&w);
    world_run_until (&w, world_is_connected);
    g_assert_cmpint (w.session->way, ==, rows[i].way);
    g_assert_cmpuint (w.n_secrets, ==, 1);
    g_assert_cmpuint (w.session->sign_ins, ==, 1);
    g_assert_cmpint (w.session->gateway_addr.family, ==, INET_V4);
    world_clear (&w);
  }
}

/* Refused by the gateway: the end, with its own reason. */
static void
test_refused (void)
{
  World w;
  world_init (&w, MOOD_REFUSES, MOOD_REFUSES);
  world_start (&w);
  world_run_until (&w, has_said_why);
  g_assert_cmpint (w.code, ==, VISITOR_ERROR_PROPOSAL_REFUSED);
  world_clear (&w);
}

/* While a person is asked, whatever comes: nobody is asked a second time, and nothing is tried. */
static void
test_asked_once (void)
{
  World w;
  world_init (&w, MOOD_SILENT, MOOD_ANSWERS);
  w.says_secret = false;
  world_start (&w);
  world_run_until (&w, is_asked);
  world_tell (&w, MESSAGE_NETWORK, network ("changed"));
  world_tell (&w, MESSAGE_NETWORK, network ("woke"));
  world_tell (&w, MESSAGE_PROXIES, g_variant_new ("(^as)", (const char *[]){ "direct://", NULL }));
  loop_wait_ms (50);
  session_connect_again (w.session); /* as behind a portal every three seconds */
  loop_wait_ms (600);
  g_assert_cmpuint (w.n_secrets, ==, 1);
  g_assert_null (w.session->contest);
  g_assert_cmpuint (w.gateway.n_inits, ==, 0);
  world_give_secret (&w);
  world_run_until (&w, world_is_connected);
  g_assert_cmpuint (w.n_secrets, ==, 1);
  world_clear (&w);
}

static bool
is_resumed (const World *w)
{
  return world_is_connected (w) && w->session->sign_ins == 2;
}

/* Where UDP does not get through the ticket is not spent on it: nobody signs in again when the SA is lost. */
static void
test_ticket (void)
{
  World w;
  g_autoptr (GError) error = g_error_new_literal (VISITOR_ERROR, VISITOR_ERROR_SA_LOST, "lost");
  world_init (&w, MOOD_SILENT, MOOD_ANSWERS);
  w.gateway.responder->ticket_lifetime = 3600;
  world_start (&w);
  world_run_until (&w, world_is_connected);
  g_assert_false (w.gateway.responder->is_resumed);
  session_sign_in_again (w.session, error);
  world_run_until (&w, is_resumed);
  g_assert_true (w.gateway.responder->is_resumed);
  g_assert_cmpuint (w.n_secrets, ==, 1);
  world_clear (&w);
}

static bool
has_looked_on (const World *w)
{
  return w->other->n_streams > 0;
}

/* The tunnel is up by TLS, and whoever is at its entry point by now hangs up each time: the other has its turn, though
 * the site knows of UDP, too. */
static void
test_looks_on (void)
{
  World w;
  world_init (&w, MOOD_SILENT, MOOD_ANSWERS);
  world_add_other (&w);
  world_start (&w);
  world_run_until (&w, world_is_connected);
  g_assert_cmpuint (w.other->n_streams, ==, 0);
  w.gateway.tcp = MOOD_HANGS_UP;
  gateway_reset_streams (&w.gateway);
  world_run_until (&w, has_looked_on);
  g_assert_cmpuint (w.n_secrets, ==, 1);
  world_clear (&w);
}

/* Another network while both are tried: they are tried anew, and the person has answered already. */
static void
test_network_changes (void)
{
  World w;
  world_init (&w, MOOD_SILENT, MOOD_SILENT);
  world_start (&w);
  world_run_until (&w, has_begun);
  unsigned int before = w.gateway.n_streams;
  w.gateway.tcp = MOOD_ANSWERS;
  world_tell (&w, MESSAGE_NETWORK, network ("changed"));
  world_run_until (&w, world_is_connected);
  g_assert_cmpuint (w.gateway.n_streams, ==, before + 1);
  g_assert_cmpuint (w.n_secrets, ==, 1);
  world_clear (&w);
}

/* Told to end, at any step: it does, at once and in order. */
static void
test_closed (void)
{
  for (unsigned int steps = 0; steps < 60; steps += 3) {
    World w;
    world_init (&w, MOOD_SILENT, MOOD_SILENT);
    world_start (&w);
    for (unsigned int i = 0; i < steps; i++)
      g_main_context_iteration (NULL, FALSE);
    world_tell (&w, MESSAGE_DISCONNECT, NULL);
    world_run_until (&w, world_has_ended);
    g_assert_null (w.session->contest);
    g_assert_cmpint (w.session->state, ==, TUNNEL_DISCONNECTED);
    loop_wait_ms (5);
    g_assert_cmpint (w.code, ==, 0);
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
  g_test_add_func ("/tunnel/session-contest/connects", test_connects);
  g_test_add_func ("/tunnel/session-contest/refused", test_refused);
  g_test_add_func ("/tunnel/session-contest/asked-once", test_asked_once);
  g_test_add_func ("/tunnel/session-contest/ticket", test_ticket);
  g_test_add_func ("/tunnel/session-contest/looks-on", test_looks_on);
  g_test_add_func ("/tunnel/session-contest/network-changes", test_network_changes);
  g_test_add_func ("/tunnel/session-contest/closed", test_closed);
  return g_test_run ();
}
