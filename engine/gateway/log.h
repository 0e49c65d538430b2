/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <syslog.h>

/* A cause that somebody else can make happen as often as he likes. All zero is a new one. */
typedef struct {
  gint64 second;
  guint count;
  guint suppressed;
} LogLimit;

void log_set_debug (bool debug);
void log_event (int priority, const char *format, ...) G_GNUC_PRINTF (2, 3);
void log_limited (LogLimit *limit, int priority, const char *format, ...) G_GNUC_PRINTF (3, 4);
bool log_limit_take (LogLimit *limit, gint64 now, guint *ret_suppressed);
