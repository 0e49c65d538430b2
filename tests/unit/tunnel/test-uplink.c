/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Uplink over TCP, TLS and UDP of the loopback: when its user hears what, what an onlooker is told of the way, and
 * that it may be closed from anywhere. */
#include "uplink-world.h"

/* Where it leads, once it stands, and nothing of that before and behind. */
static void
test_stands (void)
{
  for (Transport t = 0; t < N_TRANSPORTS; t++) {
    World w;
    IkePath path;
    world_init (&w, t, 1);
    g_assert_false (uplink_path (w.uplink, &path));
    g_assert_null (uplink_transport (w.uplink));
    g_assert_null (uplink_entry (w.uplink));
    g_assert_null (uplink_describe (w.uplink));
    world_connect (&w, false);
    g_assert_true (uplink_is_up (w.uplink));
    g_assert_true (uplink_path (w.uplink, &path));
    g_assert_cmpuint (path.remote_port, ==, w.entries[0].port);
    g_assert_cmpint (path.has_datagrams, ==, t == OVER_UDP);
    g_assert_cmpstr (uplink_transport (w.uplink), ==, transport_names[t]);
    g_assert_null (uplink_proxy (w.uplink));
    g_assert_cmpuint (uplink_entry (w.uplink)->port, ==, w.entries[0].port);
    g_assert_cmpuint (uplink_entry_index (w.uplink), ==, 0);
    g_autofree char *text = uplink_describe (w.uplink);
    g_assert_true (g_str_has_prefix (text, transport_names[t]));
    world_speak (&w);
    world_answer (&w, 1);
    world_run_until (&w, "ui");
    uplink_close (w.uplink);
    g_assert_false (uplink_is_up (w.uplink));
    g_assert_false (uplink_path (w.uplink, &path));
    uplink_send_ike (w.uplink, SLICE (NULL, 0)); /* is lost */
    world_stays (&w);
    world_clear (&w);
  }
}

/* Nobody is there: told once. */
static void
test_refused (void)
{
  for (Transport t = 0; t < N_TRANSPORTS; t++) {
    World w;
    world_init (&w, t, 1);
    gateway_stop_listening (&w.gateway, true, true);
    uplink_connect (w.uplink, g_get_monotonic_time (), false);
    if (t == OVER_UDP) { /* by the first datagram */
      g_autoptr (GBytes) message = world_message (false);
      world_run_until (&w, "u");
      uplink_send_ike (w.uplink, slice_of_bytes (message));
      world_run_until (&w, "ud");
    } else {
      world_run_until (&w, "n");
    }
    g_assert_cmpint (w.code, ==, VISITOR_ERROR_REFUSED);
    g_assert_cmpstr (w.tried->str, ==, "Refused ");
    world_stays (&w);
    world_clear (&w);
  }
}

/* A reset: behind a word of the gateway's the stream is lost, before one it was none. */
static void
test_reset (void)
{
  for (Transport t = 0; t < OVER_UDP; t++) {
    for (int heard = 0; heard <= 1; heard++) {
      World w;
      world_init (&w, t, 1);
      world_connect (&w, false);
      world_speak (&w);
      if (heard) {
        world_answer (&w, 1);
        world_run_until (&w, "ui");
      }
      gateway_reset_streams (&w.gateway);
      world_run_until (&w, heard ? "uid" : "ud");
      g_assert_cmpint (
          w.code, ==, heard ? VISITOR_ERROR_STREAM_CLOSED : VISITOR_ERROR_NOT_VISITOR_MODE);
      g_assert_cmpstr (w.tried->str, ==, heard ? "worked " : "NotVisitorMode ");
      world_stays (&w);
      world_clear (&w);
    }
  }
}

