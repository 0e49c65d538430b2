/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorSidebar: the list of sites, with search, order and the menu to add one.
 *
 * The signal "chosen" tells that somebody picked a site to look at it, also the one that was selected
 * before; notify::selected, that it is another one now. */
#include "config.h"

#include "gtk/sidebar-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "gtk/lazy-menu.h"

enum {
  PROP_0,
  PROP_FOLDED,
  PROP_SELECTED,
  N_PROPS,
};

enum {
  CHOSEN,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (VisitorSidebar, visitor_sidebar, GTK_TYPE_WIDGET)

static gboolean
contains (const char *text, const char *needle)
{
  g_autofree char *folded = text != NULL ? g_utf8_casefold (text, -1) : NULL;
  return folded != NULL && strstr (folded, needle) != NULL;
}

static gboolean
matches (gpointer item, gpointer user_data)
{
  VisitorSidebar *self = user_data;
  return self->needle == NULL || contains (visitor_site_item_get_name (item), self->needle) ||
      contains (visitor_site_item_get_address (item), self->needle);
}

static void
show_list_or_nothing (VisitorSidebar *self)
{
  gboolean found = g_list_model_get_n_items (G_LIST_MODEL (self->filtered)) > 0;
  gtk_stack_set_visible_child_name (
      self->stack, found || self->needle == NULL ? "list" : "nothing");
}

static void
on_search_changed (VisitorSidebar *self)
{
  g_autofree char *text =
      g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->search_entry))));
  g_clear_pointer (&self->needle, g_free);
  if (text[0] != '\0')
    self->needle = g_utf8_casefold (text, -1);
  gtk_filter_changed (self->filter, GTK_FILTER_CHANGE_DIFFERENT);
  show_list_or_nothing (self);
}

static void
on_search_activated (VisitorSidebar *self)
{
  g_autoptr (VisitorSiteItem) first = g_list_model_get_item (G_LIST_MODEL (self->filtered), 0);
  if (first == NULL)
    return;
  visitor_sidebar_select (self, first);
  gtk_search_bar_set_search_mode (self->search_bar, FALSE);
  visitor_sidebar_choose (self);
}

static void
on_activated (VisitorSidebar *self, guint position)
{
  gtk_single_selection_set_selected (self->selection, position);
  visitor_sidebar_choose (self);
}

static void
on_selected (VisitorSidebar *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SELECTED]);
}

static void
move_up (GtkWidget *widget, const char *action, GVariant *parameter)
{
  visitor_sidebar_move_selected (VISITOR_SIDEBAR (widget), -1);
}

static void
move_down (GtkWidget *widget, const char *action, GVariant *parameter)
{
  visitor_sidebar_move_selected (VISITOR_SIDEBAR (widget), 1);
}

static void
open_menu (GtkWidget *widget, const char *action, GVariant *parameter)
{
  VisitorSidebar *self = VISITOR_SIDEBAR (widget);
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (widget));
  if (focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self->list)))
    visitor_sidebar_open_menu (
        self, focus, gtk_widget_get_width (focus) / 2.0, gtk_widget_get_height (focus) / 2.0);
}

static void
visitor_sidebar_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  VisitorSidebar *self = VISITOR_SIDEBAR (object);
  if (id == PROP_FOLDED)
    g_value_set_boolean (value, adw_header_bar_get_show_end_title_buttons (self->header));
  else if (id == PROP_SELECTED)
    g_value_set_object (value, visitor_sidebar_get_selected (self));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
visitor_sidebar_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  VisitorSidebar *self = VISITOR_SIDEBAR (object);
  if (id == PROP_FOLDED)
    adw_header_bar_set_show_end_title_buttons (self->header, g_value_get_boolean (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
visitor_sidebar_dispose (GObject *object)
{
  VisitorSidebar *self = VISITOR_SIDEBAR (object);
  GtkWidget *child;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  if (self->selection != NULL)
    g_signal_handlers_disconnect_by_data (self->selection, self);
  g_clear_object (&self->selection);
  g_clear_object (&self->filtered);
  g_clear_object (&self->filter);
  g_clear_object (&self->model);
  g_clear_pointer (&self->needle, g_free);
  G_OBJECT_CLASS (visitor_sidebar_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/visitorvpn/Visitor/sidebar.ui");
  gtk_widget_class_bind_template_child (widget_class, VisitorSidebar, header);
  gtk_widget_class_bind_template_child (widget_class, VisitorSidebar, search_bar);
  gtk_widget_class_bind_template_child (widget_class, VisitorSidebar, search_entry);
  gtk_widget_class_bind_template_child (widget_class, VisitorSidebar, stack);
  gtk_widget_class_bind_template_child (widget_class, VisitorSidebar, list);
  gtk_widget_class_bind_template_child (widget_class, VisitorSidebar, row_menu);
  gtk_widget_class_bind_template_child (widget_class, VisitorSidebar, add_menu);
  gtk_widget_class_bind_template_child (widget_class, VisitorSidebar, primary_menu);
  gtk_widget_class_bind_template_child (widget_class, VisitorSidebar, add_button);
  gtk_widget_class_bind_template_child (widget_class, VisitorSidebar, menu_button);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_search_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_activated);
}

static void
add_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "sidebar.move-up", NULL, move_up);
  gtk_widget_class_install_action (widget_class, "sidebar.move-down", NULL, move_down);
  gtk_widget_class_install_action (widget_class, "sidebar.menu", NULL, open_menu);
  gtk_widget_class_add_binding_action (
      widget_class, GDK_KEY_Up, GDK_ALT_MASK, "sidebar.move-up", NULL);
  gtk_widget_class_add_binding_action (
      widget_class, GDK_KEY_Down, GDK_ALT_MASK, "sidebar.move-down", NULL);
  gtk_widget_class_add_binding_action (
      widget_class, GDK_KEY_F10, GDK_SHIFT_MASK, "sidebar.menu", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Menu, 0, "sidebar.menu", NULL);
}

