/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorTrayMenu: the tray icon's menu, which the desktop's panel draws (com.canonical.dbusmenu).
 *
 * Flat: a row for each site with a check mark where it is connected, and below them the window and the
 * end of the program. A row's number stays with its site, so that a click on a menu that is a moment old
 * never means another one. */
#include "config.h"

#include "desktop/tray-menu.h"

#include <glib/gi18n-lib.h>

#include "client/site-item.h"
#include "desktop/tray-dbus.h"

/* Row numbers; 0 is the menu itself. */
enum {
  ROW_ROOT,
  ROW_SEPARATOR,
  ROW_WINDOW,
  ROW_QUIT,
  ROW_SITES = 16,
};

struct _VisitorTrayMenu {
  GObject parent_instance;

  /* owned */
  GListModel *items;
  GActionGroup *actions;
  VisitorDbusmenu *skeleton;
  GPtrArray *watched; /* VisitorSiteItem */
  GPtrArray *ids; /* of sites: the row of ids[n] is ROW_SITES + n, for ever */

  /* state */
  guint revision;
  guint pending; /* source: the panel is to be told of a change */
};

G_DEFINE_FINAL_TYPE (VisitorTrayMenu, visitor_tray_menu, G_TYPE_OBJECT)

static int
row_of (VisitorTrayMenu *self, VisitorSiteItem *item)
{
  const char *id = visitor_site_item_get_id (item);
  guint index;
  if (!g_ptr_array_find_with_equal_func (self->ids, id, g_str_equal, &index)) {
    index = self->ids->len;
    g_ptr_array_add (self->ids, g_strdup (id));
  }
  return ROW_SITES + (int) index;
}

static gboolean
is_idle (VisitorState state)
{
  return state == VISITOR_STATE_UNKNOWN || visitor_state_is_over (state);
}

/* An underscore would be taken for a mnemonic. */
static char *
site_label (VisitorSiteItem *item)
{
  VisitorState state = visitor_site_item_get_state (item);
  const char *name = visitor_site_item_get_name (item);
  VisitorConnection *connection = visitor_site_item_get_connection (item);
  GVariant *status = connection != NULL ? visitor_connection_get_status (connection) : NULL;
  g_autofree char *label = is_idle (state) || state == VISITOR_STATE_CONNECTED
      ? g_strdup (name)
      /* Translators: a site and what it is doing, in the tray's menu: "Office: Signing in". */
      : g_strdup_printf (_ ("%s: %s"), name, visitor_status_words (state, status));
  g_auto (GStrv) parts = g_strsplit (label, "_", -1);
  return g_strjoinv ("__", parts);
}

static void
add (GVariantDict *properties, const char *name, GVariant *value)
{
  g_variant_dict_insert_value (properties, name, value);
}

static GVariant *
site_properties (VisitorSiteItem *item)
{
  g_auto (GVariantDict) properties = G_VARIANT_DICT_INIT (NULL);
  g_autofree char *label = site_label (item);
  gboolean is_usable = visitor_site_item_get_problem (item) == NULL;
  add (&properties, "label", g_variant_new_string (label));
  add (&properties, "enabled", g_variant_new_boolean (is_usable));
  add (&properties, "toggle-type", g_variant_new_string ("checkmark"));
  add (&properties, "toggle-state",
      g_variant_new_int32 (is_idle (visitor_site_item_get_state (item)) ? 0 : 1));
  return g_variant_ref_sink (g_variant_dict_end (&properties));
}

static GVariant *
fixed_properties (int row)
{
  g_auto (GVariantDict) properties = G_VARIANT_DICT_INIT (NULL);
  if (row == ROW_ROOT)
    add (&properties, "children-display", g_variant_new_string ("submenu"));
  if (row == ROW_SEPARATOR)
    add (&properties, "type", g_variant_new_string ("separator"));
  if (row == ROW_WINDOW)
    add (&properties, "label", g_variant_new_string (_ ("Open Visitor")));
  if (row == ROW_QUIT)
    add (&properties, "label", g_variant_new_string (_ ("Quit")));
  return g_variant_ref_sink (g_variant_dict_end (&properties));
}

