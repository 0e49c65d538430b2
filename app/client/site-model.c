/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorSiteModel: the user's sites in the user's order, a list model of VisitorSiteItem.
 *
 * What is on the disk counts: the directory is watched, for visitor(1) and other programs change it
 * too. A site whose file cannot be used is an item that says why. A removed site is hidden at once and
 * deleted later, so that the removal can be undone and a program that is killed loses nothing. Main
 * thread. */
#include "client/site-model.h"

#include <string.h>

#include "client/site-model-private.h"
#include "client/site-order.h"

#define SETTLE_MSEC 40 /* a program that saves a site touches several files */
#define SUFFIX ".conf"

enum {
  KEYRING_PROBLEM,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void list_model_iface_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (VisitorSiteModel, visitor_site_model, G_TYPE_OBJECT,
    G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_iface_init))

static GType
get_item_type (GListModel *list)
{
  return VISITOR_TYPE_SITE_ITEM;
}

static guint
get_n_items (GListModel *list)
{
  return VISITOR_SITE_MODEL (list)->items->len;
}

static gpointer
get_item (GListModel *list, guint position)
{
  VisitorSiteModel *self = VISITOR_SITE_MODEL (list);
  return position < self->items->len ? g_object_ref (g_ptr_array_index (self->items, position))
                                     : NULL;
}

static void
list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static const char *
directory_of (VisitorSiteModel *self)
{
  return site_store_get_path (self->store);
}

/* The item is shown from now on. */
void
site_model_insert (VisitorSiteModel *self, guint position, VisitorSiteItem *item)
{
  g_ptr_array_insert (self->items, (gint) position, g_object_ref (item));
  g_list_model_items_changed (G_LIST_MODEL (self), position, 0, 1);
}

/* And not any more. */
void
site_model_take_out (VisitorSiteModel *self, guint position)
{
  g_ptr_array_remove_index (self->items, position);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
}

/* What is hidden comes at the end: it is still there if nobody finishes the removal. */
gboolean
site_model_save_order (VisitorSiteModel *self, GError **error)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();
  for (guint i = 0; i < self->items->len; i++)
    g_ptr_array_add (ids, (gpointer) visitor_site_item_get_id (g_ptr_array_index (self->items, i)));
  for (guint i = 0; i < self->removals->len; i++)
    g_ptr_array_add (
        ids, (gpointer) visitor_site_item_get_id (g_array_index (self->removals, Removal, i).item));
  g_ptr_array_add (ids, NULL);
  return visitor_site_order_save (directory_of (self), (const char *const *) ids->pdata, error);
}

static guint
place_in (char **order, VisitorSiteItem *item)
{
  guint place = 0;
  const char *id = visitor_site_item_get_id (item);
  while (order[place] != NULL && !g_str_equal (order[place], id))
    place++;
  return place;
}

/* What the order does not name comes by name behind the rest. */
static int
compare_items (gconstpointer a, gconstpointer b, gpointer user_data)
{
  VisitorSiteItem *one = *(VisitorSiteItem *const *) a, *other = *(VisitorSiteItem *const *) b;
  guint place = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (one), "place"));
  guint other_place = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (other), "place"));
  if (place != other_place)
    return place < other_place ? -1 : 1;
  int names = g_utf8_collate (visitor_site_item_get_name (one), visitor_site_item_get_name (other));
  return names != 0 ? names
                    : g_strcmp0 (visitor_site_item_get_id (one), visitor_site_item_get_id (other));
}

static void
sort_by_order (VisitorSiteModel *self)
{
  g_auto (GStrv) order = visitor_site_order_load (directory_of (self));
  for (guint i = 0; i < self->items->len; i++) {
    VisitorSiteItem *item = g_ptr_array_index (self->items, i);
    g_object_set_data (G_OBJECT (item), "place", GUINT_TO_POINTER (place_in (order, item)));
  }
  g_ptr_array_sort_with_data (self->items, compare_items, NULL);
}

