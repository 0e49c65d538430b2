/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The log: one line per event on standard error, control characters escaped, with the priority in
 * front as the journal reads it (sd-daemon (3)) if that is where standard error goes. Nothing that
 * a client sends in a stream is ever logged. */
#include "gateway/log.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LIMIT_PER_SECOND 10

static bool show_debug;

void
log_set_debug (bool debug)
{
  show_debug = debug;
}

static void
write_line (int priority, const char *text)
{
  static int to_journal = -1;
  if (to_journal < 0)
    to_journal = g_getenv ("JOURNAL_STREAM") != NULL;

  g_autoptr (GString) line = g_string_new (NULL);
  if (to_journal)
    g_string_append_printf (line, "<%d>", priority);
  for (const char *at = text; *at != '\0'; at++) {
    if (g_ascii_iscntrl (*at))
      g_string_append_printf (line, "\\x%02x", (unsigned char) *at);
    else
      g_string_append_c (line, *at);
  }
  g_string_append_c (line, '\n');
  if (write (STDERR_FILENO, line->str, line->len) < 0)
    return; /* nobody is left to be told */
}

static void G_GNUC_PRINTF (2, 0) log_va (int priority, const char *format, va_list args)
{
  if (priority == LOG_DEBUG && !show_debug)
    return;
  g_autofree char *text = g_strdup_vprintf (format, args);
  write_line (priority, text);
}

/* Logs one event; priority as in syslog (3). */
void
log_event (int priority, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  log_va (priority, format, args);
  va_end (args);
}

/* True if the cause may log once more in this second of the monotonic clock (microseconds).
 * *ret_suppressed is how many were not logged since it last could. */
bool
log_limit_take (LogLimit *limit, gint64 now, guint *ret_suppressed)
{
  gint64 second = now / G_USEC_PER_SEC;
  if (second != limit->second) {
    limit->second = second;
    limit->count = 0;
  }
  if (limit->count >= LIMIT_PER_SECOND) {
    limit->suppressed++;
    return false;
  }
  limit->count++;
  *ret_suppressed = limit->suppressed;
  limit->suppressed = 0;
  return true;
}

/* As log_event (), ten times a second at most; the next line of the cause says how many are
 * missing. */
void
log_limited (LogLimit *limit, int priority, const char *format, ...)
{
  if (priority == LOG_DEBUG && !show_debug)
    return;
  guint suppressed;
  if (!log_limit_take (limit, g_get_monotonic_time (), &suppressed))
    return;
  if (suppressed > 0)
    log_event (priority, "%u more of the following were not logged", suppressed);
  va_list args;
  va_start (args, format);
  log_va (priority, format, args);
  va_end (args);
}