static VisitorSiteItem *
item_of_row (VisitorTrayMenu *self, int row)
{
  if (row < ROW_SITES || (guint) (row - ROW_SITES) >= self->ids->len)
    return NULL;
  const char *id = g_ptr_array_index (self->ids, row - ROW_SITES);
  for (guint i = 0; i < self->watched->len; i++) {
    VisitorSiteItem *item = g_ptr_array_index (self->watched, i);
    if (g_str_equal (visitor_site_item_get_id (item), id))
      return item;
  }
  return NULL;
}

/* The properties of a row; NULL where there is no such row. */
static GVariant *
row_properties (VisitorTrayMenu *self, int row)
{
  if (row >= ROW_ROOT && row <= ROW_QUIT)
    return fixed_properties (row);
  VisitorSiteItem *item = item_of_row (self, row);
  return item != NULL ? site_properties (item) : NULL;
}

static GArray *
rows_of_menu (VisitorTrayMenu *self)
{
  GArray *rows = g_array_new (FALSE, FALSE, sizeof (int));
  for (guint i = 0; i < self->watched->len; i++) {
    int row = row_of (self, g_ptr_array_index (self->watched, i));
    g_array_append_val (rows, row);
  }
  const int fixed[] = { ROW_SEPARATOR, ROW_WINDOW, ROW_QUIT };
  guint first = self->watched->len > 0 ? 0 : 1;
  g_array_append_vals (rows, fixed + first, G_N_ELEMENTS (fixed) - first);
  return rows;
}

static GVariant *
layout (VisitorTrayMenu *self, int row, int depth)
{
  g_autoptr (GVariant) properties = row_properties (self, row);
  g_auto (GVariantBuilder) children = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("av"));
  if (row == ROW_ROOT && depth != 0) {
    g_autoptr (GArray) rows = rows_of_menu (self);
    for (guint i = 0; i < rows->len; i++)
      g_variant_builder_add (
          &children, "v", layout (self, g_array_index (rows, int, i), depth - 1));
  }
  return g_variant_new ("(i@a{sv}av)", row, properties, &children);
}

static void
unknown_row (GDBusMethodInvocation *invocation)
{
  g_dbus_method_invocation_return_error_literal (
      invocation, G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS, "There is no such row");
}

static gboolean
on_get_layout (VisitorDbusmenu *skeleton, GDBusMethodInvocation *invocation, int parent, int depth,
    const char *const *names, VisitorTrayMenu *self)
{
  g_autoptr (GVariant) properties = row_properties (self, parent);
  if (properties == NULL)
    unknown_row (invocation);
  else
    visitor_dbusmenu_complete_get_layout (
        skeleton, invocation, self->revision, layout (self, parent, depth));
  return TRUE;
}

static gboolean
on_get_group_properties (VisitorDbusmenu *skeleton, GDBusMethodInvocation *invocation,
    GVariant *wanted, const char *const *names, VisitorTrayMenu *self)
{
  g_auto (GVariantBuilder) answer = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(ia{sv})"));
  for (gsize i = 0; i < g_variant_n_children (wanted); i++) {
    int row;
    g_variant_get_child (wanted, i, "i", &row);
    g_autoptr (GVariant) properties = row_properties (self, row);
    if (properties != NULL)
      g_variant_builder_add (&answer, "(i@a{sv})", row, properties);
  }
  visitor_dbusmenu_complete_get_group_properties (
      skeleton, invocation, g_variant_builder_end (&answer));
  return TRUE;
}

