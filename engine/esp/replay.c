/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ReplayWindow: which sequence numbers came already (RFC 4303 section 3.4.3), as a ring of words in
 * the manner of RFC 6479: moving forward clears whole words and shifts nothing. Numbers have 64 bits;
 * without ESN the high half is 0. */
#include "esp/replay.h"

#define EPOCH (UINT64_C (1) << 32)

static uint64_t
bit_of (uint64_t seq)
{
  return UINT64_C (1) << seq % REPLAY_WORD_BITS;
}

static uint64_t
word_of (uint64_t seq)
{
  return seq / REPLAY_WORD_BITS % REPLAY_WORDS;
}

/* The 64-bit sequence number whose low half is in the packet (RFC 4303 appendix A2.2): within the
 * window or ahead of it, as far as the two cannot be mistaken. What the appendix would put before the
 * first number of all is taken to be ahead. */
uint64_t
replay_infer (const ReplayWindow *w, uint32_t low)
{
  uint64_t epoch = w->highest & ~(uint64_t) UINT32_MAX;
  uint32_t top = (uint32_t) w->highest, bottom = top - (REPLAY_WINDOW - 1);
  bool spans_two = top < REPLAY_WINDOW - 1;
  if (!spans_two && low < bottom)
    epoch += EPOCH;
  else if (spans_two && low >= bottom && epoch > 0)
    epoch -= EPOCH;
  return epoch | low;
}

/* True if a packet with that number may still come. Nothing changes: the number is not believed
 * before the packet has been authenticated. */
bool
replay_check (const ReplayWindow *w, uint64_t seq)
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
replay_commit (ReplayWindow *w, uint64_t seq)
{
  if (seq > w->highest) {
    uint64_t from = w->highest / REPLAY_WORD_BITS, to = seq / REPLAY_WORD_BITS;
    uint64_t steps = to - from > REPLAY_WORDS ? REPLAY_WORDS : to - from;
    for (uint64_t i = 0; i < steps; i++)
      w->seen[(to - i) % REPLAY_WORDS] = 0;
    w->highest = seq;
  }
  w->seen[word_of (seq)] |= bit_of (seq);
}
