/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a session does because time has passed: answers that are missing, silence, and keys that grow
 * old.
 *
 * A lifetime is a hard limit. The rekey begins between 80 and 90 percent of it: RFC 7296 section 2.8
 * asks for jitter, and the gateway's own rekey (strongSwan's default is 90 to 100 percent of the same
 * lifetimes) finds it done. A gateway that does not rekey in time is left at the end of the lifetime. */
#include "ike/old-sa.h"
#include "ike/tasks.h"
#include "ike/ticket.h"

/* A time of at least `least` from now and at most `spread` more, so that the two sides do not run
 * into each other again and again. */
int64_t
ike_session_soon (const IkeSession *session, int64_t least_us, int64_t spread_us)
{
  uint32_t r;
  session->env.random (&r, sizeof r);
  return session->now + least_us + (int64_t) ((uint64_t) r * (uint64_t) spread_us >> 32);
}

/* When that which lives for so long from now on is to be renewed. */
int64_t
ike_session_soft_end (const IkeSession *session, int64_t lifetime_us)
{
  return ike_session_soon (session, lifetime_us / 10 * 8, lifetime_us / 10);
}

/* The IKE SA in use is a new one. */
void
ike_session_schedule_ike_rekey (IkeSession *session)
{
  session->ike_rekey_at = ike_session_soft_end (session, session->ike_lifetime_us);
  session->ike_ends_at = session->now + session->ike_lifetime_us;
}

/* When the keys in use may not be used any longer. */
static int64_t
keys_end_at (const IkeSession *session)
{
  const IkeChild *child = ike_child_current (session);
  return child != NULL ? MIN (session->ike_ends_at, child->ends_at) : session->ike_ends_at;
}

/* When ike_session_timeout () wants to be called; G_MAXINT64 if time alone changes nothing. */
int64_t
ike_session_next_timeout (const IkeSession *session)
{
  int64_t at = G_MAXINT64;
  if (session->state == IKE_STATE_DEAD || !session->stream_up || session->sa == NULL)
    return at;
  if (session->state == IKE_STATE_CLOSING)
    at = MIN (at, session->closing_deadline);
  at = MIN (at, ike_old_sa_next_timeout (session));
  at = MIN (at, ike_retransmit_next_timeout (session));
  at = MIN (at, ike_child_next_timeout (session));
  at = MIN (at, ike_peers_rekey_next_timeout (session));
  if (session->state == IKE_STATE_ESTABLISHED)
    at = MIN (at, keys_end_at (session));
  at = MIN (at, ike_reauthentication_next_timeout (session));
  bool is_asked = session->sa->window.request != NULL;
  if (session->state == IKE_STATE_ESTABLISHED && !(is_asked && session->path.has_datagrams))
    at = MIN (at, ike_liveness_next (&session->liveness, is_asked, session->now));
  if (is_asked)
    return MIN (at, session->request_deadline);
  if (session->state != IKE_STATE_ESTABLISHED)
    return at;
  at = MIN (at, session->ike_rekey_at);
  const IkeChild *child = ike_child_current (session);
  return child != NULL ? MIN (at, child->rekey_at) : at;
}

static void
check_deadlines (IkeSession *session)
{
  if (session->state == IKE_STATE_CLOSING && session->now >= session->closing_deadline)
    ike_session_ended (session);
  else if (session->sa->window.request != NULL && session->now >= session->request_deadline)
    ike_session_fail_with (session, VISITOR_ERROR_PEER_SILENT,
        "The gateway did not answer within %d seconds (%s).",
        (int) (IKE_RESPONSE_DEADLINE_US / G_USEC_PER_SEC),
        session->task != NULL ? session->task->class->name : "request");
  if (session->state == IKE_STATE_ESTABLISHED && session->now >= keys_end_at (session))
    ike_session_end (session,
        g_error_new (VISITOR_ERROR, VISITOR_ERROR_KEYS_EXPIRED,
            "The gateway did not agree to new keys before the old ones ran out."));
}

static void
begin_what_is_due (IkeSession *session)
{
  IkeChild *child = ike_child_current (session);
  if (child != NULL && session->now >= child->rekey_at)
    ike_child_begin_rekey (session, child);
  else if (session->now >= session->ike_rekey_at)
    ike_begin_rekey_ike (session);
}

static void
judge_stream (IkeSession *session)
{
  bool is_asked = session->sa->window.request != NULL;
  if (is_asked && session->path.has_datagrams)
    return; /* retransmit.c knows when that is enough */
  switch (ike_liveness_judge (&session->liveness, is_asked, session->now)) {
  case IKE_LIVENESS_FINE: break;
  case IKE_LIVENESS_ASK:
    if (session->task == NULL && g_queue_is_empty (&session->tasks))
      ike_session_queue (session, ike_task_liveness_new ());
    break;
  case IKE_LIVENESS_SILENT: ike_session_push_event (session, IKE_EVENT_PATH_SILENT); break;
  }
}

/* Time came: an answer is missing, the peer is silent, or keys are old. */
void
ike_session_timeout (IkeSession *session, int64_t now)
{
  session->now = now;
  if (session->state == IKE_STATE_DEAD || !session->stream_up || session->sa == NULL)
    return;
  check_deadlines (session);
  ike_retransmit_timeout (session);
  ike_old_sa_timeout (session);
  ike_child_timeout (session);
  ike_peers_rekey_timeout (session);
  ike_reauthentication_timeout (session);
  if (session->state == IKE_STATE_ESTABLISHED && session->sa->window.request == NULL)
    begin_what_is_due (session);
  if (session->state == IKE_STATE_ESTABLISHED)
    judge_stream (session);
  ike_session_settle (session);
}

static void
bring_forward (const IkeSession *session, int64_t *at, int64_t by_us)
{
  if (*at != G_MAXINT64)
    *at = MAX (*at - by_us, session->now);
}

/* The clock stood still while the machine slept for that long, at the gateway it did not: everything is that much
 * older now. To be told while there is no stream. What has run out meanwhile the gateway has too: it ends at once,
 * for somebody to sign in anew, and a sign-in that has run out is not gone on with by its ticket. */
void
ike_session_slept (IkeSession *session, int64_t slept_us, int64_t now)
{
  session->now = now;
  if (session->state != IKE_STATE_ESTABLISHED || slept_us <= 0)
    return;
  int64_t *const times[] = { &session->ike_rekey_at, &session->ike_ends_at,
    &session->reauthenticate_at, &session->sign_in_ends_at };
  for (size_t i = 0; i < G_N_ELEMENTS (times); i++)
    bring_forward (session, times[i], slept_us);
  for (guint i = 0; i < session->children->len; i++) {
    IkeChild *child = session->children->pdata[i];
    bring_forward (session, &child->rekey_at, slept_us);
    bring_forward (session, &child->ends_at, slept_us);
  }
  if (session->ticket != NULL)
    bring_forward (session, &session->ticket->ends_at, slept_us);
  if (now >= session->sign_in_ends_at) {
    g_clear_pointer (&session->ticket, ike_ticket_free);
    ike_session_end (session,
        g_error_new (VISITOR_ERROR, VISITOR_ERROR_SA_LOST,
            "The sign-in has run out while the machine slept."));
  } else if (now >= keys_end_at (session)) {
    ike_session_end (session,
        g_error_new (VISITOR_ERROR, VISITOR_ERROR_KEYS_EXPIRED,
            "The keys have run out while the machine slept."));
  }
  ike_session_settle (session);
}
