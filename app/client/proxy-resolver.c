/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The session's own answer to the question through which proxies a gateway is reached: GProxyResolver,
 * which knows the desktop's settings, the environment, and PAC scripts by URL; these run in a process of
 * their own (glib-pacrunner). Where that says "direct", what the network itself announces is asked for
 * (WPAD). Each step has a time limit, and one that fails is as one that says "direct": a connection is
 * tried in any case. */
#include "client/proxy-resolver.h"

#include "client/wpad.h"

#define LOOKING_SECONDS 10 /* for a list, or a script */
#define SCRIPT_MSEC 8000
#define PAC_RUNNER_NAME "org.gtk.GLib.PACRunner"
#define PAC_RUNNER_PATH "/org/gtk/GLib/PACRunner"

typedef struct {
  char *url; /* of the gateway, as the resolver wants it */
  GCancellable *cancellable; /* owned; ends the looking */
  guint limit;
} Lookup;

static void
lookup_free (gpointer data)
{
  Lookup *lookup = data;
  g_clear_handle_id (&lookup->limit, g_source_remove);
  g_object_unref (lookup->cancellable);
  g_free (lookup->url);
  g_free (lookup);
}

static void
finish (GTask *task, const char *const *uris)
{
  static const char *const direct[] = { "direct://", NULL };
  VisitorProxyList *list = visitor_proxy_list_new (uris != NULL ? uris : direct);
  g_task_return_pointer (task, list, (GDestroyNotify) visitor_proxy_list_unref);
}

/* Nobody has vouched for a network's own script: the direct way stays the last one. */
static void
on_script_run (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  if (reply == NULL) {
    g_info ("The network's proxy script gives no answer: %s", error->message);
    finish (task, NULL);
    return;
  }
  g_autofree const char **uris = NULL;
  g_variant_get (reply, "(^a&s)", &uris);
  VisitorProxyList *list = visitor_proxy_list_new (uris);
  visitor_proxy_list_set_announced (list);
  g_task_return_pointer (task, list, (GDestroyNotify) visitor_proxy_list_unref);
}

typedef struct {
  GTask *task;
  char *script;
} Run;

static void
on_session_bus (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;
  g_autoptr (GTask) task = run->task;
  g_autofree char *script = run->script;
  g_free (run);
  Lookup *lookup = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) bus = g_bus_get_finish (result, &error);
  if (bus == NULL) {
    g_info ("There is no session bus to run the network's proxy script: %s", error->message);
    finish (task, NULL);
    return;
  }
  g_dbus_connection_call (bus, PAC_RUNNER_NAME, PAC_RUNNER_PATH, PAC_RUNNER_NAME, "Lookup",
      g_variant_new ("(ss)", script, lookup->url), G_VARIANT_TYPE ("(as)"), G_DBUS_CALL_FLAGS_NONE,
      SCRIPT_MSEC, g_task_get_cancellable (task), on_script_run, g_object_ref (task));
}

static void
on_wpad (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  char *script = visitor_wpad_find_finish (result);
  if (script == NULL) {
    finish (task, NULL);
    return;
  }
  g_info ("The network announces a proxy script");
  Run *run = g_new0 (Run, 1);
  run->task = g_object_ref (task);
  run->script = script;
  g_bus_get (G_BUS_TYPE_SESSION, g_task_get_cancellable (task), on_session_bus, run);
}

static void
on_resolved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Lookup *lookup = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) uris = g_proxy_resolver_lookup_finish (G_PROXY_RESOLVER (source), result, &error);
  if (uris == NULL)
    g_info ("The session does not say through which proxy: %s", error->message);
  g_autoptr (VisitorProxyList) list =
      uris != NULL ? visitor_proxy_list_new ((const char *const *) uris) : NULL;
  if (list != NULL && !visitor_proxy_list_is_direct (list))
    g_task_return_pointer (
        task, g_steal_pointer (&list), (GDestroyNotify) visitor_proxy_list_unref);
  else
    visitor_wpad_find_async (lookup->cancellable, on_wpad, g_object_ref (task));
}

static gboolean
on_limit (gpointer user_data)
{
  Lookup *lookup = user_data;
  lookup->limit = 0;
  g_cancellable_cancel (lookup->cancellable);
  return G_SOURCE_REMOVE;
}

/* Asks for the ways to a gateway. */
void
visitor_proxy_resolver_lookup_async (const char *host, guint16 port, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_check_cancellable (task, FALSE);
  Lookup *lookup = g_new0 (Lookup, 1);
  g_autofree char *authority = host_port_format (host, port);
  lookup->url = g_strconcat ("https://", authority, NULL);
  lookup->cancellable = g_cancellable_new ();
  lookup->limit = g_timeout_add_seconds (LOOKING_SECONDS, on_limit, lookup);
  g_task_set_task_data (task, lookup, lookup_free);
  g_proxy_resolver_lookup_async (
      g_proxy_resolver_get_default (), lookup->url, lookup->cancellable, on_resolved, task);
}

/* Never NULL: where nobody knows, it is the direct way. Transfer: full. */
VisitorProxyList *
visitor_proxy_resolver_lookup_finish (GAsyncResult *result)
{
  return g_task_propagate_pointer (G_TASK (result), NULL);
}
