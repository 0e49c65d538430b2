/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The worker's log goes to its host: it has no file, journal or terminal of its own. One line a
 * message, without control characters, whatever somebody else wrote into it. */
#include "tunnel/log.h"

#include <string.h>

#define LINE_MAX_LEN 1024

static Control *host; /* borrowed; NULL: there is nobody to tell */
static GLogLevelFlags least = G_LOG_LEVEL_INFO;

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

static GLogWriterOutput
write_to_host (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  GLogLevelFlags kind = level & G_LOG_LEVEL_MASK;
  if (host == NULL || kind > least)
    return G_LOG_WRITER_HANDLED;
  g_autofree char *line = one_line (text_of (fields, n_fields));
  control_send (host, MESSAGE_LOG, g_variant_new ("(us)", (guint32) kind, line));
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
