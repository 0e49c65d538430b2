/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counters: what was relayed, and what was not and why. */
#include "gateway/counters.h"

const char *
drop_reason_to_string (DropReason reason)
{
  switch (reason) {
  case DROP_ESP_BEFORE_IKE: return "esp-before-ike";
  case DROP_IKE_MALFORMED: return "ike-malformed";
  case DROP_TOO_LARGE: return "too-large";
  case DROP_TOO_SHORT: return "too-short";
  case DROP_UDP_FAILED: return "udp-failed";
  case DROP_ESP_QUEUE_FULL: return "esp-queue-full";
  case DROP_IKE_QUEUE_FULL: return "ike-queue-full";
  case DROP_NO_STREAM: return "no-stream";
  case DROP_N_REASONS: break;
  }
  return "unknown";
}
