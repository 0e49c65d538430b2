/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IkeLiveness: when to ask whether the gateway is there (RFC 7296 section 2.4), and when to give up the
 * stream that does not answer.
 *
 * Only what is authentic counts as a sign of life; that TCP is acknowledged says nothing of the gateway
 * (RFC 9329 section 6.6). A gateway that is silent while we send is asked soon, one that is silent because
 * nobody has anything to say later; in both cases 15 seconds are enough to know. The limit is long enough for
 * TCP to send a lost segment five times at a round trip of 300 ms, so that one packet in twenty may be lost
 * and no stream is given up for it. Any request of ours that is out asks as well as an empty one.
 *
 * The stream is what is given up. The SA goes on with the next one, where the same request goes again, until
 * the wait for its answer is over. */
#include "ike/liveness.h"

#include <glib.h>

/* A new stream stands, and that is a sign of life. idle_us stays. */
void
ike_liveness_begin (IkeLiveness *liveness, int64_t now)
{
  liveness->heard_at = liveness->asked_at = now;
  liveness->has_sent = liveness->is_told = false;
}

/* Something authentic has come. */
void
ike_liveness_heard (IkeLiveness *liveness, int64_t now)
{
  liveness->heard_at = now;
  liveness->has_sent = false;
}

/* Packets went out that a peer which is there has probably something to say to. */
void
ike_liveness_sent (IkeLiveness *liveness)
{
  liveness->has_sent = true;
}

/* A request went out. */
void
ike_liveness_asked (IkeLiveness *liveness, int64_t now)
{
  liveness->asked_at = now;
}

static int64_t
ask_at (const IkeLiveness *liveness, bool has_sent)
{
  int64_t quiet_us = has_sent ? MIN (IKE_LIVENESS_BUSY_US, liveness->idle_us) : liveness->idle_us;
  return liveness->heard_at + quiet_us;
}

static int64_t
silent_at (const IkeLiveness *liveness)
{
  return MAX (liveness->heard_at, liveness->asked_at) + IKE_LIVENESS_LIMIT_US;
}

/* is_asked: a request of ours is out. SILENT is said once for each stream. */
IkeLivenessVerdict
ike_liveness_judge (IkeLiveness *liveness, bool is_asked, int64_t now)
{
  if (!is_asked)
    return now >= ask_at (liveness, liveness->has_sent) ? IKE_LIVENESS_ASK : IKE_LIVENESS_FINE;
  if (liveness->is_told || now < silent_at (liveness))
    return IKE_LIVENESS_FINE;
  liveness->is_told = true;
  return IKE_LIVENESS_SILENT;
}

/* When to judge again; G_MAXINT64 = not before something happens. Whether packets went out is asked for at the
 * first of the two moments at which that makes a difference. */
int64_t
ike_liveness_next (const IkeLiveness *liveness, bool is_asked, int64_t now)
{
  if (is_asked)
    return liveness->is_told ? G_MAXINT64 : silent_at (liveness);
  int64_t busy = ask_at (liveness, true);
  return liveness->has_sent || now < busy ? busy : ask_at (liveness, false);
}
