/* SPDX-License-Identifier: GPL-2.0-or-later */
/* EntryText: what a person is shown of a site's file. */
#include "config.h"

#include "client/entry-text.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "client/site-problem.h"

#define HTTPS_PORT 443

/* As people write it: without the port that everybody expects; "" where the site cannot be read. Transfer:
 * full. */
char *
visitor_entry_address (const SiteEntry *entry)
{
  if (entry->site == NULL)
    return g_strdup ("");
  const SiteAddress *address = &entry->site->address;
  if (address->port != HTTPS_PORT)
    return site_address_format (address);
  g_autofree char *name = g_hostname_to_unicode (address->host);
  return g_strdup (name != NULL ? name : address->host);
}

/* What is wrong with its file, NULL: nothing. The store's words for a log, "DIRECTORY/ID.conf: line 3,
 * ...", as a sentence for people. Transfer: full. */
char *
visitor_entry_problem (const SiteEntry *entry)
{
  if (entry->problem == NULL)
    return NULL;
  g_autofree char *file = g_strconcat (entry->id, ".conf: ", NULL);
  const char *at = strstr (entry->problem->message, file);
  if (at == NULL)
    return g_strdup (entry->problem->message);
  g_autoptr (GError) why =
      g_error_new_literal (VISITOR_ERROR, entry->problem->code, at + strlen (file));
  g_autofree char *sentence = visitor_site_problem_text (why);
  g_autofree char *path = g_strndup (
      entry->problem->message, (gsize) (at - entry->problem->message) + strlen (file) - 2);
  /* Translators: a sentence that says what is wrong, and the file that it is about */
  return g_strdup_printf (_ ("%s It is in %s."), sentence, path);
}
