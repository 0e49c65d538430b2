/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the window does to the chosen site: connect, edit, duplicate, export, remove and bring back. */
#include "config.h"

#include "gtk/window-private.h"

#include <glib/gi18n-lib.h>

#include "client/error-action.h"
#include "client/report.h"
#include "gtk/edit-dialog.h"
#include "gtk/export-dialog.h"
#include "gtk/log-window.h"

static gboolean
can_connect (VisitorSiteItem *item)
{
  return visitor_site_item_get_site (item) != NULL &&
      visitor_state_is_over (visitor_site_item_get_state (item));
}

static gboolean
can_disconnect (VisitorSiteItem *item)
{
  VisitorState state = visitor_site_item_get_state (item);
  return !visitor_state_is_over (state) && state != VISITOR_STATE_DISCONNECTING;
}

static void
toggle (GtkWidget *widget, const char *action, GVariant *parameter)
{
  VisitorWindow *self = VISITOR_WINDOW (widget);
  if (can_connect (self->item))
    visitor_live_connect (self->live, self->item);
  else if (can_disconnect (self->item))
    visitor_live_disconnect (self->live, self->item);
}

static void
end_connection (GtkWidget *widget, const char *action, GVariant *parameter)
{
  VisitorWindow *self = VISITOR_WINDOW (widget);
  visitor_live_disconnect (self->live, self->item);
}

/* A site that was saved is shown; one that was not leaves the dialog as it is. */
static void
on_new_saved (VisitorEditDialog *dialog, Site *site, const Secret *key, VisitorWindow *self)
{
  g_autoptr (GError) error = NULL;
  VisitorSiteItem *item = visitor_site_model_add (self->model, site, key, &error);
  if (item == NULL) {
    visitor_edit_dialog_show_error (dialog, error);
    return;
  }
  gtk_window_destroy (GTK_WINDOW (dialog));
  visitor_window_show_site (self, item);
}

static void
on_saved (VisitorEditDialog *dialog, Site *site, const Secret *key, VisitorWindow *self)
{
  g_autoptr (GError) error = NULL;
  VisitorSiteItem *item = g_object_get_data (G_OBJECT (dialog), "item");
  if (visitor_site_model_save_with_key (self->model, item, site, key, &error))
    gtk_window_destroy (GTK_WINDOW (dialog));
  else
    visitor_edit_dialog_show_error (dialog, error);
}

/* What is saved in dialog, a VisitorEditDialog, becomes a new site. */
void
visitor_window_present_new_site (VisitorWindow *self, GtkWindow *dialog)
{
  g_signal_connect_object (dialog, "saved", G_CALLBACK (on_new_saved), self, 0);
  gtk_window_present (dialog);
}

/* Asks for a site that is not there yet; address_or_null is where its gateway is. */
void
visitor_window_new_site (VisitorWindow *self, const char *address_or_null)
{
  GtkWindow *dialog = visitor_edit_dialog_new (GTK_WINDOW (self), NULL);
  if (address_or_null != NULL)
    visitor_edit_dialog_set_address (VISITOR_EDIT_DIALOG (dialog), address_or_null);
  visitor_window_present_new_site (self, dialog);
}

static void
new_site (GtkWidget *widget, const char *action, GVariant *parameter)
{
  visitor_window_new_site (VISITOR_WINDOW (widget), NULL);
}

static void
edit (GtkWidget *widget, const char *action, GVariant *parameter)
{
  VisitorWindow *self = VISITOR_WINDOW (widget);
  GtkWindow *dialog =
      visitor_edit_dialog_new (GTK_WINDOW (self), visitor_site_item_get_site (self->item));
  visitor_edit_dialog_set_id (VISITOR_EDIT_DIALOG (dialog), visitor_site_item_get_id (self->item));
  g_object_set_data_full (G_OBJECT (dialog), "item", g_object_ref (self->item), g_object_unref);
  g_signal_connect_object (dialog, "saved", G_CALLBACK (on_saved), self, 0);
  gtk_window_present (dialog);
}

