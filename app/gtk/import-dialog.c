/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorImportDialog: what a file would add, before anything is saved; or why it cannot be used.
 *
 * "accepted" is emitted when the person wants the site; who hears it adds it and closes the dialog, or
 * shows the error. */
#include "config.h"

#include "gtk/import-dialog.h"

#include <glib/gi18n-lib.h>

#include "client/site-problem.h"

struct _VisitorImportDialog {
  AdwWindow parent_instance;

  /* template */
  GtkButton *cancel;
  GtkButton *add;
  AdwToastOverlay *toasts;
  GtkStack *pages;
  AdwPreferencesGroup *rows;
  AdwPreferencesGroup *notes;
  AdwStatusPage *failure;
};

enum {
  ACCEPTED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (VisitorImportDialog, visitor_import_dialog, ADW_TYPE_WINDOW)

static void
on_add (VisitorImportDialog *self)
{
  g_signal_emit (self, signals[ACCEPTED], 0);
}

static void
visitor_import_dialog_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), VISITOR_TYPE_IMPORT_DIALOG);
  G_OBJECT_CLASS (visitor_import_dialog_parent_class)->dispose (object);
}

static void
visitor_import_dialog_class_init (VisitorImportDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = visitor_import_dialog_dispose;
  signals[ACCEPTED] = g_signal_new ("accepted", VISITOR_TYPE_IMPORT_DIALOG, G_SIGNAL_RUN_LAST, 0,
      NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/visitorvpn/Visitor/import-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, VisitorImportDialog, cancel);
  gtk_widget_class_bind_template_child (widget_class, VisitorImportDialog, add);
  gtk_widget_class_bind_template_child (widget_class, VisitorImportDialog, toasts);
  gtk_widget_class_bind_template_child (widget_class, VisitorImportDialog, pages);
  gtk_widget_class_bind_template_child (widget_class, VisitorImportDialog, rows);
  gtk_widget_class_bind_template_child (widget_class, VisitorImportDialog, notes);
  gtk_widget_class_bind_template_child (widget_class, VisitorImportDialog, failure);
  gtk_widget_class_bind_template_callback (widget_class, on_add);
}

static void
visitor_import_dialog_init (VisitorImportDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
add_row (AdwPreferencesGroup *group, const char *title, const char *subtitle)
{
  AdwActionRow *row = g_object_new (ADW_TYPE_ACTION_ROW, "use-markup", FALSE, "title", title,
      "subtitle", subtitle, "title-lines", 0, "subtitle-lines", 0, NULL);
  adw_preferences_group_add (group, GTK_WIDGET (row));
}

/* Shows what import would add; nothing of it is kept. Where something is still to be filled in, "accepted"
 * leads to the dialog of a new site. */
GtkWindow *
visitor_import_dialog_new (GtkWindow *parent, VisitorImport *import)
{
  VisitorImportDialog *self =
      g_object_new (VISITOR_TYPE_IMPORT_DIALOG, "transient-for", parent, NULL);
  const GPtrArray *rows = visitor_import_get_rows (import);
  const char *const *notes = visitor_import_get_notes (import);
  for (guint i = 0; i < rows->len; i++) {
    const VisitorImportRow *row = g_ptr_array_index (rows, i);
    add_row (self->rows, row->label, row->value);
  }
  for (guint i = 0; notes[i] != NULL; i++)
    add_row (self->notes, notes[i], NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->notes), notes[0] != NULL);
  if (!visitor_import_is_complete (import))
    gtk_button_set_label (self->add, _ ("_Continue"));
  gtk_stack_set_visible_child_name (self->pages, "site");
  gtk_window_set_default_widget (GTK_WINDOW (self), GTK_WIDGET (self->add));
  gtk_window_set_focus (GTK_WINDOW (self), GTK_WIDGET (self->add));
  return GTK_WINDOW (self);
}

/* Says why a file cannot be imported. */
GtkWindow *
visitor_import_dialog_new_failed (GtkWindow *parent, const char *file_name, const GError *error)
{
  VisitorImportDialog *self =
      g_object_new (VISITOR_TYPE_IMPORT_DIALOG, "transient-for", parent, NULL);
  /* Translators: the name of a file */
  g_autofree char *title = g_strdup_printf (_ ("“%s” cannot be imported"), file_name);
  g_autofree char *why = visitor_site_problem_explain (error);
  g_autofree char *text =
      g_strconcat (why, "\n\n", _ ("Ask whoever gave you this file for another one."), NULL);
  g_autofree char *markup = g_markup_escape_text (text, -1);
  adw_status_page_set_title (self->failure, title);
  adw_status_page_set_description (self->failure, markup);
  gtk_stack_set_visible_child_name (self->pages, "failed");
  gtk_button_set_label (self->cancel, _ ("_Close"));
  gtk_widget_set_visible (GTK_WIDGET (self->add), FALSE);
  gtk_window_set_focus (GTK_WINDOW (self), GTK_WIDGET (self->cancel));
  return GTK_WINDOW (self);
}

/* Why the site could not be added; the dialog stays. */
void
visitor_import_dialog_show_error (VisitorImportDialog *self, const GError *error)
{
  g_autofree char *text = visitor_site_problem_explain (error);
  g_autofree char *markup = g_markup_escape_text (text, -1);
  AdwToast *toast = adw_toast_new (markup);
  adw_toast_set_timeout (toast, 0);
  adw_toast_overlay_add_toast (self->toasts, toast);
}
