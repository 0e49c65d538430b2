/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/attempt.h"

G_BEGIN_DECLS

GArray *visitor_attempts_read (GVariant *status);
guint visitor_attempts_last_connect (const GArray *attempts);

char *visitor_attempt_entry (const Attempt *attempt);
char *visitor_attempt_proxy (const Attempt *attempt);
char *visitor_attempt_seconds (guint32 ms);
char *visitor_attempt_stages (const Attempt *attempt);
const char *visitor_attempt_outcome (const Attempt *attempt);
char *visitor_attempt_line (const Attempt *attempt);

G_END_DECLS
