/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "host/protocol/message.h"

/* Where a worker stands, as its host sees it. */
typedef enum {
  PERMIT_STARTING, /* forked; nothing heard yet */
  PERMIT_CONNECTING, /* sandboxed; looks for the gateway and signs in */
  PERMIT_APPLYING, /* has reported a configuration, waits for the TUN */
  PERMIT_UP, /* has the TUN */
  PERMIT_CLOSING, /* was told to disconnect */
  PERMIT_GONE, /* has said its last word */
} PermitPhase;

typedef struct {
  PermitPhase phase;
  guint expected_status; /* polls that were not answered yet */
  struct {
    guint count;
    gint64 allowance; /* messages, times a minute in microseconds */
    gint64 at;
  } used[MESSAGE_N_TYPES];
} Permit;

void permit_init (Permit *permit, gint64 now);
gboolean permit_check (Permit *permit, const Message *message, gint64 now, GError **error);
void permit_expect_status (Permit *permit);
gboolean permit_set_phase (Permit *permit, PermitPhase phase, const char *reason);
const char *permit_phase_to_string (PermitPhase phase);
