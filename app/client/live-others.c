/* SPDX-License-Identifier: GPL-2.0-or-later */
/* LiveOthers: what the user has connected although no site of the list has its id: visitor(1) made it of
 * sites that are elsewhere, or its site was removed meanwhile. It must be seen, and can be ended. */
#include "client/live-private.h"
#include "client/site-model-private.h"

/* What the window removes is being disconnected, and may come back. */
static gboolean
is_other (const Tracked *tracked)
{
  VisitorSiteModel *model = tracked->live->model;
  const char *id = visitor_connection_get_string (tracked->connection, "site");
  guint index;
  return !visitor_state_is_over (visitor_connection_get_state (tracked->connection)) &&
      (id == NULL ||
          (visitor_site_model_find (model, id) == NULL &&
              site_model_find_hidden (model, id, &index) == NULL));
}

static void
show (Tracked *tracked)
{
  const char *name = visitor_connection_get_string (tracked->connection, "name");
  const char *id = visitor_connection_get_string (tracked->connection, "site");
  tracked->other =
      visitor_site_item_new_unlisted (name != NULL ? name : (id != NULL ? id : "visitor"));
  visitor_site_item_set_connection (tracked->other, tracked->connection);
  g_list_store_append (tracked->live->others, tracked->other);
}

/* It is none of the others any more. */
void
live_others_forget (Tracked *tracked)
{
  guint position;
  if (tracked->other == NULL)
    return;
  if (g_list_store_find (tracked->live->others, tracked->other, &position))
    g_list_store_remove (tracked->live->others, position);
  visitor_site_item_set_connection (tracked->other, NULL);
  g_clear_object (&tracked->other);
}

/* Its state or the list of sites is another one. */
void
live_others_follow (Tracked *tracked)
{
  gboolean is_one = is_other (tracked);
  if (is_one && tracked->other == NULL)
    show (tracked);
  else if (!is_one)
    live_others_forget (tracked);
}
