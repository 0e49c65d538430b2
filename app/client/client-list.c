/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorClient, its list: the user's connections, of the engine that is there; none is started for it. */
#include "client/bus-error.h"
#include "client/client-private.h"

typedef struct {
  char **paths;
  guint next;
  GPtrArray *connections;
} Listing;

static void
listing_free (gpointer data)
{
  Listing *listing = data;
  g_strfreev (listing->paths);
  g_clear_pointer (&listing->connections, g_ptr_array_unref);
  g_free (listing);
}

/* One look after the other, result being the one before; one that ended meanwhile is not listed. */
static void
look_at_next (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Listing *listing = g_task_get_task_data (task);
  VisitorClient *self = g_task_get_source_object (task);
  VisitorConnection *seen = result != NULL ? visitor_connection_new_finish (result, NULL) : NULL;
  if (seen != NULL)
    g_ptr_array_add (listing->connections, seen);
  const char *path = listing->paths[listing->next];
  if (path == NULL) {
    g_task_return_pointer (
        task, g_steal_pointer (&listing->connections), (GDestroyNotify) g_ptr_array_unref);
    return;
  }
  listing->next++;
  visitor_connection_new_async (visitor_client_get_bus (self), path, g_task_get_cancellable (task),
      look_at_next, g_object_ref (task));
}

static gboolean
is_absence (const GError *error)
{
  return g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN) ||
      g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER);
}

static void
on_paths (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Listing *listing = g_task_get_task_data (task);
  GError *error = NULL;
  if (!visitor_dbus_engine1_call_list_finish (
          VISITOR_DBUS_ENGINE1 (source), &listing->paths, result, &error)) {
    if (!is_absence (error)) {
      visitor_bus_error_normalize (&error);
      g_task_return_error (task, error);
      return;
    }
    g_error_free (error);
    listing->paths = g_new0 (char *, 1);
  }
  look_at_next (NULL, NULL, g_object_ref (task));
}

/* Looks up the user's own connections. */
void
visitor_client_list_async (VisitorClient *self, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Listing *listing = g_new0 (Listing, 1);
  listing->connections = g_ptr_array_new_with_free_func (g_object_unref);
  g_task_set_task_data (task, listing, listing_free);
  visitor_dbus_engine1_call_list (
      self->engine, G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, cancellable, on_paths, task);
}

/* An array of VisitorConnection, empty where no engine runs. Transfer: full. */
GPtrArray *
visitor_client_list_finish (VisitorClient *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
on_bare_paths (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  char **paths = NULL;
  GError *error = NULL;
  if (visitor_dbus_engine1_call_list_finish (
          VISITOR_DBUS_ENGINE1 (source), &paths, result, &error)) {
    g_task_return_pointer (task, paths, (GDestroyNotify) g_strfreev);
    return;
  }
  visitor_bus_error_normalize (&error);
  g_task_return_error (task, error);
}

/* Looks up the object paths of the user's own connections, and at none of them. */
void
visitor_client_list_paths_async (VisitorClient *self, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  visitor_dbus_engine1_call_list (
      self->engine, G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, cancellable, on_bare_paths, task);
}

/* ENGINE_UNAVAILABLE if none runs. Transfer: full. */
char **
visitor_client_list_paths_finish (VisitorClient *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
