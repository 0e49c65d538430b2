/* SPDX-License-Identifier: GPL-2.0-or-later */
/* EditorRow: one field in a grid: its label, what a person works with, and below it a line that says what is
 * wrong, as one types, or else what the field is for. Compiled once for GTK 3 and once for GTK 4. */
#include "nm/editor/row.h"

#include <nma-ui-utils.h>

#include "nm/editor/file-button.h"
#include "nm/editor/token-menu.h"
#include "nm/editor/toolkit.h"
#include "nm/words.h"

#define SPACING 6
#define LABEL_CHARS 22
#define NOTE_CHARS 44 /* before it breaks into lines */

struct _EditorRow {
  /* borrowed */
  const VisitorField *field;
  EditorForm *form;
  EditorRowFunc edited;
  gpointer user_data;

  /* owned references */
  GtkWidget *label;
  GtkWidget *control; /* what stands beside the label */
  GtkWidget *input; /* what has the focus: control, or in it */
  GtkWidget *clear, *summary; /* of certificates; or NULL */
  GtkWidget *note;

  /* owned */
  EditorFileButton *choose; /* or NULL */
  EditorTokenMenu *tokens; /* or NULL */

  /* state */
  char *plain_label;
  char *problem; /* of the field alone; or NULL */
  char *blame; /* for what is wrong between fields; or NULL */
};

static const char *
words_of (const char *text_or_null)
{
  return text_or_null != NULL && *text_or_null != '\0' ? editor_words (text_or_null) : "";
}

/* Where it means something with what stands in the others, and where something is wrong with it. */
static gboolean
is_shown (const EditorRow *row)
{
  return editor_form_shows (row->form, row->field) || row->problem != NULL || row->blame != NULL;
}

static void
show_note (EditorRow *row)
{
  const char *what = row->problem != NULL ? row->problem : row->blame;
  const char *words = what != NULL ? what : words_of (row->field->help);
  gtk_label_set_text (GTK_LABEL (row->note), words);
  toolkit_set_class (row->note, "error", what != NULL);
  toolkit_set_class (row->note, "dim-label", what == NULL);
  toolkit_set_problem (row->input, what);
  toolkit_set_shown (row->note, *words != '\0' && is_shown (row));
}

static void
say_problem (EditorRow *row, char *taken)
{
  g_free (row->problem);
  row->problem = taken;
  g_clear_pointer (&row->blame, g_free);
  show_note (row);
}

static void
take_text (EditorRow *row, const char *text)
{
  editor_form_set (row->form, row->field, text);
  say_problem (row, editor_form_check (row->field, text));
  row->edited (row, row->user_data);
}

static void
on_text (EditorRow *row)
{
  take_text (row, toolkit_get_text (row->input));
}

static void
on_choice (EditorRow *row)
{
  const char *word = gtk_combo_box_get_active_id (GTK_COMBO_BOX (row->input));
  if (word != NULL)
    take_text (row, word);
}

static void
on_secret (EditorRow *row)
{
  row->edited (row, row->user_data);
}

static void
show_certificates (EditorRow *row)
{
  g_autofree char *summary = editor_form_certificates (row->form, row->field);
  const char *words = summary != NULL ? summary : words_of (row->field->nothing);
  gtk_label_set_text (GTK_LABEL (row->summary), words);
  gtk_widget_set_tooltip_text (row->summary, words);
  toolkit_set_class (row->summary, "dim-label", summary == NULL);
  toolkit_set_shown (row->clear, summary != NULL);
}

static void
on_clear (EditorRow *row)
{
  take_text (row, "");
  show_certificates (row);
}

static void
take_certificates (const char *path, gpointer user_data)
{
  EditorRow *row = user_data;
  g_autoptr (GError) error = NULL;
  if (!editor_form_read_certificates (row->form, row->field, path, &error)) {
    say_problem (row, visitor_site_problem_explain (error));
    return;
  }
  say_problem (row, NULL);
  show_certificates (row);
  row->edited (row, row->user_data);
}

/* A file, which is not opened, or a token's key. */
static void
take_key (const char *where, gpointer user_data)
{
  EditorRow *row = user_data;
  toolkit_set_text (row->input, where);
}

static GtkWidget *
entry_new (EditorRow *row)
{
  g_autofree char *text = editor_form_get (row->form, row->field);
  GtkWidget *entry = gtk_entry_new ();
  gtk_entry_set_placeholder_text (GTK_ENTRY (entry), words_of (row->field->nothing));
  gtk_entry_set_activates_default (GTK_ENTRY (entry), TRUE);
  gtk_widget_set_hexpand (entry, TRUE);
  toolkit_set_text (entry, text);
  g_signal_connect_swapped (entry, "changed", G_CALLBACK (on_text), row);
  return entry;
}

