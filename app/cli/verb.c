/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Verb: how every verb reads its command line. */
#include "config.h"

#include "cli/verb.h"

#include <glib/gi18n-lib.h>

#include "cli/output.h"

/* Takes the options out of the command line and checks how many arguments are left behind argv[0].
 * FALSE after telling the user what is wrong: the exit code is then EXIT_CODE_USAGE. */
gboolean
verb_parse (int *argc, char ***argv, const char *arguments, const GOptionEntry *entries, int least,
    int most)
{
  g_autoptr (GOptionContext) context = g_option_context_new (arguments);
  g_autoptr (GError) error = NULL;
  const char *verb = (*argv)[0];
  g_option_context_set_translation_domain (context, GETTEXT_PACKAGE);
  g_option_context_set_strict_posix (context, FALSE);
  if (entries != NULL)
    g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  g_autofree char *program = g_strdup_printf ("visitor %s", verb);
  g_set_prgname (program);
  gboolean ok = g_option_context_parse (context, argc, argv, &error);
  g_set_prgname ("visitor");
  if (!ok) {
    output_complain ("%s", error->message);
  } else if (*argc - 1 < least) {
    output_complain (_ ("“visitor %s” needs more: %s"), verb, arguments);
  } else if (*argc - 1 > most) {
    output_complain (
        _ ("“visitor %s” does not know what to do with “%s”."), verb, (*argv)[most + 1]);
  } else {
    return TRUE;
  }
  output_complain (_ ("“visitor %s --help” explains it."), verb);
  return FALSE;
}
