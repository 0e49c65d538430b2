/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorState: the engine's words for what a connection is doing, and a person's. */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "client/connection.h"

static const struct {
  const char *name;
  const char *words;
} states[VISITOR_N_STATES] = {
  [VISITOR_STATE_UNKNOWN] = { "unknown", N_ ("In a state that this program does not know") },
  [VISITOR_STATE_LOOKING_FOR_GATEWAY] = { "looking-for-gateway", N_ ("Looking for the gateway") },
  [VISITOR_STATE_SIGNING_IN] = { "signing-in", N_ ("Signing in") },
  [VISITOR_STATE_SETTING_UP] = { "setting-up", N_ ("Setting up the network") },
  [VISITOR_STATE_CONNECTED] = { "connected", N_ ("Connected") },
  [VISITOR_STATE_RECONNECTING] = { "reconnecting", N_ ("Reconnecting") },
  [VISITOR_STATE_WAITING_FOR_PORTAL] = { "waiting-for-portal",
      N_ ("Waiting for you to sign in to this network") },
  [VISITOR_STATE_DISCONNECTING] = { "disconnecting", N_ ("Disconnecting") },
  [VISITOR_STATE_DISCONNECTED] = { "disconnected", N_ ("Disconnected") },
  [VISITOR_STATE_FAILED] = { "failed", N_ ("Failed") },
};

/* The state of an engine's word; UNKNOWN for one from the future. */
VisitorState
visitor_state_from_string (const char *name)
{
  for (unsigned int i = 1; i < VISITOR_N_STATES; i++) {
    if (g_strcmp0 (states[i].name, name) == 0)
      return (VisitorState) i;
  }
  return VISITOR_STATE_UNKNOWN;
}

/* The engine's word, for scripts. */
const char *
visitor_state_to_string (VisitorState state)
{
  return states[state].name;
}

/* The state for people, translated. */
const char *
visitor_state_words (VisitorState state)
{
  return _ (states[state].words);
}

/* True while nothing is tried, because the machine is in no network. */
gboolean
visitor_status_waits (GVariant *status_or_null)
{
  const char *what;
  return status_or_null != NULL && g_variant_lookup (status_or_null, "waiting-for", "&s", &what) &&
      g_str_equal (what, "network");
}

/* The state for people, translated, where the connection's status is known: it may say more. */
const char *
visitor_status_words (VisitorState state, GVariant *status_or_null)
{
  gboolean looks =
      state == VISITOR_STATE_LOOKING_FOR_GATEWAY || state == VISITOR_STATE_RECONNECTING;
  if (looks && visitor_status_waits (status_or_null))
    return _ ("Waiting for a network");
  return visitor_state_words (state);
}

/* True once a connection has ended and will not come back by itself. */
gboolean
visitor_state_is_over (VisitorState state)
{
  return state == VISITOR_STATE_DISCONNECTED || state == VISITOR_STATE_FAILED;
}
