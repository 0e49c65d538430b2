/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a session does because time has passed. */
#include "ike/tasks.h"

/* When ike_session_timeout () wants to be called; G_MAXINT64 if time alone changes nothing. */
int64_t
ike_session_next_timeout (const IkeSession *session)
{
  int64_t at = G_MAXINT64;
  if (session->state == IKE_STATE_DEAD || !session->stream_up || session->sa == NULL)
    return at;
  if (session->state == IKE_STATE_CLOSING)
    at = MIN (at, session->closing_deadline);
  if (session->sa->window.request != NULL)
    return MIN (at, session->request_deadline);
  if (session->state != IKE_STATE_ESTABLISHED)
    return at;
  at = MIN (at, session->heard_at + session->liveness_us);
  const IkeChild *child = ike_child_current (session);
  return child != NULL ? MIN (at, child->rekey_at) : at;
}

/* Time came: an answer is missing, the peer is silent, or a CHILD_SA is old. */
void
ike_session_timeout (IkeSession *session, int64_t now)
{
  session->now = now;
  if (session->state == IKE_STATE_DEAD || !session->stream_up || session->sa == NULL)
    return;
  bool waiting = session->sa->window.request != NULL;
  if (session->state == IKE_STATE_CLOSING && now >= session->closing_deadline)
    ike_session_ended (session);
  else if (waiting && now >= session->request_deadline)
    ike_session_fail_with (session, VISITOR_ERROR_PEER_SILENT,
        "The gateway did not answer within %d seconds (%s).",
        (int) (IKE_RESPONSE_DEADLINE_US / G_USEC_PER_SEC),
        session->task != NULL ? session->task->class->name : "request");
  if (session->state == IKE_STATE_ESTABLISHED && !waiting) {
    IkeChild *child = ike_child_current (session);
    if (child != NULL && now >= child->rekey_at)
      ike_child_begin_rekey (session, child);
    else if (now >= session->heard_at + session->liveness_us)
      ike_session_queue (session, ike_task_liveness_new ());
  }
  ike_session_settle (session);
}
