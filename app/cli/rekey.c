/* SPDX-License-Identifier: GPL-2.0-or-later */
/* visitor rekey: asks the gateway for new keys before their time. */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "cli/engine-call.h"
#include "cli/output.h"
#include "cli/verb.h"
#include "cli/wait.h"

static ExitCode
rekey (VisitorConnection *connection, const char *what)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  visitor_connection_rekey_async (connection, what, NULL, wait_callback, &result);
  if (!visitor_connection_rekey_finish (connection, wait_for (&result), &error))
    return output_error (error);
  return EXIT_CODE_OK;
}

static ExitCode
rekey_only_one (GPtrArray *connections, const char *what)
{
  engine_drop_those_over (connections);
  if (connections->len == 1)
    return rekey (g_ptr_array_index (connections, 0), what);
  if (connections->len == 0) {
    output_complain (_ ("Nothing is connected."));
    return EXIT_CODE_NOT_CONNECTED;
  }
  output_complain (_ ("Several sites are connected. Name one of them."));
  return EXIT_CODE_USAGE;
}

int
verb_rekey (int argc, char **argv)
{
  gboolean ike = FALSE, sign_in = FALSE;
  const GOptionEntry entries[] = {
    { "ike", 0, 0, G_OPTION_ARG_NONE, &ike, N_ ("Those of the talk with the gateway"), NULL },
    { "sign-in", 0, 0, G_OPTION_ARG_NONE, &sign_in, N_ ("All of them, by signing in anew"), NULL },
    { NULL },
  };
  if (!verb_parse (&argc, &argv, _ ("[SITE]"), entries, 0, 1))
    return EXIT_CODE_USAGE;
  const char *what = sign_in ? "sign-in" : ike ? "ike" : "child";
  g_autoptr (GError) error = NULL;
  g_autoptr (VisitorClient) client = engine_open (&error);
  g_autoptr (GPtrArray) connections = client != NULL ? engine_list (client, &error) : NULL;
  if (connections == NULL)
    return output_error (error);
  if (argc == 1)
    return rekey_only_one (connections, what);
  VisitorConnection *connection = engine_find (connections, argv[1]);
  if (connection != NULL)
    return rekey (connection, what);
  output_complain (_ ("“%s” is not connected."), argv[1]);
  return EXIT_CODE_NOT_CONNECTED;
}
