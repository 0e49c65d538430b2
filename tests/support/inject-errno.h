/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>

typedef enum {
  INJECT_OPEN,
  INJECT_READ,
  INJECT_WRITE,
  INJECT_FSYNC,
  INJECT_RENAME,
  INJECT_CLOSE,
  INJECT_UNLINK,
  INJECT_MKDIR,
  INJECT_N_CALLS,
} InjectCall;

const char *inject_call_to_string (InjectCall call);
void inject_errno (InjectCall call, unsigned int n, int error);
bool inject_stop (void);
