/* SPDX-License-Identifier: GPL-2.0-or-later */
/* EditFields: what stands under "Advanced" in the dialog of a site, out of the table of site-fields.h. */
#include "config.h"

#include "gtk/edit-fields.h"

typedef struct {
  VisitorSiteForm *form; /* borrowed */
  const char *group, *key;
  const VisitorFieldChoice *choices;
  VisitorEditFunc edited;
  gpointer user_data;
} Attached;

static void
on_selected (AdwComboRow *row, GParamSpec *pspec, Attached *attached)
{
  guint chosen = adw_combo_row_get_selected (row);
  if (chosen == GTK_INVALID_LIST_POSITION)
    return;
  gboolean implied = chosen == 0 && attached->choices != visitor_field_methods;
  visitor_site_form_set (attached->form, attached->group, attached->key,
      implied ? NULL : attached->choices[chosen].word);
  attached->edited (attached->user_data);
}

static void
attached_free (gpointer data, GClosure *closure)
{
  g_free (data);
}

/* Offers choices in row, shows the one that stands in form, and writes there from now on. form and
 * user_data have to outlive the row. */
void
visitor_edit_choice_attach (AdwComboRow *row, VisitorSiteForm *form, const char *group,
    const char *key, const VisitorFieldChoice *choices, VisitorEditFunc edited, gpointer user_data)
{
  g_autofree char *word = visitor_site_form_get (form, group, key);
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);
  guint chosen = 0;
  for (guint i = 0; choices[i].word != NULL; i++) {
    gtk_string_list_append (titles, visitor_field_words (choices[i].title));
    if (g_str_equal (choices[i].word, word))
      chosen = i;
  }
  adw_combo_row_set_model (row, G_LIST_MODEL (titles));
  adw_combo_row_set_selected (row, chosen);
  Attached *attached = g_new (Attached, 1);
  *attached = (Attached){ form, group, key, choices, edited, user_data };
  g_signal_connect_data (row, "notify::selected", G_CALLBACK (on_selected), attached, attached_free,
      G_CONNECT_DEFAULT);
}

static GtkWidget *
heading_row (const char *title)
{
  GtkWidget *label = gtk_label_new (title);
  GtkWidget *row = gtk_list_box_row_new ();
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_widget_add_css_class (label, "heading");
  gtk_widget_add_css_class (label, "field-heading");
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), label);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_widget_set_focusable (row, FALSE);
  return row;
}

static GtkWidget *
field_row (const VisitorField *field, VisitorSiteForm *form, GPtrArray *ret_rows,
    GPtrArray *ret_files, VisitorEditFunc edited, gpointer user_data)
{
  g_autofree char *title = visitor_field_plain (visitor_field_words (field->label));
  g_auto (GStrv) name = g_strsplit (field->item, ".", 2);
  GtkWidget *row;
  if (field->kind == VISITOR_FIELD_CHOICE) {
    row = g_object_new (ADW_TYPE_COMBO_ROW, "title", title, NULL);
    visitor_edit_choice_attach (
        ADW_COMBO_ROW (row), form, name[0], name[1], field->choices, edited, user_data);
  } else if (field->kind == VISITOR_FIELD_CERTIFICATES) {
    row = GTK_WIDGET (
        visitor_file_row_new (title, name[0], name[1], visitor_field_words (field->nothing)));
    g_ptr_array_add (ret_files, row);
  } else {
    row = GTK_WIDGET (visitor_field_row_new (title, name[0], name[1]));
    g_ptr_array_add (ret_rows, row);
  }
  return row;
}

/* Adds all of the table to expander; its VisitorFieldRows go to ret_rows too, its VisitorFileRows to
 * ret_files, borrowed, and are still to be attached. A secret is no part of a site. */
void
visitor_edit_fields_add_advanced (AdwExpanderRow *expander, VisitorSiteForm *form,
    GPtrArray *ret_rows, GPtrArray *ret_files, VisitorEditFunc edited, gpointer user_data)
{
  for (gsize i = 0; i < visitor_n_field_sections; i++) {
    const VisitorFieldSection *section = &visitor_field_sections[i];
    adw_expander_row_add_row (expander, heading_row (visitor_field_words (section->title)));
    for (gsize j = 0; j < section->n_fields; j++) {
      if (section->fields[j].kind != VISITOR_FIELD_SECRET)
        adw_expander_row_add_row (expander,
            field_row (&section->fields[j], form, ret_rows, ret_files, edited, user_data));
    }
  }
}
