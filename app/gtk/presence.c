/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorPresence: how the program is there while its window is not looked at, or not there.
 *
 * It has the notifications and the tray's icon do what the settings say, and keeps the program alive without
 * a window while something else shows it: the icon, or a connection that was made at login. Without either
 * the program ends with its window; no tunnel does. */
#include "config.h"

#include "gtk/presence.h"

#include "desktop/notifier.h"
#include "desktop/settings.h"

/* At login the panel may come later than we. */
#define PANEL_SECONDS 20

struct _VisitorPresence {
  GObject parent_instance;

  /* owned */
  GSettings *settings;
  VisitorSiteModel *model;
  VisitorLive *live;
  VisitorNotifier *notifier;
  VisitorTray *tray; /* NULL without a session's bus */
  GPtrArray *logged_in; /* VisitorSiteItem: what was connected at login */

  /* borrowed */
  GtkApplication *application;

  /* state */
  gboolean is_held;
  guint awaits_panel; /* source: no panel came */
};

G_DEFINE_FINAL_TYPE (VisitorPresence, visitor_presence, G_TYPE_OBJECT)

static gboolean
has_login_connection (VisitorPresence *self)
{
  for (guint i = 0; i < self->logged_in->len; i++) {
    VisitorSiteItem *item = g_ptr_array_index (self->logged_in, i);
    if (!visitor_state_is_over (visitor_site_item_get_state (item)))
      return TRUE;
  }
  return FALSE;
}

static void
update_hold (VisitorPresence *self)
{
  gboolean is_shown = self->tray != NULL && visitor_tray_is_shown (self->tray);
  if (is_shown)
    g_clear_handle_id (&self->awaits_panel, g_source_remove);
  gboolean is_held = is_shown || self->awaits_panel != 0 || has_login_connection (self);
  if (is_held == self->is_held)
    return;
  self->is_held = is_held;
  if (is_held)
    g_application_hold (G_APPLICATION (self->application));
  else
    g_application_release (G_APPLICATION (self->application));
}

/* Who started us has to see something. */
static gboolean
on_no_panel (gpointer user_data)
{
  VisitorPresence *self = user_data;
  self->awaits_panel = 0;
  if (!has_login_connection (self))
    g_application_activate (G_APPLICATION (self->application));
  update_hold (self);
  return G_SOURCE_REMOVE;
}

static void
update_watched (VisitorPresence *self)
{
  gboolean is_active = FALSE;
  for (GList *l = gtk_application_get_windows (self->application); l != NULL; l = l->next)
    is_active = is_active || gtk_window_is_active (l->data);
  visitor_notifier_set_watched (self->notifier, is_active);
}

static void
on_window_added (GtkApplication *application, GtkWindow *window, VisitorPresence *self)
{
  g_signal_connect_object (
      window, "notify::is-active", G_CALLBACK (update_watched), self, G_CONNECT_SWAPPED);
  update_watched (self);
}

static void
on_settings_changed (VisitorPresence *self)
{
  visitor_notifier_set_enabled (
      self->notifier, g_settings_get_boolean (self->settings, VISITOR_SETTING_NOTIFY));
  if (self->tray != NULL)
    visitor_tray_set_enabled (
        self->tray, g_settings_get_boolean (self->settings, VISITOR_SETTING_TRAY));
}

static void
visitor_presence_dispose (GObject *object)
{
  VisitorPresence *self = VISITOR_PRESENCE (object);
  g_clear_handle_id (&self->awaits_panel, g_source_remove);
  if (self->is_held)
    g_application_release (G_APPLICATION (self->application));
  self->is_held = FALSE;
  g_clear_object (&self->tray);
  g_clear_object (&self->notifier);
  g_clear_object (&self->live);
  g_clear_object (&self->model);
  g_clear_object (&self->settings);
  g_ptr_array_set_size (self->logged_in, 0);
  G_OBJECT_CLASS (visitor_presence_parent_class)->dispose (object);
}

static void
visitor_presence_finalize (GObject *object)
{
  g_ptr_array_unref (VISITOR_PRESENCE (object)->logged_in);
  G_OBJECT_CLASS (visitor_presence_parent_class)->finalize (object);
}

static void
visitor_presence_class_init (VisitorPresenceClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = visitor_presence_dispose;
  G_OBJECT_CLASS (klass)->finalize = visitor_presence_finalize;
}

static void
visitor_presence_init (VisitorPresence *self)
{
  self->logged_in = g_ptr_array_new_with_free_func (g_object_unref);
}

/* For an application that outlives it and has the actions show-window, show-site, connect, disconnect and
 * quit; those in the middle take the id of a site. */
VisitorPresence *
visitor_presence_new (
    GtkApplication *application, VisitorSiteModel *model, VisitorLive *live, GSettings *settings)
{
  VisitorPresence *self = g_object_new (VISITOR_TYPE_PRESENCE, NULL);
  GDBusConnection *bus = g_application_get_dbus_connection (G_APPLICATION (application));
  self->application = application;
  self->model = g_object_ref (model);
  self->live = g_object_ref (live);
  self->settings = g_object_ref (settings);
  self->notifier = visitor_notifier_new (G_APPLICATION (application), G_LIST_MODEL (model));
  if (bus != NULL) {
    self->tray = visitor_tray_new (bus, G_LIST_MODEL (model), G_ACTION_GROUP (application));
    g_signal_connect_object (
        self->tray, "notify::shown", G_CALLBACK (update_hold), self, G_CONNECT_SWAPPED);
  }
  g_signal_connect_object (
      settings, "changed", G_CALLBACK (on_settings_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (application, "window-added", G_CALLBACK (on_window_added), self, 0);
  g_signal_connect_object (application, "window-removed", G_CALLBACK (update_watched), self,
      G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  for (GList *l = gtk_application_get_windows (application); l != NULL; l = l->next)
    on_window_added (application, l->data, self);
  on_settings_changed (self);
  return self;
}

/* The icon in the panel; NULL where there is no bus to offer it on. */
VisitorTray *
visitor_presence_get_tray (VisitorPresence *self)
{
  return self->tray;
}

/* Connects the sites that the user chose for that. FALSE where none is and no icon is wanted, so that
 * nothing would be seen. */
gboolean
visitor_presence_connect_at_login (VisitorPresence *self)
{
  g_auto (GStrv) sites = g_settings_get_strv (self->settings, VISITOR_SETTING_CONNECT_AT_LOGIN);
  for (gsize i = 0; sites[i] != NULL; i++) {
    VisitorSiteItem *item = visitor_site_model_find (self->model, sites[i]);
    if (item == NULL)
      continue;
    g_ptr_array_add (self->logged_in, g_object_ref (item));
    g_signal_connect_object (
        item, "notify::state", G_CALLBACK (update_hold), self, G_CONNECT_SWAPPED);
    if (visitor_state_is_over (visitor_site_item_get_state (item)))
      visitor_live_connect (self->live, item);
  }
  gboolean wants_icon =
      self->tray != NULL && g_settings_get_boolean (self->settings, VISITOR_SETTING_TRAY);
  if (wants_icon && self->awaits_panel == 0)
    self->awaits_panel = g_timeout_add_seconds (PANEL_SECONDS, on_no_panel, self);
  update_hold (self);
  return self->logged_in->len > 0 || wants_icon;
}

/* A question about item waits in the window. */
void
visitor_presence_tell_question (VisitorPresence *self, VisitorSiteItem *item)
{
  visitor_notifier_tell_question (self->notifier, item);
}
