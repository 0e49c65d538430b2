/* SPDX-License-Identifier: GPL-2.0-or-later */
/* visitor: the command line. Finds the verb and lets it do its work. */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "cli/output.h"
#include "cli/verb.h"

static const Verb verbs[] = {
  { "import", N_ ("FILE"), N_ ("Add a site from a site.conf"), verb_import },
  { "list", "", N_ ("List the sites"), verb_list },
  { "show", N_ ("SITE"), N_ ("Show what a site holds"), verb_show },
  { "connect", N_ ("SITE"), N_ ("Connect to a site"), verb_connect },
  { "disconnect", N_ ("[SITE]"), N_ ("End a connection"), verb_disconnect },
  { "rekey", N_ ("[SITE]"), N_ ("Ask the gateway for new keys"), verb_rekey },
  { "diagnose", N_ ("SITE|HOST[:PORT]"), N_ ("Find out what is in the way to a gateway"),
      verb_diagnose },
  { "portal", N_ ("[SITE]"), N_ ("Tell where to sign in to this network"), verb_portal },
  { "status", N_ ("[SITE]"), N_ ("Tell what is connected, and how"), verb_status },
  { "monitor", "", N_ ("Tell of every change until stopped"), verb_monitor },
  { "export", N_ ("SITE [FILE]"), N_ ("Write a site.conf, without secrets"), verb_export },
  { "remove", N_ ("SITE"), N_ ("Remove a site and its kept password"), verb_remove },
};

static void
print_help (void)
{
  g_autoptr (GString) help = g_string_new (_ ("Usage: visitor VERB [ARGUMENT…]\n\n"
                                              "Carries you to your network where only web "
                                              "traffic gets out.\n\n"));
  for (gsize i = 0; i < G_N_ELEMENTS (verbs); i++) {
    const char *arguments = verbs[i].arguments[0] != '\0' ? _ (verbs[i].arguments) : "";
    g_autofree char *left = g_strdup_printf ("%s %s", verbs[i].name, arguments);
    g_string_append_printf (help, "  %-22s%s\n", left, _ (verbs[i].summary));
  }
  g_string_append_printf (
      help, "  %-22s%s\n", "--help", _ ("Show this; “visitor VERB --help” shows more"));
  g_string_append_printf (help, "  %-22s%s\n", "--version", _ ("Show the version"));
  output_text (help->str);
}

static const Verb *
find_verb (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (verbs); i++) {
    if (strcmp (verbs[i].name, name) == 0)
      return &verbs[i];
  }
  return NULL;
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  g_set_prgname ("visitor");

  const char *name = argc > 1 ? argv[1] : "";
  if (strcmp (name, "--help") == 0 || strcmp (name, "-h") == 0 || strcmp (name, "help") == 0) {
    print_help ();
    return EXIT_CODE_OK;
  }
  if (strcmp (name, "--version") == 0) {
    g_print ("visitor %s\n", PACKAGE_VERSION);
    return EXIT_CODE_OK;
  }
  const Verb *verb = find_verb (name);
  if (verb != NULL)
    return verb->run (argc - 1, argv + 1);
  if (name[0] == '\0')
    output_complain (_ ("What shall be done? “visitor --help” lists the verbs."));
  else
    output_complain (_ ("“%s” is not a verb. “visitor --help” lists the verbs."), name);
  return EXIT_CODE_USAGE;
}
