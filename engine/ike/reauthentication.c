/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When to sign in anew: before the lifetime of the sign-in is over, which the gateway tells (RFC 4478)
 * or our side has set.
 *
 * IKEv2 has no exchange for it: another IKE SA is made from the start and this one is deleted then,
 * which is the owner's to do; the session says when. Early enough for somebody to be asked, and again
 * while time is left. A gateway ends the SA at the end of its lifetime; our own is held here. */
#include "base/cursor.h"
#include "ike/tasks.h"

#define EARLY_US (INT64_C (900) * G_USEC_PER_SEC)
#define AGAIN_US (30 * G_USEC_PER_SEC)

/* The sign-in is good for that long from now on. An earlier end stands. */
static void
set_lifetime (IkeSession *session, int64_t lifetime_us)
{
  int64_t ends_at = session->now + lifetime_us;
  if (ends_at >= session->sign_in_ends_at)
    return;
  int64_t early = MIN (lifetime_us / 10 * 3, EARLY_US);
  session->sign_in_ends_at = ends_at;
  session->reauthenticate_at = ike_session_soon (session, lifetime_us - early, early / 3);
}

/* A sign-in begins to count: the IKE SA is up. */
void
ike_reauthentication_begin (IkeSession *session)
{
  session->reauthenticate_at = session->sign_in_ends_at = G_MAXINT64;
  if (session->sign_in_lifetime_us > 0)
    set_lifetime (session, session->sign_in_lifetime_us);
}

/* AUTH_LIFETIME, if it is among the payloads: four octets, seconds. */
void
ike_reauthentication_take_lifetime (IkeSession *session, const IkePayloads *payloads)
{
  IkeNotify notify;
  if (!ike_payloads_notify (payloads, IKE_NOTIFY_AUTH_LIFETIME, &notify))
    return;
  Cursor c = cursor_of (notify.data);
  uint32_t seconds = cursor_u32 (&c);
  if (!cursor_done (&c) || seconds == 0) {
    g_debug ("IKE: passing over an AUTH_LIFETIME that is none");
    return;
  }
  g_debug ("IKE: the gateway wants us to sign in anew within %u seconds", seconds);
  set_lifetime (session, (int64_t) seconds * G_USEC_PER_SEC);
}

int64_t
ike_reauthentication_next_timeout (const IkeSession *session)
{
  if (session->state != IKE_STATE_ESTABLISHED)
    return G_MAXINT64;
  return session->sign_in_lifetime_us > 0
      ? MIN (session->reauthenticate_at, session->sign_in_ends_at)
      : session->reauthenticate_at;
}

/* Says that it is time, or ends what may not live longer. */
void
ike_reauthentication_timeout (IkeSession *session)
{
  if (session->state != IKE_STATE_ESTABLISHED)
    return;
  if (session->sign_in_lifetime_us > 0 && session->now >= session->sign_in_ends_at) {
    ike_session_end (session,
        g_error_new (VISITOR_ERROR, VISITOR_ERROR_SIGN_IN_EXPIRED,
            "The sign-in has run out, and nobody signed in anew."));
  } else if (session->now >= session->reauthenticate_at) {
    int64_t left = session->sign_in_ends_at - session->now;
    session->reauthenticate_at =
        left > AGAIN_US ? session->now + MAX (left / 3, AGAIN_US) : G_MAXINT64;
    ike_session_push_event (session, IKE_EVENT_REAUTHENTICATE);
  }
}
