/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Contest over real sockets: what the gateway does by UDP and by a stream, and which of the two is taken; and that
 * nothing is told, sent or touched behind its end. */
#include "contest-world.h"

/* CLOSED: nobody listens. OTHER: a second entry point answers there. */
enum {
  CLOSED = 1,
  CLOSED_UDP = 2,
  OTHER = 4,
  NO_UDP = 8,
};

static const struct {
  const char *what;
  Mood udp, tcp;
  unsigned int flags;
  LadderWay last;
  LadderWay way; /* that wins; LADDER_NONE: it fails, with code */
  VisitorError code;
  const char *tried;
  bool is_sent_on;
} rows[] = {
  { "both answer", MOOD_ANSWERS, MOOD_ANSWERS, 0, LADDER_NONE, LADDER_UDP, 0, "UDP worked; " },
  { "UDP is silent", MOOD_SILENT, MOOD_ANSWERS, 0, LADDER_NONE, LADDER_STREAM, 0,
      "TCP worked; UDP Cancelled; " },
  { "UDP is silent, and was here before, too", MOOD_SILENT, MOOD_ANSWERS, 0, LADDER_STREAM,
      LADDER_STREAM, 0, "TCP worked; UDP Cancelled; " },
  { "UDP is shut", 0, MOOD_ANSWERS, CLOSED_UDP, LADDER_UDP, LADDER_STREAM, 0,
      "UDP Refused; TCP worked; " },
  { "the stream alone", MOOD_ANSWERS, MOOD_ANSWERS, NO_UDP, LADDER_UDP, LADDER_STREAM, 0,
      "TCP worked; " },
  { "somebody refuses over UDP", MOOD_REFUSES, MOOD_ANSWERS, 0, LADDER_NONE, LADDER_STREAM, 0,
      "TCP worked; UDP ProposalRefused; " },
  { "somebody refuses over UDP, and there is no stream", MOOD_REFUSES, 0, CLOSED, LADDER_NONE,
      LADDER_NONE, VISITOR_ERROR_REFUSED, "TCP Refused; UDP ProposalRefused; " },
  { "somebody refuses over UDP, and the gateway answers behind", MOOD_REFUSES_ONCE, MOOD_SILENT, 0,
      LADDER_NONE, LADDER_UDP, 0, "UDP worked; TCP Cancelled; " },
  { "the gateway refuses", MOOD_REFUSES, MOOD_REFUSES, 0, LADDER_STREAM, LADDER_NONE,
      VISITOR_ERROR_PROPOSAL_REFUSED, NULL },
  { "the gateway refuses, and UDP is silent", MOOD_SILENT, MOOD_REFUSES, 0, LADDER_STREAM,
      LADDER_NONE, VISITOR_ERROR_PROPOSAL_REFUSED, "TCP worked; UDP TimedOut; " },
  { "somebody mumbles over UDP", MOOD_MUMBLES, MOOD_ANSWERS, 0, LADDER_NONE, LADDER_STREAM, 0,
      "TCP worked; UDP Cancelled; " },
  { "somebody mumbles over UDP, and there is no stream", MOOD_MUMBLES, 0, CLOSED, LADDER_NONE,
      LADDER_NONE, VISITOR_ERROR_REFUSED, "TCP Refused; UDP TimedOut; " },
  { "somebody sends us on over UDP", MOOD_SENDS_ON, MOOD_ANSWERS, 0, LADDER_NONE, LADDER_STREAM, 0,
      "TCP worked; UDP Cancelled; " },
  { "somebody sends us on over UDP, and there is no stream", MOOD_SENDS_ON, 0, CLOSED, LADDER_NONE,
      LADDER_UDP, 0, "TCP Refused; UDP worked; ", true },
  { "somebody sends us on over UDP, and the stream is silent", MOOD_SENDS_ON, MOOD_SILENT, 0,
      LADDER_NONE, LADDER_UDP, 0, "UDP worked; TCP Cancelled; ", true },
  { "the gateway sends us on", MOOD_SILENT, MOOD_SENDS_ON, 0, LADDER_NONE, LADDER_STREAM, 0,
      "TCP worked; UDP Cancelled; ", true },
  { "a web server, and the gateway at another entry point", MOOD_SILENT, MOOD_SHOUTS, OTHER,
      LADDER_STREAM, LADDER_STREAM, 0, NULL },
  { "a web server alone", 0, MOOD_SHOUTS, CLOSED_UDP, LADDER_NONE, LADDER_NONE,
      VISITOR_ERROR_NOT_VISITOR_MODE, "UDP Refused; TCP NotVisitorMode; " },
  { "the stream breaks, and UDP answers", MOOD_ANSWERS, MOOD_HANGS_UP, 0, LADDER_STREAM, LADDER_UDP,
      0, NULL },
  { "nobody at all", 0, 0, CLOSED | CLOSED_UDP, LADDER_NONE, LADDER_NONE, VISITOR_ERROR_REFUSED,
      "UDP Refused; TCP Refused; " },
};

