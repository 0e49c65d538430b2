/* SPDX-License-Identifier: GPL-2.0-or-later */
/* EditorFileButton: a button that lets a person choose a file, which nobody has opened then. Compiled once for
 * GTK 3 and once for GTK 4. */
#include "nm/editor/file-button.h"

#include "nm/editor/toolkit.h"
#include "nm/words.h"

struct _EditorFileButton {
  const EditorFileFilter *filter;
  EditorFileFunc chosen;
  gpointer user_data;
  char *title; /* owned */
  GtkWidget *button; /* owned reference */
  GtkFileChooserNative *chooser; /* owned; NULL before the first use */
};

const EditorFileFilter editor_certificate_files = { N_ ("Certificates"),
  (const char *const[]){ "*.pem", "*.crt", "*.cer", "*.der", NULL } };
const EditorFileFilter editor_key_files = { N_ ("Keys"),
  (const char *const[]){ "*.pem", "*.key", "*.p12", "*.pfx", NULL } };

static const EditorFileFilter all_files = { N_ ("All files"), (const char *const[]){ "*", NULL } };

static void
on_response (GtkNativeDialog *dialog, int response, EditorFileButton *self)
{
  g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT
      ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog))
      : NULL;
  g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;
  gtk_native_dialog_hide (dialog);
  if (path != NULL)
    self->chosen (path, self->user_data);
}

static void
add_filter (EditorFileButton *self, const EditorFileFilter *of)
{
  GtkFileFilter *filter = gtk_file_filter_new ();
  gtk_file_filter_set_name (filter, _ (of->name));
  for (const char *const *pattern = of->patterns; *pattern != NULL; pattern++)
    gtk_file_filter_add_pattern (filter, *pattern);
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (self->chooser), filter);
}

static void
on_clicked (EditorFileButton *self)
{
  if (self->chooser == NULL) {
    self->chooser = gtk_file_chooser_native_new (self->title, toolkit_window_of (self->button),
        GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Choose"), _ ("_Cancel"));
    add_filter (self, self->filter);
    add_filter (self, &all_files);
    gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
    g_signal_connect (self->chooser, "response", G_CALLBACK (on_response), self);
  }
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

/* chosen is told the path. filter is static. Transfer: full. */
EditorFileButton *
editor_file_button_new (
    const char *title, const EditorFileFilter *filter, EditorFileFunc chosen, gpointer user_data)
{
  EditorFileButton *self = g_new0 (EditorFileButton, 1);
  *self = (EditorFileButton){ .filter = filter, .chosen = chosen, .user_data = user_data };
  self->title = g_strdup (title);
  self->button = g_object_ref_sink (toolkit_icon_button ("document-open-symbolic"));
  gtk_widget_set_tooltip_text (self->button, _ ("Choose a file"));
  g_signal_connect_swapped (self->button, "clicked", G_CALLBACK (on_clicked), self);
  return self;
}

/* NULL is allowed. The button may live on without it. */
void
editor_file_button_free (EditorFileButton *self)
{
  if (self == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->button, self);
  if (self->chooser != NULL)
    g_signal_handlers_disconnect_by_data (self->chooser, self);
  g_clear_object (&self->chooser);
  g_object_unref (self->button);
  g_free (self->title);
  g_free (self);
}

/* Borrowed. */
GtkWidget *
editor_file_button_get_widget (EditorFileButton *self)
{
  return self->button;
}