static gboolean
on_get_property (VisitorDbusmenu *skeleton, GDBusMethodInvocation *invocation, int row,
    const char *name, VisitorTrayMenu *self)
{
  g_autoptr (GVariant) properties = row_properties (self, row);
  g_autoptr (GVariant) value =
      properties != NULL ? g_variant_lookup_value (properties, name, NULL) : NULL;
  if (value == NULL)
    unknown_row (invocation);
  else
    visitor_dbusmenu_complete_get_property (skeleton, invocation, g_variant_new_variant (value));
  return TRUE;
}

static void
click (VisitorTrayMenu *self, int row)
{
  VisitorSiteItem *item = item_of_row (self, row);
  if (row == ROW_WINDOW)
    g_action_group_activate_action (self->actions, "show-window", NULL);
  else if (row == ROW_QUIT)
    g_action_group_activate_action (self->actions, "quit", NULL);
  else if (item != NULL)
    g_action_group_activate_action (self->actions,
        is_idle (visitor_site_item_get_state (item)) ? "connect" : "disconnect",
        g_variant_new_string (visitor_site_item_get_id (item)));
}

static gboolean
on_event (VisitorDbusmenu *skeleton, GDBusMethodInvocation *invocation, int row, const char *event,
    GVariant *data, guint timestamp, VisitorTrayMenu *self)
{
  visitor_dbusmenu_complete_event (skeleton, invocation);
  if (g_str_equal (event, "clicked"))
    click (self, row);
  return TRUE;
}

static gboolean
on_event_group (VisitorDbusmenu *skeleton, GDBusMethodInvocation *invocation, GVariant *events,
    VisitorTrayMenu *self)
{
  visitor_dbusmenu_complete_event_group (
      skeleton, invocation, g_variant_new_array (G_VARIANT_TYPE_INT32, NULL, 0));
  for (gsize i = 0; i < g_variant_n_children (events); i++) {
    int row;
    const char *event;
    g_variant_get_child (events, i, "(i&s@vu)", &row, &event, NULL, NULL);
    if (g_str_equal (event, "clicked"))
      click (self, row);
  }
  return TRUE;
}

/* What is about to be shown is what was told last. */
static gboolean
on_about_to_show (
    VisitorDbusmenu *skeleton, GDBusMethodInvocation *invocation, int row, VisitorTrayMenu *self)
{
  visitor_dbusmenu_complete_about_to_show (skeleton, invocation, FALSE);
  return TRUE;
}

static gboolean
on_about_to_show_group (VisitorDbusmenu *skeleton, GDBusMethodInvocation *invocation,
    GVariant *rows, VisitorTrayMenu *self)
{
  visitor_dbusmenu_complete_about_to_show_group (skeleton, invocation,
      g_variant_new_array (G_VARIANT_TYPE_INT32, NULL, 0),
      g_variant_new_array (G_VARIANT_TYPE_INT32, NULL, 0));
  return TRUE;
}

static gboolean
on_pending (gpointer user_data)
{
  VisitorTrayMenu *self = user_data;
  self->pending = 0;
  self->revision++;
  visitor_dbusmenu_emit_layout_updated (self->skeleton, self->revision, ROW_ROOT);
  return G_SOURCE_REMOVE;
}

static void
change (VisitorTrayMenu *self)
{
  if (self->pending == 0)
    self->pending = g_idle_add (on_pending, self);
}

static void
unwatch (VisitorTrayMenu *self)
{
  for (guint i = 0; i < self->watched->len; i++)
    g_signal_handlers_disconnect_by_data (g_ptr_array_index (self->watched, i), self);
  g_ptr_array_set_size (self->watched, 0);
}

static void
on_items_changed (
    GListModel *items, guint position, guint removed, guint added, VisitorTrayMenu *self)
{
  unwatch (self);
  for (guint i = 0; i < g_list_model_get_n_items (items); i++) {
    VisitorSiteItem *item = g_list_model_get_item (items, i);
    g_ptr_array_add (self->watched, item);
    g_signal_connect_swapped (item, "notify::name", G_CALLBACK (change), self);
    g_signal_connect_swapped (item, "notify::state", G_CALLBACK (change), self);
    g_signal_connect_swapped (item, "notify::problem", G_CALLBACK (change), self);
  }
  change (self);
}