static void
play (gsize i)
{
  World w;
  g_test_message ("%s", rows[i].what);
  world_init (&w);
  if (rows[i].flags & OTHER)
    world_add_other (&w);
  w.gateway.udp = rows[i].udp;
  w.gateway.tcp = rows[i].tcp;
  w.other.udp = MOOD_SILENT;
  gateway_stop_listening (
      &w.gateway, (rows[i].flags & CLOSED_UDP) != 0, (rows[i].flags & CLOSED) != 0);
  world_start (&w, rows[i].last, (rows[i].flags & NO_UDP) == 0);
  world_run (&w);
  g_assert_cmpuint (w.n_won, ==, rows[i].way != LADDER_NONE);
  g_assert_cmpuint (w.n_failed, ==, rows[i].way == LADDER_NONE);
  g_assert_cmpint (w.parts.way, ==, rows[i].way);
  g_assert_cmpint (w.code, ==, rows[i].code);
  g_assert_cmpstr (w.redirected_to, ==, rows[i].is_sent_on ? GATEWAY_ELSEWHERE : NULL);
  if (rows[i].tried != NULL)
    g_assert_cmpstr (w.tried->str, ==, rows[i].tried);
  /* Nothing but the first message of each has gone out: neither a name nor a proof. */
  g_assert_cmpstr (w.gateway.heard->str, ==, "");
  world_clear (&w);
}

static void
test_rows (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    play (i);
}

static void
parts_up (void *user_data)
{
}

static void
parts_down (const GError *error, bool was_up, void *user_data)
{
  g_error ("%s", error->message);
}

/* What the winner goes on with: its IKE SA is brought up by hand. */
static void
pump (World *w)
{
  for (;;) {
    g_auto (IkeEvent) event = { 0 };
    if (!ike_session_next_event (w->parts.ike, &event))
      return;
    g_assert_cmpint (event.type, !=, IKE_EVENT_FAILED);
    g_assert_cmpint (event.type, !=, IKE_EVENT_NEED_SECRET); /* it was given once */
    if (event.type == IKE_EVENT_SEND)
      uplink_send_ike (w->parts.uplink, slice_of_bytes (event.message));
  }
}

static void
parts_ike (Slice message, void *user_data)
{
  World *w = user_data;
  ike_session_receive (w->parts.ike, message, g_get_monotonic_time ());
  pump (w);
}

static const UplinkHandlers parts_handlers = {
  .up = parts_up,
  .down = parts_down,
  .ike = parts_ike,
  .esp = parts_up,
  .tun_lost = parts_up,
};

/* The gateway answers both at the same time, over and over: one is taken, the other is not heard of any more,
 * and the person's proof goes out once, by the way that was taken. */
static void
test_late_winner (void)
{
  for (unsigned int i = 0; i < 20; i++) {
    World w;
    world_init (&w);
    world_start (&w, LADDER_STREAM, true);
    world_run (&w);
    g_assert_cmpuint (w.n_won, ==, 1);
    uplink_set_handlers (w.parts.uplink, &parts_handlers, &w);
    if (w.gateway.n_inits < 2) { /* else the gateway has forgotten the first for the second */
      pump (&w);
      while (ike_session_state (w.parts.ike) != IKE_STATE_ESTABLISHED)
        g_main_context_iteration (NULL, TRUE);
      g_assert_cmpstr (w.gateway.heard->str, ==, w.parts.way == LADDER_UDP ? "u" : "s");
    }
    loop_wait_ms (20);
    g_assert_cmpuint (w.n_won, ==, 1);
    g_assert_cmpuint (w.n_failed, ==, 0);
    world_clear (&w);
  }
}

/* Where somebody has to be asked that is done once, before anything is sent, though two ways want to know. */
static void
test_asked_once (void)
{
  World w;
  world_init (&w);
  g_clear_pointer (&w.psk, secret_unref);
  world_start (&w, LADDER_STREAM, true);
  world_run (&w);
  g_assert_cmpuint (w.n_asked, ==, 1);
  g_assert_null (w.contest);
  loop_wait_ms (20);
  g_assert_cmpuint (w.n_asked, ==, 1);
  g_assert_cmpuint (w.gateway.n_inits, ==, 0);
  world_clear (&w);
}

/* Told to end at any moment, from before its first step to behind its last, it is silent from there on. */
static void
test_ended (void)
{
  static const struct {
    Mood udp, tcp;
  } moods[] = { { MOOD_ANSWERS, MOOD_ANSWERS }, { MOOD_REFUSES, MOOD_ANSWERS },
    { MOOD_SENDS_ON, MOOD_REFUSES }, { MOOD_MUMBLES, MOOD_SHOUTS }, { MOOD_SILENT, MOOD_HANGS_UP },
    { MOOD_REFUSES, MOOD_SENDS_ON } };
  for (gsize i = 0; i < G_N_ELEMENTS (moods); i++) {
    for (unsigned int steps = 0; steps < 40; steps++) {
      World w;
      world_init (&w);
      w.gateway.udp = moods[i].udp;
      w.gateway.tcp = moods[i].tcp;
      world_start (&w, LADDER_STREAM, true);
      for (unsigned int step = 0; step < steps; step++)
        g_main_context_iteration (NULL, FALSE);
      unsigned int told = w.n_won + w.n_failed;
      g_clear_pointer (&w.contest, contest_free);
      for (unsigned int step = 0; step < 20; step++)
        g_main_context_iteration (NULL, FALSE);
      g_assert_cmpuint (w.n_won + w.n_failed, ==, told);
      world_clear (&w);
    }
  }
}

