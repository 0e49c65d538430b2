/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorTray: an icon in the desktop's panel (StatusNotifierItem), where there is a place for it.
 *
 * The place is a watcher on the session's bus, which may come late, go, and come back, and hosts that draw
 * what it knows. "shown" is TRUE only while both are there and the watcher has taken our icon: a program
 * may live on without its window then, and not otherwise. */
#include "config.h"

#include "desktop/tray.h"

#include <glib/gi18n-lib.h>
#include <unistd.h>

#include "client/site-item.h"
#include "desktop/tray-dbus.h"
#include "desktop/tray-menu.h"

#define ITEM_PATH "/StatusNotifierItem"
#define WATCHER "org.kde.StatusNotifierWatcher"
#define WATCHER_PATH "/StatusNotifierWatcher"
#define ICON_OPEN "org.visitorvpn.Visitor-symbolic"
#define ICON_CLOSED "org.visitorvpn.Visitor-closed-symbolic"

struct _VisitorTray {
  GObject parent_instance;

  /* owned */
  GDBusConnection *bus;
  GListModel *items;
  GActionGroup *actions;
  GPtrArray *watched; /* VisitorSiteItem */
  VisitorTrayMenu *menu;
  VisitorNotifierItem *skeleton;
  VisitorNotifierWatcher *watcher; /* or NULL */
  GCancellable *cancellable; /* of what is asked of the watcher, or NULL */
  char *name; /* of the icon on the bus */

  /* state */
  guint watch; /* of the watcher's name; 0 while disabled */
  guint
      own; /* of the icon's name, which ends with the icon: so the watcher learns that it is gone */
  gboolean is_registered;
  gboolean is_shown;
};

enum {
  PROP_0,
  PROP_SHOWN,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (VisitorTray, visitor_tray, G_TYPE_OBJECT)

static void
update_shown (VisitorTray *self)
{
  gboolean is_shown = self->is_registered && self->watcher != NULL &&
      visitor_notifier_watcher_get_is_status_notifier_host_registered (self->watcher);
  if (is_shown == self->is_shown)
    return;
  self->is_shown = is_shown;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SHOWN]);
}

/* The names of the sites that are connected; NULL where none is. */
static char *
connected_sites (VisitorTray *self)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  for (guint i = 0; i < self->watched->len; i++) {
    VisitorSiteItem *item = g_ptr_array_index (self->watched, i);
    if (visitor_site_item_get_state (item) == VISITOR_STATE_CONNECTED)
      g_ptr_array_add (names, (char *) visitor_site_item_get_name (item));
  }
  if (names->len == 0)
    return NULL;
  g_ptr_array_add (names, NULL);
  return g_strjoinv (", ", (char **) names->pdata);
}

static void
update_look (VisitorTray *self)
{
  g_autofree char *sites = connected_sites (self);
  g_autofree char *text = sites != NULL ? g_strdup_printf (_ ("Connected to %s"), sites)
                                        : g_strdup (_ ("Not connected"));
  if (g_strcmp0 (text, visitor_notifier_item_get_icon_accessible_desc (self->skeleton)) == 0)
    return;
  visitor_notifier_item_set_icon_accessible_desc (self->skeleton, text);
  visitor_notifier_item_set_icon_name (self->skeleton, sites != NULL ? ICON_OPEN : ICON_CLOSED);
  visitor_notifier_item_set_tool_tip (self->skeleton,
      g_variant_new ("(s@a(iiay)ss)", "", g_variant_new_array (G_VARIANT_TYPE ("(iiay)"), NULL, 0),
          "Visitor", text));
  visitor_notifier_item_emit_new_icon (self->skeleton);
  visitor_notifier_item_emit_new_tool_tip (self->skeleton);
}

static void
unwatch_items (VisitorTray *self)
{
  for (guint i = 0; i < self->watched->len; i++)
    g_signal_handlers_disconnect_by_data (g_ptr_array_index (self->watched, i), self);
  g_ptr_array_set_size (self->watched, 0);
}