static void
visitor_sidebar_class_init (VisitorSidebarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  object_class->get_property = visitor_sidebar_get_property;
  object_class->set_property = visitor_sidebar_set_property;
  object_class->dispose = visitor_sidebar_dispose;
  properties[PROP_FOLDED] = g_param_spec_boolean (
      "folded", NULL, NULL, FALSE, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  properties[PROP_SELECTED] = g_param_spec_object (
      "selected", NULL, NULL, VISITOR_TYPE_SITE_ITEM, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[CHOSEN] = g_signal_new (
      "chosen", VISITOR_TYPE_SIDEBAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  bind_template (GTK_WIDGET_CLASS (klass));
  add_actions (GTK_WIDGET_CLASS (klass));
}

static void
visitor_sidebar_init (VisitorSidebar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_search_bar_connect_entry (self->search_bar, GTK_EDITABLE (self->search_entry));
  self->filter = GTK_FILTER (gtk_custom_filter_new (matches, self, NULL));
  visitor_sidebar_set_up_rows (self);
  visitor_lazy_menu_attach (self->add_button, self->add_menu);
  visitor_lazy_menu_attach (self->menu_button, self->primary_menu);
}

/* Once. */
void
visitor_sidebar_set_model (VisitorSidebar *self, VisitorSiteModel *model)
{
  self->model = g_object_ref (model);
  self->filtered =
      gtk_filter_list_model_new (g_object_ref (G_LIST_MODEL (model)), g_object_ref (self->filter));
  self->selection = gtk_single_selection_new (g_object_ref (G_LIST_MODEL (self->filtered)));
  g_signal_connect_swapped (
      self->selection, "notify::selected-item", G_CALLBACK (on_selected), self);
  g_signal_connect_object (
      self->filtered, "items-changed", G_CALLBACK (show_list_or_nothing), self, G_CONNECT_SWAPPED);
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (self->selection));
  on_selected (self);
}

/* What is typed in the widget and nobody takes is searched. */
void
visitor_sidebar_set_key_capture (VisitorSidebar *self, GtkWidget *widget)
{
  gtk_search_bar_set_key_capture_widget (self->search_bar, widget);
}

/* NULL without any. Borrowed. */
VisitorSiteItem *
visitor_sidebar_get_selected (VisitorSidebar *self)
{
  return self->selection != NULL ? gtk_single_selection_get_selected_item (self->selection) : NULL;
}

/* Leaves a search that hides the item. */
void
visitor_sidebar_select (VisitorSidebar *self, VisitorSiteItem *item)
{
  if (!matches (item, self))
    gtk_search_bar_set_search_mode (self->search_bar, FALSE);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->filtered));
  for (guint i = 0; i < n; i++) {
    g_autoptr (VisitorSiteItem) candidate =
        g_list_model_get_item (G_LIST_MODEL (self->filtered), i);
    if (candidate != item)
      continue;
    gtk_single_selection_set_selected (self->selection, i);
    gtk_widget_activate_action (GTK_WIDGET (self->list), "list.scroll-to-item", "u", i);
    return;
  }
}

/* The main menu's. Borrowed. */
GtkMenuButton *
visitor_sidebar_get_menu_button (VisitorSidebar *self)
{
  return self->menu_button;
}

/* Sets the focus on the selected site. */
void
visitor_sidebar_focus (VisitorSidebar *self)
{
  guint position = gtk_single_selection_get_selected (self->selection);
  if (position == GTK_INVALID_LIST_POSITION)
    return;
  gtk_widget_activate_action (GTK_WIDGET (self->list), "list.scroll-to-item", "u", position);
  gtk_widget_child_focus (GTK_WIDGET (self->list), GTK_DIR_TAB_FORWARD);
}

void
visitor_sidebar_search (VisitorSidebar *self)
{
  gtk_search_bar_set_search_mode (self->search_bar, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->search_entry));
}

/* Says that the selected site was picked. */
void
visitor_sidebar_choose (VisitorSidebar *self)
{
  g_signal_emit (self, signals[CHOSEN], 0);
}
