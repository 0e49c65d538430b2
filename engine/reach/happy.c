/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Happy: RFC 8305 as a decision, without a socket or a clock. Its user tells what it learns (an
 * address, an answer, a failure) and asks happy_next () what to do now, again and again until it
 * says to wait. Addresses known beforehand are tried before DNS is asked at all; DNS is asked when
 * they are used up or as late as their turn. IPv6 first, then the families take turns. */
#include "reach/happy.h"

#include <string.h>

#define NEVER INT64_MAX

/* Begins without candidates. With may_resolve false only addresses that are added get tried. */
void
happy_init (Happy *h, bool may_resolve)
{
  *h = (Happy){ .may_resolve = may_resolve, .delay = HAPPY_ATTEMPT_DELAY_US };
}

/* Adds an address at the end of its family's queue; one that is there already, or one too many, is
 * left out. */
void
happy_add (Happy *h, const InetAddr *addr)
{
  for (size_t i = 0; i < h->n; i++) {
    if (inet_addr_compare (&h->candidates[i].addr, addr) == 0)
      return;
  }
  if (h->n < HAPPY_MAX_CANDIDATES)
    h->candidates[h->n++] = (HappyCandidate){ .addr = *addr };
}

/* DNS answered for one family, perhaps with nothing. */
void
happy_answered (Happy *h, InetFamily family, const InetAddr *addrs, size_t n, int64_t now)
{
  if (family == INET_V6)
    h->awaits_v6 = false;
  else {
    h->awaits_v4 = false;
    h->v4_answered = now;
  }
  for (size_t i = 0; i < n; i++)
    happy_add (h, addrs + i);
}

/* The attempt that HAPPY_START began has failed. */
void
happy_failed (Happy *h, size_t index)
{
  h->candidates[index].state = HAPPY_CANDIDATE_FAILED;
}

/* One attempt has won, and the others were given up for that: they are tried again only where the winner
 * proves to be of no use, which is happy_failed (), or put back among those that wait. */
void
happy_won (Happy *h, size_t index)
{
  for (size_t i = 0; i < h->n; i++) {
    if (i != index && h->candidates[i].state == HAPPY_CANDIDATE_TRYING)
      h->candidates[i].state = HAPPY_CANDIDATE_WAITING;
  }
}

static size_t
first_in (const Happy *h, HappyCandidateState state, InetFamily family_or_none)
{
  size_t i = 0;
  while (i < h->n &&
      (h->candidates[i].state != state ||
          (family_or_none != INET_NONE && h->candidates[i].addr.family != family_or_none)))
    i++;
  return i;
}

/* True if there is, or may be, something left to try. */
bool
happy_has_more (const Happy *h)
{
  return h->may_resolve || h->awaits_v4 || h->awaits_v6 ||
      first_in (h, HAPPY_CANDIDATE_WAITING, INET_NONE) < h->n;
}

/* RFC 8305 section 4 with a First Address Family Count of 1. */
static size_t
next_waiting (const Happy *h)
{
  if (h->remembers && h->last_family == INET_NONE && h->n > 0)
    return 0;
  InetFamily turn = h->last_family == INET_V6 ? INET_V4 : INET_V6;
  size_t i = first_in (h, HAPPY_CANDIDATE_WAITING, turn);
  return i < h->n ? i : first_in (h, HAPPY_CANDIDATE_WAITING, INET_NONE);
}

static HappyStep
wait_until (int64_t until)
{
  return (HappyStep){ .action = HAPPY_WAIT, .until = until };
}

/* When the next attempt may begin: at once if none is under way (section 5). */
static int64_t
may_start_at (const Happy *h)
{
  bool trying = first_in (h, HAPPY_CANDIDATE_TRYING, INET_NONE) < h->n;
  return trying ? h->last_start + h->delay : INT64_MIN;
}

static HappyStep
start_or_wait (Happy *h, size_t index, int64_t now)
{
  HappyCandidate *candidate = h->candidates + index;
  int64_t at = may_start_at (h);
  /* Section 3: an A that came first waits a moment for the AAAA. */
  if (candidate->addr.family == INET_V4 && h->awaits_v6 && h->last_family == INET_NONE &&
      h->v4_answered + HAPPY_RESOLUTION_DELAY_US > at)
    at = h->v4_answered + HAPPY_RESOLUTION_DELAY_US;
  if (now < at)
    return wait_until (at);

  candidate->state = HAPPY_CANDIDATE_TRYING;
  candidate->started = h->last_start = now;
  h->last_family = candidate->addr.family;
  return (HappyStep){ .action = HAPPY_START, .index = index };
}

/* Earliest end of the attempts under way; an attempt that is past its end goes to ret_expired. */
static int64_t
attempts_end (const Happy *h, int64_t now, size_t *ret_expired)
{
  int64_t end = NEVER;
  *ret_expired = h->n;
  for (size_t i = 0; i < h->n; i++) {
    const HappyCandidate *candidate = h->candidates + i;
    if (candidate->state != HAPPY_CANDIDATE_TRYING)
      continue;
    int64_t its_end = candidate->started + HAPPY_ATTEMPT_LIMIT_US;
    if (its_end <= now)
      *ret_expired = i;
    else if (its_end < end)
      end = its_end;
  }
  return end;
}

static HappyStep
resolve_or_wait (Happy *h, int64_t now)
{
  int64_t at = may_start_at (h);
  if (now < at)
    return wait_until (at);
  h->may_resolve = false;
  h->awaits_v4 = h->awaits_v6 = true;
  return (HappyStep){ .action = HAPPY_RESOLVE };
}

/* What to do at `now`. Everything but HAPPY_WAIT and HAPPY_EXHAUSTED has to be done, and then this
 * asked again. */
HappyStep
happy_next (Happy *h, int64_t now)
{
  size_t expired;
  int64_t end = attempts_end (h, now, &expired);
  if (expired < h->n) {
    happy_failed (h, expired);
    return (HappyStep){ .action = HAPPY_GIVE_UP, .index = expired };
  }

  HappyStep step;
  size_t waiting = next_waiting (h);
  if (waiting < h->n)
    step = start_or_wait (h, waiting, now);
  else if (h->may_resolve)
    step = resolve_or_wait (h, now);
  else if (end != NEVER || h->awaits_v4 || h->awaits_v6)
    step = wait_until (NEVER);
  else
    step = (HappyStep){ .action = HAPPY_EXHAUSTED };
  if (step.action == HAPPY_WAIT && end < step.until)
    step.until = end;
  return step;
}
