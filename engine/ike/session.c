/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IkeSession: one IKE SA as initiator, from IKE_SA_INIT to its DELETE.
 *
 * The session is told what happened (a message came, time passed, the stream went) and never does
 * anything by itself: what follows is a queue of events, and a time at which it wants to be told that
 * it came. What we begin is a task {build, process} (session-tasks.c); what the peer begins is answered
 * in session-receive.c; what it asks of people stands in session-secrets.c, what time brings in
 * session-timers.c, and how it is made in session-new.c. Not thread-safe. */
#include "ike/old-sa.h"
#include "ike/state.h"
#include "ike/tasks.h"
#include "ike/ticket.h"

/* What a new stream is given at least, however long its predecessors were waited on. */
#define REPEATED_DEADLINE_US (5 * G_USEC_PER_SEC)
#define CLOSING_DEADLINE_US (3 * G_USEC_PER_SEC)

/* GDestroyNotify of an IkeEvent on the heap. */
void
ike_event_free (gpointer data)
{
  ike_event_clear (data);
  g_free (data);
}

/* Puts an event at the end of the queue; the caller fills it. */
IkeEvent *
ike_session_push_event (IkeSession *session, IkeEventType type)
{
  IkeEvent *event = g_new0 (IkeEvent, 1);
  event->type = type;
  event->state = session->state;
  g_queue_push_tail (&session->events, event);
  return event;
}

void
ike_session_set_state (IkeSession *session, IkeState state, const char *reason)
{
  if (session->state == state)
    return;
  g_return_if_fail (ike_state_may_become (session->state, state));
  g_debug ("IKE: %s -> %s (%s)", ike_state_to_string (session->state), ike_state_to_string (state),
      reason);
  session->state = state;
  if (state == IKE_STATE_ESTABLISHED) {
    ike_session_schedule_ike_rekey (session);
    ike_reauthentication_begin (session);
  }
  ike_session_push_event (session, IKE_EVENT_STATE);
}

void
ike_session_drop_keys (IkeSession *session)
{
  g_clear_pointer (&session->sa, ike_sa_free);
  g_clear_pointer (&session->peers_sa, ike_sa_free);
  g_clear_pointer (&session->peers_rekey, ike_peers_rekey_free);
  g_ptr_array_set_size (session->old_sas, 0);
  g_clear_pointer (&session->psk, secret_unref);
  g_clear_pointer (&session->ppk, secret_unref);
  g_clear_pointer (&session->ppk_sk_pi, secret_unref);
  ike_answers_forget (&session->answers);
}

/* The end: with an error FAILED, without one CLOSED. Takes the error. Allowed more than once; only
 * the first counts. Nothing is freed here that a task on the stack may still look at. */
void
ike_session_fail (IkeSession *session, GError *error)
{
  if (session->state == IKE_STATE_DEAD) {
    g_clear_error (&error);
    return;
  }
  ike_session_set_state (session, IKE_STATE_DEAD, error != NULL ? error->message : "closed");
  IkeEvent *event =
      ike_session_push_event (session, error != NULL ? IKE_EVENT_FAILED : IKE_EVENT_CLOSED);
  event->error = error;
}

void
ike_session_fail_with (IkeSession *session, int code, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  GError *error = g_error_new_valist (VISITOR_ERROR, code, format, args);
  va_end (args);
  ike_session_fail (session, error);
}

/* Asks the gateway to forget an IKE SA that is up and then ends as ike_session_fail (). Where no SA
 * is up or no stream is there the end comes at once. Takes the error. */
void
ike_session_end (IkeSession *session, GError *error)
{
  if (session->state == IKE_STATE_CLOSING || session->state == IKE_STATE_DEAD) {
    g_clear_error (&error);
    return;
  }
  if (!session->is_authenticated || !session->stream_up) {
    ike_session_fail (session, error);
    return;
  }
  ike_session_set_state (session, IKE_STATE_CLOSING, error != NULL ? error->message : "asked to");
  g_clear_error (&session->end_error);
  session->end_error = error;
  session->closing_deadline = session->now + CLOSING_DEADLINE_US;
  ike_session_drop_queued (session);
  ike_session_queue (session, ike_task_delete_ike_new ());
}

