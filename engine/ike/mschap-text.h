/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/slice.h"

#define MSCHAP_ERROR_AUTHENTICATION 691

/* What an authenticator says no with. */
typedef struct {
  unsigned int code; /* 0 = none was said */
  bool may_retry;
  bool has_challenge;
  uint8_t challenge[16];
} MschapFailure;

bool mschap_text_success (Slice text, uint8_t ret_proof[static 20]);
MschapFailure mschap_text_failure (Slice text);
GError *mschap_text_refusal (unsigned int code);
