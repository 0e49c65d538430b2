/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorWindow: the list of sites, and beside it the page of the chosen one. On a narrow window the two
 * fold into one; without any site there is the welcome. */
#include "config.h"

#include "gtk/window-private.h"

#include <glib/gi18n-lib.h>

#include "client/error-text.h"
#include "gtk/lazy-menu.h"

G_DEFINE_FINAL_TYPE (VisitorWindow, visitor_window, ADW_TYPE_APPLICATION_WINDOW)

/* Not above a failure that says the same. */
static void
show_engine (VisitorWindow *self)
{
  const GError *failure = self->item != NULL ? visitor_site_item_get_failure (self->item) : NULL;
  gboolean is_said =
      failure != NULL && g_error_matches (failure, VISITOR_ERROR, VISITOR_ERROR_ENGINE_UNAVAILABLE);
  if (visitor_live_get_available (self->live) || is_said)
    visitor_failure_bar_hide (self->engine_bar);
  else
    visitor_failure_bar_show_text (self->engine_bar,
        visitor_error_sentence (VISITOR_ERROR_ENGINE_UNAVAILABLE),
        visitor_error_advice (VISITOR_ERROR_ENGINE_UNAVAILABLE), NULL);
}

static void
on_item_changed (VisitorWindow *self)
{
  visitor_window_update_actions (self);
  show_engine (self);
}

static void
show_item (VisitorWindow *self, VisitorSiteItem *item)
{
  if (self->item == item)
    return;
  if (self->item != NULL)
    g_signal_handlers_disconnect_by_data (self->item, self);
  g_set_object (&self->item, item);
  if (item != NULL)
    g_signal_connect_swapped (item, "notify", G_CALLBACK (on_item_changed), self);
  gtk_widget_set_visible (GTK_WIDGET (self->page), item != NULL);
  visitor_site_page_set_item (self->page, item);
  on_item_changed (self);
}

static void
on_selected (VisitorWindow *self)
{
  show_item (self, visitor_sidebar_get_selected (self->sidebar));
}

static void
on_chosen (VisitorWindow *self)
{
  adw_leaflet_set_visible_child (self->leaflet, GTK_WIDGET (self->page_pane));
  visitor_site_page_focus (self->page);
}

static void
on_welcome_address (VisitorWindow *self, const char *address)
{
  visitor_window_new_site (self, address);
}

static void
on_welcome_pasted (VisitorWindow *self, const char *text)
{
  visitor_window_import_text (self, text);
}

static void
make_welcome (VisitorWindow *self)
{
  self->welcome = visitor_welcome_page_new ();
  g_signal_connect_swapped (self->welcome, "address", G_CALLBACK (on_welcome_address), self);
  g_signal_connect_swapped (self->welcome, "pasted", G_CALLBACK (on_welcome_pasted), self);
  gtk_stack_add_named (self->stack, GTK_WIDGET (self->welcome), "welcome");
}

static void
show_sites_or_welcome (VisitorWindow *self)
{
  gboolean any = g_list_model_get_n_items (G_LIST_MODEL (self->model)) > 0;
  if (!any && self->welcome == NULL)
    make_welcome (self);
  gtk_stack_set_visible_child_name (self->stack, any ? "sites" : "welcome");
  if (!any)
    adw_leaflet_navigate (self->leaflet, ADW_NAVIGATION_DIRECTION_BACK);
}

/* Throughput is asked for while somebody can see it. */
static void
visitor_window_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (visitor_window_parent_class)->map (widget);
  visitor_sidebar_focus (VISITOR_WINDOW (widget)->sidebar);
  visitor_live_set_sampling (VISITOR_WINDOW (widget)->live, TRUE);
}

static void
visitor_window_unmap (GtkWidget *widget)
{
  VisitorWindow *self = VISITOR_WINDOW (widget);
  if (self->live != NULL)
    visitor_live_set_sampling (self->live, FALSE);
  GTK_WIDGET_CLASS (visitor_window_parent_class)->unmap (widget);
}

static gboolean
visitor_window_close_request (GtkWindow *window)
{
  visitor_window_finish_removal (VISITOR_WINDOW (window));
  return GTK_WINDOW_CLASS (visitor_window_parent_class)->close_request (window);
}

