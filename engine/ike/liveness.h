/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define IKE_LIVENESS_IDLE_US (INT64_C (7) * 1000000)
#define IKE_LIVENESS_BUSY_US (INT64_C (4) * 1000000)
#define IKE_LIVENESS_LIMIT_US (INT64_C (8) * 1000000)

typedef enum {
  IKE_LIVENESS_FINE, /* nothing is to be done before ike_liveness_next () */
  IKE_LIVENESS_ASK, /* a request has to go out: nothing has come for too long */
  IKE_LIVENESS_SILENT, /* what was asked is not answered: the stream leads nowhere */
} IkeLivenessVerdict;

/* Whether the other end of a stream is there. */
typedef struct {
  int64_t idle_us; /* how long it may be quiet where we are too */
  int64_t heard_at; /* when something authentic came last, or the stream began */
  int64_t asked_at; /* when the request that is out went out on this stream */
  bool has_sent; /* packets of ours went out since heard_at */
  bool is_told; /* SILENT was said of this stream */
} IkeLiveness;

void ike_liveness_begin (IkeLiveness *liveness, int64_t now);
void ike_liveness_heard (IkeLiveness *liveness, int64_t now);
void ike_liveness_sent (IkeLiveness *liveness);
void ike_liveness_asked (IkeLiveness *liveness, int64_t now);
IkeLivenessVerdict ike_liveness_judge (IkeLiveness *liveness, bool is_asked, int64_t now);
int64_t ike_liveness_next (const IkeLiveness *liveness, bool is_asked, int64_t now);
