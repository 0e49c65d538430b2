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

static ExitCode
end_all (GPtrArray *connections)
{
  ExitCode worst = EXIT_CODE_OK;
  for (guint i = 0; i < connections->len; i++) {
    ExitCode code = end (g_ptr_array_index (connections, i));
    if (code != EXIT_CODE_OK)
      worst = code;
  }
  return worst;
}

static ExitCode
end_only_one (GPtrArray *connections)
{
  if (connections->len == 1)
    return end (g_ptr_array_index (connections, 0));
  if (connections->len == 0) {
    output_complain (_ ("Nothing is connected."));
    return EXIT_CODE_NOT_CONNECTED;
  }
  output_complain (_ ("Several sites are connected. Name one of them, or give --all."));
  return EXIT_CODE_USAGE;
}

int
verb_disconnect (int argc, char **argv)
{
  gboolean all = FALSE;
  const GOptionEntry entries[] = {
    { "all", 0, 0, G_OPTION_ARG_NONE, &all, N_ ("End all of your connections"), NULL },
    { NULL },
  };
  if (!verb_parse (&argc, &argv, _ ("[SITE]"), entries, 0, 1))
    return EXIT_CODE_USAGE;
  g_autoptr (GError) error = NULL;
  g_autoptr (VisitorClient) client = engine_open (&error);
  g_autoptr (GPtrArray) connections = client != NULL ? engine_list (client, &error) : NULL;
  if (connections == NULL)
    return output_error (error);
  engine_drop_those_over (connections);
  if (all)
    return end_all (connections);
  if (argc == 1)
    return end_only_one (connections);
  VisitorConnection *connection = engine_find (connections, argv[1]);
  if (connection != NULL)
    return end (connection);
  output_complain (_ ("“%s” is not connected."), argv[1]);
  return EXIT_CODE_NOT_CONNECTED;
}