static void
duplicate (GtkWidget *widget, const char *action, GVariant *parameter)
{
  VisitorWindow *self = VISITOR_WINDOW (widget);
  g_autoptr (GError) error = NULL;
  VisitorSiteItem *copy = visitor_site_model_duplicate (self->model, self->item, &error);
  if (copy != NULL)
    visitor_window_show_site (self, copy);
  else
    visitor_window_tell_error (self, error);
}

static void
on_exported (const GError *error, const char *remark, gpointer user_data)
{
  VisitorWindow *self = VISITOR_WINDOW (user_data);
  if (error != NULL)
    visitor_window_tell_error (self, error);
  else
    visitor_window_tell (self, _ ("The site is saved, without secrets."));
  if (error == NULL && remark != NULL)
    visitor_window_tell (self, remark);
}

static void
export_site (GtkWidget *widget, const char *action, GVariant *parameter)
{
  VisitorWindow *self = VISITOR_WINDOW (widget);
  visitor_export_site (
      GTK_WINDOW (self), visitor_site_item_get_site (self->item), on_exported, self);
}

static void
show_details (GtkWidget *widget, const char *action, GVariant *parameter)
{
  VisitorWindow *self = VISITOR_WINDOW (widget);
  gtk_window_present (visitor_log_window_new (GTK_WINDOW (self), self->item));
}

static void
copy_diagnostics (GtkWidget *widget, const char *action, GVariant *parameter)
{
  VisitorWindow *self = VISITOR_WINDOW (widget);
  g_auto (GStrv) log = visitor_log_history_dup_lines (visitor_site_item_get_log (self->item));
  g_autofree char *text = visitor_report_text (
      self->item, (const char *const *) log, visitor_live_get_engine_version (self->live));
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text);
  visitor_window_tell (self, _ ("The diagnostics are copied. They hold no secrets or names."));
}

/* Until here the removal can be undone. */
void
visitor_window_finish_removal (VisitorWindow *self)
{
  g_autoptr (GError) error = NULL;
  if (self->removed == NULL)
    return;
  g_clear_object (&self->removed);
  g_clear_object (&self->undo);
  if (!visitor_site_model_finish_removals (self->model, &error))
    visitor_window_tell_error (self, error);
}

static void
on_undo_dismissed (AdwToast *toast, VisitorWindow *self)
{
  if (toast == self->undo)
    visitor_window_finish_removal (self);
}

static void
undo_removal (GtkWidget *widget, const char *action, GVariant *parameter)
{
  VisitorWindow *self = VISITOR_WINDOW (widget);
  g_autoptr (VisitorSiteItem) item = g_steal_pointer (&self->removed);
  g_autoptr (AdwToast) toast = g_steal_pointer (&self->undo);
  if (item == NULL)
    return;
  adw_toast_dismiss (toast);
  visitor_site_model_restore (self->model, item);
  visitor_window_show_site (self, item);
}

static void
offer_undo (VisitorWindow *self, const char *name)
{
  g_autofree char *escaped = g_markup_escape_text (name, -1);
  g_autofree char *title = g_strdup_printf (_ ("“%s” is removed"), escaped);
  self->undo = adw_toast_new (title);
  adw_toast_set_button_label (self->undo, _ ("_Undo"));
  adw_toast_set_action_name (self->undo, "win.undo-removal");
  adw_toast_set_timeout (self->undo, 10);
  g_signal_connect_object (self->undo, "dismissed", G_CALLBACK (on_undo_dismissed), self, 0);
  adw_toast_overlay_add_toast (self->toasts, g_object_ref (self->undo));
}