/* A word that a newer version wrote is offered too, as it is. */
static GtkWidget *
combo_new (EditorRow *row)
{
  g_autofree char *word = editor_form_get (row->form, row->field);
  GtkWidget *widget = gtk_combo_box_text_new ();
  GtkComboBoxText *combo = GTK_COMBO_BOX_TEXT (widget);
  for (const VisitorFieldChoice *choice = row->field->choices; choice->word != NULL; choice++)
    gtk_combo_box_text_append (combo, choice->word, editor_words (choice->title));
  if (!gtk_combo_box_set_active_id (GTK_COMBO_BOX (combo), word)) {
    gtk_combo_box_text_append (combo, word, word);
    gtk_combo_box_set_active_id (GTK_COMBO_BOX (combo), word);
  }
  toolkit_ignore_wheel (widget);
  gtk_widget_set_hexpand (widget, TRUE);
  g_signal_connect_swapped (widget, "changed", G_CALLBACK (on_choice), row);
  return widget;
}

static GtkWidget *
secret_new (EditorRow *row, NMConnection *connection)
{
  g_autofree char *secret = NULL;
  NMSettingSecretFlags flags = editor_form_get_secret (connection, row->field, &secret);
  GtkWidget *entry = gtk_entry_new ();
  gtk_entry_set_visibility (GTK_ENTRY (entry), FALSE);
  gtk_entry_set_input_purpose (GTK_ENTRY (entry), GTK_INPUT_PURPOSE_PASSWORD);
  gtk_entry_set_activates_default (GTK_ENTRY (entry), TRUE);
  gtk_widget_set_hexpand (entry, TRUE);
  toolkit_set_text (entry, secret != NULL ? secret : "");
  nma_utils_setup_password_storage (entry, flags, NULL, row->field->item, FALSE, FALSE);
  g_signal_connect_swapped (entry, "changed", G_CALLBACK (on_secret), row);
  /* the menu for how it is kept changes the icon, and tells nobody else */
  g_signal_connect_swapped (entry, "notify::secondary-icon-name", G_CALLBACK (on_secret), row);
  return entry;
}

static GtkWidget *
box_new (void)
{
  return gtk_box_new (GTK_ORIENTATION_HORIZONTAL, SPACING);
}

