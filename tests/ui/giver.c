/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Another program of the desktop: a window from which a file can be dragged, and text in the clipboard.
 * Arguments: the file. It says "ready" when there is something to take. */
#include <gtk/gtk.h>
#include <stdio.h>

static GdkContentProvider *
on_prepare (GtkDragSource *source, double x, double y, gpointer user_data)
{
  g_autoptr (GFile) file = g_file_new_for_path (user_data);
  GdkFileList *files = gdk_file_list_new_from_array (&file, 1);
  return gdk_content_provider_new_typed (GDK_TYPE_FILE_LIST, files);
}

static gboolean
say_ready (gpointer user_data)
{
  puts ("ready");
  fflush (stdout);
  return G_SOURCE_REMOVE;
}

int
main (int argc, char **argv)
{
  g_autofree char *text = NULL;
  gtk_init ();
  if (argc != 2 || !g_file_get_contents (argv[1], &text, NULL, NULL))
    return 2;
  GtkWidget *window = gtk_window_new ();
  GtkDragSource *source = gtk_drag_source_new ();
  g_signal_connect (source, "prepare", G_CALLBACK (on_prepare), argv[1]);
  gtk_widget_add_controller (window, GTK_EVENT_CONTROLLER (source));
  gtk_window_set_title (GTK_WINDOW (window), "Giver");
  gtk_window_set_default_size (GTK_WINDOW (window), 200, 200);
  gtk_window_present (GTK_WINDOW (window));
  gdk_clipboard_set_text (gtk_widget_get_clipboard (window), text);
  g_idle_add_full (G_PRIORITY_LOW, say_ready, NULL, NULL);
  while (TRUE)
    g_main_context_iteration (NULL, TRUE);
}
