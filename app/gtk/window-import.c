/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sites from elsewhere: a file that was chosen, dropped, or given to the program, or a text that was
 * pasted. All of them lead to one dialog, which shows what would be added before anything is. */
#include "config.h"

#include "gtk/window-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "gtk/edit-dialog.h"
#include "gtk/file-question.h"
#include "gtk/import-dialog.h"

static void
add_site (VisitorImportDialog *dialog, VisitorImport *import, VisitorWindow *self)
{
  g_autoptr (GError) error = NULL;
  VisitorSiteItem *item = visitor_site_model_add (
      self->model, visitor_import_get_site (import), visitor_import_get_key (import), &error);
  if (item == NULL) {
    visitor_import_dialog_show_error (dialog, error);
    return;
  }
  gtk_window_destroy (GTK_WINDOW (dialog));
  visitor_window_show_site (self, item);
}

/* What lacks a user or a key goes on as a new site that is half filled in. */
static void
on_accepted (VisitorImportDialog *dialog, VisitorWindow *self)
{
  VisitorImport *import = g_object_get_data (G_OBJECT (dialog), "import");
  if (visitor_import_is_complete (import)) {
    add_site (dialog, import, self);
    return;
  }
  GtkWindow *edit = visitor_edit_dialog_new_from (
      GTK_WINDOW (self), visitor_import_get_site (import), visitor_import_get_key (import));
  gtk_window_destroy (GTK_WINDOW (dialog));
  visitor_window_present_new_site (self, edit);
}

/* Takes import, or where there is none says what error has to say. */
static void
show (VisitorWindow *self, const char *name, VisitorImport *import, const GError *error)
{
  if (import == NULL) {
    gtk_window_present (visitor_import_dialog_new_failed (GTK_WINDOW (self), name, error));
    return;
  }
  GtkWindow *dialog = visitor_import_dialog_new (GTK_WINDOW (self), import);
  g_object_set_data_full (
      G_OBJECT (dialog), "import", import, (GDestroyNotify) visitor_import_free);
  g_signal_connect_object (dialog, "accepted", G_CALLBACK (on_accepted), self, G_CONNECT_DEFAULT);
  gtk_window_present (dialog);
}

/* Shows what a file would add. One that is not on this machine is read without those beside it. */
void
visitor_window_import_file (VisitorWindow *self, GFile *file)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *path = g_file_get_path (file);
  g_autofree char *base = g_file_get_basename (file);
  g_autofree char *name = g_filename_display_name (base);
  VisitorImport *import = NULL;
  if (path != NULL)
    import = visitor_import_load_file (path, &error);
  else if ((bytes = g_file_load_bytes (file, NULL, NULL, &error)) != NULL)
    import = visitor_import_load_bytes (name, bytes, &error);
  show (self, name, import, error);
}

static void
on_chosen (GtkWidget *widget, GFile *file)
{
  visitor_window_import_file (VISITOR_WINDOW (widget), file);
}

static void
choose_file (GtkWidget *widget, const char *action, GVariant *parameter)
{
  static const char *const suffixes[] = { "conf", "sswan", "ini", NULL };
  const VisitorFileKind kind = { _ ("Sites"), suffixes };
  visitor_file_question_ask (widget, _ ("Import a site"), _ ("_Open"), &kind, on_chosen);
}

/* Shows what a text that was pasted would add. */
void
visitor_window_import_text (VisitorWindow *self, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  const char *name = _ ("What was pasted");
  VisitorImport *import = visitor_import_load_bytes (name, bytes, &error);
  show (self, name, import, error);
}

static void
on_pasted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (VisitorWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, &error);
  if (text == NULL) {
    visitor_window_tell (self, _ ("There is no site in the clipboard."));
    return;
  }
  visitor_window_import_text (self, text);
}

static void
paste (GtkWidget *widget, const char *action, GVariant *parameter)
{
  gdk_clipboard_read_text_async (
      gtk_widget_get_clipboard (widget), NULL, on_pasted, g_object_ref (widget));
}

static GdkDragAction
on_drop_enter (GtkDropTarget *target, double x, double y, GtkWidget *window)
{
  gtk_widget_add_css_class (window, "drop-target");
  return GDK_ACTION_COPY;
}

static void
on_drop_leave (GtkDropTarget *target, GtkWidget *window)
{
  gtk_widget_remove_css_class (window, "drop-target");
}

static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, VisitorWindow *self)
{
  gtk_widget_remove_css_class (GTK_WIDGET (self), "drop-target");
  for (GSList *files = g_value_get_boxed (value); files != NULL; files = files->next)
    visitor_window_import_file (self, files->data);
  return TRUE;
}

/* Files may be dropped anywhere on the window, also on a field, which would take a file's name as text. */
void
visitor_window_accept_drops (VisitorWindow *self)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (target), GTK_PHASE_CAPTURE);
  g_signal_connect (target, "enter", G_CALLBACK (on_drop_enter), self);
  g_signal_connect (target, "leave", G_CALLBACK (on_drop_leave), self);
  g_signal_connect (target, "drop", G_CALLBACK (on_drop), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}

void
visitor_window_add_import_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.import", NULL, choose_file);
  gtk_widget_class_install_action (widget_class, "win.paste", NULL, paste);
  gtk_widget_class_add_binding_action (
      widget_class, GDK_KEY_o, GDK_CONTROL_MASK, "win.import", NULL);
  gtk_widget_class_add_binding_action (
      widget_class, GDK_KEY_v, GDK_CONTROL_MASK, "win.paste", NULL);
}
