/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Backoff: when to reconnect. At once after a stream that worked, then after 0.5 s and doubling to
 * 30 s, each with a quarter of jitter so that the clients of a gateway that restarted do not return
 * in step. Pure; microseconds of any monotonic clock. */
#include "tunnel/backoff.h"

#include <glib.h>

void
backoff_init (Backoff *b, CryptoRandomFunc random, int64_t now)
{
  *b = (Backoff){ .random = random, .last = now - BACKOFF_FIRST_US };
}

static int64_t
jitter (const Backoff *b, int64_t delay)
{
  uint16_t r;
  b->random (&r, sizeof r);
  return delay - delay / 4 + delay / 2 * r / UINT16_MAX;
}

/* When the next attempt may begin, at `now` or later. A stream that stands for a moment only does not
 * make for a busy loop: attempts never begin closer than half a second. */
int64_t
backoff_next (Backoff *b, int64_t now)
{
  int64_t at = now + jitter (b, b->step);
  at = MAX (at, b->last + BACKOFF_FIRST_US);
  b->step = CLAMP (2 * b->step, BACKOFF_FIRST_US, BACKOFF_MAX_US);
  b->last = at;
  return at;
}

/* The last attempt was a success. */
void
backoff_reset (Backoff *b)
{
  b->step = 0;
}

/* What stood in the way is gone, say there is another network: the next attempt begins at once. How often that is
 * so is not for a gateway to say. */
void
backoff_hurry (Backoff *b, int64_t now)
{
  b->step = 0;
  b->last = MIN (b->last, now - BACKOFF_FIRST_US);
}
