/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the application does when it is asked from without the window: by a notification, the icon in the
 * panel, the desktop's menu or another program over D-Bus. */
#include "config.h"

#include "gtk/application-private.h"

#include <glib/gi18n-lib.h>

#include "gtk/preferences-window.h"

static void
on_show_window (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_application_activate (G_APPLICATION (user_data));
}

/* The site that the action names; NULL where it is gone. */
static VisitorSiteItem *
site_of (VisitorApplication *self, GVariant *parameter)
{
  if (self->model == NULL)
    return NULL;
  return visitor_site_model_find (self->model, g_variant_get_string (parameter, NULL));
}

static void
on_show_site (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  VisitorApplication *self = user_data;
  VisitorSiteItem *item = site_of (self, parameter);
  g_application_activate (G_APPLICATION (self));
  if (item != NULL)
    visitor_window_show_site (visitor_application_ensure_window (self), item);
}

static void
on_connect (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  VisitorApplication *self = user_data;
  VisitorSiteItem *item = site_of (self, parameter);
  if (item != NULL && visitor_site_item_get_site (item) != NULL &&
      visitor_state_is_over (visitor_site_item_get_state (item)))
    visitor_live_connect (self->live, item);
}

static void
on_disconnect (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  VisitorApplication *self = user_data;
  VisitorSiteItem *item = site_of (self, parameter);
  if (item != NULL && !visitor_state_is_over (visitor_site_item_get_state (item)))
    visitor_live_disconnect (self->live, item);
}

static void
on_open_portal (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  VisitorApplication *self = user_data;
  VisitorSiteItem *item = site_of (self, parameter);
  if (item != NULL && visitor_site_item_get_state (item) == VISITOR_STATE_WAITING_FOR_PORTAL)
    visitor_window_open_portal (visitor_application_ensure_window (self), item);
}

static void
pass_to_window (VisitorApplication *self, const char *action)
{
  if (self->model != NULL)
    gtk_widget_activate_action (
        GTK_WIDGET (visitor_application_ensure_window (self)), action, NULL);
}

static void
on_new_site (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  pass_to_window (user_data, "win.new-site");
}

static void
on_import (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  pass_to_window (user_data, "win.import");
}

static void
on_preferences (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  VisitorApplication *self = user_data;
  if (self->model == NULL)
    return;
  gtk_window_present (GTK_WINDOW (
      visitor_preferences_window_new (GTK_WINDOW (visitor_application_ensure_window (self)),
          self->settings, G_LIST_MODEL (self->model), visitor_presence_get_tray (self->presence))));
}

static void
on_about (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  VisitorApplication *self = user_data;
  adw_show_about_window (gtk_application_get_active_window (GTK_APPLICATION (self)),
      "application-name", "Visitor", "application-icon", VISITOR_APPLICATION_ID, "version",
      PACKAGE_VERSION, "developer-name", _ ("The Visitor contributors"), "comments",
      _ ("Get into your own network from places where only web traffic gets out."), "license-type",
      GTK_LICENSE_GPL_2_0, NULL);
}

/* Windows are closed as by hand, so that what they still have to do is done before the end. */
static void
on_quit (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  VisitorApplication *self = user_data;
  if (self->window != NULL)
    visitor_window_finish_removal (self->window);
  g_application_quit (G_APPLICATION (self));
}

static const GActionEntry actions[] = {
  { "show-window", on_show_window },
  { "show-site", on_show_site, "s" },
  { "connect", on_connect, "s" },
  { "disconnect", on_disconnect, "s" },
  { "open-portal", on_open_portal, "s" },
  { "new-site", on_new_site },
  { "import", on_import },
  { "preferences", on_preferences },
  { "about", on_about },
  { "quit", on_quit },
};

static const struct {
  const char *action;
  const char *accels[3];
} shortcuts[] = {
  { "app.preferences", { "<Control>comma" } },
  { "app.quit", { "<Control>q" } },
  { "window.close", { "<Control>w" } },
};

/* At startup. */
void
visitor_application_add_actions (VisitorApplication *self)
{
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  for (gsize i = 0; i < G_N_ELEMENTS (shortcuts); i++)
    gtk_application_set_accels_for_action (
        GTK_APPLICATION (self), shortcuts[i].action, shortcuts[i].accels);
}
