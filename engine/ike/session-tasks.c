/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The exchanges that a session begins: one task's request is out at a time (a window of one), the
 * others wait for their turn. */
#include "ike/message-log.h"
#include "ike/tasks.h"

/* Frees a task; NULL is allowed. */
static void
task_free (IkeTask *task)
{
  if (task == NULL)
    return;
  if (task->class->free != NULL)
    task->class->free (task);
  else
    g_free (task);
}

static void
task_free_cb (gpointer data)
{
  task_free (data);
}

/* Forgets what is out: its answer will not be looked at. */
void
ike_session_drop_task (IkeSession *session)
{
  g_clear_pointer (&session->task, task_free);
  session->task_waits = false;
}

/* Forgets what waits for its turn. */
void
ike_session_drop_queued (IkeSession *session)
{
  g_queue_clear_full (&session->tasks, task_free_cb);
}

/* Forgets what was begun and what waits. */
void
ike_session_drop_tasks (IkeSession *session)
{
  ike_session_drop_task (session);
  ike_session_drop_queued (session);
}

/* Puts a task behind the others. Takes it. */
void
ike_session_queue (IkeSession *session, IkeTask *task)
{
  g_queue_push_tail (&session->tasks, task);
}

/* Puts a task before the others. Takes it. */
void
ike_session_queue_urgent (IkeSession *session, IkeTask *task)
{
  g_queue_push_head (&session->tasks, task);
}

/* True if such a task waits for its turn. */
bool
ike_session_has_queued (const IkeSession *session, const IkeTaskClass *class)
{
  for (const GList *l = session->tasks.head; l != NULL; l = l->next) {
    if (((const IkeTask *) l->data)->class == class)
      return true;
  }
  return false;
}

/* True while a rekey of ours, or the first CHILD_SA, is past its CREATE_CHILD_SA and not over. */
bool
ike_followup_is_out (const IkeSession *session)
{
  return session->task != NULL && session->task->class->exchange == IKE_EXCHANGE_FOLLOWUP_KE;
}

/* The task that returned IKE_TASK_WAIT can go on. */
void
ike_session_resume (IkeSession *session)
{
  session->task_waits = false;
}

/* Sends a message, or its fragments. */
void
ike_session_send (IkeSession *session, const GPtrArray *messages)
{
  for (guint i = 0; session->stream_up && i < messages->len; i++)
    ike_session_push_event (session, IKE_EVENT_SEND)->message = g_bytes_ref (messages->pdata[i]);
}

/* Seals a message, cut into fragments where it is long and both sides can. NULL if the chain did not
 * fit. Transfer: full. */
GPtrArray *
ike_session_seal (IkeSession *session, IkeSa *sa, uint8_t exchange, uint32_t message_id,
    bool is_response, const IkeChain *chain)
{
  size_t whole = session->path.has_datagrams ? IKE_DATAGRAM_LEN : 0;
  size_t max_len = session->fragment_len > 0 ? session->fragment_len : whole;
  if (!session->has_fragmentation)
    max_len = 0;
  return ike_sa_seal_parts (sa, exchange, message_id, is_response, max_len, chain);
}

/* There are no keys yet. */
static bool
is_clear (uint8_t exchange)
{
  return exchange == IKE_EXCHANGE_SA_INIT || exchange == IKE_EXCHANGE_SESSION_RESUME;
}

static GPtrArray *
build_request (IkeSession *session, IkeTask *task)
{
  uint8_t buf[IKE_MAX_MESSAGE];
  IkeChain chain = ike_chain_init (buf, sizeof buf);
  if (!task->class->build (session, task, &chain))
    return NULL;
  IkeSa *sa = session->sa;
  uint32_t id = ike_window_request_id (&sa->window);
  ike_log_sending (task->class->exchange, id, false, &chain);
  if (task->class->exchange == IKE_EXCHANGE_INTERMEDIATE) {
    const IkeHeader header = ike_sa_header (sa, task->class->exchange, id, false);
    ike_int_auth_add (&session->int_auth, sa->keys.prf, sa->keys.sk_pi, &header, chain.first,
        builder_result (&chain.b));
  }
  GPtrArray *messages = is_clear (task->class->exchange)
      ? ike_messages_of (ike_sa_write_clear (sa, task->class->exchange, id, &chain))
      : ike_session_seal (session, sa, task->class->exchange, id, false, &chain);
  bytes_wipe (buf, sizeof buf);
  return messages;
}

/* Begins tasks until one is out or none is left. A task whose build () returns false has nothing to
 * do any more. */
static void
pump (IkeSession *session)
{
  while (session->state != IKE_STATE_DEAD && session->stream_up && !session->task_waits &&
      session->sa != NULL && session->sa->window.request == NULL) {
    if (session->task == NULL)
      session->task = g_queue_pop_head (&session->tasks);
    if (session->task == NULL)
      return;
    g_autoptr (GPtrArray) messages = build_request (session, session->task);
    if (session->state == IKE_STATE_DEAD)
      return;
    if (messages == NULL) {
      g_clear_pointer (&session->task, task_free);
      continue;
    }
    ike_window_sent_request (&session->sa->window, messages);
    session->request_deadline = session->now + IKE_RESPONSE_DEADLINE_US;
    session->request_repeated = false;
    ike_retransmit_begin (session);
    ike_liveness_asked (&session->liveness, session->now);
    ike_session_send (session, messages);
  }
}

/* The answer to the task that is out. */
void
ike_session_finish_task (IkeSession *session, IkeTaskResult result)
{
  switch (result) {
  case IKE_TASK_DONE: g_clear_pointer (&session->task, task_free); break;
  case IKE_TASK_AGAIN: break;
  case IKE_TASK_WAIT: session->task_waits = true; break;
  case IKE_TASK_IGNORE: break;
  case IKE_TASK_BEGIN_ANEW: ike_session_begin_anew (session); break;
  }
}

/* What every entry ends with: go on with what became possible, and let go of everything when the
 * session died on the way. */
void
ike_session_settle (IkeSession *session)
{
  pump (session);
  if (session->state != IKE_STATE_DEAD)
    return;
  ike_session_drop_tasks (session);
  ike_session_drop_keys (session);
  session->wants_secret = session->wants_signature = false;
}
