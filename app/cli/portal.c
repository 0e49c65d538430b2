/* SPDX-License-Identifier: GPL-2.0-or-later */
/* visitor portal: where a person signs in to a network that wants that first, and the tunnel out of the
 * browser's way. */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "cli/engine-call.h"
#include "cli/output.h"
#include "cli/portal.h"
#include "cli/verb.h"
#include "cli/wait.h"
#include "client/portal.h"

/* Says where the page is, and what comes of it. */
void
portal_tell (VisitorConnection *connection, const char *url)
{
  output_say ("%s", visitor_portal_sentence ());
  /* Translators: a URL follows */
  output_say (_ ("Open this in a browser: %s"), url);
  if (visitor_portal_is_enclosed (connection))
    output_say (_ ("The tunnel keeps your browser inside. “visitor portal --step-aside” lets all "
                   "programs past it, unprotected in this network, until you are through, for ten "
                   "minutes at most."));
  else
    output_say ("%s", visitor_portal_advice (connection));
}

static ExitCode
tell (VisitorConnection *connection, gboolean aside)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *url = visitor_portal_url (connection, NULL);
  if (visitor_connection_get_state (connection) != VISITOR_STATE_WAITING_FOR_PORTAL ||
      url == NULL) {
    output_complain (_ ("“%s” waits for no sign-in to this network."),
        visitor_connection_get_string (connection, "name"));
    return EXIT_CODE_NOT_CONNECTED;
  }
  if (aside) {
    visitor_connection_step_aside_async (connection, NULL, wait_callback, &result);
    if (!visitor_connection_step_aside_finish (connection, wait_for (&result), &error))
      return output_error (error);
  }
  portal_tell (connection, url);
  return EXIT_CODE_OK;
}

static ExitCode
tell_first (GPtrArray *connections, gboolean aside)
{
  for (guint i = 0; i < connections->len; i++) {
    VisitorConnection *connection = g_ptr_array_index (connections, i);
    if (visitor_connection_get_state (connection) == VISITOR_STATE_WAITING_FOR_PORTAL)
      return tell (connection, aside);
  }
  output_complain (_ ("No connection waits for a sign-in to this network."));
  return EXIT_CODE_NOT_CONNECTED;
}

int
verb_portal (int argc, char **argv)
{
  gboolean aside = FALSE;
  const GOptionEntry entries[] = {
    { "step-aside", 0, 0, G_OPTION_ARG_NONE, &aside,
        N_ ("Let all programs past the tunnel until you are through"), NULL },
    { NULL },
  };
  if (!verb_parse (&argc, &argv, entries, 0, 1))
    return EXIT_CODE_USAGE;
  ExitCode code = EXIT_CODE_OK;
  g_autoptr (GPtrArray) connections = engine_list_running (argv[1], &code);
  if (connections == NULL)
    return code;
  if (argc == 1)
    return tell_first (connections, aside);
  return tell (g_ptr_array_index (connections, 0), aside);
}
