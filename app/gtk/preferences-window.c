/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorPreferencesWindow: what the user chooses for the program as a whole, applied at once. */
#include "config.h"

#include "gtk/preferences-window.h"

#include <glib/gi18n-lib.h>

#include "client/error-text.h"
#include "client/site-item.h"
#include "desktop/autostart.h"
#include "desktop/settings.h"

struct _VisitorPreferencesWindow {
  AdwPreferencesWindow parent_instance;

  /* template */
  AdwPreferencesGroup *login_group;
  AdwActionRow *tray_row;
  GtkSwitch *notify_switch;
  GtkSwitch *tray_switch;
  GtkSwitch *start_switch;

  /* owned */
  GSettings *settings;
  GListModel *sites;
  VisitorTray *tray; /* or NULL */
  GPtrArray *rows; /* of the sites */
};

G_DEFINE_FINAL_TYPE (
    VisitorPreferencesWindow, visitor_preferences_window, ADW_TYPE_PREFERENCES_WINDOW)

static void
update_tray_row (VisitorPreferencesWindow *self)
{
  gboolean is_missing = g_settings_get_boolean (self->settings, VISITOR_SETTING_TRAY) &&
      (self->tray == NULL || !visitor_tray_is_shown (self->tray));
  adw_action_row_set_subtitle (self->tray_row,
      is_missing ? _ ("This desktop has no place for it now")
                 : _ ("While it is there, Visitor goes on without its window"));
}

/* What the settings ask for is done at once; where that fails the user has to know. */
static void
on_login_changed (VisitorPreferencesWindow *self)
{
  g_autoptr (GError) error = NULL;
  if (visitor_autostart_follow (self->settings, g_get_user_config_dir (), &error))
    return;
  g_warning ("The start at login cannot be changed: %s", error->message);
  adw_preferences_window_add_toast (
      ADW_PREFERENCES_WINDOW (self), adw_toast_new (_ ("The start at login could not be changed")));
}

static void
on_site_switched (GtkSwitch *choice, GParamSpec *pspec, VisitorPreferencesWindow *self)
{
  VisitorSiteItem *item = g_object_get_data (G_OBJECT (choice), "site");
  visitor_settings_set_connects_at_login (
      self->settings, visitor_site_item_get_id (item), gtk_switch_get_active (choice));
}

static GtkWidget *
site_row_new (VisitorPreferencesWindow *self, VisitorSiteItem *item)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *choice = gtk_switch_new ();
  const char *name = visitor_site_item_get_name (item);
  /* Translators: a switch in the preferences; the site's name */
  g_autofree char *title = g_strdup_printf (_ ("Connect to %s"), name);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  gtk_widget_set_valign (choice, GTK_ALIGN_CENTER);
  gtk_switch_set_active (GTK_SWITCH (choice),
      visitor_settings_connects_at_login (self->settings, visitor_site_item_get_id (item)));
  gtk_accessible_update_property (
      GTK_ACCESSIBLE (choice), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), choice);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), choice);
  g_object_set_data_full (G_OBJECT (choice), "site", g_object_ref (item), g_object_unref);
  g_signal_connect_object (choice, "notify::active", G_CALLBACK (on_site_switched), self, 0);
  return row;
}

static void
on_sites_changed (VisitorPreferencesWindow *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (self->login_group, g_ptr_array_index (self->rows, i));
  g_ptr_array_set_size (self->rows, 0);
  for (guint i = 0; i < g_list_model_get_n_items (self->sites); i++) {
    g_autoptr (VisitorSiteItem) item = g_list_model_get_item (self->sites, i);
    GtkWidget *row = site_row_new (self, item);
    adw_preferences_group_add (self->login_group, row);
    g_ptr_array_add (self->rows, row);
  }
}

static void
visitor_preferences_window_finalize (GObject *object)
{
  VisitorPreferencesWindow *self = VISITOR_PREFERENCES_WINDOW (object);
  g_clear_object (&self->settings);
  g_clear_object (&self->sites);
  g_clear_object (&self->tray);
  g_ptr_array_unref (self->rows);
  G_OBJECT_CLASS (visitor_preferences_window_parent_class)->finalize (object);
}

static void
visitor_preferences_window_class_init (VisitorPreferencesWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  G_OBJECT_CLASS (klass)->finalize = visitor_preferences_window_finalize;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/visitorvpn/Visitor/preferences-window.ui");
  gtk_widget_class_bind_template_child (widget_class, VisitorPreferencesWindow, login_group);
  gtk_widget_class_bind_template_child (widget_class, VisitorPreferencesWindow, tray_row);
  gtk_widget_class_bind_template_child (widget_class, VisitorPreferencesWindow, notify_switch);
  gtk_widget_class_bind_template_child (widget_class, VisitorPreferencesWindow, tray_switch);
  gtk_widget_class_bind_template_child (widget_class, VisitorPreferencesWindow, start_switch);
}

static void
visitor_preferences_window_init (VisitorPreferencesWindow *self)
{
  self->rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
bind_switch (VisitorPreferencesWindow *self, const char *key, GtkSwitch *choice)
{
  g_settings_bind (self->settings, key, choice, "active", G_SETTINGS_BIND_DEFAULT);
}

/* sites are VisitorSiteItem. The window follows the tray, the settings and the list while it is open. */
VisitorPreferencesWindow *
visitor_preferences_window_new (
    GtkWindow *parent, GSettings *settings, GListModel *sites, VisitorTray *tray_or_null)
{
  VisitorPreferencesWindow *self =
      g_object_new (VISITOR_TYPE_PREFERENCES_WINDOW, "transient-for", parent, NULL);
  self->settings = g_object_ref (settings);
  self->sites = g_object_ref (sites);
  g_set_object (&self->tray, tray_or_null);
  bind_switch (self, VISITOR_SETTING_NOTIFY, self->notify_switch);
  bind_switch (self, VISITOR_SETTING_TRAY, self->tray_switch);
  bind_switch (self, VISITOR_SETTING_START_AT_LOGIN, self->start_switch);
  const char *const login[] = { "changed::" VISITOR_SETTING_START_AT_LOGIN,
    "changed::" VISITOR_SETTING_CONNECT_AT_LOGIN };
  for (gsize i = 0; i < G_N_ELEMENTS (login); i++)
    g_signal_connect_object (
        settings, login[i], G_CALLBACK (on_login_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (settings, "changed::" VISITOR_SETTING_TRAY, G_CALLBACK (update_tray_row),
      self, G_CONNECT_SWAPPED);
  if (tray_or_null != NULL)
    g_signal_connect_object (
        tray_or_null, "notify::shown", G_CALLBACK (update_tray_row), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (
      sites, "items-changed", G_CALLBACK (on_sites_changed), self, G_CONNECT_SWAPPED);
  on_sites_changed (self);
  update_tray_row (self);
  return self;
}
