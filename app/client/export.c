/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Export: a site to give to somebody else. A site.conf holds no secrets, and the key of the user's
 * certificate is not in it. */
#include "config.h"

#include "client/export.h"

#include <glib/gi18n-lib.h>

#include "site/store.h"

/* A name for the file, made of the site's: "Office Zürich" becomes "Office Zürich.conf". Transfer: full. */
char *
visitor_export_file_name (const Site *site)
{
  g_autofree char *name = g_strdup (site->name);
  g_strdelimit (name, "/\\:*?\"<>|", '-');
  char *first = name;
  while (*first == '.' || *first == ' ')
    first++;
  return g_strconcat (*first != '\0' ? first : "site", ".conf", NULL);
}

/* Writes it to a file that the person has chosen, in the place of one that is there: the file dialog has
 * asked about that. STORAGE. */
gboolean
visitor_export_to_file (const Site *site, const char *path, GError **error)
{
  return site_export_file (site, path, TRUE, error);
}

/* What whoever gets the file has to know, a translated sentence; NULL: nothing. */
const char *
visitor_export_remark (const Site *site)
{
  if (site->key == NULL || site_key_is_uri (site->key))
    return NULL;
  return _ ("The key stays here: who imports this needs a key of their own beside it.");
}
