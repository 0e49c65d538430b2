/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define LADDER_STREAM_DELAY_US 300000
/* For so long a stream gets the first word on where UDP sends us. */
#define LADDER_DOUBT_US 3500000
#define LADDER_FIRST_RETURN_US 10000000
#define LADDER_LONGEST_RETURN_US 3600000000
#define LADDER_NEW_NETWORK_US 1000000
/* UDP that carried for so long was good while it lasted. */
#define LADDER_LASTING_US 600000000

typedef enum {
  LADDER_NONE,
  LADDER_UDP,
  LADDER_STREAM, /* TLS */
  LADDER_N_WAYS,
} LadderWay;

typedef enum {
  LADDER_START, /* begin with `way` */
  LADDER_WAIT, /* until `until`, or until something is told */
  LADDER_BELIEVE, /* what was said by `way`, and nobody vouches for: there is nothing better */
  LADDER_EXHAUSTED, /* all have failed */
} LadderAction;

typedef struct {
  LadderAction action;
  LadderWay way;
  int64_t until;
} LadderStep;

typedef enum {
  LADDER_RUNG_WAITING,
  LADDER_RUNG_TRYING,
  LADDER_RUNG_REFUSED, /* UDP: by somebody; the gateway may still answer */
  LADDER_RUNG_SENT_ON, /* UDP: somebody names another gateway, and nothing else will be heard */
  LADDER_RUNG_FAILED,
  LADDER_RUNG_DENIED, /* the stream: by the gateway */
} LadderRung;

/* Which way is tried when, while none works yet. Plain data; times are microseconds of any monotonic
 * clock. */
typedef struct {
  LadderRung rungs[LADDER_N_WAYS];
  int64_t stream_at;
  int64_t believe_at; /* of LADDER_RUNG_SENT_ON */
} Ladder;

/* When UDP is tried beside a stream that works. Plain data, as above. */
typedef struct {
  int64_t pause; /* before the next time; 0 = it was not tried yet */
  int64_t at;
  int64_t udp_since;
} LadderReturn;

void ladder_init (Ladder *ladder, LadderWay last, bool may_udp, int64_t now);
LadderStep ladder_next (Ladder *ladder, int64_t now);
void ladder_failed (Ladder *ladder, LadderWay way, int64_t now);
void ladder_refused (Ladder *ladder, LadderWay way, int64_t now);
bool ladder_is_over (const Ladder *ladder, LadderWay way);
void ladder_sent_on (Ladder *ladder, LadderWay way, int64_t now);

LadderWay ladder_after (LadderWay way, bool was_up, bool may_udp);

void ladder_return_anew (LadderReturn *r, int64_t now);
void ladder_return_on_stream (LadderReturn *r, int64_t now);
void ladder_return_on_udp (LadderReturn *r, int64_t now);
void ladder_return_failed (LadderReturn *r, int64_t now);
void ladder_return_udp_lost (LadderReturn *r, int64_t now);

const char *ladder_way_to_string (LadderWay way);
LadderWay ladder_way_from_string (const char *text);
