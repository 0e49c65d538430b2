/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the engine remembers of a removed site's gateways is forgotten with it. */
#include "client/forget.h"

#include "base/names.h"
#include "client/bus-error.h"
#include "client/client.h"
#include "dbus/visitor-dbus.h"

static void
on_forgotten (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  if (visitor_dbus_engine1_call_forget_finish (VISITOR_DBUS_ENGINE1 (source), result, &error)) {
    g_task_return_boolean (task, TRUE);
    return;
  }
  visitor_bus_error_normalize (&error);
  g_task_return_error (task, error);
}

static void
on_engine (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (VisitorDBusEngine1) engine = visitor_dbus_engine1_proxy_new_finish (result, &error);
  if (engine == NULL) {
    visitor_bus_error_normalize (&error);
    g_task_return_error (task, error);
    return;
  }
  GCancellable *cancellable = g_task_get_cancellable (task);
  const char *const *hosts = g_task_get_task_data (task);
  visitor_dbus_engine1_call_forget (engine, hosts, G_DBUS_CALL_FLAGS_NONE, -1, cancellable,
      on_forgotten, g_steal_pointer (&task));
}

static void
on_client (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (VisitorClient) client = visitor_client_open_finish (result, &error);
  if (client == NULL) {
    g_task_return_error (task, error);
    return;
  }
  GCancellable *cancellable = g_task_get_cancellable (task);
  visitor_dbus_engine1_proxy_new (visitor_client_get_bus (client),
      G_DBUS_PROXY_FLAGS_DO_NOT_LOAD_PROPERTIES | G_DBUS_PROXY_FLAGS_DO_NOT_CONNECT_SIGNALS |
          G_DBUS_PROXY_FLAGS_DO_NOT_AUTO_START_AT_CONSTRUCTION,
      VISITOR_ENGINE_BUS_NAME, VISITOR_ENGINE_PATH, cancellable, on_engine,
      g_steal_pointer (&task));
}

/* Starts the engine if need be; it has a file that outlives it. */
void
visitor_forget_gateways_async (
    const Site *site, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr (GPtrArray) names = site_gateway_names (site);
  g_autoptr (GStrvBuilder) hosts = g_strv_builder_new ();
  for (guint i = 0; i < names->len; i++)
    g_strv_builder_add (hosts, names->pdata[i]);
  g_task_set_task_data (task, g_strv_builder_end (hosts), (GDestroyNotify) g_strfreev);
  visitor_client_open_async (cancellable, on_client, task);
}

/* ENGINE_UNAVAILABLE where there is none; then it remembers nothing for longer than it says. */
gboolean
visitor_forget_gateways_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
