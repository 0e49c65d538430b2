/* SPDX-License-Identifier: GPL-2.0-or-later */
/* LiveSample: asks for the counters of what is connected, each second while somebody looks. */
#include "client/live-private.h"

#define SAMPLE_SECONDS 1

static void
on_refreshed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (VisitorLive) live = user_data;
  VisitorConnection *connection = VISITOR_CONNECTION (source);
  visitor_connection_refresh_finish (connection, result, NULL);
  Tracked *tracked = g_hash_table_lookup (live->tracked, visitor_connection_get_path (connection));
  if (tracked != NULL && tracked->connection == connection)
    tracked->refreshing = FALSE;
}

static gboolean
on_sample (gpointer user_data)
{
  VisitorLive *live = user_data;
  GHashTableIter iter;
  gpointer value;
  g_hash_table_iter_init (&iter, live->tracked);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    Tracked *tracked = value;
    if (tracked->item == NULL || tracked->refreshing ||
        visitor_connection_get_state (tracked->connection) != VISITOR_STATE_CONNECTED)
      continue;
    tracked->refreshing = TRUE;
    visitor_connection_refresh_async (
        tracked->connection, live->cancellable, on_refreshed, g_object_ref (live));
  }
  return G_SOURCE_CONTINUE;
}

/* Nothing wakes up each second unless there is something to see. */
void
live_sample (VisitorLive *live)
{
  gboolean wanted = FALSE;
  GHashTableIter iter;
  gpointer value;
  g_hash_table_iter_init (&iter, live->tracked);
  while (live->sampling && !wanted && g_hash_table_iter_next (&iter, NULL, &value))
    wanted =
        visitor_connection_get_state (((Tracked *) value)->connection) == VISITOR_STATE_CONNECTED;
  if (wanted && live->sampler == 0)
    live->sampler = g_timeout_add_seconds (SAMPLE_SECONDS, on_sample, live);
  else if (!wanted)
    g_clear_handle_id (&live->sampler, g_source_remove);
}
