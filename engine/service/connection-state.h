/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

typedef enum {
  CONNECTION_LOOKING_FOR_GATEWAY,
  CONNECTION_SIGNING_IN,
  CONNECTION_SETTING_UP,
  CONNECTION_CONNECTED,
  CONNECTION_RECONNECTING,
  CONNECTION_WAITING_FOR_PORTAL,
  CONNECTION_DISCONNECTING,
  CONNECTION_DISCONNECTED,
  CONNECTION_FAILED,
  CONNECTION_N_STATES,
} ConnectionState;

const char *connection_state_to_string (ConnectionState state);
gboolean connection_state_from_string (const char *name, ConnectionState *ret_state);
gboolean connection_state_may_become (ConnectionState from, ConnectionState to);
gboolean connection_state_is_over (ConnectionState state);
