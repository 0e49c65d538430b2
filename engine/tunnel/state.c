/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TunnelState: the states of a connection and the edges between them. Pure; session.c has the one
 * setter. */
#include "tunnel/state.h"

#define TO(state) (1u << TUNNEL_##state)
/* A user may leave, and things may break, at any time. */
#define ENDS (TO (DISCONNECTING) | TO (FAILED))

static const struct {
  const char *name;
  unsigned int next;
} states[TUNNEL_N_STATES] = {
  [TUNNEL_LOOKING_FOR_GATEWAY] = { "looking-for-gateway",
      TO (SIGNING_IN) | TO (WAITING_FOR_PORTAL) | ENDS },
  [TUNNEL_SIGNING_IN] = { "signing-in",
      TO (LOOKING_FOR_GATEWAY) | TO (SETTING_UP) | TO (RECONNECTING) | ENDS },
  [TUNNEL_SETTING_UP] = { "setting-up", TO (CONNECTED) | TO (RECONNECTING) | ENDS },
  [TUNNEL_CONNECTED] = { "connected", TO (SETTING_UP) | TO (RECONNECTING) | ENDS },
  [TUNNEL_RECONNECTING] = { "reconnecting",
      TO (CONNECTED) | TO (SIGNING_IN) | TO (SETTING_UP) | TO (WAITING_FOR_PORTAL) | ENDS },
  [TUNNEL_WAITING_FOR_PORTAL] = { "waiting-for-portal",
      TO (LOOKING_FOR_GATEWAY) | TO (RECONNECTING) | ENDS },
  [TUNNEL_DISCONNECTING] = { "disconnecting", TO (DISCONNECTED) },
  [TUNNEL_DISCONNECTED] = { "disconnected", 0 },
  [TUNNEL_FAILED] = { "failed", 0 },
};

/* The stable name; "unknown" for a number that is no state. */
const char *
tunnel_state_to_string (TunnelState state)
{
  return (unsigned int) state < TUNNEL_N_STATES ? states[state].name : "unknown";
}

/* True if the table has that edge. A state does not follow itself. */
bool
tunnel_state_may_follow (TunnelState from, TunnelState to)
{
  return (unsigned int) from < TUNNEL_N_STATES && (unsigned int) to < TUNNEL_N_STATES &&
      (states[from].next & (1u << to)) != 0;
}

/* True if nothing comes after it. */
bool
tunnel_state_is_final (TunnelState state)
{
  return (unsigned int) state < TUNNEL_N_STATES && states[state].next == 0;
}
