/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Export: asks where a site is to be written, and has it done. */
#include "config.h"

#include "gtk/export-dialog.h"

#include <glib/gi18n-lib.h>

#include "base/error.h"
#include "client/export.h"

typedef struct {
  Site *site; /* owned */
  VisitorExportFunc done;
  gpointer user_data;
} Export;

static void
export_free (gpointer data, GClosure *closure)
{
  Export *export = data;
  site_free (export->site);
  g_free (export);
}

static void
write_to (Export *export, GFile *file)
{
  g_autofree char *path = g_file_get_path (file);
  g_autoptr (GError) error = NULL;
  if (path == NULL)
    g_set_error_literal (&error, VISITOR_ERROR, VISITOR_ERROR_STORAGE, "This is no local folder");
  else
    visitor_export_to_file (export->site, path, &error);
  export->done (error, visitor_export_remark (export->site), export->user_data);
}

static void
on_response (GtkNativeDialog *chooser, int response, Export *export)
{
  g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT
      ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser))
      : NULL;
  if (file != NULL)
    write_to (export, file);
  gtk_native_dialog_destroy (chooser);
  g_object_unref (chooser);
}

/* Asks where to, and writes it. site is copied; parent and user_data have to outlive the question. */
void
visitor_export_site (
    GtkWindow *parent, const Site *site, VisitorExportFunc done, gpointer user_data)
{
  GtkFileChooserNative *chooser = gtk_file_chooser_native_new (
      _ ("Export the site"), parent, GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Export"), _ ("_Cancel"));
  g_autofree char *name = visitor_export_file_name (site);
  Export *export = g_new (Export, 1);
  *export = (Export){ .site = site_copy (site), .done = done, .user_data = user_data };
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), name);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  g_signal_connect_data (
      chooser, "response", G_CALLBACK (on_response), export, export_free, G_CONNECT_DEFAULT);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}
