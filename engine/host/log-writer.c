/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a service's own log goes: the journal with its fields, or standard error in the foreground.
 *
 * The rule for what may be said: a user's name, an address or a host name at debug alone, a secret
 * never. The log of one connection, for its owner, is another thing. */
#include "host/log-writer.h"

#include <unistd.h>

/* Debug lines of libraries are about themselves. */
static gboolean
is_ours (const GLogField *fields, gsize n_fields)
{
  for (gsize i = 0; i < n_fields; i++) {
    if (g_str_equal (fields[i].key, "GLIB_DOMAIN"))
      return g_str_has_prefix (fields[i].value, "visitor-");
  }
  return FALSE;
}

static GLogWriterOutput
write_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  gboolean debug = GPOINTER_TO_INT (user_data);
  if ((level & G_LOG_LEVEL_MASK) == G_LOG_LEVEL_DEBUG && (!debug || !is_ours (fields, n_fields)))
    return G_LOG_WRITER_HANDLED;
  if (g_log_writer_is_journald (STDERR_FILENO) &&
      g_log_writer_journald (level, fields, n_fields, NULL) == G_LOG_WRITER_HANDLED)
    return G_LOG_WRITER_HANDLED;
  return g_log_writer_standard_streams (level, fields, n_fields, NULL);
}

/* Takes over the process's log. debug: also lines of that level. Once, at start. */
void
log_writer_install (gboolean debug)
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_log_set_writer_func (write_log, GINT_TO_POINTER (debug), NULL);
}
