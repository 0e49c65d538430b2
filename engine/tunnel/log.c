/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The worker's log goes to its host: it has no file, journal or terminal of its own. One line a
 * message, without control characters, whatever somebody else wrote into it. */
#include "tunnel/log.h"

#include <string.h>

#define LINE_MAX_LEN 1024
/* Of debug lines so many at once, and so many a second in the long run: a stranger who sends rubbish
 * causes one for each message, and a worker that says too much is ended by its host. */
#define DEBUG_LINES_BURST 2000
#define DEBUG_LINES_PER_SECOND 100

static Control *host; /* borrowed; NULL: there is nobody to tell */
static GLogLevelFlags least = G_LOG_LEVEL_INFO;

static struct {
  gint64 allowance; /* lines, times G_USEC_PER_SEC */
  gint64 at;
  unsigned int left_out; /* since the last one that was sent */
} debug = { .allowance = DEBUG_LINES_BURST * (gint64) G_USEC_PER_SEC };

static const char *
text_of (const GLogField *fields, gsize n_fields)
{
  for (gsize i = 0; i < n_fields; i++) {
    if (strcmp (fields[i].key, "MESSAGE") == 0 && fields[i].length < 0)
      return fields[i].value;
  }
  return "";
}

static char *
one_line (const char *text)
{
  char *line = g_utf8_make_valid (text, (gssize) strnlen (text, LINE_MAX_LEN));
  for (char *p = line; *p != '\0'; p++) {
    if (g_ascii_iscntrl (*p))
      *p = ' ';
  }
  return line;
}

/* False for a line that is one too many. */
static bool
may_send_debug (void)
{
  gint64 now = g_get_monotonic_time (), second = G_USEC_PER_SEC;
  gint64 passed = CLAMP (now - debug.at, 0, DEBUG_LINES_BURST * second);
  debug.at = now;
  debug.allowance =
      MIN (debug.allowance + passed * DEBUG_LINES_PER_SECOND, DEBUG_LINES_BURST * second);
  if (debug.allowance < second) {
    debug.left_out++;
    return false;
  }
  debug.allowance -= second;
  return true;
}

static void
send_line (GLogLevelFlags kind, const char *line)
{
  control_send (host, MESSAGE_LOG, g_variant_new ("(us)", (guint32) kind, line));
}

static GLogWriterOutput
write_to_host (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  GLogLevelFlags kind = level & G_LOG_LEVEL_MASK;
  if (host == NULL || kind > least)
    return G_LOG_WRITER_HANDLED;
  if (kind == G_LOG_LEVEL_DEBUG && !may_send_debug ())
    return G_LOG_WRITER_HANDLED;
  if (debug.left_out > 0) {
    g_autofree char *told = g_strdup_printf ("%u lines are left out here", debug.left_out);
    debug.left_out = 0;
    send_line (G_LOG_LEVEL_DEBUG, told);
  }
  g_autofree char *line = one_line (text_of (fields, n_fields));
  send_line (kind, line);
  return G_LOG_WRITER_HANDLED;
}

/* From now on every g_message () and its like goes to the host behind `control` (borrowed; NULL to
 * be silent). */
void
log_to_host (Control *control)
{
  static bool set;
  host = control;
  if (!set)
    g_log_set_writer_func (write_to_host, NULL, NULL);
  set = true;
}

void
log_set_level (GLogLevelFlags least_important)
{
  least = least_important;
}
