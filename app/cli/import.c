/* SPDX-License-Identifier: GPL-2.0-or-later */
/* visitor import: a site from a site.conf or another program's profile, all that the window takes. Nothing in
 * the file is run or fetched; the certificates that it names are copied into the site. */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "cli/output.h"
#include "cli/verb.h"
#include "client/import.h"
#include "client/site-list.h"

static void
say_what_was_done (const Site *site, const char *id, const char *const *notes, gboolean replaced)
{
  g_autofree char *address = site_address_format (&site->address);
  if (replaced)
    output_say (
        _ ("The site “%s” (%s) was replaced; the one before is kept as a backup."), site->name, id);
  else
    output_say (_ ("The site “%s” (%s) was added."), site->name, id);
  if (site->user != NULL)
    output_say (_ ("  Gateway %s, user %s"), address, site->user);
  else
    output_say (_ ("  Gateway %s"), address);
  for (guint i = 0; notes[i] != NULL; i++)
    output_say ("  %s", notes[i]);
  if (site->proxy_mode == SITE_PROXY_MANUAL)
    output_say (_ ("  Through the proxy %s"), site->proxy_uri);
}

static char *
choose_id (VisitorSiteList *list, const Site *site, gboolean replace, gboolean *ret_replaced,
    GError **error)
{
  const SiteEntry *same = visitor_site_list_find_name (list, site->name);
  *ret_replaced = same != NULL;
  if (same == NULL)
    return site_store_new_id (visitor_site_list_get_store (list), site->name);
  if (replace)
    return g_strdup (same->id);
  g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_SITE_EXISTS,
      _ ("The site “%s” (%s) is there already."), same->site->name, same->id);
  return NULL;
}

static gboolean
add (const char *path, const char *name, gboolean replace, GError **error)
{
  g_autoptr (VisitorImport) import = visitor_import_load_file_plainly (path, error);
  if (import == NULL) {
    g_autofree char *absolute = g_canonicalize_filename (path, NULL);
    if (strstr ((*error)->message, absolute) == NULL)
      g_prefix_error (error, "%s: ", path);
    return FALSE;
  }
  if (!visitor_import_is_complete (import)) {
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID,
        _ ("%s names no user, or no key. Open it in the window, which asks for what is missing."),
        path);
    return FALSE;
  }
  Site *site = visitor_import_get_site (import);
  if (name != NULL) {
    g_free (site->name);
    site->name = g_strdup (name);
  }
  g_autoptr (VisitorSiteList) list = visitor_site_list_load (error);
  gboolean replaced;
  g_autofree char *id = list != NULL ? choose_id (list, site, replace, &replaced, error) : NULL;
  if (id == NULL ||
      !site_store_add (
          visitor_site_list_get_store (list), id, site, visitor_import_get_key (import), error))
    return FALSE;
  say_what_was_done (site, id, visitor_import_get_notes (import), replaced);
  return TRUE;
}

int
verb_import (int argc, char **argv)
{
  gboolean replace = FALSE;
  g_autofree char *name = NULL;
  const GOptionEntry entries[] = {
    { "replace", 0, 0, G_OPTION_ARG_NONE, &replace, N_ ("Replace the site of the same name"),
        NULL },
    { "name", 0, 0, G_OPTION_ARG_STRING, &name, N_ ("Call the site so"), N_ ("NAME") },
    { NULL },
  };
  if (!verb_parse (&argc, &argv, entries, 1, 1))
    return EXIT_CODE_USAGE;
  if (name != NULL && name[0] == '\0') {
    output_complain (_ ("--name wants a name."));
    return verb_explain ("import");
  }
  g_autoptr (GError) error = NULL;
  return add (argv[1], name, replace, &error) ? EXIT_CODE_OK : output_error (error);
}
