/* SPDX-License-Identifier: GPL-2.0-or-later */
/* NetworkWait: what it means for who was never connected that no stream is to be had: an answer to the user, or that
 * the machine has no network yet. What can be reached without one is tried first, so that a gateway beside this
 * machine needs no route. Pure. */
#include "tunnel/network-wait.h"

void
network_wait_init (NetworkWait *w, bool none)
{
  *w = (NetworkWait){ .none = none, .back_at = INT64_MIN };
}

/* What the host says of the machine's network, changed or not. */
void
network_wait_note (NetworkWait *w, bool none, int64_t now)
{
  if (w->none && !none)
    w->back_at = now;
  w->none = none;
}

/* True for what becomes of a stream where packets lead nowhere. Who refuses was reached. */
static bool
leads_nowhere (VisitorError code)
{
  return code == VISITOR_ERROR_NAME_NOT_FOUND || code == VISITOR_ERROR_UNREACHABLE ||
      code == VISITOR_ERROR_TIMED_OUT || code == VISITOR_ERROR_PROXY_UNREACHABLE;
}

/* A stream was not to be had. */
NetworkWaitVerdict
network_wait_judge (const NetworkWait *w, VisitorError code, int64_t now)
{
  if (!leads_nowhere (code))
    return NETWORK_WAIT_FAILS;
  if (w->none)
    return NETWORK_WAIT_WAITS;
  bool is_new = w->back_at != INT64_MIN && now - w->back_at <= NETWORK_WAIT_GRACE_US;
  return is_new ? NETWORK_WAIT_RETRIES : NETWORK_WAIT_FAILS;
}
