/* SPDX-License-Identifier: GPL-2.0-or-later */
/* LiveWatch: which connections the user has, whoever began them, and which site each belongs to.
 *
 * The engine is watched by its name on the bus. When it comes, its list is read and every connection
 * is put to the site whose id it has; when it goes, nothing is connected any more, whatever was said
 * before. A connection that came and went while it was looked at is passed over. */
#include "client/live-private.h"

#include "base/names.h"

#define REOPEN_SECONDS 5

void
live_watch_tracked_free (gpointer data)
{
  Tracked *tracked = data;
  g_signal_handlers_disconnect_by_data (tracked->connection, tracked);
  VisitorSiteItem *item = tracked->item;
  if (item != NULL && visitor_site_item_get_connection (item) == tracked->connection)
    visitor_site_item_set_connection (item, NULL);
  live_others_forget (tracked);
  g_clear_object (&tracked->item);
  g_object_unref (tracked->connection);
  g_free (tracked);
}

static gboolean
is_cancelled (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ||
      g_error_matches (error, VISITOR_ERROR, VISITOR_ERROR_CANCELLED);
}

/* It is over, and that is told once. */
static void
finish (Tracked *tracked)
{
  VisitorLive *live = tracked->live;
  if (tracked->is_over)
    return;
  tracked->is_over = TRUE;
  g_autoptr (VisitorSiteItem) item = tracked->item != NULL ? g_object_ref (tracked->item) : NULL;
  if (item == NULL)
    return;
  gboolean cancelled = visitor_site_item_get_phase (item) == VISITOR_ITEM_CANCELS;
  live_attempt_end (live, item);
  if (cancelled)
    visitor_site_item_dismiss_failure (item);
  if (visitor_site_item_get_failure (item) != NULL)
    live_emit (live, tracked->was_connected ? "lost" : "failed", item);
}

/* Behind the item's own handler: whoever hears of it looks at the item. */
static void
on_status (VisitorConnection *connection, GParamSpec *pspec, Tracked *tracked)
{
  VisitorLive *live = tracked->live;
  VisitorState state = visitor_connection_get_state (connection);
  if (state == VISITOR_STATE_CONNECTED && !tracked->was_connected) {
    tracked->was_connected = TRUE;
    if (tracked->item != NULL) {
      live_attempt_prove (live, tracked->item);
      live_emit (live, "connected", tracked->item);
    }
  }
  if (visitor_state_is_over (state))
    finish (tracked);
  live_others_follow (tracked);
  live_sample (live);
}

/* Puts it to the site that has its id, if there is one. */
static void
attach (Tracked *tracked)
{
  live_others_follow (tracked);
  const char *id = visitor_connection_get_string (tracked->connection, "site");
  VisitorSiteItem *item = id != NULL ? visitor_site_model_find (tracked->live->model, id) : NULL;
  if (item == NULL || item == tracked->item)
    return;
  if (tracked->item != NULL)
    visitor_site_item_set_connection (tracked->item, NULL);
  g_set_object (&tracked->item, item);
  visitor_site_item_set_connection (item, tracked->connection);
}

/* The list of sites is another one. */
void
live_watch_match (VisitorLive *live)
{
  GHashTableIter iter;
  gpointer value;
  g_hash_table_iter_init (&iter, live->tracked);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    attach (value);
}

/* Follows a connection, unless it is followed already. What it did before is no news. */
void
live_watch_adopt (VisitorLive *live, VisitorConnection *connection)
{
  const char *path = visitor_connection_get_path (connection);
  if (g_hash_table_contains (live->tracked, path))
    return;
  Tracked *tracked = g_new0 (Tracked, 1);
  tracked->live = live;
  tracked->connection = g_object_ref (connection);
  VisitorState state = visitor_connection_get_state (connection);
  tracked->was_connected = visitor_connection_was_up (connection);
  tracked->is_over = visitor_state_is_over (state);
  g_hash_table_insert (live->tracked, g_strdup (path), tracked);
  attach (tracked);
  g_signal_connect_data (
      connection, "notify::status", G_CALLBACK (on_status), tracked, NULL, G_CONNECT_AFTER);
  live_sample (live);
}

