/* SPDX-License-Identifier: GPL-2.0-or-later */
/* visitor disconnect: ends one connection, or with --all every one of the user. */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "cli/engine-call.h"
#include "cli/output.h"
#include "cli/verb.h"
#include "cli/wait.h"

#define END_SECONDS 20

static gboolean
on_timeout (gpointer timed_out)
{
  *(gboolean *) timed_out = TRUE;
  return G_SOURCE_REMOVE;
}

/* Waits until the engine has put everything back as it was. */
static gboolean
wait_for_end (VisitorConnection *connection, GError **error)
{
  gboolean timed_out = FALSE;
  guint timeout = g_timeout_add_seconds (END_SECONDS, on_timeout, &timed_out);
  while (!timed_out && !visitor_state_is_over (visitor_connection_get_state (connection)))
    g_main_context_iteration (NULL, TRUE);
  if (!timed_out) {
    g_source_remove (timeout);
    return TRUE;
  }
  g_set_error_literal (error, VISITOR_ERROR, VISITOR_ERROR_ENGINE_UNAVAILABLE,
      _ ("The engine did not end the connection in time."));
  return FALSE;
}

static ExitCode
end (VisitorConnection *connection)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  visitor_connection_disconnect_async (connection, NULL, wait_callback, &result);
  if (!visitor_connection_disconnect_finish (connection, wait_for (&result), &error) &&
      error->code != VISITOR_ERROR_NOT_CONNECTED)
    return output_error (error);
  g_clear_error (&error);
  if (!wait_for_end (connection, &error))
    return output_error (error);
  output_say (_ ("“%s” is disconnected."), visitor_connection_get_string (connection, "name"));
  return EXIT_CODE_OK;
}

/* What has failed is told until its owner has read it, which he has. */
static void
forget (VisitorConnection *connection)
{
  g_autoptr (GAsyncResult) result = NULL;
  visitor_connection_disconnect_async (connection, NULL, wait_callback, &result);
  (void) visitor_connection_disconnect_finish (connection, wait_for (&result), NULL);
}

static ExitCode
end_all (void)
{
  ExitCode worst = EXIT_CODE_OK;
  guint n = 0;
  g_autoptr (GPtrArray) connections = engine_list_all (&worst);
  if (connections == NULL)
    return worst;
  for (guint i = 0; i < connections->len; i++) {
    VisitorConnection *connection = g_ptr_array_index (connections, i);
    if (visitor_state_is_over (visitor_connection_get_state (connection))) {
      forget (connection);
      continue;
    }
    n++;
    ExitCode code = end (connection);
    if (code != EXIT_CODE_OK)
      worst = code;
  }
  if (n == 0)
    output_say (_ ("Nothing is connected."));
  return worst;
}

static ExitCode
end_named (const char *site)
{
  ExitCode code = EXIT_CODE_OK;
  g_autoptr (GPtrArray) connections = engine_list_all (&code);
  if (connections == NULL)
    return code;
  VisitorConnection *connection = engine_find (connections, site);
  VisitorConnection *failed = engine_find_over (connections, site);
  if (connection != NULL)
    return end (connection);
  if (failed == NULL)
    return engine_complain_absent (site);
  forget (failed);
  output_complain (_ ("“%s” is not connected; that it failed is not told any more."),
      visitor_connection_get_string (failed, "name"));
  return EXIT_CODE_NOT_CONNECTED;
}

int
verb_disconnect (int argc, char **argv)
{
  gboolean all = FALSE;
  const GOptionEntry entries[] = {
    { "all", 0, 0, G_OPTION_ARG_NONE, &all, N_ ("End all of your connections"), NULL },
    { NULL },
  };
  if (!verb_parse (&argc, &argv, entries, 0, 1))
    return EXIT_CODE_USAGE;
  if (all && argc == 2) {
    output_complain (_ ("Give a site or --all."));
    return EXIT_CODE_USAGE;
  }
  if (all || argc == 2)
    return all ? end_all () : end_named (argv[1]);
  ExitCode code = EXIT_CODE_OK;
  g_autoptr (VisitorConnection) connection = engine_choose (
      NULL, _ ("Several sites are connected. Name one of them, or give --all."), &code);
  return connection != NULL ? end (connection) : code;
}
