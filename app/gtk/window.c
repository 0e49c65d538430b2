/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorWindow: the list of sites, and beside it the page of the chosen one. On a narrow window the two
 * fold into one. */
#include "config.h"

#include "gtk/window.h"

struct _VisitorWindow {
  AdwApplicationWindow parent_instance;

  /* template */
  AdwLeaflet *leaflet;
};

G_DEFINE_FINAL_TYPE (VisitorWindow, visitor_window, ADW_TYPE_APPLICATION_WINDOW)

static void
visitor_window_class_init (VisitorWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/visitorvpn/Visitor/window.ui");
  gtk_widget_class_bind_template_child (widget_class, VisitorWindow, leaflet);
}

static void
visitor_window_init (VisitorWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

VisitorWindow *
visitor_window_new (VisitorApplication *application)
{
  return g_object_new (VISITOR_TYPE_WINDOW, "application", application, NULL);
}
