/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>

#include "base/slice.h"

#define CHALLENGES_MAX 8
#define CHALLENGE_MAX_PARAMS 16

typedef struct {
  Slice name;
  Slice value; /* without its quotes, as it stands between them */
} ChallengeParam;

/* One way of authentication that is offered; all borrowed. */
typedef struct {
  Slice scheme;
  Slice token; /* token68: NTLM and Negotiate put base64 there; empty with parameters */
  ChallengeParam params[CHALLENGE_MAX_PARAMS];
  size_t n_params;
} Challenge;

typedef struct {
  Challenge list[CHALLENGES_MAX];
  size_t n;
} Challenges;

bool challenges_add (Challenges *challenges, Slice value);
bool challenge_is (const Challenge *challenge, const char *scheme);
char *challenge_param (const Challenge *challenge, const char *name);