static void
remove_site (GtkWidget *widget, const char *action, GVariant *parameter)
{
  VisitorWindow *self = VISITOR_WINDOW (widget);
  g_autoptr (VisitorSiteItem) item = g_object_ref (self->item);
  g_autoptr (AdwToast) before = self->undo != NULL ? g_object_ref (self->undo) : NULL;
  visitor_window_finish_removal (self);
  if (before != NULL)
    adw_toast_dismiss (before);
  if (can_disconnect (item))
    visitor_live_disconnect (self->live, item);
  self->removed = g_object_ref (item);
  offer_undo (self, visitor_site_item_get_name (item));
  adw_leaflet_navigate (self->leaflet, ADW_NAVIGATION_DIRECTION_BACK);
  visitor_site_model_remove (self->model, item);
}

static void
search (GtkWidget *widget, const char *action, GVariant *parameter)
{
  VisitorWindow *self = VISITOR_WINDOW (widget);
  adw_leaflet_navigate (self->leaflet, ADW_NAVIGATION_DIRECTION_BACK);
  visitor_sidebar_search (self->sidebar);
}

static void
go_back (GtkWidget *widget, const char *action, GVariant *parameter)
{
  VisitorWindow *self = VISITOR_WINDOW (widget);
  adw_leaflet_navigate (self->leaflet, ADW_NAVIGATION_DIRECTION_BACK);
  visitor_sidebar_focus (self->sidebar);
}

/* The menu that can be seen: that of the list, or of the page where the two are folded into one. */
static void
open_menu (GtkWidget *widget, const char *action, GVariant *parameter)
{
  VisitorWindow *self = VISITOR_WINDOW (widget);
  GtkMenuButton *const buttons[] = {
    self->welcome != NULL ? visitor_welcome_page_get_menu_button (self->welcome) : NULL,
    visitor_sidebar_get_menu_button (self->sidebar),
    self->site_menu_button,
  };
  for (gsize i = 0; i < G_N_ELEMENTS (buttons); i++) {
    if (buttons[i] != NULL && gtk_widget_get_mapped (GTK_WIDGET (buttons[i]))) {
      gtk_menu_button_popup (buttons[i]);
      return;
    }
  }
}

/* Made when it is asked for: GTK would make it with each window. */
static void
show_shortcuts (GtkWidget *widget, const char *action, GVariant *parameter)
{
  g_autoptr (GtkBuilder) builder =
      gtk_builder_new_from_resource ("/org/visitorvpn/Visitor/help-overlay.ui");
  GtkWindow *shortcuts = GTK_WINDOW (gtk_builder_get_object (builder, "help_overlay"));
  gtk_window_set_transient_for (shortcuts, GTK_WINDOW (widget));
  gtk_window_present (shortcuts);
}

static void
tell_copied (GtkWidget *widget, const char *action, GVariant *parameter)
{
  /* Translators: %s is what was copied, such as "Gateway". */
  g_autofree char *text =
      g_strdup_printf (_ ("Copied: %s"), g_variant_get_string (parameter, NULL));
  visitor_window_tell (VISITOR_WINDOW (widget), text);
}

static void
tell_problem (GtkWidget *widget, const char *action, GVariant *parameter)
{
  visitor_window_tell (VISITOR_WINDOW (widget), g_variant_get_string (parameter, NULL));
}

