/* SPDX-License-Identifier: GPL-2.0-or-later */
/* visitor list: the sites, a line each; the short name first, for scripts. */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "cli/output.h"
#include "cli/verb.h"
#include "client/site-list.h"

/* text with blanks up to so many columns of the terminal, wide characters counted as two. */
static char *
pad (const char *text, guint columns)
{
  g_autofree char *safe = output_escape (text);
  guint width = 0;
  for (const char *p = safe; *p != '\0'; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);
    width += g_unichar_iszerowidth (c) ? 0 : g_unichar_iswide (c) ? 2 : 1;
  }
  guint blanks = width < columns ? columns - width : 0;
  return g_strdup_printf ("%s%*s", safe, (int) blanks, "");
}

int
verb_list (int argc, char **argv)
{
  if (!verb_parse (&argc, &argv, NULL, 0, 0))
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
      g_autofree char *name = pad (entry->site->name, 30);
      output_say ("%-20s %s %s", entry->id, name, address);
    }
    if (entry->problem != NULL)
      code = output_error (entry->problem);
  }
  if (visitor_site_list_get_length (list) == 0)
    output_complain (_ ("You have no sites yet. “visitor import FILE” adds one."));
  return code;
}
