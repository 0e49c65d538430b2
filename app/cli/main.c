/* SPDX-License-Identifier: GPL-2.0-or-later */
/* visitor: the command line. Finds the verb and lets it do its work. */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <locale.h>
#include <string.h>

#include "cli/output.h"
#include "cli/table.h"
#include "cli/verb.h"

static ExitCode
print_help (void)
{
  gsize n;
  const Verb *verbs = verb_table (&n);
  g_autoptr (Table) table = table_new (2);
  for (gsize i = 0; i < n; i++) {
    const char *arguments = verbs[i].arguments[0] != '\0' ? _ (verbs[i].arguments) : "";
    g_autofree char *left = g_strdup_printf ("%s %s", verbs[i].name, arguments);
    table_add (table, left, _ (verbs[i].summary));
  }
  table_add (table, "--help", _ ("Show this; “visitor VERB --help” shows more"));
  table_add (table, "--version", _ ("Show the version"));
  output_text (_ ("Usage: visitor VERB [ARGUMENT…]\n\n"
                  "Carries you to your network where only web "
                  "traffic gets out.\n\n"));
  table_say (table, "  ");
  return EXIT_CODE_OK;
}

static ExitCode
run_verb (const Verb *verb, int argc, char **argv)
{
  return (ExitCode) verb->run (argc, argv);
}

/* “visitor help VERB” is what “visitor VERB --help” is. */
static ExitCode
help (int argc, char **argv)
{
  const Verb *verb = argc > 1 ? verb_find (argv[1]) : NULL;
  char *asked[] = { argc > 1 ? argv[1] : NULL, (char *) "--help", NULL };
  return verb != NULL ? run_verb (verb, 2, asked) : print_help ();
}

static ExitCode
complain (const char *name)
{
  if (name[0] == '\0')
    output_complain (_ ("What shall be done? “visitor --help” lists the verbs."));
  else if (name[0] == '-')
    output_complain (_ ("“%s” stands before the verb, where no option but --help and --version "
                        "has a place. “visitor --help” lists the verbs."),
        name);
  else
    output_complain (_ ("“%s” is not a verb. “visitor --help” lists the verbs."), name);
  return EXIT_CODE_USAGE;
}

static ExitCode
run (int argc, char **argv)
{
  const char *name = argc > 1 ? argv[1] : "";
  const Verb *verb = verb_find (name);
  if (verb != NULL)
    return run_verb (verb, argc - 1, argv + 1);
  if (strcmp (name, "--help") == 0 || strcmp (name, "-h") == 0 || strcmp (name, "help") == 0)
    return help (argc - 1, argv + 1);
  if (strcmp (name, "--version") != 0)
    return complain (name);
  output_say ("visitor %s", PACKAGE_VERSION);
  return EXIT_CODE_OK;
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  g_set_prgname ("visitor");
  return output_end (run (argc, argv));
}
