/* SPDX-License-Identifier: GPL-2.0-or-later */
/* visitor export: a site.conf to give to somebody else; a site holds no secrets. */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

#include "cli/output.h"
#include "cli/verb.h"
#include "client/export.h"
#include "client/site-list.h"

int
verb_export (int argc, char **argv)
{
  gboolean replace = FALSE;
  const GOptionEntry entries[] = {
    { "replace", 0, 0, G_OPTION_ARG_NONE, &replace, N_ ("Replace the file if it exists"), NULL },
    { NULL },
  };
  if (!verb_parse (&argc, &argv, entries, 1, 2))
    return EXIT_CODE_USAGE;
  g_autoptr (GError) error = NULL;
  g_autoptr (VisitorSiteList) list = visitor_site_list_load (&error);
  const SiteEntry *entry = list != NULL ? visitor_site_list_find (list, argv[1], &error) : NULL;
  if (entry == NULL)
    return output_error (error);
  if (argc == 2 || strcmp (argv[2], "-") == 0) {
    g_autofree char *text = site_to_text (entry->site);
    fputs (text, stdout); /* a file's contents: not for the terminal's encoding to change */
    return EXIT_CODE_OK;
  }
  if (!site_export_file (entry->site, argv[2], replace, &error))
    return output_error (error);
  const char *remark = visitor_export_remark (entry->site);
  if (remark != NULL)
    output_say ("%s", remark);
  output_say (
      _ ("The site “%s” was written to %s, without its password."), entry->site->name, argv[2]);
  return EXIT_CODE_OK;
}
