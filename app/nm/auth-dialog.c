/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nm-visitor-auth-dialog: tells an agent of NM's what to ask a person for. It shows nothing itself. One
 * line too many on standard output and GNOME Shell understands nothing: the key file is all there is. */
#include "config.h"

#include <NetworkManager.h>
#include <libintl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "nm/auth-questions.h"
#include "nm/connection.h"
#include "nm/words.h"

#define EXIT_USAGE 2

typedef struct {
  char *uuid, *name, *service;
  char **hints;
  gboolean external, may_ask, again;
} Options;

static void
options_clear (Options *options)
{
  g_free (options->uuid);
  g_free (options->name);
  g_free (options->service);
  g_strfreev (options->hints);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static gboolean
parse_options (int *argc, char ***argv, Options *options, GError **error)
{
  const GOptionEntry entries[] = {
    { "uuid", 'u', 0, G_OPTION_ARG_STRING, &options->uuid, "Of the connection", "UUID" },
    { "name", 'n', 0, G_OPTION_ARG_STRING, &options->name, "Of the connection", "NAME" },
    { "service", 's', 0, G_OPTION_ARG_STRING, &options->service, "Of the connection", "NAME" },
    { "external-ui-mode", 0, 0, G_OPTION_ARG_NONE, &options->external,
        "The only mode: say what is to be asked", NULL },
    { "allow-interaction", 'i', 0, G_OPTION_ARG_NONE, &options->may_ask, "A person may be asked",
        NULL },
    { "reprompt", 'r', 0, G_OPTION_ARG_NONE, &options->again, "What there is was refused", NULL },
    { "hint", 't', 0, G_OPTION_ARG_STRING_ARRAY, &options->hints,
        "A secret that is wanted, or what the gateway says", "HINT" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (options->name != NULL && options->external &&
      g_strcmp0 (options->service, VISITOR_NM_SERVICE) == 0)
    return TRUE;
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
      "needs --external-ui-mode, --name, and --service " VISITOR_NM_SERVICE);
  return FALSE;
}

int
main (int argc, char *argv[])
{
  static const char *const no_hints[] = { NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GHashTable) data = NULL, secrets = NULL;
  g_auto (Options) options = { 0 };
  setlocale (LC_ALL, "");
  bindtextdomain (NM_GETTEXT_DOMAIN, LOCALEDIR);
  bind_textdomain_codeset (NM_GETTEXT_DOMAIN, "UTF-8");
  if (!parse_options (&argc, &argv, &options, &error)) {
    g_printerr ("nm-visitor-auth-dialog: %s\n", error->message);
    return EXIT_USAGE;
  }
  if (!nm_vpn_service_plugin_read_vpn_details (STDIN_FILENO, &data, &secrets)) {
    g_printerr ("nm-visitor-auth-dialog: no connection on standard input\n");
    return EXIT_FAILURE;
  }
  const AuthRequest request = {
    .name = options.name,
    .data = data,
    .secrets = secrets,
    .hints = options.hints != NULL ? (const char *const *) options.hints : no_hints,
    .may_ask = options.may_ask,
    .again = options.again,
  };
  g_autofree char *text = auth_questions (&request, &error);
  if (text == NULL) {
    g_printerr ("nm-visitor-auth-dialog: %s\n", error->message);
    return EXIT_FAILURE;
  }
  return fputs (text, stdout) >= 0 && fflush (stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
