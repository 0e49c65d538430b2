/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>

/* Where a connection stands, as the user sees it; the names are those of org.visitorvpn.Connection1. */
typedef enum {
  TUNNEL_LOOKING_FOR_GATEWAY,
  TUNNEL_SIGNING_IN,
  TUNNEL_SETTING_UP,
  TUNNEL_CONNECTED,
  TUNNEL_RECONNECTING,
  TUNNEL_WAITING_FOR_PORTAL,
  TUNNEL_DISCONNECTING,
  TUNNEL_DISCONNECTED,
  TUNNEL_FAILED,
  TUNNEL_N_STATES,
} TunnelState;

const char *tunnel_state_to_string (TunnelState state);
bool tunnel_state_may_follow (TunnelState from, TunnelState to);
bool tunnel_state_is_final (TunnelState state);
