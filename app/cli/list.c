/* SPDX-License-Identifier: GPL-2.0-or-later */
/* visitor list: the sites, a line each; the short name first, for scripts. */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "cli/output.h"
#include "cli/verb.h"
#include "client/site-list.h"

int
verb_list (int argc, char **argv)
{
  if (!verb_parse (&argc, &argv, NULL, NULL, 0, 0))
    return EXIT_CODE_USAGE;
  g_autoptr (GError) error = NULL;
  g_autoptr (VisitorSiteList) list = visitor_site_list_load (&error);
  if (list == NULL)
    return output_error (error);
  ExitCode code = EXIT_CODE_OK;
  for (guint i = 0; i < visitor_site_list_get_length (list); i++) {
    const SiteEntry *entry = visitor_site_list_get (list, i);
    if (entry->site != NULL) {
      g_autofree char *address = site_address_format (&entry->site->address);
      output_say ("%-20s %-30s %s", entry->id, entry->site->name, address);
    }
    if (entry->problem != NULL)
      code = output_error (entry->problem);
  }
  if (visitor_site_list_get_length (list) == 0)
    output_complain (_ ("You have no sites yet. “visitor import FILE” adds one."));
  return code;
}
