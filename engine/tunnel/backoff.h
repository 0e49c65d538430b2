/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdint.h>

#include "crypto/random.h"

#define BACKOFF_FIRST_US 500000
#define BACKOFF_MAX_US 30000000

typedef struct {
  CryptoRandomFunc random;
  int64_t step; /* 0 = the next attempt may begin at once */
  int64_t last; /* when the last attempt was to begin */
} Backoff;

void backoff_init (Backoff *b, CryptoRandomFunc random, int64_t now);
int64_t backoff_next (Backoff *b, int64_t now);
void backoff_reset (Backoff *b);
void backoff_hurry (Backoff *b, int64_t now);
