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
  ExitCode code = EXIT_CODE_OK;
  g_autoptr (VisitorConnection) connection =
      engine_choose (argv[1], _ ("Several sites are connected. Name one of them."), &code);
  return connection != NULL ? rekey (connection, what) : code;
}
