/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

/* How long a network that has come is not held to be of no use: its name servers, and its proxies, become known
 * somewhat later than its routes. Microseconds. */
#define NETWORK_WAIT_GRACE_US (6 * INT64_C (1000000))

/* Whether a first connect waits for a network. */
typedef struct {
  bool none; /* the machine is in none */
  int64_t back_at; /* when there was one after all; INT64_MIN = there was always one, or never */
} NetworkWait;

typedef enum {
  NETWORK_WAIT_FAILS, /* it is an answer to the user */
  NETWORK_WAIT_WAITS, /* nothing is tried until there is a network */
  NETWORK_WAIT_RETRIES,
} NetworkWaitVerdict;

void network_wait_init (NetworkWait *w, bool none);
void network_wait_note (NetworkWait *w, bool none, int64_t now);
NetworkWaitVerdict network_wait_judge (const NetworkWait *w, VisitorError code, int64_t now);
