/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The states of an IKE session and the edges between them.
 *
 * Everything that changes the state goes through session.c's one setter, which asks this table: an
 * edge that is not here is a bug, not a surprise of the network. */
#include "ike/state.h"

#define TO(state) (1u << (state))

static const unsigned int edges[] = {
  [IKE_STATE_NEW] = TO (IKE_STATE_INIT_SENT) | TO (IKE_STATE_DEAD),
  [IKE_STATE_INIT_SENT] = TO (IKE_STATE_AUTH) | TO (IKE_STATE_DEAD),
  /* back: the half-open SA ran out while the user was thinking */
  [IKE_STATE_AUTH] = TO (IKE_STATE_INIT_SENT) | TO (IKE_STATE_ESTABLISHED) |
      TO (IKE_STATE_CLOSING) | TO (IKE_STATE_DEAD),
  [IKE_STATE_ESTABLISHED] = TO (IKE_STATE_CLOSING) | TO (IKE_STATE_DEAD),
  [IKE_STATE_CLOSING] = TO (IKE_STATE_DEAD),
  [IKE_STATE_DEAD] = 0,
};

const char *
ike_state_to_string (IkeState state)
{
  switch (state) {
  case IKE_STATE_NEW: return "new";
  case IKE_STATE_INIT_SENT: return "init sent";
  case IKE_STATE_AUTH: return "authenticating";
  case IKE_STATE_ESTABLISHED: return "established";
  case IKE_STATE_CLOSING: return "closing";
  case IKE_STATE_DEAD: return "dead";
  }
  return "?";
}

/* True if the table has that edge. */
bool
ike_state_may_become (IkeState from, IkeState to)
{
  return (edges[from] & TO (to)) != 0;
}
