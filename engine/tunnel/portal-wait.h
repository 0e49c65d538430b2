/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/connectivity.h"
#include "base/error.h"
#include "reach/portal.h"

#define PORTAL_WAIT_FIRST_US 3000000
#define PORTAL_WAIT_MAX_US 30000000
#define PORTAL_WAIT_GRACE_US 60000000

/* What is known of a captive portal; times are microseconds of any monotonic clock. */
typedef struct {
  Connectivity connectivity; /* as the machine's network manager says */
  int64_t step; /* until it is looked for again */
  int64_t seen_at; /* when it was last there; INT64_MIN: never */
} PortalWait;

void portal_wait_init (PortalWait *w, Connectivity connectivity);
bool portal_wait_suspects (VisitorError code, bool was_up);
bool portal_wait_found (PortalWait *w, PortalVerdict verdict, int64_t now);
int64_t portal_wait_next (PortalWait *w, int64_t now);
void portal_wait_restart (PortalWait *w);
bool portal_wait_is_over (const PortalWait *w, int64_t now);
