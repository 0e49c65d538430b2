/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ReplayWindow: which sequence numbers came already (RFC 4303 section 3.4.3), as a ring of words in
 * the manner of RFC 6479: moving forward clears whole words and shifts nothing. */
#include "esp/replay.h"

static uint64_t
bit_of (uint32_t seq)
{
  return (uint64_t) 1 << seq % REPLAY_WORD_BITS;
}

static uint32_t
word_of (uint32_t seq)
{
  return seq / REPLAY_WORD_BITS % REPLAY_WORDS;
}

/* True if a packet with that number may still come. Nothing changes: the number is not believed
 * before the packet has been authenticated. */
bool
replay_check (const ReplayWindow *w, uint32_t seq)
{
  if (seq == 0)
    return false;
  if (seq > w->highest)
    return true;
  if (w->highest - seq >= REPLAY_WINDOW)
    return false;
  return (w->seen[word_of (seq)] & bit_of (seq)) == 0;
}

/* Marks the number of an authenticated packet as seen; it must have passed replay_check (). */
void
replay_commit (ReplayWindow *w, uint32_t seq)
{
  if (seq > w->highest) {
    uint32_t from = w->highest / REPLAY_WORD_BITS, to = seq / REPLAY_WORD_BITS;
    uint32_t steps = to - from > REPLAY_WORDS ? REPLAY_WORDS : to - from;
    for (uint32_t i = 0; i < steps; i++)
      w->seen[(to - i) % REPLAY_WORDS] = 0;
    w->highest = seq;
  }
  w->seen[word_of (seq)] |= bit_of (seq);
}