/* Closed or connected anew from inside a handler. */
static void
test_from_inside (void)
{
  static const struct {
    Deed on_up, on_ike, on_down;
    unsigned int n; /* messages of the gateway */
    bool resets;
    const char *told;
  } rows[] = {
    { CLOSE, 0, 0, 0, false, "u" },
    { 0, CLOSE, 0, 5, false, "ui" },
    { 0, CONNECT, 0, 5, false, "uiu" },
    { 0, 0, CLOSE, 0, true, "ud" },
    { 0, 0, CONNECT, 0, true, "udu" },
  };
  for (Transport t = 0; t < N_TRANSPORTS; t++) {
    for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
      World w;
      if (rows[i].resets && t == OVER_UDP)
        continue;
      world_init (&w, t, 1);
      w.on_up = rows[i].on_up;
      w.on_ike = rows[i].on_ike;
      w.on_down = rows[i].on_down;
      world_connect (&w, false);
      if (rows[i].on_up == NOTHING)
        world_speak (&w);
      world_answer (&w, rows[i].n);
      if (rows[i].resets)
        gateway_reset_streams (&w.gateway);
      world_run_until (&w, rows[i].told);
      world_stays (&w);
      world_clear (&w);
    }
  }
}

/* Given up, for a reason: once, from the main loop, with the first reason; and where nothing stands not at all. */
static void
test_give_up (void)
{
  for (Transport t = 0; t < N_TRANSPORTS; t++) {
    World w;
    world_init (&w, t, 1);
    uplink_give_up (w.uplink, g_error_new_literal (VISITOR_ERROR, VISITOR_ERROR_TIMED_OUT, "x"));
    world_connect (&w, false);
    uplink_give_up (w.uplink, g_error_new_literal (VISITOR_ERROR, VISITOR_ERROR_TIMED_OUT, "x"));
    uplink_give_up (w.uplink, g_error_new_literal (VISITOR_ERROR, VISITOR_ERROR_REFUSED, "y"));
    g_assert_cmpstr (w.told->str, ==, "u");
    g_assert_false (uplink_is_up (w.uplink));
    world_run_until (&w, "ud");
    g_assert_cmpint (w.code, ==, VISITOR_ERROR_TIMED_OUT);
    g_assert_cmpstr (w.tried->str, ==, "TimedOut ");
    world_stays (&w);
    world_clear (&w);
  }
}

static void
doubt (World *w)
{
  g_autoptr (GError) error =
      g_error_new_literal (VISITOR_ERROR, VISITOR_ERROR_PROPOSAL_REFUSED, "no");
  uplink_doubt (w->uplink, error);
}

static void
believe (World *w)
{
  uplink_believe (w->uplink);
}

static void
overtake (World *w)
{
  uplink_overtake (w->uplink);
}

static void
blame (World *w)
{
  g_autoptr (GError) error = g_error_new_literal (VISITOR_ERROR, VISITOR_ERROR_PROTOCOL, "no");
  uplink_blame (w->uplink, error);
}

static void
give_up (World *w)
{
  uplink_give_up (
      w->uplink, g_error_new_literal (VISITOR_ERROR, VISITOR_ERROR_TIMED_OUT, "silent"));
  world_run_until (w, w->told->str[1] == 'i' ? "uid" : "ud");
}

/* What an onlooker is told of a way, and when: once in all. */
static void
test_told (void)
{
  static const struct {
    Transport transport;
    bool knows_peer, answers;
    void (*deeds[3]) (World *w);
    const char *tried;
  } rows[] = {
    { OVER_TCP, false, false, { NULL }, "" },
    { OVER_TCP, false, true, { NULL }, "worked " },
    { OVER_TCP, false, true, { blame, overtake }, "worked " },
    { OVER_TCP, false, false, { overtake, believe }, "Cancelled " },
    { OVER_TCP, false, false, { blame, overtake }, "Protocol " },
    { OVER_TCP, false, false, { give_up }, "TimedOut " },
    { OVER_UDP, false, true, { NULL }, "" }, /* whoever that was */
    { OVER_UDP, true, true, { NULL }, "worked " },
    { OVER_UDP, false, true, { believe, blame }, "worked " },
    { OVER_UDP, false, true, { overtake }, "Cancelled " },
    { OVER_UDP, false, true, { doubt }, "ProposalRefused " },
    { OVER_UDP, false, true, { doubt, overtake }, "ProposalRefused " },
    { OVER_UDP, false, true, { doubt, give_up }, "ProposalRefused " },
    { OVER_UDP, false, true, { doubt, doubt, believe }, "worked " },
    { OVER_UDP, false, true, { give_up }, "TimedOut " },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    World w;
    g_test_message ("row %zu", i);
    world_init (&w, rows[i].transport, 1);
    world_connect (&w, rows[i].knows_peer);
    world_speak (&w);
    if (rows[i].answers) {
      world_answer (&w, 1);
      world_run_until (&w, "ui");
    }
    for (gsize n = 0; n < 3 && rows[i].deeds[n] != NULL; n++)
      rows[i].deeds[n](&w);
    uplink_close (w.uplink);
    uplink_overtake (w.uplink);
    g_assert_cmpstr (w.tried->str, ==, rows[i].tried);
    world_clear (&w);
  }
}

