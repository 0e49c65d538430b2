/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rows of the sidebar: made and recycled, picked, dragged to another place, and their menu. */
#include "config.h"

#include "gtk/sidebar-private.h"

/* An order can be changed only where all of it is seen. */
static gboolean
can_move (VisitorSidebar *self)
{
  return self->needle == NULL;
}

static void
move (VisitorSidebar *self, VisitorSiteItem *item, guint to)
{
  guint from;
  g_autoptr (GError) error = NULL;
  if (!visitor_site_model_get_position (self->model, item, &from) || from == to)
    return;
  if (!visitor_site_model_move (self->model, from, to, &error))
    gtk_widget_activate_action (GTK_WIDGET (self), "win.tell-problem", "s", error->message);
  visitor_sidebar_select (self, item);
}

/* FALSE at the end of the list. */
gboolean
visitor_sidebar_move_selected (VisitorSidebar *self, int by)
{
  guint from;
  VisitorSiteItem *item = visitor_sidebar_get_selected (self);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->model));
  if (item == NULL || !can_move (self) ||
      !visitor_site_model_get_position (self->model, item, &from))
    return FALSE;
  if ((by < 0 && from == 0) || (by > 0 && from + 1 >= n))
    return FALSE;
  move (self, item, by < 0 ? from - 1 : from + 1);
  return TRUE;
}

static VisitorSidebar *
sidebar_of (GtkEventController *controller)
{
  GtkWidget *row = gtk_event_controller_get_widget (controller);
  return VISITOR_SIDEBAR (gtk_widget_get_ancestor (row, VISITOR_TYPE_SIDEBAR));
}

static VisitorSiteRow *
row_of (GtkEventController *controller)
{
  return VISITOR_SITE_ROW (gtk_event_controller_get_widget (controller));
}

static void
on_released (GtkGestureClick *click, int n_press, double x, double y, gpointer user_data)
{
  VisitorSidebar *self = sidebar_of (GTK_EVENT_CONTROLLER (click));
  visitor_sidebar_select (self, visitor_site_row_get_item (row_of (GTK_EVENT_CONTROLLER (click))));
  visitor_sidebar_choose (self);
}

/* The row's site is selected first, so that the menu speaks of it. */
static void
open_menu_of (GtkEventController *controller, double x, double y)
{
  VisitorSiteRow *row = row_of (controller);
  VisitorSidebar *self = sidebar_of (controller);
  visitor_sidebar_select (self, visitor_site_row_get_item (row));
  visitor_sidebar_open_menu (self, GTK_WIDGET (row), x, y);
}

static void
on_secondary_pressed (GtkGestureClick *click, int n_press, double x, double y, gpointer user_data)
{
  gtk_gesture_set_state (GTK_GESTURE (click), GTK_EVENT_SEQUENCE_CLAIMED);
  open_menu_of (GTK_EVENT_CONTROLLER (click), x, y);
}

static void
on_long_pressed (GtkGestureLongPress *press, double x, double y, gpointer user_data)
{
  gtk_gesture_set_state (GTK_GESTURE (press), GTK_EVENT_SEQUENCE_CLAIMED);
  open_menu_of (GTK_EVENT_CONTROLLER (press), x, y);
}

static GdkContentProvider *
on_drag_prepare (GtkDragSource *source, double x, double y, gpointer user_data)
{
  GtkEventController *controller = GTK_EVENT_CONTROLLER (source);
  VisitorSiteRow *row = row_of (controller);
  if (!can_move (sidebar_of (controller)))
    return NULL;
  g_autoptr (GdkPaintable) icon = gtk_widget_paintable_new (GTK_WIDGET (row));
  gtk_drag_source_set_icon (source, icon, (int) x, (int) y);
  return gdk_content_provider_new_typed (VISITOR_TYPE_SITE_ITEM, visitor_site_row_get_item (row));
}

static void
clear_drop_mark (GtkWidget *row)
{
  gtk_widget_remove_css_class (row, "drop-above");
  gtk_widget_remove_css_class (row, "drop-below");
}

static gboolean
is_lower_half (GtkWidget *row, double y)
{
  return y > gtk_widget_get_height (row) / 2.0;
}

static GdkDragAction
on_drop_motion (GtkDropTarget *target, double x, double y, gpointer user_data)
{
  GtkWidget *row = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (target));
  clear_drop_mark (row);
  gtk_widget_add_css_class (row, is_lower_half (row, y) ? "drop-below" : "drop-above");
  return GDK_ACTION_MOVE;
}

static void
on_drop_leave (GtkDropTarget *target, gpointer user_data)
{
  clear_drop_mark (gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (target)));
}