static void
build_certificates (EditorRow *row)
{
  row->summary = g_object_ref_sink (gtk_label_new (NULL));
  row->clear = g_object_ref_sink (toolkit_icon_button ("edit-clear-symbolic"));
  gtk_label_set_xalign (GTK_LABEL (row->summary), 0);
  gtk_label_set_ellipsize (GTK_LABEL (row->summary), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (row->summary, TRUE);
  gtk_widget_set_tooltip_text (row->clear, _ ("Remove it"));
  g_signal_connect_swapped (row->clear, "clicked", G_CALLBACK (on_clear), row);
  row->control = g_object_ref_sink (box_new ());
  row->choose =
      editor_file_button_new (row->plain_label, &editor_certificate_files, take_certificates, row);
  row->input = g_object_ref (editor_file_button_get_widget (row->choose));
  toolkit_append (row->control, row->summary);
  toolkit_append (row->control, row->clear);
  toolkit_append (row->control, row->input);
}

/* What a connection from elsewhere has wrong. */
static char *
first_problem (EditorRow *row)
{
  if (row->field->kind == VISITOR_FIELD_SECRET)
    return NULL;
  g_autofree char *text = editor_form_get (row->form, row->field);
  return *text != '\0' ? editor_form_check (row->field, text) : NULL;
}

static void
build_key (EditorRow *row)
{
  row->input = g_object_ref_sink (entry_new (row));
  row->choose = editor_file_button_new (row->plain_label, &editor_key_files, take_key, row);
  row->tokens = editor_token_menu_new (take_key, row);
  row->control = g_object_ref_sink (box_new ());
  toolkit_append (row->control, row->input);
  toolkit_append (row->control, editor_token_menu_get_button (row->tokens));
  toolkit_append (row->control, editor_file_button_get_widget (row->choose));
}

static void
build_control (EditorRow *row, NMConnection *connection)
{
  switch (row->field->kind) {
  case VISITOR_FIELD_TEXT: row->input = g_object_ref_sink (entry_new (row)); break;
  case VISITOR_FIELD_CHOICE: row->input = g_object_ref_sink (combo_new (row)); break;
  case VISITOR_FIELD_SECRET: row->input = g_object_ref_sink (secret_new (row, connection)); break;
  case VISITOR_FIELD_CERTIFICATES: build_certificates (row); return;
  case VISITOR_FIELD_KEY: build_key (row); break;
  }
  if (row->control == NULL)
    row->control = g_object_ref (row->input);
}

/* A button says by itself what it is for. */
static void
set_names (EditorRow *row)
{
  toolkit_set_name (row->input, row->plain_label);
  if (row->choose != NULL) {
    g_autofree char *name = g_strdup_printf (_ ("%s: choose a file"), row->plain_label);
    toolkit_set_name (editor_file_button_get_widget (row->choose), name);
  }
  if (row->clear != NULL) {
    g_autofree char *name = g_strdup_printf (_ ("%s: remove it"), row->plain_label);
    toolkit_set_name (row->clear, name);
  }
  if (row->tokens != NULL) {
    g_autofree char *name = g_strdup_printf (_ ("%s: choose it on a token"), row->plain_label);
    toolkit_set_name (editor_token_menu_get_button (row->tokens), name);
  }
}

/* edited is called after a person has changed it; form and field have to outlive it. Transfer: full. */
EditorRow *
editor_row_new (const VisitorField *field, EditorForm *form, NMConnection *connection,
    EditorRowFunc edited, gpointer user_data)
{
  EditorRow *row = g_new0 (EditorRow, 1);
  *row = (EditorRow){ .field = field, .form = form, .edited = edited, .user_data = user_data };
  row->plain_label = visitor_field_plain (editor_words (field->label));
  row->label = g_object_ref_sink (gtk_label_new_with_mnemonic (editor_words (field->label)));
  row->note = g_object_ref_sink (gtk_label_new (NULL));
  build_control (row, connection);
  gtk_label_set_mnemonic_widget (GTK_LABEL (row->label), row->input);
  set_names (row);
  gtk_label_set_xalign (GTK_LABEL (row->label), 1);
  g_object_set (row->label, "wrap", TRUE, "max-width-chars", LABEL_CHARS, "width-chars",
      LABEL_CHARS, "justify", GTK_JUSTIFY_RIGHT, NULL);
  toolkit_set_class (row->label, "dim-label", TRUE);
  gtk_label_set_xalign (GTK_LABEL (row->note), 0);
  g_object_set (row->note, "wrap", TRUE, "max-width-chars", NOTE_CHARS, NULL);
  toolkit_set_class (row->note, "caption", TRUE);
  row->problem = first_problem (row);
  return row;
}

/* NULL is allowed. Its widgets may live on without it. */
void
editor_row_free (EditorRow *row)
{
  if (row == NULL)
    return;
  GtkWidget **widgets[] = { &row->label, &row->control, &row->input, &row->clear, &row->summary,
    &row->note };
  for (gsize i = 0; i < G_N_ELEMENTS (widgets); i++) {
    if (*widgets[i] != NULL)
      g_signal_handlers_disconnect_by_data (*widgets[i], row);
    g_clear_object (widgets[i]);
  }
  editor_file_button_free (row->choose);
  editor_token_menu_free (row->tokens);
  g_free (row->plain_label);
  g_free (row->problem);
  g_free (row->blame);
  g_free (row);
}

/* Puts it into a grid: two columns, two lines from top on. */
void
editor_row_attach (EditorRow *row, GtkWidget *grid, int top)
{
  const struct {
    GtkWidget *widget;
    int column, line;
  } cells[] = { { row->label, 0, 0 }, { row->control, 1, 0 }, { row->note, 1, 1 } };
  for (gsize i = 0; i < G_N_ELEMENTS (cells); i++) {
    gsize at = toolkit_grid_is_read_backwards ? G_N_ELEMENTS (cells) - 1 - i : i;
    gtk_grid_attach (
        GTK_GRID (grid), cells[at].widget, cells[at].column, top + cells[at].line, 1, 1);
  }
}

/* Shows or hides it, after a change of another. */
void
editor_row_update (EditorRow *row)
{
  gboolean shown = is_shown (row);
  toolkit_set_shown (row->label, shown);
  toolkit_set_shown (row->control, shown);
  if (row->field->kind == VISITOR_FIELD_CERTIFICATES)
    show_certificates (row);
  if (row->tokens != NULL && shown)
    editor_token_menu_look (row->tokens);
  show_note (row);
}

const VisitorField *
editor_row_get_field (const EditorRow *row)
{
  return row->field;
}

/* Says what is wrong with it beside others; NULL: nothing any more. */
void
editor_row_blame (EditorRow *row, const char *what_or_null)
{
  if (g_strcmp0 (row->blame, what_or_null) == 0)
    return;
  g_free (row->blame);
  row->blame = g_strdup (what_or_null);
  editor_row_update (row);
}

/* Puts a secret that is shown into a finished connection, with the way in which it is kept. */
void
editor_row_put_secret (EditorRow *row, NMConnection *connection)
{
  if (row->field->kind == VISITOR_FIELD_SECRET && is_shown (row))
    editor_form_put_secret (connection, row->field, nma_utils_menu_to_secret_flags (row->input),
        toolkit_get_text (row->input));
}
