/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/random.h"

#define ENTRY_PROBE_US (INT64_C (5) * 1000000) /* while it is seen whether one stays well */
#define ENTRY_PROBE_WELL_US (INT64_C (60) * 1000000) /* of one that has been well for long enough */
#define ENTRY_PROBE_MAX_US (INT64_C (300) * 1000000) /* of one that is not well */
#define ENTRY_WELL_US (INT64_C (20) * 1000000) /* for so long it is well before we go back */
#define ENTRY_WELL_MAX_US \
  (INT64_C (3600) * 1000000) /* the same, of one that has failed again and again */
#define ENTRY_HOLDS_US \
  (INT64_C (600) * 1000000) /* after so long a return is known to have been right */
/* A move that failed is not tried again for so long, and for twice that each time after; first where it broke
 * off, then where the gateway there does not know us. */
#define ENTRY_BROKEN_US (INT64_C (60) * 1000000)
#define ENTRY_BROKEN_MAX_US (INT64_C (3600) * 1000000)
#define ENTRY_STRANGE_US (INT64_C (3600) * 1000000)
#define ENTRY_STRANGE_MAX_US (INT64_C (24) * 3600 * 1000000)

#define ENTRY_NONE SIZE_MAX

typedef enum {
  ENTRY_PRIMARY_BACKUP, /* the first that can be had */
  ENTRY_FIRST_TO_RESPOND, /* looked for at all at once */
  ENTRY_STICKY, /* the one that was had last */
} EntryOrder;

/* Why an IKE SA could not be moved. */
typedef enum {
  ENTRY_BROKEN, /* no stream stood there, or it broke */
  ENTRY_STRANGE, /* one stood, and the gateway behind it does not know the SA */
} EntryFailure;

/* Which of several entry points is used, and when another is gone back to. Plain data; times are
 * microseconds of any monotonic clock. */
typedef struct {
  EntryOrder order;
  size_t in_use; /* where the last stream stood */
  size_t well; /* one before it that answers probes, or ENTRY_NONE */
  int64_t well_since, well_seen; /* its first probe and its last */
  int64_t must_be_well; /* for how long */
  int64_t returned_at; /* the last time that one was gone back to; INT64_MIN = never */
  int64_t probe_at;
  int64_t probe_wait; /* between two probes that find nobody */
  int64_t may_move_at; /* not before; INT64_MIN = at any time */
  int64_t move_wait; /* before may_move_at; 0 = no move has failed */
  bool is_strange; /* the last one, as the gateway did not know us */
} EntryPolicy;

void entry_policy_init (EntryPolicy *policy, EntryOrder order);
void entry_policy_stands (EntryPolicy *policy, size_t entry, int64_t now);
size_t entry_policy_first (const EntryPolicy *policy, int64_t now);
int64_t entry_policy_next_probe (const EntryPolicy *policy);
void entry_policy_probed (EntryPolicy *policy, size_t entry_or_none, int64_t now);
size_t entry_policy_move (const EntryPolicy *policy, int64_t now);
void entry_policy_move_failed (EntryPolicy *policy, EntryFailure failure, int64_t now);
void entry_policy_sa_over (EntryPolicy *policy);

int64_t entry_policy_delay (size_t place, bool first_is_known, bool through_proxy);
void entry_policy_shuffle (size_t *places, size_t n, CryptoRandomFunc random);