static void
apply_order (VisitorSiteModel *self)
{
  gpointer *items = self->items->pdata;
  guint first = 0, end = self->items->len;
  g_autofree gpointer *before = g_memdup2 (items, end * sizeof *items);
  sort_by_order (self);
  while (first < end && before[first] == items[first])
    first++;
  while (end > first && before[end - 1] == items[end - 1])
    end--;
  if (end > first)
    g_list_model_items_changed (G_LIST_MODEL (self), first, end - first, end - first);
}

/* The removed item of this id that is not deleted yet, and where it is in removals; NULL: none. */
VisitorSiteItem *
site_model_find_hidden (VisitorSiteModel *self, const char *id, guint *ret_index)
{
  for (guint i = 0; i < self->removals->len; i++) {
    VisitorSiteItem *item = g_array_index (self->removals, Removal, i).item;
    *ret_index = i;
    if (g_str_equal (visitor_site_item_get_id (item), id))
      return item;
  }
  return NULL;
}

static gboolean
is_same_site (const SiteEntry *fresh, VisitorSiteItem *item)
{
  const Site *site = visitor_site_item_get_site (item);
  if (fresh->site == NULL || fresh->problem != NULL || site == NULL)
    return FALSE;
  g_autofree char *text = site_to_text (fresh->site);
  g_autofree char *before = site_to_text (site);
  return g_str_equal (text, before);
}

/* Has the item say what the file says by now. */
void
site_model_look_at_again (VisitorSiteModel *self, const char *id)
{
  guint position;
  SiteEntry *entry = site_store_load (self->store, id);
  VisitorSiteItem *item = visitor_site_model_find (self, id);
  gboolean is_gone = entry->site == NULL && entry->problem->code == VISITOR_ERROR_SITE_NOT_FOUND;
  if (site_model_find_hidden (self, id, &position) != NULL || (is_gone && item == NULL)) {
    site_entry_free (entry);
  } else if (is_gone) {
    site_entry_free (entry);
    if (visitor_site_model_get_position (self, item, &position))
      site_model_take_out (self, position);
  } else if (item == NULL) {
    g_autoptr (VisitorSiteItem) fresh = visitor_site_item_new (entry);
    site_model_insert (self, self->items->len, fresh);
  } else if (is_same_site (entry, item)) {
    site_entry_free (entry);
  } else {
    visitor_site_item_take_entry (item, entry);
  }
}

static gboolean
on_settled (gpointer user_data)
{
  VisitorSiteModel *self = user_data;
  self->settle = 0;
  g_autoptr (GHashTable) touched = g_steal_pointer (&self->touched);
  self->touched = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GHashTableIter iter;
  gpointer id;
  g_hash_table_iter_init (&iter, touched);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    site_model_look_at_again (self, id);
  if (self->order_touched)
    apply_order (self);
  self->order_touched = FALSE;
  return G_SOURCE_REMOVE;
}

static void
note_file (VisitorSiteModel *self, GFile *file)
{
  g_autofree char *name = file != NULL ? g_file_get_basename (file) : NULL;
  if (name == NULL)
    return;
  if (g_str_equal (name, VISITOR_SITE_ORDER_FILE))
    self->order_touched = TRUE;
  if (!g_str_has_suffix (name, SUFFIX))
    return;
  g_autofree char *id = g_strndup (name, strlen (name) - strlen (SUFFIX));
  if (site_id_is_valid (id))
    g_hash_table_add (self->touched, g_steal_pointer (&id));
}

static void
on_directory_changed (GFileMonitor *monitor, GFile *file, GFile *other, GFileMonitorEvent event,
    VisitorSiteModel *self)
{
  note_file (self, file);
  note_file (self, other);
  if (self->settle == 0 && (self->order_touched || g_hash_table_size (self->touched) > 0))
    self->settle = g_timeout_add (SETTLE_MSEC, on_settled, self);
}

static void
removal_clear (gpointer data)
{
  g_object_unref (((Removal *) data)->item);
}

static void
visitor_site_model_dispose (GObject *object)
{
  VisitorSiteModel *self = VISITOR_SITE_MODEL (object);
  g_clear_handle_id (&self->settle, g_source_remove);
  if (self->monitor != NULL) {
    g_signal_handlers_disconnect_by_data (self->monitor, self);
    g_file_monitor_cancel (self->monitor);
  }
  g_clear_object (&self->monitor);
  G_OBJECT_CLASS (visitor_site_model_parent_class)->dispose (object);
}

