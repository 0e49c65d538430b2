/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Over datagrams a request is sent again until it is answered (RFC 7296 sections 2.1 and 2.4), the same
 * octets with longer and longer pauses; over a stream never (RFC 9329 section 6.2). A response is sent
 * again when its request comes again, whatever the way.
 *
 * How long one answer may take is the same on all ways. But a path over which nothing at all comes back is
 * told much earlier, so that another can be tried while the SA lives: only where the gateway is known not
 * to be waiting itself, for a person or for a server that knows the passwords. */
#include "ike/old-sa.h"
#include "ike/tasks.h"

#define FIRST_PAUSE_US (G_USEC_PER_SEC / 2)
#define LONGEST_PAUSE_US (8 * G_USEC_PER_SEC)
/* The first message finds out whether there is a way at all: two retransmissions (RFC 9329 section 5 asks
 * for one). */
#define SILENT_AT_FIRST_US (7 * G_USEC_PER_SEC / 2)
/* One, where another address waits for its turn and this one gets a second. */
#define SILENT_IN_HURRY_US (3 * G_USEC_PER_SEC / 2)
/* Four in all: where one packet in twenty is lost each way, one exchange in ten thousand is told as silence,
 * and that costs another way and no more. */
#define SILENT_US (5 * G_USEC_PER_SEC)
/* A way that is tried beside another one keeps all other exchanges waiting. */
#define SILENT_AT_TRY_US (5 * G_USEC_PER_SEC / 2)

static bool
is_out (const IkeSession *session)
{
  return session->sa != NULL && session->sa->window.request != NULL;
}

/* Message IDs 0 and 1 are answered by the gateway alone: what EAP asks comes behind them. */
static int64_t
silent_after (const IkeSession *session)
{
  if (session->state == IKE_STATE_INIT_SENT)
    return session->path.hurries ? SILENT_IN_HURRY_US : SILENT_AT_FIRST_US;
  if (session->tries_path)
    return SILENT_AT_TRY_US;
  bool is_prompt = session->is_authenticated || ike_window_request_id (&session->sa->window) <= 1 ||
      (session->task != NULL && session->task->class->exchange == IKE_EXCHANGE_INTERMEDIATE);
  return is_prompt ? SILENT_US : INT64_MAX;
}

/* A request has gone out. */
void
ike_retransmit_begin (IkeSession *session)
{
  if (!session->path.has_datagrams)
    return;
  session->retransmissions = 0;
  session->retransmit_at = session->now + FIRST_PAUSE_US;
  int64_t after = is_out (session) ? silent_after (session) : INT64_MAX;
  session->silent_at = after < INT64_MAX ? session->now + after : INT64_MAX;
}

/* The path is gone. */
void
ike_retransmit_end (IkeSession *session)
{
  session->retransmit_at = session->silent_at = INT64_MAX;
}

int64_t
ike_retransmit_next_timeout (const IkeSession *session)
{
  return is_out (session) ? MIN (session->retransmit_at, session->silent_at)
                          : session->retransmit_at;
}

static void
send_again (IkeSession *session)
{
  if (is_out (session))
    ike_session_send (session, session->sa->window.request);
  if (!ike_old_sa_resend (session) && !is_out (session)) {
    ike_retransmit_end (session);
    return;
  }
  session->retransmissions = MIN (session->retransmissions + 1, 16);
  int64_t pause = (int64_t) FIRST_PAUSE_US << session->retransmissions;
  session->retransmit_at = session->now + MIN (pause, LONGEST_PAUSE_US);
}

/* Time came. */
void
ike_retransmit_timeout (IkeSession *session)
{
  if (session->state == IKE_STATE_DEAD)
    return;
  bool is_over = is_out (session) && session->now >= session->silent_at;
  if (is_over && session->is_authenticated && !session->tries_path &&
      session->now < session->liveness.heard_at + SILENT_US) {
    session->silent_at =
        session->liveness.heard_at + SILENT_US; /* ESP comes, or requests of the gateway */
  } else if (is_over && session->refusal != NULL) {
    ike_session_fail (session, g_steal_pointer (&session->refusal));
  } else if (is_over) {
    ike_retransmit_end (session);
    ike_session_push_event (session, IKE_EVENT_PATH_SILENT);
  } else if (session->now >= session->retransmit_at) {
    send_again (session);
  }
}
