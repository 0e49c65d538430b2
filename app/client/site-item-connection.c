/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorSiteItem, the part that follows its connection: what the engine says of it, counts and logs. */
#include "client/site-item-parts.h"

static void
count (VisitorSiteItem *self, GVariant *status)
{
  g_autoptr (GVariant) counters =
      g_variant_lookup_value (status, "counters", G_VARIANT_TYPE ("a{st}"));
  guint64 octets_in, octets_out;
  if (counters != NULL && g_variant_lookup (counters, "bytes-in", "t", &octets_in) &&
      g_variant_lookup (counters, "bytes-out", "t", &octets_out))
    visitor_throughput_add (self->throughput, g_get_monotonic_time (), octets_in, octets_out);
}

/* That the user ended it is no failure. */
static void
on_status (VisitorConnection *connection, GParamSpec *pspec, VisitorSiteItem *self)
{
  g_autoptr (GError) failure = visitor_connection_get_failure (connection);
  if (failure != NULL && failure->code != VISITOR_ERROR_CANCELLED)
    site_item_replace_failure (self, failure);
  count (self, visitor_connection_get_status (connection));
  site_item_tell_state (self);
}

static void
on_log (VisitorConnection *connection, guint level, const char *line, VisitorSiteItem *self)
{
  visitor_log_history_add (
      self->log, visitor_log_line_new (g_get_real_time (), (GLogLevelFlags) level, line));
}

static void
on_log_so_far (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (VisitorSiteItem) self = user_data;
  VisitorConnection *connection = VISITOR_CONNECTION (source);
  g_autoptr (GPtrArray) lines = visitor_connection_get_log_finish (connection, result, NULL);
  if (lines != NULL && connection == self->connection)
    visitor_log_history_complete (self->log, lines);
}

static void
follow (VisitorSiteItem *self, VisitorConnection *connection)
{
  visitor_throughput_clear (self->throughput);
  visitor_log_history_clear (self->log);
  g_signal_connect (connection, "notify::status", G_CALLBACK (on_status), self);
  g_signal_connect (connection, "log", G_CALLBACK (on_log), self);
  visitor_connection_get_log_async (connection, NULL, on_log_so_far, g_object_ref (self));
  if (!visitor_state_is_over (visitor_connection_get_state (connection)))
    site_item_replace_failure (self, NULL);
  on_status (connection, NULL, self);
}

/* The engine's connection of this site, or NULL. One that has begun ends what failed before. */
void
visitor_site_item_set_connection (VisitorSiteItem *self, VisitorConnection *connection)
{
  if (connection == self->connection)
    return;
  if (self->connection != NULL)
    g_signal_handlers_disconnect_by_data (self->connection, self);
  g_set_object (&self->connection, connection);
  if (connection != NULL)
    follow (self, connection);
  site_item_tell_connection (self);
  site_item_tell_state (self);
}