static void
visitor_window_dispose (GObject *object)
{
  VisitorWindow *self = VISITOR_WINDOW (object);
  if (self->item != NULL)
    g_signal_handlers_disconnect_by_data (self->item, self);
  g_clear_object (&self->item);
  g_clear_object (&self->removed);
  g_clear_object (&self->undo);
  g_clear_object (&self->live);
  g_clear_object (&self->model);
  G_OBJECT_CLASS (visitor_window_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  g_type_ensure (VISITOR_TYPE_FAILURE_BAR);
  g_type_ensure (VISITOR_TYPE_OTHER_CONNECTIONS);
  g_type_ensure (VISITOR_TYPE_SIDEBAR);
  g_type_ensure (VISITOR_TYPE_SITE_PAGE);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/visitorvpn/Visitor/window.ui");
  gtk_widget_class_bind_template_child (widget_class, VisitorWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, VisitorWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, VisitorWindow, leaflet);
  gtk_widget_class_bind_template_child (widget_class, VisitorWindow, sidebar);
  gtk_widget_class_bind_template_child (widget_class, VisitorWindow, page_pane);
  gtk_widget_class_bind_template_child (widget_class, VisitorWindow, engine_bar);
  gtk_widget_class_bind_template_child (widget_class, VisitorWindow, page);
  gtk_widget_class_bind_template_child (widget_class, VisitorWindow, others);
  gtk_widget_class_bind_template_child (widget_class, VisitorWindow, site_menu_button);
  gtk_widget_class_bind_template_child (widget_class, VisitorWindow, site_menu);
  gtk_widget_class_bind_template_callback (widget_class, on_chosen);
  gtk_widget_class_bind_template_callback (widget_class, on_selected);
  gtk_widget_class_bind_template_callback (widget_class, visitor_window_act_on_failure);
}

/* What the keyring says is a sentence for people already. */
static const char *
why_not_kept (const GError *error)
{
  return error->code == VISITOR_ERROR_NO_SECRET
      ? error->message
      : visitor_error_sentence ((VisitorError) error->code);
}

static void
on_not_kept (VisitorWindow *self, VisitorSiteItem *item, const GError *error)
{
  /* Translators: a sentence that says why follows. */
  g_autofree char *text = g_strdup_printf (
      _ ("What you typed or accepted is not remembered. %s"), why_not_kept (error));
  visitor_window_tell (self, text);
}

static void
on_keyring_problem (VisitorWindow *self, const GError *error)
{
  /* Translators: a sentence that says why follows. */
  g_autofree char *text = g_strdup_printf (
      _ ("A password of the removed site may still be in the keyring. %s"), why_not_kept (error));
  visitor_window_tell (self, text);
}

static void
visitor_window_class_init (VisitorWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = visitor_window_dispose;
  widget_class->map = visitor_window_map;
  widget_class->unmap = visitor_window_unmap;
  GTK_WINDOW_CLASS (klass)->close_request = visitor_window_close_request;
  bind_template (widget_class);
  visitor_window_add_actions (widget_class);
  visitor_window_add_import_actions (widget_class);
}

static void
visitor_window_init (VisitorWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  visitor_sidebar_set_key_capture (self->sidebar, GTK_WIDGET (self));
  visitor_window_accept_drops (self);
  visitor_lazy_menu_attach (self->site_menu_button, self->site_menu);
}

VisitorWindow *
visitor_window_new (VisitorApplication *application, VisitorSiteModel *model, VisitorLive *live)
{
  VisitorWindow *self = g_object_new (VISITOR_TYPE_WINDOW, "application", application, NULL);
  self->model = g_object_ref (model);
  self->live = g_object_ref (live);
  g_signal_connect_object (
      model, "items-changed", G_CALLBACK (show_sites_or_welcome), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (
      live, "notify::available", G_CALLBACK (show_engine), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (live, "not-kept", G_CALLBACK (on_not_kept), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (
      model, "keyring-problem", G_CALLBACK (on_keyring_problem), self, G_CONNECT_SWAPPED);
  visitor_sidebar_set_model (self->sidebar, model);
  visitor_other_connections_set_live (self->others, live);
  show_sites_or_welcome (self);
  show_engine (self);
  return self;
}

/* Says a sentence in passing. */
void
visitor_window_tell (VisitorWindow *self, const char *sentence)
{
  g_autofree char *escaped = g_markup_escape_text (sentence, -1); /* a toast's title is markup */
  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (escaped));
}

void
visitor_window_tell_error (VisitorWindow *self, const GError *error)
{
  gboolean ours = error->domain == VISITOR_ERROR;
  visitor_window_tell (
      self, ours ? visitor_error_sentence ((VisitorError) error->code) : error->message);
}

/* Selects a site and turns to its page. */
void
visitor_window_show_site (VisitorWindow *self, VisitorSiteItem *item)
{
  visitor_sidebar_select (self->sidebar, item);
  on_chosen (self);
}