static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, gpointer user_data)
{
  GtkEventController *controller = GTK_EVENT_CONTROLLER (target);
  VisitorSiteRow *row = row_of (controller);
  VisitorSidebar *self = sidebar_of (controller);
  VisitorSiteItem *dragged = g_value_get_object (value);
  guint from, to;
  clear_drop_mark (GTK_WIDGET (row));
  if (!visitor_site_model_get_position (self->model, dragged, &from) ||
      !visitor_site_model_get_position (self->model, visitor_site_row_get_item (row), &to))
    return FALSE;
  if (is_lower_half (GTK_WIDGET (row), y))
    to++;
  move (self, dragged, from < to ? to - 1 : to); /* what is taken out moves the rest up */
  return TRUE;
}

static void
add_drag_and_drop (GtkWidget *row)
{
  GtkDragSource *source = gtk_drag_source_new ();
  GtkDropTarget *target = gtk_drop_target_new (VISITOR_TYPE_SITE_ITEM, GDK_ACTION_MOVE);
  gtk_drag_source_set_actions (source, GDK_ACTION_MOVE);
  g_signal_connect (source, "prepare", G_CALLBACK (on_drag_prepare), NULL);
  g_signal_connect (target, "motion", G_CALLBACK (on_drop_motion), NULL);
  g_signal_connect (target, "leave", G_CALLBACK (on_drop_leave), NULL);
  g_signal_connect (target, "drop", G_CALLBACK (on_drop), NULL);
  gtk_widget_add_controller (row, GTK_EVENT_CONTROLLER (source));
  gtk_widget_add_controller (row, GTK_EVENT_CONTROLLER (target));
}

static void
add_clicks (GtkWidget *row)
{
  GtkGesture *click = gtk_gesture_click_new ();
  GtkGesture *secondary = gtk_gesture_click_new ();
  GtkGesture *press = gtk_gesture_long_press_new ();
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (secondary), GDK_BUTTON_SECONDARY);
  gtk_gesture_single_set_touch_only (GTK_GESTURE_SINGLE (press), TRUE);
  g_signal_connect (click, "released", G_CALLBACK (on_released), NULL);
  g_signal_connect (secondary, "pressed", G_CALLBACK (on_secondary_pressed), NULL);
  g_signal_connect (press, "pressed", G_CALLBACK (on_long_pressed), NULL);
  gtk_widget_add_controller (row, GTK_EVENT_CONTROLLER (click));
  gtk_widget_add_controller (row, GTK_EVENT_CONTROLLER (secondary));
  gtk_widget_add_controller (row, GTK_EVENT_CONTROLLER (press));
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *cell, gpointer user_data)
{
  GtkWidget *row = visitor_site_row_new ();
  add_clicks (row);
  add_drag_and_drop (row);
  gtk_list_item_set_child (cell, row);
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *cell, gpointer user_data)
{
  visitor_site_row_set_item (
      VISITOR_SITE_ROW (gtk_list_item_get_child (cell)), gtk_list_item_get_item (cell));
}

static void
on_unbind (GtkSignalListItemFactory *factory, GtkListItem *cell, gpointer user_data)
{
  visitor_site_row_set_item (VISITOR_SITE_ROW (gtk_list_item_get_child (cell)), NULL);
}

void
visitor_sidebar_set_up_rows (VisitorSidebar *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), NULL);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), NULL);
  gtk_list_view_set_factory (self->list, factory);
}

static GtkPopover *
menu_of (VisitorSidebar *self)
{
  if (self->menu == NULL) {
    self->menu = GTK_POPOVER (gtk_popover_menu_new_from_model (self->row_menu));
    gtk_popover_set_has_arrow (self->menu, FALSE);
    gtk_widget_set_halign (GTK_WIDGET (self->menu), GTK_ALIGN_START);
    gtk_widget_set_parent (GTK_WIDGET (self->menu), GTK_WIDGET (self));
  }
  return self->menu;
}

/* The menu of the selected site, at a point of one of its widgets. */
void
visitor_sidebar_open_menu (VisitorSidebar *self, GtkWidget *at, double x, double y)
{
  double here_x, here_y;
  if (!gtk_widget_translate_coordinates (at, GTK_WIDGET (self), x, y, &here_x, &here_y))
    return;
  const GdkRectangle point = { (int) here_x, (int) here_y, 1, 1 };
  GtkPopover *menu = menu_of (self);
  gtk_popover_set_pointing_to (menu, &point);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "sidebar.move-up", can_move (self));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "sidebar.move-down", can_move (self));
  gtk_popover_popup (menu);
}