/* An attempt that failed before anybody here could see it is no news to greet with; that a connection which
 * stood is gone by now, is. */
static gboolean
is_stale (VisitorConnection *connection)
{
  g_autoptr (GVariant) since = g_variant_lookup_value (
      visitor_connection_get_status (connection), "connected", G_VARIANT_TYPE_INT64);
  return visitor_state_is_over (visitor_connection_get_state (connection)) && since == NULL;
}

static void
on_looked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VisitorConnection) connection = visitor_connection_new_finish (result, &error);
  if (is_cancelled (error))
    return;
  VisitorLive *live = user_data;
  const char *path = connection != NULL ? visitor_connection_get_path (connection) : NULL;
  gboolean was_there = path != NULL && g_hash_table_lookup (live->looking, path) != NULL;
  if (path != NULL && g_hash_table_remove (live->looking, path) &&
      !(was_there && is_stale (connection)))
    live_watch_adopt (live, connection);
}

/* was_there: before we looked. */
static void
look (VisitorLive *live, const char *path, gboolean was_there)
{
  if (g_hash_table_contains (live->tracked, path) || g_hash_table_contains (live->looking, path))
    return;
  g_hash_table_insert (live->looking, g_strdup (path), GINT_TO_POINTER (was_there));
  visitor_connection_new_async (
      visitor_client_get_bus (live->client), path, live->cancellable, on_looked, live);
}

static void
on_added (VisitorClient *client, const char *path, VisitorLive *live)
{
  look (live, path, FALSE);
}

static void
on_removed (VisitorClient *client, const char *path, VisitorLive *live)
{
  Tracked *tracked = g_hash_table_lookup (live->tracked, path);
  g_hash_table_remove (live->looking, path);
  if (tracked != NULL)
    finish (tracked);
  g_hash_table_remove (live->tracked, path);
  live_sample (live);
}

static void
on_paths (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) paths = visitor_client_list_paths_finish (VISITOR_CLIENT (source), result, &error);
  if (is_cancelled (error))
    return;
  VisitorLive *live = user_data;
  for (guint i = 0; paths != NULL && paths[i] != NULL; i++)
    look (live, paths[i], TRUE);
}

static void
on_watching (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  if (!visitor_client_watch_finish (VISITOR_CLIENT (source), result, &error)) {
    if (!is_cancelled (error))
      g_message ("The engine's connections are not seen: %s", error->message);
    return;
  }
  VisitorLive *live = user_data;
  visitor_client_list_paths_async (live->client, live->cancellable, on_paths, live);
}

static void
tell_available (VisitorLive *live)
{
  gboolean available = live->running || live->activatable;
  if (available == live->available)
    return;
  live->available = available;
  g_object_notify (G_OBJECT (live), "available");
}

static void
on_version (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  if (is_cancelled (error) || reply == NULL)
    return;
  VisitorLive *live = user_data;
  g_autoptr (GVariant) value = NULL;
  g_variant_get (reply, "(v)", &value);
  g_free (live->engine_version);
  live->engine_version = g_variant_is_of_type (value, G_VARIANT_TYPE_STRING)
      ? g_variant_dup_string (value, NULL)
      : NULL;
}

static void
on_appeared (GDBusConnection *bus, const char *name, const char *owner, gpointer user_data)
{
  VisitorLive *live = user_data;
  live->running = TRUE;
  tell_available (live);
  visitor_client_watch_async (live->client, live->cancellable, on_watching, live);
  g_dbus_connection_call (bus, owner, VISITOR_ENGINE_PATH, "org.freedesktop.DBus.Properties", "Get",
      g_variant_new ("(ss)", "org.visitorvpn.Engine1", "Version"), G_VARIANT_TYPE ("(v)"),
      G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, live->cancellable, on_version, live);
}

