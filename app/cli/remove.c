/* SPDX-License-Identifier: GPL-2.0-or-later */
/* visitor remove: a site, its backup, and what the keyring has of it. */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "cli/engine-call.h"
#include "cli/output.h"
#include "cli/verb.h"
#include "cli/wait.h"
#include "client/forget.h"
#include "client/keyring.h"
#include "client/site-list.h"

static void
forget (const char *id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  visitor_keyring_forget_async (id, NULL, wait_callback, &result);
  if (visitor_keyring_forget_finish (wait_for (&result), &error))
    output_say (_ ("Its password was removed from the keyring."));
  else if (error != NULL)
    output_complain (_ ("Whether the keyring has its password is not known. %s"), error->message);
}

/* Its connection goes on without it. */
static void
tell_connected (const char *id)
{
  g_autoptr (VisitorClient) client = engine_open (NULL);
  g_autoptr (GPtrArray) connections = client != NULL ? engine_list (client, NULL) : NULL;
  if (connections != NULL && engine_find (connections, id) != NULL)
    output_say (_ ("It is still connected. “visitor disconnect %s” ends that."), id);
}

/* Nothing to be told: without an engine there is nobody who remembers, and a day later nothing that is. */
static void
forget_gateways (const Site *site)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  visitor_forget_gateways_async (site, NULL, wait_callback, &result);
  if (!visitor_forget_gateways_finish (wait_for (&result), &error))
    g_debug ("What the engine remembers of it stays: %s", error->message);
}

int
verb_remove (int argc, char **argv)
{
  if (!verb_parse (&argc, &argv, NULL, 1, 1))
    return EXIT_CODE_USAGE;
  g_autoptr (GError) error = NULL;
  g_autoptr (VisitorSiteList) list = visitor_site_list_load (&error);
  const SiteEntry *entry = list != NULL ? visitor_site_list_find_any (list, argv[1], &error) : NULL;
  if (entry == NULL || !site_store_remove (visitor_site_list_get_store (list), entry->id, &error))
    return output_error (error);
  output_say (
      _ ("The site “%s” was removed."), entry->site != NULL ? entry->site->name : entry->id);
  tell_connected (entry->id);
  forget (entry->id);
  if (entry->site != NULL)
    forget_gateways (entry->site);
  return EXIT_CODE_OK;
}
