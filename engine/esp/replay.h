/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define REPLAY_WINDOW 4096
#define REPLAY_WORD_BITS 64
/* One word more than the window, so that the word which is being entered can be cleared whole. */
#define REPLAY_WORDS (REPLAY_WINDOW / REPLAY_WORD_BITS + 1)

typedef struct {
  uint64_t highest; /* largest sequence number that was authenticated */
  uint64_t seen[REPLAY_WORDS];
} ReplayWindow;

uint64_t replay_infer (const ReplayWindow *w, uint32_t low);
bool replay_check (const ReplayWindow *w, uint64_t seq);
void replay_commit (ReplayWindow *w, uint64_t seq);
