/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* One line that a connection has logged. */
typedef struct {
  gint64 time; /* microseconds since 1970 */
  GLogLevelFlags level;
  char *text;
} VisitorLogLine;

VisitorLogLine *visitor_log_line_new (gint64 time, GLogLevelFlags level, const char *text);
void visitor_log_line_free (VisitorLogLine *line);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VisitorLogLine, visitor_log_line_free)

G_END_DECLS