static void
on_items_changed (GListModel *items, guint position, guint removed, guint added, VisitorTray *self)
{
  unwatch_items (self);
  for (guint i = 0; i < g_list_model_get_n_items (items); i++) {
    VisitorSiteItem *item = g_list_model_get_item (items, i);
    g_ptr_array_add (self->watched, item);
    g_signal_connect_swapped (item, "notify::name", G_CALLBACK (update_look), self);
    g_signal_connect_swapped (item, "notify::state", G_CALLBACK (update_look), self);
  }
  update_look (self);
}

static void
on_registered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  gboolean is_done = visitor_notifier_watcher_call_register_status_notifier_item_finish (
      VISITOR_NOTIFIER_WATCHER (source), result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  VisitorTray *self = user_data;
  if (!is_done)
    g_info ("The panel does not take an icon: %s", error->message);
  self->is_registered = is_done;
  update_shown (self);
}

/* A watcher's property does not always tell that it changes; these signals do. */
static void
on_host (VisitorNotifierWatcher *watcher, gpointer user_data)
{
  VisitorTray *self = user_data;
  g_dbus_proxy_set_cached_property (
      G_DBUS_PROXY (watcher), "IsStatusNotifierHostRegistered", g_variant_new_boolean (TRUE));
  update_shown (self);
}

static void
on_host_gone (VisitorNotifierWatcher *watcher, gpointer user_data)
{
  VisitorTray *self = user_data;
  g_dbus_proxy_set_cached_property (
      G_DBUS_PROXY (watcher), "IsStatusNotifierHostRegistered", g_variant_new_boolean (FALSE));
  update_shown (self);
}

static void
on_watcher (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  VisitorNotifierWatcher *watcher = visitor_notifier_watcher_proxy_new_finish (result, &error);
  if (watcher == NULL) {
    if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
      g_info ("The panel does not answer: %s", error->message);
    return;
  }
  VisitorTray *self = user_data;
  self->watcher = watcher;
  g_signal_connect (watcher, "status-notifier-host-registered", G_CALLBACK (on_host), self);
  g_signal_connect (watcher, "status-notifier-host-unregistered", G_CALLBACK (on_host_gone), self);
  g_signal_connect_swapped (
      watcher, "notify::is-status-notifier-host-registered", G_CALLBACK (update_shown), self);
  visitor_notifier_watcher_call_register_status_notifier_item (
      watcher, self->name, self->cancellable, on_registered, self);
}

static void
forget_watcher (VisitorTray *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->watcher != NULL)
    g_signal_handlers_disconnect_by_data (self->watcher, self);
  g_clear_object (&self->watcher);
  self->is_registered = FALSE;
  update_shown (self);
}

static void
on_watcher_appeared (GDBusConnection *bus, const char *name, const char *owner, gpointer user_data)
{
  VisitorTray *self = user_data;
  forget_watcher (self);
  self->cancellable = g_cancellable_new ();
  visitor_notifier_watcher_proxy_new (bus, G_DBUS_PROXY_FLAGS_DO_NOT_AUTO_START, owner,
      WATCHER_PATH, self->cancellable, on_watcher, self);
}

static void
on_watcher_vanished (GDBusConnection *bus, const char *name, gpointer user_data)
{
  forget_watcher (user_data);
}

static gboolean
on_activate (VisitorNotifierItem *skeleton, GDBusMethodInvocation *invocation, int x, int y,
    VisitorTray *self)
{
  visitor_notifier_item_complete_activate (skeleton, invocation);
  g_action_group_activate_action (self->actions, "show-window", NULL);
  return TRUE;
}

static void
visitor_tray_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  VisitorTray *self = VISITOR_TRAY (object);
  if (id == PROP_SHOWN)
    g_value_set_boolean (value, self->is_shown);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
visitor_tray_dispose (GObject *object)
{
  VisitorTray *self = VISITOR_TRAY (object);
  visitor_tray_set_enabled (self, FALSE);
  if (self->items != NULL)
    g_signal_handlers_disconnect_by_data (self->items, self);
  unwatch_items (self);
  g_clear_object (&self->items);
  g_clear_object (&self->actions);
  g_clear_object (&self->menu);
  g_clear_object (&self->bus);
  G_OBJECT_CLASS (visitor_tray_parent_class)->dispose (object);
}

