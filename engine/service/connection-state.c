/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The states of a connection as the bus knows them, and which may follow which. */
#include "service/connection-state.h"

#define TO(state) (1u << CONNECTION_##state)
#define END (TO (DISCONNECTING) | TO (FAILED) | TO (DISCONNECTED))

static const struct {
  const char *name;
  guint next;
} states[CONNECTION_N_STATES] = {
  [CONNECTION_LOOKING_FOR_GATEWAY] = { "looking-for-gateway",
      TO (SIGNING_IN) | TO (SETTING_UP) | TO (WAITING_FOR_PORTAL) | END },
  [CONNECTION_SIGNING_IN] = { "signing-in", TO (LOOKING_FOR_GATEWAY) | TO (SETTING_UP) | END },
  [CONNECTION_SETTING_UP] = { "setting-up", TO (CONNECTED) | TO (RECONNECTING) | END },
  [CONNECTION_CONNECTED] = { "connected", TO (RECONNECTING) | TO (SETTING_UP) | END },
  [CONNECTION_RECONNECTING] = { "reconnecting",
      TO (CONNECTED) | TO (SETTING_UP) | TO (WAITING_FOR_PORTAL) | END },
  [CONNECTION_WAITING_FOR_PORTAL] = { "waiting-for-portal",
      TO (LOOKING_FOR_GATEWAY) | TO (RECONNECTING) | TO (SETTING_UP) | END },
  [CONNECTION_DISCONNECTING] = { "disconnecting", TO (DISCONNECTED) | TO (FAILED) },
  [CONNECTION_DISCONNECTED] = { "disconnected", 0 },
  [CONNECTION_FAILED] = { "failed", 0 },
};

/* The state's name on the bus. */
const char *
connection_state_to_string (ConnectionState state)
{
  return (guint) state < CONNECTION_N_STATES ? states[state].name : "unknown";
}

/* FALSE, and *ret_state untouched, where there is no such state. */
gboolean
connection_state_from_string (const char *name, ConnectionState *ret_state)
{
  for (guint i = 0; i < CONNECTION_N_STATES; i++) {
    if (g_strcmp0 (states[i].name, name) == 0) {
      *ret_state = (ConnectionState) i;
      return TRUE;
    }
  }
  return FALSE;
}

gboolean
connection_state_may_become (ConnectionState from, ConnectionState to)
{
  return (states[from].next & (1u << to)) != 0;
}

/* TRUE in the two states that nothing follows. */
gboolean
connection_state_is_over (ConnectionState state)
{
  return states[state].next == 0;
}
