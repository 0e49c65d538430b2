/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorOtherConnections: what is connected although no site of the list says so, each with its state and a
 * button that ends it. Without any it is not there. */
#include "config.h"

#include "gtk/other-connections.h"

#include <glib/gi18n-lib.h>

struct _VisitorOtherConnections {
  GtkWidget parent_instance;

  /* template */
  GtkListBox *list;

  /* owned */
  VisitorLive *live; /* NULL until it is set */
};

G_DEFINE_FINAL_TYPE (VisitorOtherConnections, visitor_other_connections, GTK_TYPE_WIDGET)

static void
on_clicked (GtkButton *button, VisitorOtherConnections *self)
{
  visitor_live_disconnect (self->live, g_object_get_data (G_OBJECT (button), "item"));
}

static void
on_state (VisitorSiteItem *item, GParamSpec *pspec, GtkWidget *button)
{
  gtk_widget_set_sensitive (
      button, visitor_site_item_get_state (item) != VISITOR_STATE_DISCONNECTING);
}

static GtkWidget *
button_of (VisitorOtherConnections *self, VisitorSiteItem *item)
{
  GtkWidget *button = gtk_button_new_with_label (_ ("Disconnect"));
  /* Translators: what a screen reader says of the button; %s is the name of a connection. */
  g_autofree char *spoken =
      g_strdup_printf (_ ("Disconnect %s"), visitor_site_item_get_name (item));
  gtk_accessible_update_property (
      GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  g_object_set_data_full (G_OBJECT (button), "item", g_object_ref (item), g_object_unref);
  g_signal_connect (button, "clicked", G_CALLBACK (on_clicked), self);
  g_signal_connect_object (item, "notify::state", G_CALLBACK (on_state), button, G_CONNECT_DEFAULT);
  on_state (item, NULL, button);
  return button;
}

static GtkWidget *
make_row (gpointer item, gpointer user_data)
{
  AdwActionRow *row = g_object_new (ADW_TYPE_ACTION_ROW, "use-markup", FALSE, "activatable", FALSE,
      "title", visitor_site_item_get_name (item), "title-lines", 1, NULL);
  g_object_bind_property (item, "status-text", row, "subtitle", G_BINDING_SYNC_CREATE);
  adw_action_row_add_suffix (row, button_of (user_data, item));
  return GTK_WIDGET (row);
}

static void
show_if_any (VisitorOtherConnections *self)
{
  gtk_widget_set_visible (
      GTK_WIDGET (self), g_list_model_get_n_items (visitor_live_get_others (self->live)) > 0);
}

static void
visitor_other_connections_dispose (GObject *object)
{
  VisitorOtherConnections *self = VISITOR_OTHER_CONNECTIONS (object);
  GtkWidget *child;
  if (self->list != NULL)
    gtk_list_box_bind_model (self->list, NULL, NULL, NULL, NULL);
  self->list = NULL; /* this may come twice */
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->live);
  G_OBJECT_CLASS (visitor_other_connections_parent_class)->dispose (object);
}

static void
visitor_other_connections_class_init (VisitorOtherConnectionsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = visitor_other_connections_dispose;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/visitorvpn/Visitor/other-connections.ui");
  gtk_widget_class_bind_template_child (widget_class, VisitorOtherConnections, list);
}

static void
visitor_other_connections_init (VisitorOtherConnections *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* Once. */
void
visitor_other_connections_set_live (VisitorOtherConnections *self, VisitorLive *live)
{
  GListModel *others = visitor_live_get_others (live);
  self->live = g_object_ref (live);
  gtk_list_box_bind_model (self->list, others, make_row, self, NULL);
  g_signal_connect_object (
      others, "items-changed", G_CALLBACK (show_if_any), self, G_CONNECT_SWAPPED);
  show_if_any (self);
}
