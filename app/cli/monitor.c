/* SPDX-License-Identifier: GPL-2.0-or-later */
/* visitor monitor: every change of the user's connections, a line each, until Ctrl-C. */
#include "config.h"

#include <glib-unix.h>
#include <glib/gi18n-lib.h>

#include "cli/engine-call.h"
#include "cli/output.h"
#include "cli/verb.h"
#include "cli/wait.h"
#include "client/attempt-text.h"
#include "client/error-text.h"

typedef struct {
  VisitorClient *client; /* borrowed */
  GMainLoop *loop; /* borrowed */
  GHashTable *known; /* object path -> VisitorConnection */
  gboolean log;
} Monitor;

static char *
now_text (void)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  return g_date_time_format (now, "%H:%M:%S");
}

/* The attempts that ended since the status before. They are told by their number, which the connection
 * carries: several may run at a time, and the engine keeps a few alone. */
static void
tell_attempts (VisitorConnection *connection, gboolean quietly)
{
  g_autoptr (GArray) attempts = visitor_attempts_read (visitor_connection_get_status (connection));
  GHashTable *told = g_object_get_data (G_OBJECT (connection), "visitor-attempts");
  if (told == NULL) {
    told = g_hash_table_new (NULL, NULL);
    g_object_set_data_full (
        G_OBJECT (connection), "visitor-attempts", told, (GDestroyNotify) g_hash_table_unref);
  }
  for (guint i = 0; i < attempts->len; i++) {
    const Attempt *attempt = &g_array_index (attempts, Attempt, i);
    if (!g_hash_table_add (told, GUINT_TO_POINTER (attempt->number)) || quietly)
      continue;
    g_autofree char *now = now_text ();
    g_autofree char *line = visitor_attempt_line (attempt);
    output_say ("%s %s: %s", now, visitor_connection_get_string (connection, "name"), line);
  }
}

/* Why it failed, for people; NULL if that is not known. */
static char *
reason_of (VisitorConnection *connection)
{
  VisitorError code;
  const char *name = visitor_connection_get_string (connection, "error");
  return name != NULL && visitor_error_from_name (name, &code)
      ? g_strdup (visitor_error_sentence (code))
      : NULL;
}

/* The state that was told last rides on the connection, since counters change without it. */
static void
on_status (VisitorConnection *connection, GParamSpec *pspec, Monitor *monitor)
{
  VisitorState state = visitor_connection_get_state (connection);
  tell_attempts (connection, FALSE);
  const char *words = visitor_status_words (state, visitor_connection_get_status (connection));
  gboolean waits = words != visitor_state_words (state);
  gpointer before = g_object_get_data (G_OBJECT (connection), "visitor-told");
  gpointer told = GUINT_TO_POINTER (1 + 2 * (guint) state + (guint) waits);
  if (before == told)
    return;
  g_object_set_data (G_OBJECT (connection), "visitor-told", told);
  g_autofree char *now = now_text ();
  const char *name = visitor_connection_get_string (connection, "name");
  const char *detail = visitor_connection_get_string (
      connection, state == VISITOR_STATE_FAILED ? "error-detail" : "detail");
  g_autofree char *reason = state == VISITOR_STATE_FAILED ? reason_of (connection) : NULL;
  g_autofree char *all =
      reason != NULL ? g_strdup_printf ("%s: %s", words, reason) : g_strdup (words);
  if (detail != NULL && detail[0] != '\0' && !waits)
    output_say ("%s %s: %s (%s)", now, name, all, detail);
  else
    output_say ("%s %s: %s", now, name, all);
}

static void
on_log (VisitorConnection *connection, guint level, const char *line, Monitor *monitor)
{
  g_autofree char *now = now_text ();
  if (monitor->log)
    output_say ("%s   %s", now, line);
}

/* is_old: what it tried before is no news. */
static void
add (Monitor *monitor, VisitorConnection *connection, gboolean is_old)
{
  char *path = g_strdup (visitor_connection_get_path (connection));
  g_signal_connect (connection, "notify::status", G_CALLBACK (on_status), monitor);
  g_signal_connect (connection, "log", G_CALLBACK (on_log), monitor);
  g_hash_table_insert (monitor->known, path, g_object_ref (connection));
  tell_attempts (connection, is_old);
  on_status (connection, NULL, monitor);
}

static void
on_looked_at (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (VisitorConnection) connection = visitor_connection_new_finish (result, NULL);
  if (connection != NULL)
    add (user_data, connection, FALSE);
}

/* The paths of a new engine begin where those of the one before began. */
static void
on_added (VisitorClient *client, const char *path, Monitor *monitor)
{
  VisitorConnection *known = g_hash_table_lookup (monitor->known, path);
  if (known == NULL || visitor_state_is_over (visitor_connection_get_state (known)))
    visitor_connection_new_async (
        visitor_client_get_bus (client), path, NULL, on_looked_at, monitor);
}

static void
on_removed (VisitorClient *client, const char *path, Monitor *monitor)
{
  g_hash_table_remove (monitor->known, path);
}

static gboolean
on_stop (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_CONTINUE;
}

/* Whoever waited for a line has it. */
static gboolean
on_closed (int fd, GIOCondition condition, gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_CONTINUE;
}

static gboolean
watch (Monitor *monitor, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_signal_connect (monitor->client, "added", G_CALLBACK (on_added), monitor);
  g_signal_connect (monitor->client, "removed", G_CALLBACK (on_removed), monitor);
  visitor_client_watch_async (monitor->client, NULL, wait_callback, &result);
  if (!visitor_client_watch_finish (monitor->client, wait_for (&result), error))
    return FALSE;
  g_autoptr (GPtrArray) connections = engine_list (monitor->client, error);
  if (connections == NULL)
    return FALSE;
  engine_drop_those_over (connections); /* how they ended was told when they did */
  for (guint i = 0; i < connections->len; i++)
    add (monitor, g_ptr_array_index (connections, i), TRUE);
  if (connections->len == 0)
    output_say (_ ("Nothing is connected."));
  return TRUE;
}

int
verb_monitor (int argc, char **argv)
{
  gboolean with_log = FALSE;
  const GOptionEntry entries[] = {
    { "log", 0, 0, G_OPTION_ARG_NONE, &with_log, N_ ("Show the engine's log lines too"), NULL },
    { NULL },
  };
  if (!verb_parse (&argc, &argv, entries, 0, 0))
    return EXIT_CODE_USAGE;
  g_autoptr (GError) error = NULL;
  g_autoptr (VisitorClient) client = engine_open (&error);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GHashTable) known =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  Monitor monitor = { client, loop, known, with_log };
  if (client == NULL || !watch (&monitor, &error))
    return output_error (error);
  guint interrupt = g_unix_signal_add (SIGINT, on_stop, loop);
  guint terminate = g_unix_signal_add (SIGTERM, on_stop, loop);
  guint closed = output_on_closed (on_closed, loop);
  g_main_loop_run (loop);
  g_source_remove (closed);
  g_source_remove (interrupt);
  g_source_remove (terminate);
  g_signal_handlers_disconnect_by_data (client, &monitor);
  return EXIT_CODE_OK;
}
