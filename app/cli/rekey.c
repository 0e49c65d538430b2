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
  const char *name = visitor_connection_get_string (connection, "name");
  VisitorState state = visitor_connection_get_state (connection);
  if (state != VISITOR_STATE_CONNECTED) {
    output_complain (_ ("“%s” has no keys to renew now: %s. Try again when it is connected."), name,
        visitor_status_words (state, visitor_connection_get_status (connection)));
    return EXIT_CODE_NOT_CONNECTED;
  }
  visitor_connection_rekey_async (connection, what, NULL, wait_callback, &result);
  if (!visitor_connection_rekey_finish (connection, wait_for (&result), &error))
    return output_error (error);
  output_say (_ ("The gateway of “%s” is asked for new keys."), name);
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
  if (!verb_parse (&argc, &argv, entries, 0, 1))
    return EXIT_CODE_USAGE;
  if (ike && sign_in) {
    output_complain (_ ("Give --ike or --sign-in: the latter renews all keys."));
    return EXIT_CODE_USAGE;
  }
  const char *what = sign_in ? "sign-in" : ike ? "ike" : "child";
  ExitCode code = EXIT_CODE_OK;
  g_autoptr (VisitorConnection) connection =
      engine_choose (argv[1], _ ("Several sites are connected. Name one of them."), &code);
  return connection != NULL ? rekey (connection, what) : code;
}
