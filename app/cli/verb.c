/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Verb: how every verb reads its command line. */
#include "config.h"

#include "cli/verb.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "cli/output.h"

/* Says where a verb's usage is explained. Returns EXIT_CODE_USAGE. */
ExitCode
verb_explain (const char *verb)
{
  output_complain (_ ("“visitor %s --help” explains it."), verb);
  return EXIT_CODE_USAGE;
}

/* GLib leaves the -- before an argument that begins as an option does. */
static void
drop_dashes (int *argc, char **argv)
{
  int from = 1;
  while (from < *argc && strcmp (argv[from], "--") != 0)
    from++;
  if (from == *argc)
    return;
  for (int i = from; i < *argc; i++)
    argv[i] = argv[i + 1];
  (*argc)--;
}

/* Takes the options out of the command line and checks how many arguments are left behind argv[0], which is the
 * verb's name. FALSE after telling the user what is wrong: the exit code is then EXIT_CODE_USAGE. */
gboolean
verb_parse (int *argc, char ***argv, const GOptionEntry *entries, int least, int most)
{
  const Verb *verb = verb_find ((*argv)[0]);
  const char *arguments = verb->arguments[0] != '\0' ? _ (verb->arguments) : NULL;
  g_autoptr (GOptionContext) context = g_option_context_new (arguments);
  g_autoptr (GError) error = NULL;
  g_option_context_set_translation_domain (context, GETTEXT_PACKAGE);
  g_option_context_set_strict_posix (context, FALSE);
  g_option_context_set_summary (context, verb->summary);
  g_option_context_set_description (context, N_ ("The manual page visitor(1) says more."));
  if (entries != NULL)
    g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  g_autofree char *program = g_strdup_printf ("visitor %s", verb->name);
  g_set_prgname (program);
  gboolean ok = g_option_context_parse (context, argc, argv, &error);
  g_set_prgname ("visitor");
  drop_dashes (argc, *argv);
  if (!ok)
    output_complain ("%s", error->message);
  else if (*argc - 1 < least || (least > 0 && (*argv)[1][0] == '\0'))
    output_complain (_ ("“visitor %s” needs more: %s"), verb->name, arguments);
  else if (*argc - 1 > most)
    output_complain (
        _ ("“visitor %s” does not know what to do with “%s”."), verb->name, (*argv)[most + 1]);
  else
    return TRUE;
  verb_explain (verb->name);
  return FALSE;
}