static void
visitor_tray_menu_dispose (GObject *object)
{
  VisitorTrayMenu *self = VISITOR_TRAY_MENU (object);
  g_clear_handle_id (&self->pending, g_source_remove);
  visitor_tray_menu_unexport (self);
  if (self->items != NULL)
    g_signal_handlers_disconnect_by_data (self->items, self);
  unwatch (self);
  g_clear_object (&self->items);
  g_clear_object (&self->actions);
  G_OBJECT_CLASS (visitor_tray_menu_parent_class)->dispose (object);
}

static void
visitor_tray_menu_finalize (GObject *object)
{
  VisitorTrayMenu *self = VISITOR_TRAY_MENU (object);
  g_object_unref (self->skeleton);
  g_ptr_array_unref (self->watched);
  g_ptr_array_unref (self->ids);
  G_OBJECT_CLASS (visitor_tray_menu_parent_class)->finalize (object);
}

static void
visitor_tray_menu_class_init (VisitorTrayMenuClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  object_class->dispose = visitor_tray_menu_dispose;
  object_class->finalize = visitor_tray_menu_finalize;
}

static void
visitor_tray_menu_init (VisitorTrayMenu *self)
{
  static const struct {
    const char *signal;
    GCallback handler;
  } handlers[] = {
    { "handle-get-layout", G_CALLBACK (on_get_layout) },
    { "handle-get-group-properties", G_CALLBACK (on_get_group_properties) },
    { "handle-get-property", G_CALLBACK (on_get_property) },
    { "handle-event", G_CALLBACK (on_event) },
    { "handle-event-group", G_CALLBACK (on_event_group) },
    { "handle-about-to-show", G_CALLBACK (on_about_to_show) },
    { "handle-about-to-show-group", G_CALLBACK (on_about_to_show_group) },
  };
  self->watched = g_ptr_array_new_with_free_func (g_object_unref);
  self->ids = g_ptr_array_new_with_free_func (g_free);
  self->skeleton = visitor_dbusmenu_skeleton_new ();
  for (gsize i = 0; i < G_N_ELEMENTS (handlers); i++)
    g_signal_connect (self->skeleton, handlers[i].signal, handlers[i].handler, self);
  visitor_dbusmenu_set_version (self->skeleton, 3);
  visitor_dbusmenu_set_status (self->skeleton, "normal");
  visitor_dbusmenu_set_text_direction (self->skeleton, "none");
}

/* The menu of a list of VisitorSiteItem. A click activates one of the actions connect and disconnect, each
 * with the id of a site, show-window and quit. */
VisitorTrayMenu *
visitor_tray_menu_new (GListModel *items, GActionGroup *actions)
{
  VisitorTrayMenu *self = g_object_new (VISITOR_TYPE_TRAY_MENU, NULL);
  self->items = g_object_ref (items);
  self->actions = g_object_ref (actions);
  g_signal_connect (items, "items-changed", G_CALLBACK (on_items_changed), self);
  on_items_changed (items, 0, 0, 0, self);
  return self;
}

gboolean
visitor_tray_menu_export (VisitorTrayMenu *self, GDBusConnection *bus, GError **error)
{
  return g_dbus_interface_skeleton_export (
      G_DBUS_INTERFACE_SKELETON (self->skeleton), bus, VISITOR_TRAY_MENU_PATH, error);
}

void
visitor_tray_menu_unexport (VisitorTrayMenu *self)
{
  GDBusInterfaceSkeleton *skeleton = G_DBUS_INTERFACE_SKELETON (self->skeleton);
  if (g_dbus_interface_skeleton_get_connection (skeleton) != NULL)
    g_dbus_interface_skeleton_unexport (skeleton);
}
