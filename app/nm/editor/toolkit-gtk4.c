/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Toolkit: GTK 4, as GNOME Settings has it. */
#include "nm/editor/toolkit.h"

#define MIN_HEIGHT 400
#define MAX_HEIGHT 500

const gboolean toolkit_grid_is_read_backwards = FALSE;

void
toolkit_append (GtkWidget *box, GtkWidget *child)
{
  gtk_box_append (GTK_BOX (box), child);
}

void
toolkit_fill_expander (GtkWidget *expander, GtkWidget *child)
{
  gtk_expander_set_child (GTK_EXPANDER (expander), child);
}

/* What can be put into the program's window: GNOME Settings would grow with it beyond the screen. */
GtkWidget *
toolkit_page (GtkWidget *child)
{
  return g_object_new (GTK_TYPE_SCROLLED_WINDOW, "child", child, "hscrollbar-policy",
      GTK_POLICY_NEVER, "min-content-height", MIN_HEIGHT, "max-content-height", MAX_HEIGHT,
      "propagate-natural-height", TRUE, "vexpand", TRUE, NULL);
}

/* Lets the wheel move the page, as elsewhere, and not change what was chosen. */
void
toolkit_ignore_wheel (GtkWidget *combo)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (combo);
  for (guint i = g_list_model_get_n_items (controllers); i > 0; i--) {
    g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i - 1);
    if (GTK_IS_EVENT_CONTROLLER_SCROLL (controller))
      gtk_widget_remove_controller (combo, controller);
  }
}

GtkWidget *
toolkit_icon_button (const char *icon_name)
{
  return gtk_button_new_from_icon_name (icon_name);
}

GtkWidget *
toolkit_menu_button (const char *icon_name)
{
  GtkWidget *button = gtk_menu_button_new ();
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (button), icon_name);
  return button;
}

const char *
toolkit_get_text (GtkWidget *entry)
{
  return gtk_editable_get_text (GTK_EDITABLE (entry));
}

void
toolkit_set_text (GtkWidget *entry, const char *text)
{
  gtk_editable_set_text (GTK_EDITABLE (entry), text);
}

void
toolkit_set_class (GtkWidget *widget, const char *name, gboolean has)
{
  if (has)
    gtk_widget_add_css_class (widget, name);
  else
    gtk_widget_remove_css_class (widget, name);
}

void
toolkit_set_shown (GtkWidget *widget, gboolean shown)
{
  gtk_widget_set_visible (widget, shown);
}

/* NULL while it is in none. */
GtkWindow *
toolkit_window_of (GtkWidget *widget)
{
  GtkRoot *root = gtk_widget_get_root (widget);
  return GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL;
}

/* What has the focus, and is read out. */
static GtkAccessible *
heard (GtkWidget *widget)
{
  GtkEditable *text =
      GTK_IS_EDITABLE (widget) ? gtk_editable_get_delegate (GTK_EDITABLE (widget)) : NULL;
  return text != NULL ? GTK_ACCESSIBLE (text) : GTK_ACCESSIBLE (widget);
}

/* For who hears it; to be said after its label is known, which GTK would else say before. */
void
toolkit_set_name (GtkWidget *widget, const char *name)
{
  gtk_accessible_reset_relation (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_RELATION_LABELLED_BY);
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_accessible_update_property (heard (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

/* Marks it, for all senses, as wrong; NULL: as right. */
void
toolkit_set_problem (GtkWidget *widget, const char *what_or_null)
{
  gboolean wrong = what_or_null != NULL;
  GtkAccessible *accessible = heard (widget);
  toolkit_set_class (widget, "error", wrong);
  gtk_accessible_update_state (accessible, GTK_ACCESSIBLE_STATE_INVALID,
      wrong ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE, -1);
  if (wrong)
    gtk_accessible_update_property (
        accessible, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, what_or_null, -1);
  else
    gtk_accessible_reset_property (accessible, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION);
}
