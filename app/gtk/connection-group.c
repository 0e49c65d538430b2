/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorConnectionGroup: what one connection is made of, as the engine tells it. */
#include "config.h"

#include "gtk/connection-group.h"

#include <glib/gi18n-lib.h>

#include "gtk/copy-row.h"

struct _VisitorConnectionGroup {
  AdwPreferencesGroup parent_instance;

  /* template */
  VisitorCopyRow *since, *transferred, *banner, *addresses, *gateway, *transport, *cipher, *routes,
      *dns, *domains;

  /* owned */
  VisitorConnection *connection;
};

G_DEFINE_FINAL_TYPE (VisitorConnectionGroup, visitor_connection_group, ADW_TYPE_PREFERENCES_GROUP)

static void
show_list (VisitorCopyRow *row, GVariant *status, const char *key)
{
  g_autofree const char **items = NULL;
  g_autofree char *all = NULL;
  if (g_variant_lookup (status, key, "^a&s", &items))
    all = g_strjoinv (", ", (char **) items);
  visitor_copy_row_set_value (row, all);
}

static void
show_since (VisitorConnectionGroup *self, GVariant *status)
{
  gint64 seconds;
  g_autoptr (GDateTime) time = NULL;
  if (g_variant_lookup (status, "connected", "x", &seconds))
    time = g_date_time_new_from_unix_local (seconds);
  g_autofree char *text = time != NULL ? g_date_time_format (time, "%c") : NULL;
  visitor_copy_row_set_value (self->since, text);
}

static void
show_totals (VisitorConnectionGroup *self, GVariant *status)
{
  guint64 in = 0, out = 0;
  g_autoptr (GVariant) counters =
      g_variant_lookup_value (status, "counters", G_VARIANT_TYPE ("a{st}"));
  if (counters == NULL) {
    visitor_copy_row_set_value (self->transferred, NULL);
    return;
  }
  g_variant_lookup (counters, "bytes-in", "t", &in);
  g_variant_lookup (counters, "bytes-out", "t", &out);
  g_autofree char *received = g_format_size (in);
  g_autofree char *sent = g_format_size (out);
  /* Translators: amounts, such as "1.2 MB". */
  g_autofree char *text = g_strdup_printf (_ ("%s received, %s sent"), received, sent);
  visitor_copy_row_set_value (self->transferred, text);
}

/* The stream says more than the transport where there is one. */
static void
show_transport (VisitorConnectionGroup *self, VisitorConnection *connection)
{
  const char *stream = visitor_connection_get_string (connection, "stream");
  if (stream == NULL || stream[0] == '\0')
    stream = visitor_connection_get_string (connection, "transport");
  visitor_copy_row_set_value (self->transport, stream);
}

static void
update (VisitorConnectionGroup *self)
{
  GVariant *status = visitor_connection_get_status (self->connection);
  show_since (self, status);
  show_totals (self, status);
  visitor_copy_row_set_value (
      self->banner, visitor_connection_get_string (self->connection, "banner"));
  show_list (self->addresses, status, "addresses");
  show_list (self->routes, status, "routes");
  show_list (self->dns, status, "dns");
  show_list (self->domains, status, "domains");
  show_transport (self, self->connection);
  visitor_copy_row_set_value (
      self->gateway, visitor_connection_get_string (self->connection, "gateway"));
  visitor_copy_row_set_value (
      self->cipher, visitor_connection_get_string (self->connection, "child"));
}

static void
visitor_connection_group_dispose (GObject *object)
{
  visitor_connection_group_set_connection (VISITOR_CONNECTION_GROUP (object), NULL);
  G_OBJECT_CLASS (visitor_connection_group_parent_class)->dispose (object);
}

static void
visitor_connection_group_class_init (VisitorConnectionGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = visitor_connection_group_dispose;
  g_type_ensure (VISITOR_TYPE_COPY_ROW);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/visitorvpn/Visitor/connection-group.ui");
  gtk_widget_class_bind_template_child (widget_class, VisitorConnectionGroup, since);
  gtk_widget_class_bind_template_child (widget_class, VisitorConnectionGroup, transferred);
  gtk_widget_class_bind_template_child (widget_class, VisitorConnectionGroup, banner);
  gtk_widget_class_bind_template_child (widget_class, VisitorConnectionGroup, addresses);
  gtk_widget_class_bind_template_child (widget_class, VisitorConnectionGroup, gateway);
  gtk_widget_class_bind_template_child (widget_class, VisitorConnectionGroup, transport);
  gtk_widget_class_bind_template_child (widget_class, VisitorConnectionGroup, cipher);
  gtk_widget_class_bind_template_child (widget_class, VisitorConnectionGroup, routes);
  gtk_widget_class_bind_template_child (widget_class, VisitorConnectionGroup, dns);
  gtk_widget_class_bind_template_child (widget_class, VisitorConnectionGroup, domains);
}

static void
visitor_connection_group_init (VisitorConnectionGroup *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
visitor_connection_group_set_connection (
    VisitorConnectionGroup *self, VisitorConnection *connection_or_null)
{
  if (self->connection == connection_or_null)
    return;
  if (self->connection != NULL)
    g_signal_handlers_disconnect_by_data (self->connection, self);
  g_set_object (&self->connection, connection_or_null);
  if (self->connection == NULL)
    return;
  g_signal_connect_swapped (self->connection, "notify::status", G_CALLBACK (update), self);
  update (self);
}
