/* SPDX-License-Identifier: GPL-2.0-or-later */
/* FileQuestion: asks for a file to open, in the desktop's own chooser. */
#include "config.h"

#include "gtk/file-question.h"

#include <glib/gi18n-lib.h>

#define CHOOSER "visitor-file-chooser" /* of the widget that asks, while it is open */

static void
on_response (GtkNativeDialog *chooser, int response, GtkWidget *widget)
{
  VisitorFileFunc chosen = g_object_get_data (G_OBJECT (chooser), "chosen");
  g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT
      ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser))
      : NULL;
  g_object_set_data (G_OBJECT (widget), CHOOSER, NULL);
  if (file != NULL)
    chosen (widget, file);
}

static void
add_filter (GtkFileChooser *chooser, const char *name, const char *const *suffixes)
{
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();
  gtk_file_filter_set_name (filter, name);
  for (gsize i = 0; suffixes != NULL && suffixes[i] != NULL; i++)
    gtk_file_filter_add_suffix (filter, suffixes[i]);
  if (suffixes == NULL)
    gtk_file_filter_add_pattern (filter, "*");
  gtk_file_chooser_add_filter (chooser, filter);
}

static void
chooser_free (gpointer chooser)
{
  gtk_native_dialog_destroy (chooser);
  g_object_unref (chooser);
}

/* Asks above the window of widget, which gets the answer; when it goes so does the question. accept: the
 * button's words. kind: which files are shown at first; NULL: all. */
void
visitor_file_question_ask (GtkWidget *widget, const char *title, const char *accept,
    const VisitorFileKind *kind_or_null, VisitorFileFunc chosen)
{
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (widget));
  GtkFileChooserNative *chooser = gtk_file_chooser_native_new (
      title, window, GTK_FILE_CHOOSER_ACTION_OPEN, accept, _ ("_Cancel"));
  if (kind_or_null != NULL) {
    add_filter (GTK_FILE_CHOOSER (chooser), kind_or_null->name, kind_or_null->suffixes);
    add_filter (GTK_FILE_CHOOSER (chooser), _ ("All files"), NULL);
  }
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  g_object_set_data (G_OBJECT (chooser), "chosen", chosen);
  g_signal_connect_object (
      chooser, "response", G_CALLBACK (on_response), widget, G_CONNECT_DEFAULT);
  g_object_set_data_full (G_OBJECT (widget), CHOOSER, chooser, chooser_free);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}
