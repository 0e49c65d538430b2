/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Toolkit: GTK 4, as GNOME Settings has it. */
#include "nm/editor/toolkit.h"

void
toolkit_append (GtkWidget *box, GtkWidget *child)
{
  gtk_box_append (GTK_BOX (box), child);
}

/* parent is an expander or a scrolled window. */
void
toolkit_set_child (GtkWidget *parent, GtkWidget *child)
{
  if (GTK_IS_EXPANDER (parent))
    gtk_expander_set_child (GTK_EXPANDER (parent), child);
  else
    gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (parent), child);
}

GtkWidget *
toolkit_icon_button (const char *icon_name)
{
  return gtk_button_new_from_icon_name (icon_name);
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

/* Everything is shown already. */
void
toolkit_show_all (GtkWidget *root)
{
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

/* For who hears it. */
void
toolkit_set_name (GtkWidget *widget, const char *name)
{
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