static void
visitor_tray_finalize (GObject *object)
{
  VisitorTray *self = VISITOR_TRAY (object);
  g_object_unref (self->skeleton);
  g_ptr_array_unref (self->watched);
  g_free (self->name);
  G_OBJECT_CLASS (visitor_tray_parent_class)->finalize (object);
}

static void
visitor_tray_class_init (VisitorTrayClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  object_class->get_property = visitor_tray_get_property;
  object_class->dispose = visitor_tray_dispose;
  object_class->finalize = visitor_tray_finalize;
  /* Whether somebody sees the icon. */
  properties[PROP_SHOWN] =
      g_param_spec_boolean ("shown", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
visitor_tray_init (VisitorTray *self)
{
  self->watched = g_ptr_array_new_with_free_func (g_object_unref);
  self->name = g_strdup_printf ("org.kde.StatusNotifierItem-%d-1", (int) getpid ());
  self->skeleton = visitor_notifier_item_skeleton_new ();
  visitor_notifier_item_set_category (self->skeleton, "ApplicationStatus");
  visitor_notifier_item_set_id (self->skeleton, "org.visitorvpn.Visitor");
  visitor_notifier_item_set_title (self->skeleton, "Visitor");
  visitor_notifier_item_set_status (self->skeleton, "Active");
  visitor_notifier_item_set_icon_theme_path (self->skeleton, "");
  visitor_notifier_item_set_menu (self->skeleton, VISITOR_TRAY_MENU_PATH);
  g_signal_connect (self->skeleton, "handle-activate", G_CALLBACK (on_activate), self);
  g_signal_connect (self->skeleton, "handle-secondary-activate", G_CALLBACK (on_activate), self);
}

/* An icon for a list of VisitorSiteItem; disabled at first. See visitor_tray_menu_new () for the actions. */
VisitorTray *
visitor_tray_new (GDBusConnection *bus, GListModel *items, GActionGroup *actions)
{
  VisitorTray *self = g_object_new (VISITOR_TYPE_TRAY, NULL);
  self->bus = g_object_ref (bus);
  self->items = g_object_ref (items);
  self->actions = g_object_ref (actions);
  self->menu = visitor_tray_menu_new (items, actions);
  g_signal_connect (items, "items-changed", G_CALLBACK (on_items_changed), self);
  on_items_changed (items, 0, 0, 0, self);
  return self;
}

static void
enable (VisitorTray *self)
{
  g_autoptr (GError) error = NULL;
  if (!visitor_tray_menu_export (self->menu, self->bus, &error) ||
      !g_dbus_interface_skeleton_export (
          G_DBUS_INTERFACE_SKELETON (self->skeleton), self->bus, ITEM_PATH, &error)) {
    g_warning ("No icon can be offered to the panel: %s", error->message);
    return;
  }
  self->own = g_bus_own_name_on_connection (
      self->bus, self->name, G_BUS_NAME_OWNER_FLAGS_NONE, NULL, NULL, NULL, NULL);
  self->watch = g_bus_watch_name_on_connection (self->bus, WATCHER, G_BUS_NAME_WATCHER_FLAGS_NONE,
      on_watcher_appeared, on_watcher_vanished, self, NULL);
}

static void
disable (VisitorTray *self)
{
  GDBusInterfaceSkeleton *skeleton = G_DBUS_INTERFACE_SKELETON (self->skeleton);
  g_clear_handle_id (&self->watch, g_bus_unwatch_name);
  g_clear_handle_id (&self->own, g_bus_unown_name);
  forget_watcher (self);
  if (g_dbus_interface_skeleton_get_connection (skeleton) != NULL)
    g_dbus_interface_skeleton_unexport (skeleton);
  visitor_tray_menu_unexport (self->menu);
}

/* Offers the icon wherever a watcher is or comes, or takes it away. */
void
visitor_tray_set_enabled (VisitorTray *self, gboolean enabled)
{
  if (enabled == (self->watch != 0))
    return;
  if (enabled)
    enable (self);
  else
    disable (self);
}

gboolean
visitor_tray_is_shown (VisitorTray *self)
{
  return self->is_shown;
}
