/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Toolkit: GTK 3, as nm-connection-editor and nm-applet have it. */
#include "nm/editor/toolkit.h"

const gboolean toolkit_grid_is_read_backwards = TRUE; /* as it keeps its children */

void
toolkit_append (GtkWidget *box, GtkWidget *child)
{
  gtk_box_pack_start (GTK_BOX (box), child, FALSE, TRUE, 0);
}

void
toolkit_fill_expander (GtkWidget *expander, GtkWidget *child)
{
  gtk_container_add (GTK_CONTAINER (expander), child);
}

/* What can be put into the program's window: nm-connection-editor lets it scroll. */
GtkWidget *
toolkit_page (GtkWidget *child)
{
  gtk_widget_show_all (child);
  return child;
}

/* What is not handled goes to what is around it. */
static gboolean
on_wheel (GtkWidget *combo)
{
  g_signal_stop_emission_by_name (combo, "scroll-event");
  return GDK_EVENT_PROPAGATE;
}

/* Lets the wheel move the page, as elsewhere, and not change what was chosen. */
void
toolkit_ignore_wheel (GtkWidget *combo)
{
  g_signal_connect (combo, "scroll-event", G_CALLBACK (on_wheel), NULL);
}

GtkWidget *
toolkit_icon_button (const char *icon_name)
{
  return gtk_button_new_from_icon_name (icon_name, GTK_ICON_SIZE_BUTTON);
}

GtkWidget *
toolkit_menu_button (const char *icon_name)
{
  GtkWidget *button = gtk_menu_button_new ();
  GtkWidget *image = gtk_image_new_from_icon_name (icon_name, GTK_ICON_SIZE_BUTTON);
  gtk_button_set_image (GTK_BUTTON (button), image);
  return button;
}

const char *
toolkit_get_text (GtkWidget *entry)
{
  return gtk_entry_get_text (GTK_ENTRY (entry));
}

void
toolkit_set_text (GtkWidget *entry, const char *text)
{
  gtk_entry_set_text (GTK_ENTRY (entry), text);
}

/* Of a label the theme of GTK 3 knows neither. */
static void
style_label (GtkStyleContext *context)
{
  static GtkCssProvider *provider;
  if (provider == NULL) {
    provider = gtk_css_provider_new ();
    gtk_css_provider_load_from_data (provider,
        "label.error { color: @error_color; } label.caption { font-size: smaller; }", -1, NULL);
  }
  gtk_style_context_add_provider (
      context, GTK_STYLE_PROVIDER (provider), GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
}

void
toolkit_set_class (GtkWidget *widget, const char *name, gboolean has)
{
  GtkStyleContext *context = gtk_widget_get_style_context (widget);
  if (has && GTK_IS_LABEL (widget))
    style_label (context);
  if (has)
    gtk_style_context_add_class (context, name);
  else
    gtk_style_context_remove_class (context, name);
}

/* A program that shows all that is in its window does not bring it back. */
void
toolkit_set_shown (GtkWidget *widget, gboolean shown)
{
  gtk_widget_set_no_show_all (widget, TRUE);
  gtk_widget_set_visible (widget, shown);
}

/* NULL while it is in none. */
GtkWindow *
toolkit_window_of (GtkWidget *widget)
{
  GtkWidget *top = gtk_widget_get_toplevel (widget);
  return GTK_IS_WINDOW (top) ? GTK_WINDOW (top) : NULL;
}

/* For who hears it. */
void
toolkit_set_name (GtkWidget *widget, const char *name)
{
  atk_object_set_name (gtk_widget_get_accessible (widget), name);
}

/* Marks it, for all senses, as wrong; NULL: as right. */
void
toolkit_set_problem (GtkWidget *widget, const char *what_or_null)
{
  AtkObject *accessible = gtk_widget_get_accessible (widget);
  gboolean wrong = what_or_null != NULL;
  toolkit_set_class (widget, "error", wrong);
  atk_object_notify_state_change (accessible, ATK_STATE_INVALID_ENTRY, wrong);
  atk_object_set_description (accessible, wrong ? what_or_null : "");
}
