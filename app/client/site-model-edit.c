/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorSiteModel, what a person does to it: add, save, duplicate, move, remove and undo. Everything is
 * on the disk when it returns, but a removal, which waits for visitor_site_model_finish_removals (). */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "client/forget.h"
#include "client/keyring.h"
#include "client/site-model-private.h"

/* Saves a new site, which is shown at the end; key is what its key file holds, or NULL. SITE_INVALID or
 * STORAGE, and then nothing was added. Borrowed. */
VisitorSiteItem *
visitor_site_model_add (VisitorSiteModel *self, Site *site, const Secret *key, GError **error)
{
  g_autofree char *id = site_store_new_id (self->store, site->name);
  if (!site_store_add (self->store, id, site, key, error))
    return NULL;
  site_model_look_at_again (self, id);
  g_autoptr (GError) why = NULL;
  if (!site_model_save_order (self, &why))
    g_message ("%s", why->message);
  return visitor_site_model_find (self, id);
}

/* Saves another text of a site. SITE_INVALID or STORAGE, and then it is what it was. */
gboolean
visitor_site_model_save (VisitorSiteModel *self, VisitorSiteItem *item, Site *site, GError **error)
{
  return visitor_site_model_save_with_key (self, item, site, NULL, error);
}

/* As visitor_site_model_save (), with another key file's contents; NULL: the key stays. */
gboolean
visitor_site_model_save_with_key (
    VisitorSiteModel *self, VisitorSiteItem *item, Site *site, const Secret *key, GError **error)
{
  const char *id = visitor_site_item_get_id (item);
  if (!site_store_add (self->store, id, site, key, error))
    return FALSE;
  site_model_look_at_again (self, id);
  return TRUE;
}

static char *
name_of_copy (VisitorSiteModel *self, const char *name)
{
  /* Translators: the name of a duplicated site */
  char *copy = g_strdup_printf (_ ("%s (copy)"), name);
  for (guint n = 2; visitor_site_model_find_name (self, copy) != NULL; n++) {
    g_free (copy);
    /* Translators: the name of a site that was duplicated more than once, and a number */
    copy = g_strdup_printf (_ ("%s (copy %u)"), name, n);
  }
  return copy;
}

/* Adds a site like this one, behind it, with its key and without its passwords. Errors: as
 * visitor_site_model_add (), or that of a key that cannot be read; SITE_INVALID of a site with a
 * problem. Borrowed. */
VisitorSiteItem *
visitor_site_model_duplicate (VisitorSiteModel *self, VisitorSiteItem *item, GError **error)
{
  const Site *site = visitor_site_item_get_site (item);
  if (site == NULL) {
    g_set_error_literal (
        error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID, visitor_site_item_get_problem (item));
    return NULL;
  }
  g_autoptr (Secret) key = NULL;
  if (site->key != NULL && !site_key_is_uri (site->key)) {
    key = site_store_read_key (self->store, site, error);
    if (key == NULL)
      return NULL;
  }
  g_autoptr (Site) copy = site_copy (site);
  g_free (copy->name);
  copy->name = name_of_copy (self, site->name);
  VisitorSiteItem *added = visitor_site_model_add (self, copy, key, error);
  guint position;
  if (added != NULL && visitor_site_model_get_position (self, item, &position))
    visitor_site_model_move (self, self->items->len - 1, position + 1, NULL);
  return added;
}

/* Moves the item at from to where it is at to. STORAGE if the order was not kept; it is shown anyway. */
gboolean
visitor_site_model_move (VisitorSiteModel *self, guint from, guint to, GError **error)
{
  g_return_val_if_fail (from < self->items->len && to < self->items->len, FALSE);
  if (from == to)
    return TRUE;
  gpointer item = g_ptr_array_steal_index (self->items, from);
  g_ptr_array_insert (self->items, (gint) to, item);
  guint first = MIN (from, to), n = MAX (from, to) - first + 1;
  g_list_model_items_changed (G_LIST_MODEL (self), first, n, n);
  return site_model_save_order (self, error);
}

/* Hides a site, until visitor_site_model_restore () or ..._finish_removals (). */
void
visitor_site_model_remove (VisitorSiteModel *self, VisitorSiteItem *item)
{
  guint position;
  if (!visitor_site_model_get_position (self, item, &position))
    return;
  Removal removal = { .item = g_object_ref (item), .position = position };
  g_array_append_val (self->removals, removal);
  site_model_take_out (self, position);
}

/* Shows a hidden site again, where it was. */
void
visitor_site_model_restore (VisitorSiteModel *self, VisitorSiteItem *item)
{
  guint index = 0;
  const char *id = visitor_site_item_get_id (item);
  if (site_model_find_hidden (self, id, &index) != item)
    return;
  guint position = g_array_index (self->removals, Removal, index).position;
  site_model_insert (self, MIN (position, self->items->len), item);
  g_autofree char *again = g_strdup (id);
  g_array_remove_index (self->removals, index);
  site_model_look_at_again (self, again);
}

/* An application stays until the keyring has answered. */
static void
release_application (void)
{
  if (g_application_get_default () != NULL)
    g_application_release (g_application_get_default ());
}

static void
on_forgotten (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (VisitorSiteModel) self = user_data;
  g_autoptr (GError) error = NULL;
  visitor_keyring_forget_finish (result, &error);
  if (error != NULL)
    site_model_emit_keyring_problem (self, error);
  self->forgetting--;
  release_application ();
}

/* Without an engine there is nobody who remembers. */
static void
on_gateways_forgotten (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (VisitorSiteModel) self = user_data;
  g_autoptr (GError) error = NULL;
  if (!visitor_forget_gateways_finish (result, &error))
    g_debug ("What the engine remembers of a removed site stays: %s", error->message);
  self->forgetting--;
  release_application ();
}

static void
begin_to_forget (VisitorSiteModel *self)
{
  if (g_application_get_default () != NULL)
    g_application_hold (g_application_get_default ());
  self->forgetting++;
}

static gboolean delete (VisitorSiteModel *self, VisitorSiteItem *item, GError **error)
{
  const char *id = visitor_site_item_get_id (item);
  const Site *site = visitor_site_item_get_site (item);
  g_autoptr (GError) why = NULL;
  if (!site_store_remove (self->store, id, &why) && why->code != VISITOR_ERROR_SITE_NOT_FOUND) {
    g_propagate_error (error, g_steal_pointer (&why));
    return FALSE;
  }
  begin_to_forget (self);
  visitor_keyring_forget_async (id, NULL, on_forgotten, g_object_ref (self));
  if (site != NULL) {
    begin_to_forget (self);
    visitor_forget_gateways_async (site, NULL, on_gateways_forgotten, g_object_ref (self));
  }
  return TRUE;
}

/* Deletes what is hidden: the files at once, the passwords when the keyring gets to it. STORAGE if a
 * file is still there; its site is then shown again. */
gboolean
visitor_site_model_finish_removals (VisitorSiteModel *self, GError **error)
{
  gboolean had_any = self->removals->len > 0;
  while (self->removals->len > 0) {
    VisitorSiteItem *item = g_array_index (self->removals, Removal, 0).item;
    if (!delete (self, item, error)) {
      visitor_site_model_restore (self, item);
      return FALSE;
    }
    g_array_remove_index (self->removals, 0);
  }
  return !had_any || site_model_save_order (self, error);
}

/* True while the keyring has not yet forgotten the passwords of what was removed. */
gboolean
visitor_site_model_is_forgetting (VisitorSiteModel *self)
{
  return self->forgetting > 0;
}
