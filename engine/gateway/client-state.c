/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The states of a client's stream and the edges between them. An edge that is not here is a bug of ours:
 * nothing that a client sends may lead over one. */
#include "gateway/client-state.h"

#include <stddef.h>

#define TO(state) (1u << (state))

static const unsigned int edges[] = {
  [CLIENT_GREETING] =
      TO (CLIENT_HANDSHAKE) | TO (CLIENT_PREFIX) | TO (CLIENT_REFUSING) | TO (CLIENT_CLOSED),
  [CLIENT_HANDSHAKE] = TO (CLIENT_PREFIX) | TO (CLIENT_CLOSED),
  [CLIENT_PREFIX] = TO (CLIENT_OPEN) | TO (CLIENT_REFUSING) | TO (CLIENT_CLOSED),
  [CLIENT_OPEN] = TO (CLIENT_CLOSED),
  [CLIENT_REFUSING] = TO (CLIENT_CLOSED),
  [CLIENT_CLOSED] = 0,
};

const char *
client_state_to_string (ClientState state)
{
  switch (state) {
  case CLIENT_GREETING: return "greeting";
  case CLIENT_HANDSHAKE: return "handshake";
  case CLIENT_PREFIX: return "prefix";
  case CLIENT_OPEN: return "open";
  case CLIENT_REFUSING: return "refusing";
  case CLIENT_CLOSED: return "closed";
  }
  return "unknown";
}

/* True if the table has that edge. */
bool
client_state_may_become (ClientState from, ClientState to)
{
  return (edges[from] & TO (to)) != 0;
}