/* One entry point of two addresses, by UDP alone; the second answers as `mood` has it. */
static void
add_address (World *w, Mood mood)
{
  GArray *list = g_array_new (FALSE, FALSE, sizeof (InetAddr));
  uint16_t port = w->entries[0].port;
  const char *const texts[] = { ADDRESS, OTHER_ADDRESS };
  for (int i = 0; i < 2; i++) {
    InetAddr addr;
    g_assert_true (inet_addr_parse (texts[i], &addr));
    g_array_append_val (list, addr);
  }
  gateway_init (&w->other, OTHER_ADDRESS, 0, port, port);
  w->other.udp = mood;
  w->entries[0].addresses = list;
  gateway_stop_listening (&w->gateway, false, true);
  gateway_stop_listening (&w->other, false, true);
}

static void
won_at (World *w, const char *address)
{
  IkePath path;
  char text[INET_ADDR_STRLEN];
  world_run (w);
  g_assert_cmpuint (w->n_won, ==, 1);
  g_assert_true (uplink_path (w->parts.uplink, &path));
  g_assert_cmpstr (inet_addr_format (&path.remote, text), ==, address);
  gateway_clear (&w->other);
  g_array_unref (w->entries[0].addresses);
  world_clear (w);
}

/* An address that is silent over UDP costs less where another has its turn: it is asked twice. */
static void
test_silent_address (void)
{
  World w;
  world_init (&w);
  w.gateway.udp = MOOD_SILENT;
  add_address (&w, MOOD_ANSWERS);
  world_start (&w, LADDER_NONE, true);
  while (w.other.n_inits == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (w.gateway.n_inits, <=, 2);
  won_at (&w, OTHER_ADDRESS);
}

/* One that is slow, not silent, gets another turn when the others have had theirs. */
static void
test_slow_address (void)
{
  World w;
  world_init (&w);
  w.gateway.udp = MOOD_SILENT;
  add_address (&w, MOOD_SILENT);
  world_start (&w, LADDER_NONE, true);
  while (w.other.n_inits == 0)
    g_main_context_iteration (NULL, TRUE);
  w.gateway.udp = MOOD_ANSWERS;
  won_at (&w, ADDRESS);
}

/* A stream over which nobody answers for half a minute, which is not waited for here: the next entry point has its
 * turn, though UDP is shut. */
static void
test_silent_stream (void)
{
  static const uint8_t nothing[IKE_HEADER_LEN];
  World w;
  world_init (&w);
  world_add_other (&w);
  w.gateway.tcp = MOOD_SILENT;
  gateway_stop_listening (&w.gateway, true, false);
  gateway_stop_listening (&w.other, true, false);
  world_start (&w, LADDER_STREAM, true);
  while (w.gateway.n_inits == 0)
    g_main_context_iteration (NULL, TRUE);
  ike_session_timeout (
      w.begun[LADDER_STREAM], g_get_monotonic_time () + INT64_C (31) * G_USEC_PER_SEC);
  gateway_say (&w.gateway, SLICE (nothing, sizeof nothing)); /* wakes it */
  world_run (&w);
  g_assert_cmpuint (w.n_won, ==, 1);
  g_assert_cmpuint (w.other.n_inits, ==, 1);
  g_assert_cmpuint (uplink_entry_index (w.parts.uplink), ==, 1);
  world_clear (&w);
}

/* The moment it is to begin at may be far away. */
static void
test_later (void)
{
  World w;
  world_init (&w);
  world_start_in (&w, LADDER_NONE, true, INT64_C (3600) * G_USEC_PER_SEC);
  loop_wait_ms (20);
  g_assert_cmpuint (w.gateway.n_inits, ==, 0);
  g_assert_false (world_is_over (&w));
  world_clear (&w);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tunnel/contest/rows", test_rows);
  g_test_add_func ("/tunnel/contest/late-winner", test_late_winner);
  g_test_add_func ("/tunnel/contest/asked-once", test_asked_once);
  g_test_add_func ("/tunnel/contest/ended", test_ended);
  g_test_add_func ("/tunnel/contest/silent-address", test_silent_address);
  g_test_add_func ("/tunnel/contest/slow-address", test_slow_address);
  g_test_add_func ("/tunnel/contest/silent-stream", test_silent_stream);
  g_test_add_func ("/tunnel/contest/later", test_later);
  return g_test_run ();
}
