/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/inet.h"

#define HAPPY_MAX_CANDIDATES 32
#define HAPPY_ATTEMPT_DELAY_US 250000
#define HAPPY_RESOLUTION_DELAY_US 50000
#define HAPPY_ATTEMPT_LIMIT_US 10000000

typedef enum {
  HAPPY_CANDIDATE_WAITING,
  HAPPY_CANDIDATE_TRYING,
  HAPPY_CANDIDATE_FAILED,
} HappyCandidateState;

typedef struct {
  InetAddr addr;
  HappyCandidateState state;
  int64_t started;
} HappyCandidate;

typedef enum {
  HAPPY_START, /* connect to candidate `index` */
  HAPPY_GIVE_UP, /* candidate `index` took too long: it counts as failed, close it */
  HAPPY_RESOLVE, /* ask DNS for both families; once */
  HAPPY_WAIT, /* until `until`, or until something is told */
  HAPPY_EXHAUSTED, /* nothing is left to try */
} HappyAction;

/* Which address to try when (RFC 8305). Plain data; times are microseconds of any monotonic clock. */
typedef struct {
  HappyCandidate candidates[HAPPY_MAX_CANDIDATES];
  size_t n;
  int64_t delay; /* between two attempts */
  bool
      remembers; /* the first candidate worked last time: it has the first turn, whatever its family */
  bool may_resolve; /* DNS was not asked yet */
  bool awaits_v4, awaits_v6; /* DNS was asked and has not answered */
  int64_t v4_answered;
  int64_t last_start;
  InetFamily last_family;
} Happy;

typedef struct {
  HappyAction action;
  size_t index;
  int64_t until;
} HappyStep;

void happy_init (Happy *h, bool may_resolve);
void happy_add (Happy *h, const InetAddr *addr);
void happy_answered (Happy *h, InetFamily family, const InetAddr *addrs, size_t n, int64_t now);
void happy_failed (Happy *h, size_t index);
void happy_won (Happy *h, size_t index);
bool happy_has_more (const Happy *h);
HappyStep happy_next (Happy *h, int64_t now);