static void
visitor_site_model_finalize (GObject *object)
{
  VisitorSiteModel *self = VISITOR_SITE_MODEL (object);
  g_ptr_array_unref (self->items);
  g_array_unref (self->removals);
  g_hash_table_unref (self->touched);
  site_store_free (self->store);
  G_OBJECT_CLASS (visitor_site_model_parent_class)->finalize (object);
}

static void
visitor_site_model_class_init (VisitorSiteModelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  object_class->dispose = visitor_site_model_dispose;
  object_class->finalize = visitor_site_model_finalize;
  signals[KEYRING_PROBLEM] = g_signal_new ("keyring-problem", VISITOR_TYPE_SITE_MODEL,
      G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
visitor_site_model_init (VisitorSiteModel *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
  self->removals = g_array_new (FALSE, FALSE, sizeof (Removal));
  g_array_set_clear_func (self->removals, removal_clear);
  self->touched = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

/* Without a monitor, which a machine may have too many of, everything else goes on. */
static void
watch (VisitorSiteModel *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) directory = g_file_new_for_path (directory_of (self));
  self->monitor = g_file_monitor_directory (directory, G_FILE_MONITOR_WATCH_MOVES, NULL, &error);
  if (self->monitor != NULL)
    g_signal_connect (self->monitor, "changed", G_CALLBACK (on_directory_changed), self);
  else
    g_message ("Changes of the sites by other programs are not seen: %s", error->message);
}

/* The sites of a store, which it takes (NULL: that of the default directory), also where it fails.
 * STORAGE. The signal "keyring-problem" (a GError) tells that a removed site's password is still in the
 * keyring. Transfer: full. */
VisitorSiteModel *
visitor_site_model_new (SiteStore *store, GError **error)
{
  g_autoptr (VisitorSiteModel) self = g_object_new (VISITOR_TYPE_SITE_MODEL, NULL);
  self->store = store != NULL ? store : site_store_open (NULL, error);
  if (self->store == NULL)
    return NULL;
  watch (self); /* before the first look, so that nothing falls between */
  g_autoptr (GPtrArray) entries = site_store_list (self->store, error);
  if (entries == NULL)
    return NULL;
  g_ptr_array_set_free_func (entries, NULL);
  for (guint i = 0; i < entries->len; i++)
    g_ptr_array_add (self->items, visitor_site_item_new (g_ptr_array_index (entries, i)));
  sort_by_order (self);
  return g_steal_pointer (&self);
}

/* Borrowed. */
SiteStore *
visitor_site_model_get_store (VisitorSiteModel *self)
{
  return self->store;
}

/* The site that is shown under this id; NULL if there is none. Borrowed. */
VisitorSiteItem *
visitor_site_model_find (VisitorSiteModel *self, const char *id)
{
  for (guint i = 0; i < self->items->len; i++) {
    VisitorSiteItem *item = g_ptr_array_index (self->items, i);
    if (g_str_equal (visitor_site_item_get_id (item), id))
      return item;
  }
  return NULL;
}

/* The first one of this name, letter case aside; NULL if there is none. Borrowed. */
VisitorSiteItem *
visitor_site_model_find_name (VisitorSiteModel *self, const char *name)
{
  g_autofree char *folded = g_utf8_casefold (name, -1);
  for (guint i = 0; i < self->items->len; i++) {
    VisitorSiteItem *item = g_ptr_array_index (self->items, i);
    g_autofree char *other = g_utf8_casefold (visitor_site_item_get_name (item), -1);
    if (g_str_equal (folded, other))
      return item;
  }
  return NULL;
}

/* FALSE if it is not shown. */
gboolean
visitor_site_model_get_position (VisitorSiteModel *self, VisitorSiteItem *item, guint *ret_position)
{
  return g_ptr_array_find (self->items, item, ret_position);
}

/* What a removed site had in the keyring is still there. */
void
site_model_emit_keyring_problem (VisitorSiteModel *self, const GError *error)
{
  g_signal_emit (self, signals[KEYRING_PROBLEM], 0, error);
}