/* Who is of no use leaves another entry point a turn, and then there is none. */
static void
test_go_on (void)
{
  g_autoptr (GError) error =
      g_error_new_literal (VISITOR_ERROR, VISITOR_ERROR_NOT_VISITOR_MODE, "no");
  World w;
  world_init (&w, OVER_TCP, 2);
  world_connect (&w, false);
  g_assert_true (uplink_go_on (w.uplink, error));
  g_assert_false (uplink_is_up (w.uplink));
  world_run_until (&w, "uu");
  g_assert_cmpuint (uplink_entry_index (w.uplink), ==, 1);
  g_assert_false (uplink_go_on (w.uplink, error));
  g_assert_false (uplink_is_up (w.uplink));
  world_stays (&w);
  world_clear (&w);
}

/* Over UDP an address that was passed over is not tried again, though somebody spoke there; where none is left that
 * is told with why, and then it has another chance. */
static void
test_pass_over (void)
{
  World w;
  world_init (&w, OVER_UDP, 1);
  world_connect (&w, false);
  world_speak (&w);
  world_answer (&w, 1);
  world_run_until (&w, "ui");
  g_autoptr (GError) error = g_error_new_literal (VISITOR_ERROR, VISITOR_ERROR_PROTOCOL, "mumbles");
  give_up (&w);
  uplink_pass_over (w.uplink, error);
  uplink_connect (w.uplink, g_get_monotonic_time (), false);
  world_run_until (&w, "uidn");
  g_assert_cmpint (w.code, ==, VISITOR_ERROR_PROTOCOL);
  uplink_connect (w.uplink, g_get_monotonic_time (), false);
  world_run_until (&w, "uidnu");
  world_clear (&w);
}

/* Freed at any step: nothing is told behind it, and nothing is left. */
static void
test_freed (void)
{
  for (Transport t = 0; t < N_TRANSPORTS; t++) {
    for (unsigned int steps = 0; steps < 20; steps++) {
      World w;
      world_init (&w, t, 1);
      uplink_connect (w.uplink, g_get_monotonic_time (), false);
      for (unsigned int i = 0; i < steps; i++)
        g_main_context_iteration (NULL, FALSE);
      if (uplink_is_up (w.uplink) && steps % 2 == 1)
        uplink_give_up (w.uplink, g_error_new_literal (VISITOR_ERROR, VISITOR_ERROR_REFUSED, "x"));
      g_clear_pointer (&w.uplink, uplink_free);
      world_stays (&w);
      world_clear (&w);
    }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tunnel/uplink/stands", test_stands);
  g_test_add_func ("/tunnel/uplink/refused", test_refused);
  g_test_add_func ("/tunnel/uplink/reset", test_reset);
  g_test_add_func ("/tunnel/uplink/from-inside", test_from_inside);
  g_test_add_func ("/tunnel/uplink/give-up", test_give_up);
  g_test_add_func ("/tunnel/uplink/told", test_told);
  g_test_add_func ("/tunnel/uplink/go-on", test_go_on);
  g_test_add_func ("/tunnel/uplink/pass-over", test_pass_over);
  g_test_add_func ("/tunnel/uplink/freed", test_freed);
  return g_test_run ();
}
