/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "datapath/datapath.h"
#include "ike/session.h"
#include "tunnel/uplink.h"

/* What MESSAGE_STATUS tells; all borrowed. */
typedef struct {
  const Uplink *uplink;
  const char *sent_to; /* where another gateway has sent us, or NULL */
  const IkeSession *ike; /* or NULL */
  const DatapathCounters *counters;
  uint64_t reconnects, rekeys, ike_rekeys, sign_ins;
} StatusParts;

GVariant *status_build (const StatusParts *parts);