/* The DELETE of ike_session_end () was answered, or nobody waits for the answer any more. */
void
ike_session_ended (IkeSession *session)
{
  ike_session_fail (session, g_steal_pointer (&session->end_error));
}

/* IKE_SA_INIT with a fresh SPI: the first one, or the gateway has given up the SA before it was up. */
void
ike_session_begin_anew (IkeSession *session)
{
  ike_session_drop_tasks (session);
  g_clear_pointer (&session->sa, ike_sa_free);
  session->sa = ike_sa_new (&session->env, true);
  session->begun_at = session->now;
  g_clear_error (&session->refusal);
  ike_answers_begin_anew (&session->answers);
  session->wants_signature = false;
  ike_session_queue (session, ike_task_init_new (session));
  if (!session->resumes)
    return;
  session->resumes = false; /* the ticket was of no use: what was not asked for then is now */
  g_clear_pointer (&session->ticket, ike_ticket_free);
  ike_session_ask_first (session);
}

/* With a ticket that has not run out. */
static bool
begin_resumed (IkeSession *session)
{
  session->resumes = session->ticket != NULL && session->now < session->ticket->ends_at;
  if (!session->resumes) {
    g_clear_pointer (&session->ticket, ike_ticket_free);
    return false;
  }
  session->sa = ike_sa_new (&session->env, true);
  session->begun_at = session->now;
  ike_session_queue (session, ike_task_resume_new (session));
  return true;
}

/* Begins. */
void
ike_session_start (IkeSession *session, const IkePath *path, int64_t now)
{
  g_return_if_fail (session->state == IKE_STATE_NEW && session->sa == NULL);
  session->now = now;
  ike_liveness_begin (&session->liveness, now);
  session->path = *path;
  session->stream_up = true;
  if (!begin_resumed (session)) {
    ike_session_begin_anew (session);
    ike_session_ask_first (session);
  }
  ike_session_settle (session);
}

/* A message of the peer, without non-ESP marker; borrowed. What is not authentic changes nothing. */
void
ike_session_receive (IkeSession *session, Slice message, int64_t now)
{
  session->now = now;
  ike_session_handle_message (session, message);
  ike_session_settle (session);
}

/* An ESP packet of the gateway passed authentication and window: it is alive. */
void
ike_session_inbound_esp (IkeSession *session, int64_t now)
{
  session->now = now;
  ike_liveness_heard (&session->liveness, now);
}

/* ESP packets were sent since the last ones came. To be told, where it is so, before ike_session_timeout (): a
 * gateway that has nothing to say to them is asked sooner. */
void
ike_session_outbound_esp (IkeSession *session)
{
  ike_liveness_sent (&session->liveness);
}

/* The stream is gone. Everything waits: the SA outlives the stream (RFC 9329 section 6.5). */
void
ike_session_stream_lost (IkeSession *session, int64_t now)
{
  session->now = now;
  if (session->stream_up)
    session->request_left = MAX (session->request_deadline - now, REPEATED_DEADLINE_US);
  session->stream_up = session->tries_path = false;
  ike_retransmit_end (session);
  for (GList *l = session->events.head; l != NULL;) {
    GList *next = l->next;
    if (((IkeEvent *) l->data)->type == IKE_EVENT_SEND) {
      ike_event_free (l->data);
      g_queue_delete_link (&session->events, l);
    }
    l = next;
  }
  if (session->state == IKE_STATE_CLOSING)
    ike_session_ended (session);
  ike_session_settle (session);
}

