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
  [IKE_STATE_AUTH] = TO (IKE_STATE_ESTABLISHED) | TO (IKE_STATE_CLOSING) | TO (IKE_STATE_DEAD),
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

/* True once IKE_SA_INIT is over: only then is there anything that could be encrypted. */
bool
ike_state_has_keys (IkeState state)
{
  switch (state) {
  case IKE_STATE_NEW:
  case IKE_STATE_INIT_SENT:
  case IKE_STATE_DEAD: return false;
  case IKE_STATE_AUTH:
  case IKE_STATE_ESTABLISHED:
  case IKE_STATE_CLOSING: return true;
  }
  return false;
}
