/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorLogWindow: what one site's connection has written down, line by line, as it goes on.
 *
 * It follows the end unless the person has scrolled away from it. The lines may hold names and addresses:
 * what can be given away is the report, not these. */
#include "config.h"

#include "gtk/log-window.h"

#include <glib/gi18n-lib.h>
#include <string.h>

struct _VisitorLogWindow {
  AdwWindow parent_instance;

  /* template */
  AdwWindowTitle *title;
  GtkDropDown *level;
  AdwToastOverlay *toasts;
  GtkStack *pages;
  GtkScrolledWindow *scroller;
  GtkTextView *view;

  /* owned */
  VisitorSiteItem *item;
  GtkFileChooserNative *chooser; /* while it is open */

  /* state */
  gboolean follows; /* the end is in sight, and is to stay so */
};

/* In the order of the template's list: the least important line that is shown. */
static const GLogLevelFlags least[] = {
  G_LOG_LEVEL_DEBUG,
  G_LOG_LEVEL_INFO,
  G_LOG_LEVEL_WARNING,
};

G_DEFINE_FINAL_TYPE (VisitorLogWindow, visitor_log_window, ADW_TYPE_WINDOW)

static gboolean
is_shown (VisitorLogWindow *self, const VisitorLogLine *line)
{
  guint chosen = gtk_drop_down_get_selected (self->level);
  return chosen >= G_N_ELEMENTS (least) || line->level <= least[chosen];
}

static void
append_line (GString *text, const VisitorLogLine *line)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (line->time / G_USEC_PER_SEC);
  g_autoptr (GDateTime) local = utc != NULL ? g_date_time_to_local (utc) : NULL;
  g_autofree char *time = local != NULL ? g_date_time_format (local, "%H:%M:%S") : g_strdup ("");
  g_string_append_printf (text, "%s  %s\n", time, line->text);
}

/* All that is shown now. */
static char *
shown_text (VisitorLogWindow *self)
{
  GtkTextIter start, end;
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->view);
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  return gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
}

/* Where the end is shows only once the lines have been laid out. */
static void
on_laid_out (GtkAdjustment *adjustment, VisitorLogWindow *self)
{
  if (self->follows && gtk_adjustment_get_page_size (adjustment) > 0)
    gtk_adjustment_set_value (adjustment, gtk_adjustment_get_upper (adjustment));
}

static void
on_scrolled (GtkAdjustment *adjustment, VisitorLogWindow *self)
{
  double end = gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment);
  self->follows = gtk_adjustment_get_value (adjustment) >= end - 1;
}

static void
on_reset (VisitorLogWindow *self)
{
  const GPtrArray *lines = visitor_log_history_get_lines (visitor_site_item_get_log (self->item));
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint i = 0; i < lines->len; i++) {
    const VisitorLogLine *line = g_ptr_array_index (lines, i);
    if (is_shown (self, line))
      append_line (text, line);
  }
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->view), text->str, (int) text->len);
  gtk_stack_set_visible_child_name (self->pages, lines->len > 0 ? "lines" : "empty");
}

static void
on_added (VisitorLogHistory *log, const VisitorLogLine *line, VisitorLogWindow *self)
{
  GtkTextIter end;
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->view);
  gtk_stack_set_visible_child_name (self->pages, "lines");
  if (!is_shown (self, line))
    return;
  g_autoptr (GString) text = g_string_new (NULL);
  append_line (text, line);
  gtk_text_buffer_get_end_iter (buffer, &end);
  gtk_text_buffer_insert (buffer, &end, text->str, (int) text->len);
}

static void
on_level (VisitorLogWindow *self)
{
  if (self->item != NULL)
    on_reset (self);
}

static void
say (VisitorLogWindow *self, const char *words)
{
  g_autofree char *markup = g_markup_escape_text (words, -1);
  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (markup));
}

static void
on_copy (VisitorLogWindow *self)
{
  g_autofree char *text = shown_text (self);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
  say (self, _ ("Copied"));
}

static void
on_response (GtkNativeDialog *chooser, int response, VisitorLogWindow *self)
{
  g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT
      ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser))
      : NULL;
  g_autofree char *text = shown_text (self);
  g_autoptr (GError) error = NULL;
  g_clear_object (&self->chooser);
  if (file == NULL)
    return;
  if (g_file_replace_contents (
          file, text, strlen (text), NULL, FALSE, G_FILE_CREATE_PRIVATE, NULL, NULL, &error))
    say (self, _ ("Saved"));
  else
    say (self, error->message);
}

static void
on_save (VisitorLogWindow *self)
{
  g_autofree char *name = g_strdup_printf ("%s.log", visitor_site_item_get_id (self->item));
  g_clear_object (&self->chooser);
  self->chooser = gtk_file_chooser_native_new (_ ("Save the log"), GTK_WINDOW (self),
      GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"), _ ("_Cancel"));
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), name);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  g_signal_connect_object (
      self->chooser, "response", G_CALLBACK (on_response), self, G_CONNECT_DEFAULT);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
visitor_log_window_dispose (GObject *object)
{
  VisitorLogWindow *self = VISITOR_LOG_WINDOW (object);
  g_clear_object (&self->chooser);
  g_clear_object (&self->item);
  gtk_widget_dispose_template (GTK_WIDGET (self), VISITOR_TYPE_LOG_WINDOW);
  G_OBJECT_CLASS (visitor_log_window_parent_class)->dispose (object);
}

static void
visitor_log_window_class_init (VisitorLogWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = visitor_log_window_dispose;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/visitorvpn/Visitor/log-window.ui");
  gtk_widget_class_bind_template_child (widget_class, VisitorLogWindow, title);
  gtk_widget_class_bind_template_child (widget_class, VisitorLogWindow, level);
  gtk_widget_class_bind_template_child (widget_class, VisitorLogWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, VisitorLogWindow, pages);
  gtk_widget_class_bind_template_child (widget_class, VisitorLogWindow, scroller);
  gtk_widget_class_bind_template_child (widget_class, VisitorLogWindow, view);
  gtk_widget_class_bind_template_callback (widget_class, on_level);
  gtk_widget_class_bind_template_callback (widget_class, on_copy);
  gtk_widget_class_bind_template_callback (widget_class, on_save);
}

static void
visitor_log_window_init (VisitorLogWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* Beside the window: one may work there while this goes on. */
GtkWindow *
visitor_log_window_new (GtkWindow *parent, VisitorSiteItem *item)
{
  VisitorLogWindow *self =
      g_object_new (VISITOR_TYPE_LOG_WINDOW, "transient-for", parent, "title", _ ("Details"), NULL);
  VisitorLogHistory *log = visitor_site_item_get_log (item);
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scroller);
  self->item = g_object_ref (item);
  self->follows = TRUE;
  g_signal_connect_object (
      adjustment, "changed", G_CALLBACK (on_laid_out), self, G_CONNECT_DEFAULT);
  g_signal_connect_object (
      adjustment, "value-changed", G_CALLBACK (on_scrolled), self, G_CONNECT_DEFAULT);
  g_object_bind_property (item, "name", self->title, "subtitle", G_BINDING_SYNC_CREATE);
  g_signal_connect_object (log, "reset", G_CALLBACK (on_reset), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (log, "added", G_CALLBACK (on_added), self, G_CONNECT_DEFAULT);
  on_reset (self);
  return GTK_WINDOW (self);
}