/* True where IKE_SA_INIT has not been answered and goes by UDP to another address, with which its NAT
 * detection has to agree; a ticket's request does not go out twice in two shapes. */
static bool
is_first_over_datagrams (const IkeSession *session)
{
  return session->path.has_datagrams && session->state == IKE_STATE_INIT_SENT && !session->resumes;
}

/* A new stream is there: the request that is out goes again, the same octets; then we say where we
 * are now, before anything else (RFC 9329 sections 6.2, 6.5 and 7.1). The waits for one answer add up
 * over the streams, or a gateway that is gone behind a relay that hangs up would be waited for for
 * ever. */
void
ike_session_stream_restored (IkeSession *session, const IkePath *path, int64_t now)
{
  session->now = now;
  ike_liveness_begin (&session->liveness, now);
  if (session->stream_up) /* back from another way, that was tried beside it */
    session->request_left = MAX (session->request_deadline - now, REPEATED_DEADLINE_US);
  session->path = *path;
  session->stream_up = true;
  session->tries_path = false;
  ike_retransmit_end (session);
  if (is_first_over_datagrams (session)) {
    ike_session_begin_anew (session);
  } else if (session->sa != NULL && session->sa->window.request != NULL) {
    session->request_deadline = now + session->request_left;
    session->request_repeated = true;
    ike_session_send (session, session->sa->window.request);
    ike_retransmit_begin (session);
  }
  ike_old_sa_repeat (session);
  ike_peers_rekey_stream_restored (session);
  if (session->state == IKE_STATE_ESTABLISHED)
    ike_task_update_path (session);
  ike_session_settle (session);
}

/* Replaces the CHILD_SA by a fresh one: its sequence numbers run out. */
void
ike_session_rekey_child (IkeSession *session, int64_t now)
{
  session->now = now;
  IkeChild *child = ike_child_current (session);
  if (session->state == IKE_STATE_ESTABLISHED && child != NULL)
    ike_child_begin_rekey (session, child);
  ike_session_settle (session);
}

/* Replaces the IKE SA by a fresh one, which inherits the CHILD_SA. */
void
ike_session_rekey_ike (IkeSession *session, int64_t now)
{
  session->now = now;
  if (session->state == IKE_STATE_ESTABLISHED)
    ike_begin_rekey_ike (session);
  ike_session_settle (session);
}

/* Ends in order: DELETE, its answer, CLOSED. */
void
ike_session_close (IkeSession *session, int64_t now)
{
  session->now = now;
  ike_session_end (session, NULL);
  ike_session_settle (session);
}

/* Takes the oldest event; false if there is none. The caller clears it. */
bool
ike_session_next_event (IkeSession *session, IkeEvent *ret_event)
{
  g_autofree IkeEvent *event = g_queue_pop_head (&session->events);
  if (event == NULL)
    return false;
  *ret_event = *event;
  return true;
}

void
ike_event_clear (IkeEvent *event)
{
  g_clear_pointer (&event->message, g_bytes_unref);
  g_clear_pointer (&event->child, esp_sa_free);
  g_clear_pointer (&event->secret_text, g_free);
  g_clear_pointer (&event->host, g_free);
  g_clear_pointer (&event->addresses, g_array_unref);
  g_clear_error (&event->error);
}

IkeState
ike_session_state (const IkeSession *session)
{
  return session->state;
}

/* The algorithms of the IKE SA, or NULL before there is one. Transfer: full. */
char *
ike_session_describe_ike (const IkeSession *session)
{
  return session->sa != NULL && session->sa->keys.sk_d != NULL
      ? ike_suite_describe (&session->sa->suite)
      : NULL;
}

/* The algorithms of the CHILD_SA that carries the traffic, or NULL. Transfer: full. */
char *
ike_session_describe_child (const IkeSession *session)
{
  const IkeChild *child = ike_child_current (session);
  return child != NULL ? ike_suite_describe (&child->suite) : NULL;
}
