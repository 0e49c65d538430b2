/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "client/status-text.h"

#define NOW G_GINT64_CONSTANT (1700000000)
#define MINUTE 60
#define HOUR 3600
#define DAY 86400

static void
test_sentences (void)
{
  static const struct {
    VisitorState state;
    gboolean has_connection;
    const char *user;
    gint64 age; /* since it was first connected; 0: never */
    const char *text;
    guint lasts;
  } cases[] = {
    { VISITOR_STATE_DISCONNECTED, FALSE, "alice", 0, "Not connected", 0 },
    { VISITOR_STATE_FAILED, TRUE, "alice", 0, "Connection failed", 0 },
    { VISITOR_STATE_LOOKING_FOR_GATEWAY, FALSE, "alice", 0, "Starting the connection", 0 },
    { VISITOR_STATE_LOOKING_FOR_GATEWAY, TRUE, "alice", 0, "Looking for the gateway", 0 },
    { VISITOR_STATE_SIGNING_IN, TRUE, "alice", 0, "Signing in as alice", 0 },
    { VISITOR_STATE_SIGNING_IN, TRUE, NULL, 0, "Signing in", 0 },
    { VISITOR_STATE_SETTING_UP, TRUE, "alice", 0, "Setting up the network", 0 },
    { VISITOR_STATE_CONNECTED, TRUE, "alice", 0, "Connected", 60 },
    { VISITOR_STATE_CONNECTED, TRUE, "alice", 59, "Connected", 1 },
    { VISITOR_STATE_CONNECTED, TRUE, "alice", MINUTE, "Connected for 1 min", 60 },
    { VISITOR_STATE_CONNECTED, TRUE, "alice", 12 * MINUTE + 20, "Connected for 12 min", 40 },
    { VISITOR_STATE_CONNECTED, TRUE, "alice", HOUR, "Connected for 1 h 0 min", 60 },
    { VISITOR_STATE_CONNECTED, TRUE, "alice", DAY - 1, "Connected for 23 h 59 min", 1 },
    { VISITOR_STATE_CONNECTED, TRUE, "alice", DAY, "Connected for 1 day", DAY },
    { VISITOR_STATE_CONNECTED, TRUE, "alice", 9 * DAY + HOUR, "Connected for 9 days", 23 * HOUR },
    { VISITOR_STATE_CONNECTED, TRUE, "alice", -DAY, "Connected", 60 }, /* a clock set back */
    { VISITOR_STATE_RECONNECTING, TRUE, "alice", HOUR, "Reconnecting", 0 },
    { VISITOR_STATE_WAITING_FOR_PORTAL, TRUE, "alice", 0,
        "Waiting for you to sign in to this network", 0 },
    { VISITOR_STATE_DISCONNECTING, TRUE, "alice", HOUR, "Disconnecting", 0 },
    { VISITOR_STATE_DISCONNECTING, FALSE, "alice", 0, "Cancelling", 0 },
    { VISITOR_STATE_UNKNOWN, TRUE, "alice", 0, "In a state that this program does not know", 0 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    GVariantDict dict;
    g_variant_dict_init (&dict, NULL);
    if (cases[i].age != 0)
      g_variant_dict_insert (&dict, "connected", "x", NOW - cases[i].age);
    g_autoptr (GVariant) status = g_variant_ref_sink (g_variant_dict_end (&dict));
    VisitorStatusFacts facts = { cases[i].state, cases[i].has_connection, cases[i].user, status };
    g_autofree char *text = visitor_status_text (&facts, NOW);
    g_assert_cmpstr (text, ==, cases[i].text);
    g_assert_cmpuint (visitor_status_text_lasts (&facts, NOW), ==, cases[i].lasts);
  }
}

/* A connection that has no network to look for its gateway in. */
static void
test_waiting (void)
{
  g_autoptr (GVariant) waits =
      g_variant_ref_sink (g_variant_new_parsed ("{'waiting-for': <'network'>}"));
  g_autoptr (GVariant) other =
      g_variant_ref_sink (g_variant_new_parsed ("{'waiting-for': <'godot'>}"));
  VisitorStatusFacts facts = { VISITOR_STATE_RECONNECTING, TRUE, "alice", waits };
  g_autofree char *waiting = visitor_status_text (&facts, NOW);
  facts.state = VISITOR_STATE_LOOKING_FOR_GATEWAY;
  g_autofree char *first = visitor_status_text (&facts, NOW);
  facts.state = VISITOR_STATE_RECONNECTING;
  facts.status = other;
  g_autofree char *strange = visitor_status_text (&facts, NOW);
  facts = (VisitorStatusFacts){ VISITOR_STATE_CONNECTED, TRUE, "alice", waits };
  g_autofree char *connected = visitor_status_text (&facts, NOW);
  g_assert_cmpstr (waiting, ==, "Waiting for a network");
  g_assert_cmpstr (first, ==, "Waiting for a network");
  g_assert_cmpstr (strange, ==, "Reconnecting");
  g_assert_cmpstr (connected, ==, "Connected");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/status-text/sentences", test_sentences);
  g_test_add_func ("/client/status-text/waiting", test_waiting);
  return g_test_run ();
}
