/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorLogLine: one line that a connection has logged, when, and how important it is. */
#include "client/log-line.h"

/* Transfer: full. */
VisitorLogLine *
visitor_log_line_new (gint64 time, GLogLevelFlags level, const char *text)
{
  VisitorLogLine *line = g_new (VisitorLogLine, 1);
  *line = (VisitorLogLine){ .time = time, .level = level, .text = g_strdup (text) };
  return line;
}

/* NULL is allowed. */
void
visitor_log_line_free (VisitorLogLine *line)
{
  if (line == NULL)
    return;
  g_free (line->text);
  g_free (line);
}
