/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/error.h"

/* For scripts; documented in visitor(1). Never renumber. */
typedef enum {
  EXIT_CODE_OK = 0,
  EXIT_CODE_FAILED = 1,
  EXIT_CODE_USAGE = 2,
  EXIT_CODE_SITE_NOT_FOUND = 3,
  EXIT_CODE_SITE_INVALID = 4,
  EXIT_CODE_SITE_EXISTS = 5,
  EXIT_CODE_STORAGE = 6,
  EXIT_CODE_UNREACHABLE = 7,
  EXIT_CODE_UNTRUSTED = 8,
  EXIT_CODE_SIGN_IN = 9,
  EXIT_CODE_GATEWAY = 10,
  EXIT_CODE_NO_SECRET = 11,
  EXIT_CODE_ENGINE = 12,
  EXIT_CODE_NOT_AUTHORIZED = 13,
  EXIT_CODE_NOT_CONNECTED = 14,
  EXIT_CODE_MACHINE = 15,
  EXIT_CODE_BUSY = 16,
  EXIT_CODE_UNDER_WAY = 17,
  EXIT_CODE_INTERRUPTED = 130,
} ExitCode;

ExitCode exit_code_of (VisitorError code);