/* What was connected is not any more; to what was being ended anyway that is no loss. */
static void
lose (Tracked *tracked)
{
  VisitorState state = visitor_connection_get_state (tracked->connection);
  VisitorSiteItem *item = tracked->item;
  if (item == NULL || tracked->is_over)
    return;
  if (state != VISITOR_STATE_DISCONNECTING) {
    g_autoptr (GError) error = g_error_new_literal (
        VISITOR_ERROR, VISITOR_ERROR_ENGINE_UNAVAILABLE, "The engine left the bus");
    visitor_site_item_set_failure (item, error);
  }
  finish (tracked);
}

static void
lose_all (VisitorLive *live)
{
  g_autoptr (GHashTable) lost = g_steal_pointer (&live->tracked);
  live->tracked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, live_watch_tracked_free);
  g_hash_table_remove_all (live->looking);
  GHashTableIter iter;
  gpointer value;
  g_hash_table_iter_init (&iter, lost);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    lose (value);
  live_sample (live);
}

static void
on_activatable (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  if (is_cancelled (error))
    return;
  VisitorLive *live = user_data;
  g_autofree const char **names = NULL;
  if (reply != NULL)
    g_variant_get (reply, "(^a&s)", &names);
  live->activatable = names != NULL && g_strv_contains (names, VISITOR_ENGINE_BUS_NAME);
  tell_available (live);
}

static void
on_vanished (GDBusConnection *bus, const char *name, gpointer user_data)
{
  VisitorLive *live = user_data;
  live->running = FALSE;
  g_clear_pointer (&live->engine_version, g_free);
  lose_all (live);
  if (bus == NULL || g_dbus_connection_is_closed (bus))
    return;
  g_dbus_connection_call (bus, "org.freedesktop.DBus", "/org/freedesktop/DBus",
      "org.freedesktop.DBus", "ListActivatableNames", NULL, G_VARIANT_TYPE ("(as)"),
      G_DBUS_CALL_FLAGS_NONE, -1, live->cancellable, on_activatable, live);
}

static gboolean
on_reopen (gpointer user_data)
{
  VisitorLive *live = user_data;
  live->reopen = 0;
  live_watch_open (live);
  return G_SOURCE_REMOVE;
}

static void
on_bus_closed (GDBusConnection *bus, gboolean vanished, GError *error, VisitorLive *live)
{
  live_watch_close (live);
  live->activatable = FALSE;
  tell_available (live);
  live->reopen = g_timeout_add_seconds (REOPEN_SECONDS, on_reopen, live);
}

static void
on_open (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  VisitorClient *client = visitor_client_open_finish (result, &error);
  if (is_cancelled (error))
    return;
  VisitorLive *live = user_data;
  if (client == NULL) {
    live->activatable = FALSE;
    tell_available (live);
    live_attempt_fail_waiting (live, error);
    live->reopen = g_timeout_add_seconds (REOPEN_SECONDS, on_reopen, live);
    return;
  }
  GDBusConnection *bus = visitor_client_get_bus (client);
  live->client = client;
  g_signal_connect (client, "added", G_CALLBACK (on_added), live);
  g_signal_connect (client, "removed", G_CALLBACK (on_removed), live);
  g_signal_connect (bus, "closed", G_CALLBACK (on_bus_closed), live);
  live->name_watch = g_bus_watch_name_on_connection (bus, VISITOR_ENGINE_BUS_NAME,
      G_BUS_NAME_WATCHER_FLAGS_NONE, on_appeared, on_vanished, live, NULL);
  live_attempt_begin_waiting (live);
}

/* Opens the bus and looks at what is connected; tries again for as long as there is none. */
void
live_watch_open (VisitorLive *live)
{
  visitor_client_open_async (live->cancellable, on_open, live);
}

/* Looks no more. */
void
live_watch_close (VisitorLive *live)
{
  live->running = FALSE;
  g_clear_handle_id (&live->reopen, g_source_remove);
  g_clear_handle_id (&live->name_watch, g_bus_unwatch_name);
  if (live->client != NULL) {
    g_signal_handlers_disconnect_by_data (visitor_client_get_bus (live->client), live);
    g_signal_handlers_disconnect_by_data (live->client, live);
  }
  g_clear_object (&live->client);
  lose_all (live);
}
