/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ProblemRow: what is wrong with a field, said under it.
 *
 * The words stand in a row of their own behind the field's in the list, so that they have the whole width,
 * and are tied to the field for those who hear them. */
#include "gtk/problem-row.h"

#define ROW "visitor-problem-row"

static GtkWidget *
row_of (AdwEntryRow *field)
{
  return g_object_get_data (G_OBJECT (field), ROW);
}

/* Makes the row, behind the field, which is in a GtkListBox. */
void
visitor_problem_row_add (AdwEntryRow *field)
{
  GtkListBox *list = GTK_LIST_BOX (gtk_widget_get_parent (GTK_WIDGET (field)));
  GtkWidget *label = gtk_label_new (NULL);
  GtkWidget *row = gtk_list_box_row_new ();
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "error");
  gtk_widget_add_css_class (label, "caption");
  gtk_widget_add_css_class (label, "field-problem");
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), label);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_widget_set_focusable (row, FALSE);
  gtk_widget_set_visible (row, FALSE);
  gtk_list_box_insert (list, row, gtk_list_box_row_get_index (GTK_LIST_BOX_ROW (field)) + 1);
  g_object_set_data (G_OBJECT (field), ROW, row);
}

/* Before the field leaves the list. */
void
visitor_problem_row_remove (AdwEntryRow *field)
{
  GtkWidget *row = row_of (field);
  gtk_list_box_remove (GTK_LIST_BOX (gtk_widget_get_parent (row)), row);
  g_object_set_data (G_OBJECT (field), ROW, NULL);
}

/* NULL: nothing is wrong. */
void
visitor_problem_row_show (AdwEntryRow *field, const char *what_or_null)
{
  gboolean wrong = what_or_null != NULL;
  GtkWidget *row = row_of (field);
  GtkWidget *label = gtk_list_box_row_get_child (GTK_LIST_BOX_ROW (row));
  /* what has the focus, and is read out */
  GtkAccessible *spoken = GTK_ACCESSIBLE (gtk_editable_get_delegate (GTK_EDITABLE (field)));
  gtk_label_set_label (GTK_LABEL (label), wrong ? what_or_null : "");
  gtk_widget_set_visible (row, wrong);
  gtk_accessible_update_state (spoken, GTK_ACCESSIBLE_STATE_INVALID,
      wrong ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE, -1);
  if (wrong) {
    gtk_widget_add_css_class (GTK_WIDGET (field), "error");
    gtk_accessible_update_property (spoken, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, what_or_null, -1);
  } else {
    gtk_widget_remove_css_class (GTK_WIDGET (field), "error");
    gtk_accessible_reset_property (spoken, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION);
  }
}