static const struct {
  const char *name;
  const char *parameter;
  GtkWidgetActionActivateFunc activate;
  guint key;
  GdkModifierType modifiers;
} actions[] = {
  { "win.toggle", NULL, toggle, GDK_KEY_Return, GDK_CONTROL_MASK },
  { "win.disconnect", NULL, end_connection, 0, 0 },
  { "win.new-site", NULL, new_site, GDK_KEY_n, GDK_CONTROL_MASK },
  { "win.edit", NULL, edit, GDK_KEY_F2, 0 },
  { "win.duplicate", NULL, duplicate, GDK_KEY_d, GDK_CONTROL_MASK },
  { "win.export", NULL, export_site, GDK_KEY_s, GDK_CONTROL_MASK },
  { "win.details", NULL, show_details, GDK_KEY_l, GDK_CONTROL_MASK },
  { "win.copy-diagnostics", NULL, copy_diagnostics, GDK_KEY_c, GDK_CONTROL_MASK | GDK_SHIFT_MASK },
  { "win.remove", NULL, remove_site, GDK_KEY_Delete, 0 },
  { "win.undo-removal", NULL, undo_removal, GDK_KEY_z, GDK_CONTROL_MASK },
  { "win.search", NULL, search, GDK_KEY_f, GDK_CONTROL_MASK },
  { "win.show-help-overlay", NULL, show_shortcuts, GDK_KEY_question, GDK_CONTROL_MASK },
  { "win.menu", NULL, open_menu, GDK_KEY_F10, 0 },
  { "win.back", NULL, go_back, GDK_KEY_Left, GDK_ALT_MASK },
  { "win.tell-copied", "s", tell_copied, 0, 0 },
  { "win.tell-problem", "s", tell_problem, 0, 0 },
};

/* Keys are the window's own: a field that somebody types into takes them first. */
void
visitor_window_add_actions (GtkWidgetClass *widget_class)
{
  for (gsize i = 0; i < G_N_ELEMENTS (actions); i++) {
    gtk_widget_class_install_action (
        widget_class, actions[i].name, actions[i].parameter, actions[i].activate);
    if (actions[i].key != 0)
      gtk_widget_class_add_binding_action (
          widget_class, actions[i].key, actions[i].modifiers, actions[i].name, NULL);
  }
}

/* What cannot be done to the chosen site is not offered. */
void
visitor_window_update_actions (VisitorWindow *self)
{
  static const char *const usable[] = { "win.edit", "win.duplicate", "win.export" };
  static const char *const any[] = { "win.details", "win.copy-diagnostics", "win.remove" };
  GtkWidget *widget = GTK_WIDGET (self);
  VisitorSiteItem *item = self->item;
  gboolean has_site = item != NULL && visitor_site_item_get_site (item) != NULL;
  for (gsize i = 0; i < G_N_ELEMENTS (usable); i++)
    gtk_widget_action_set_enabled (widget, usable[i], has_site);
  for (gsize i = 0; i < G_N_ELEMENTS (any); i++)
    gtk_widget_action_set_enabled (widget, any[i], item != NULL);
  gboolean connectable = item != NULL && can_connect (item);
  gboolean disconnectable = item != NULL && can_disconnect (item);
  gtk_widget_action_set_enabled (widget, "win.toggle", connectable || disconnectable);
  gtk_widget_action_set_enabled (widget, "win.disconnect", disconnectable);
}

/* The button beside a failure: a VisitorErrorAction. */
void
visitor_window_act_on_failure (VisitorWindow *self, guint action)
{
  GtkWidget *widget = GTK_WIDGET (self);
  switch ((VisitorErrorAction) action) {
  case VISITOR_ERROR_ACTION_TRY_AGAIN:
  case VISITOR_ERROR_ACTION_SIGN_IN_AGAIN:
    gtk_widget_activate_action (widget, "win.toggle", NULL);
    break;
  case VISITOR_ERROR_ACTION_OPEN_PORTAL: visitor_window_open_portal (self, self->item); break;
  case VISITOR_ERROR_ACTION_SHOW_CERTIFICATE:
    if (!visitor_window_warn_of_key (self, self->item))
      gtk_widget_activate_action (widget, "win.details", NULL);
    break;
  case VISITOR_ERROR_ACTION_SHOW_DETAILS:
    gtk_widget_activate_action (widget, "win.details", NULL);
    break;
  case VISITOR_ERROR_ACTION_EDIT_SITE: gtk_widget_activate_action (widget, "win.edit", NULL); break;
  case VISITOR_ERROR_ACTION_NONE:
  case VISITOR_ERROR_N_ACTIONS: break;
  }
}
