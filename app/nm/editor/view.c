/* SPDX-License-Identifier: GPL-2.0-or-later */
/* EditorView: the form of a connection as widgets: what everybody needs, and the rest in sections that unfold.
 * Compiled once for GTK 3 and once for GTK 4. */
#include "nm/editor/view.h"

#include "nm/editor/row.h"
#include "nm/editor/toolkit.h"

#define SPACING 6
#define COLUMN_SPACING 12
#define MARGIN 12

struct _EditorView {
  /* owned */
  EditorForm *form;
  GPtrArray *rows; /* EditorRow */
  GtkWidget *root;

  /* borrowed, of root */
  GtkWidget **expanders; /* of each row, or NULL; owned array */
  GtkWidget *trouble; /* what is wrong and has no field */

  /* state */
  EditorViewFunc changed;
  gpointer user_data;
  gboolean touched; /* by the person */
};

static void
update_rows (EditorView *view)
{
  for (guint i = 0; i < view->rows->len; i++)
    editor_row_update (view->rows->pdata[i]);
}

static void
on_edited (EditorRow *row, gpointer user_data)
{
  EditorView *view = user_data;
  view->touched = TRUE;
  update_rows (view);
  view->changed (view->user_data);
}

static GtkWidget *
grid_new (void)
{
  GtkWidget *grid = gtk_grid_new ();
  gtk_grid_set_row_spacing (GTK_GRID (grid), SPACING);
  gtk_grid_set_column_spacing (GTK_GRID (grid), COLUMN_SPACING);
  return grid;
}

static void
fill (EditorView *view, GtkWidget *grid, const VisitorFieldSection *section, GtkWidget *expander,
    NMConnection *connection)
{
  guint first = view->rows->len;
  for (gsize i = 0; i < section->n_fields; i++) {
    view->expanders[view->rows->len] = expander;
    g_ptr_array_add (
        view->rows, editor_row_new (&section->fields[i], view->form, connection, on_edited, view));
  }
  for (gsize i = 0; i < section->n_fields; i++) {
    gsize at = toolkit_grid_is_read_backwards ? section->n_fields - 1 - i : i;
    editor_row_attach (view->rows->pdata[first + at], grid, 2 * (int) at);
  }
}

static void
add_section (
    EditorView *view, GtkWidget *box, const VisitorFieldSection *section, NMConnection *connection)
{
  GtkWidget *grid = grid_new (), *expander = NULL;
  if (section->title != NULL) {
    expander = gtk_expander_new (editor_words (section->title));
    toolkit_fill_expander (expander, grid);
    gtk_widget_set_margin_top (grid, SPACING);
    gtk_widget_set_margin_bottom (grid, SPACING);
  }
  fill (view, grid, section, expander, connection);
  toolkit_append (box, expander != NULL ? expander : grid);
}

static GtkWidget *
trouble_new (void)
{
  GtkWidget *label = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  g_object_set (label, "wrap", TRUE, NULL);
  toolkit_set_class (label, "error", TRUE);
  return label;
}

static void
build (EditorView *view, NMConnection *connection)
{
  const VisitorFieldSection *section;
  gsize n_fields = 0;
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, COLUMN_SPACING);
  for (gsize i = 0; (section = editor_section (i)) != NULL; i++)
    n_fields += section->n_fields;
  view->expanders = g_new0 (GtkWidget *, n_fields);
  view->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) editor_row_free);
  view->trouble = trouble_new ();
  g_object_set (box, "margin-top", MARGIN, "margin-bottom", MARGIN, "margin-start", MARGIN,
      "margin-end", MARGIN, NULL);
  toolkit_append (box, view->trouble);
  for (gsize i = 0; (section = editor_section (i)) != NULL; i++)
    add_section (view, box, section, connection);
  view->root = g_object_ref_sink (toolkit_page (box));
  toolkit_set_shown (view->trouble, FALSE);
  update_rows (view);
}

/* changed is called after a person has changed something. Transfer: full. */
EditorView *
editor_view_new (NMConnection *connection, EditorViewFunc changed, gpointer user_data)
{
  EditorView *view = g_new0 (EditorView, 1);
  view->form = editor_form_new (connection);
  view->changed = changed;
  view->user_data = user_data;
  build (view, connection);
  return view;
}

/* NULL is allowed. Its widgets may live on without it. */
void
editor_view_free (EditorView *view)
{
  if (view == NULL)
    return;
  g_ptr_array_unref (view->rows);
  g_free (view->expanders);
  g_object_unref (view->root);
  editor_form_free (view->form);
  g_free (view);
}

/* Borrowed. */
GtkWidget *
editor_view_get_widget (EditorView *view)
{
  return view->root;
}

static gboolean
is_about (const VisitorSiteProblem *problem, const EditorRow *row)
{
  if (problem->key == NULL)
    return FALSE;
  g_autofree char *item = g_strdup_printf ("%s.%s", problem->group, problem->key);
  return g_str_equal (editor_row_get_field (row)->item, item);
}

/* Leads to what is wrong, where it is; nobody is blamed for what could not yet be filled in. */
static char *
blame (EditorView *view, const VisitorSiteProblem *problem)
{
  for (guint i = 0; i < view->rows->len; i++) {
    EditorRow *row = view->rows->pdata[i];
    if (!is_about (problem, row))
      continue;
    if (view->touched || !problem->is_missing) {
      editor_row_blame (row, problem->what);
      if (view->expanders[i] != NULL)
        gtk_expander_set_expanded (GTK_EXPANDER (view->expanders[i]), TRUE);
    }
    g_autofree char *label = visitor_field_plain (editor_words (editor_row_get_field (row)->label));
    return g_strdup_printf ("%s: %s", label, problem->what);
  }
  char *where = problem->key != NULL
      ? g_strdup_printf ("%s.%s: %s", problem->group, problem->key, problem->what)
      : g_strdup (problem->what);
  gtk_label_set_text (GTK_LABEL (view->trouble), where);
  toolkit_set_shown (view->trouble, TRUE);
  return where;
}

/* Puts what was typed into the connection. Where it makes no site yet, the connection stays as it is, the field
 * says why, and so does the error (NM_CONNECTION_ERROR). */
gboolean
editor_view_finish (EditorView *view, NMConnection *connection, GError **error)
{
  g_autoptr (VisitorSiteProblem) problem = NULL;
  gboolean ok = editor_form_finish (view->form, connection, &problem);
  for (guint i = 0; i < view->rows->len; i++) {
    EditorRow *row = view->rows->pdata[i];
    if (ok)
      editor_row_put_secret (row, connection);
    if (ok || !is_about (problem, row))
      editor_row_blame (row, NULL);
  }
  toolkit_set_shown (view->trouble, FALSE);
  if (ok)
    return TRUE;
  g_autofree char *words = blame (view, problem);
  g_set_error_literal (error, NM_CONNECTION_ERROR, NM_CONNECTION_ERROR_INVALID_PROPERTY, words);
  return FALSE;
}
