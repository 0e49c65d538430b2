/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

#include "base/attempt.h"

char *attempt_line (const Attempt *attempt, guint entry);
