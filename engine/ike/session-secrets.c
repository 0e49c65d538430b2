/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a session asks of people: the preshared keys before it begins, and what the gateway wants to know
 * in IKE_AUTH. One question is open at a time. */
#include "ike/ppk.h"
#include "ike/tasks.h"

/* Asks whoever signs in; the answer comes by ike_session_provide_secret (). question is borrowed. */
void
ike_session_ask_secret (IkeSession *session, const IkeQuestion *question)
{
  IkeEvent *event = ike_session_push_event (session, IKE_EVENT_NEED_SECRET);
  event->secret_kind = question->kind;
  event->secret_text = g_strdup (question->text);
  event->user = question->kind == IKE_SECRET_PPK ? session->ppk_identity : session->user;
  event->attempt = session->answers.refusals + 1;
  session->wants_secret = true;
  session->asked = question->kind;
}

/* Asks for what must be there before IKE_SA_INIT, one after the other, so that no half-open SA runs out
 * at the gateway while somebody types. ppk_given: or not to be had. */
static void
ask_next (IkeSession *session, bool ppk_given)
{
  session->task_waits = true;
  if (session->ppk_identity != NULL && !ppk_given)
    ike_session_ask_secret (session, &(IkeQuestion){ .kind = IKE_SECRET_PPK });
  else if (session->auth == IKE_AUTH_METHOD_PSK)
    ike_session_ask_secret (session, &(IkeQuestion){ .kind = IKE_SECRET_PSK });
  else
    ike_session_resume (session);
}

/* Asks for what must be there before IKE_SA_INIT is sent, if anything; until then the task that is next
 * waits. */
void
ike_session_ask_first (IkeSession *session)
{
  ask_next (session, false);
}

static void
no_secret (IkeSession *session)
{
  if (session->answers.refusals > 0 && session->answers.refused == IKE_SECRET_CODE)
    ike_session_fail_with (session, VISITOR_ERROR_CODE_REFUSED, "The gateway refused the code.");
  else if (session->answers.refusals > 0)
    ike_session_fail_with (session, VISITOR_ERROR_PASSWORD_REFUSED,
        "The gateway refused the user name or the password.");
  else
    ike_session_fail_with (session, VISITOR_ERROR_NO_SECRET, "There is no %s.",
        session->auth == IKE_AUTH_METHOD_PSK ? "pre-shared key"
                                             : "answer to the gateway's question");
}

/* Without one the session goes on only where that is allowed. */
static void
take_ppk (IkeSession *session, const Secret *secret_or_null)
{
  bool given = secret_or_null != NULL && secret_len (secret_or_null) > 0;
  if (!given && session->ppk_required) {
    ike_session_fail_with (
        session, VISITOR_ERROR_NO_SECRET, "There is no post-quantum preshared key.");
    return;
  }
  session->ppk = given ? ike_ppk_decode (secret_or_null) : NULL;
  if (given && session->ppk == NULL) {
    ike_session_fail_with (session, VISITOR_ERROR_PPK_UNUSABLE,
        "The post-quantum preshared key is no number in the notation that it begins with.");
    return;
  }
  session->begun_at = session->now;
  ask_next (session, true);
}

/* The answer to NEED_SECRET; borrowed. NULL ends the session: nobody gave one, or no other one after
 * the gateway refused the first. */
void
ike_session_provide_secret (IkeSession *session, Secret *secret_or_null, int64_t now)
{
  session->now = now;
  if (!session->wants_secret || session->state == IKE_STATE_DEAD)
    return;
  session->wants_secret = false;
  if (session->asked == IKE_SECRET_PPK) {
    take_ppk (session, secret_or_null);
  } else if (secret_or_null == NULL || secret_len (secret_or_null) == 0) {
    no_secret (session);
  } else if (session->auth == IKE_AUTH_METHOD_PSK) {
    session->psk = secret_ref (secret_or_null);
    session->begun_at = now;
    ike_session_resume (session);
  } else {
    ike_task_auth_keep_answer (session, secret_or_null);
    if (now - session->begun_at > IKE_HALF_OPEN_US) {
      g_debug ("IKE: the gateway may have given up meanwhile; beginning anew with the answer");
      ike_session_begin_anew (session);
    } else {
      ike_task_auth_provide_secret (session, secret_or_null);
    }
  }
  ike_session_settle (session);
}
