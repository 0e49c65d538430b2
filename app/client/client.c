/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorClient: the engine, as a program of the user sees it.
 *
 * The bus is the system bus, or the one that DBUS_SYSTEM_BUS_ADDRESS names. Only Connect starts an
 * engine that is not there: one that is not there has no connections to list. Every call may wait for
 * a person (polkit), so all are asynchronous. Main context of the creator only. */
#include "client/client-private.h"

#include "base/names.h"
#include "client/bus-error.h"
#include "client/proxy-resolver.h"
#include "dbus/errors.h"
#include "site/site.h"

enum {
  ADDED,
  REMOVED,
  FOUND,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (VisitorClient, visitor_client, G_TYPE_OBJECT)

static void
on_added (VisitorDBusEngine1 *engine, const char *path, VisitorClient *self)
{
  g_signal_emit (self, signals[ADDED], 0, path);
}

static void
on_removed (VisitorDBusEngine1 *engine, const char *path, VisitorClient *self)
{
  g_signal_emit (self, signals[REMOVED], 0, path);
}

static void
on_found (VisitorDBusEngine1 *engine, const char *agent, GVariant *part, VisitorClient *self)
{
  g_signal_emit (self, signals[FOUND], 0, agent, part);
}

/* A new engine knows nothing of who watched the one before. */
static void
on_name_owner (GObject *engine, GParamSpec *pspec, VisitorClient *self)
{
  g_autofree char *owner = g_dbus_proxy_get_name_owner (G_DBUS_PROXY (engine));
  if (owner != NULL && self->watching)
    visitor_dbus_engine1_call_watch (
        self->engine, G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, NULL, NULL);
}

static void
visitor_client_dispose (GObject *object)
{
  VisitorClient *self = VISITOR_CLIENT (object);
  if (self->engine != NULL)
    g_signal_handlers_disconnect_by_data (self->engine, self);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (visitor_client_parent_class)->dispose (object);
}

static void
visitor_client_class_init (VisitorClientClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = visitor_client_dispose;
  signals[ADDED] = g_signal_new ("added", VISITOR_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
      NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[REMOVED] = g_signal_new ("removed", VISITOR_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
      NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[FOUND] = g_signal_new ("found", VISITOR_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
      NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_VARIANT);
}

static void
visitor_client_init (VisitorClient *self)
{
}

static void
on_engine (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (VisitorClient) self = g_object_new (VISITOR_TYPE_CLIENT, NULL);
  GError *error = NULL;
  self->engine = visitor_dbus_engine1_proxy_new_finish (result, &error);
  if (self->engine == NULL) {
    visitor_bus_error_normalize (&error);
    g_task_return_error (task, error);
    return;
  }
  g_signal_connect (self->engine, "added", G_CALLBACK (on_added), self);
  g_signal_connect (self->engine, "removed", G_CALLBACK (on_removed), self);
  g_signal_connect (self->engine, "found", G_CALLBACK (on_found), self);
  g_signal_connect (self->engine, "notify::g-name-owner", G_CALLBACK (on_name_owner), self);
  g_task_return_pointer (task, g_steal_pointer (&self), g_object_unref);
}

static void
on_bus (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (GDBusConnection) bus = g_bus_get_finish (result, &error);
  if (bus == NULL) {
    visitor_bus_error_normalize (&error);
    g_task_return_error (task, error);
    return;
  }
  g_dbus_connection_set_exit_on_close (bus, FALSE);
  visitor_dbus_engine1_proxy_new (bus,
      G_DBUS_PROXY_FLAGS_DO_NOT_LOAD_PROPERTIES |
          G_DBUS_PROXY_FLAGS_DO_NOT_AUTO_START_AT_CONSTRUCTION,
      VISITOR_ENGINE_BUS_NAME, VISITOR_ENGINE_PATH, g_task_get_cancellable (task), on_engine,
      g_object_ref (task));
}

/* Opens the way to the engine, without starting it. */
void
visitor_client_open_async (
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  visitor_dbus_register_errors ();
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  g_bus_get (G_BUS_TYPE_SYSTEM, cancellable, on_bus, task);
}

/* ENGINE_UNAVAILABLE if there is no bus. Transfer: full. */
VisitorClient *
visitor_client_open_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* The bus, borrowed; for a VisitorAgent. */
GDBusConnection *
visitor_client_get_bus (VisitorClient *self)
{
  return g_dbus_proxy_get_connection (G_DBUS_PROXY (self->engine));
}

static void
on_connection (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  VisitorConnection *connection = visitor_connection_new_finish (result, &error);
  if (connection == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, connection, g_object_unref);
}

static void
on_connect (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  VisitorDBusEngine1 *engine = VISITOR_DBUS_ENGINE1 (source);
  g_autofree char *path = NULL;
  GError *error = NULL;
  if (!visitor_dbus_engine1_call_connect_finish (engine, &path, result, &error)) {
    visitor_bus_error_normalize (&error);
    g_task_return_error (task, error);
    return;
  }
  visitor_connection_new_async (g_dbus_proxy_get_connection (G_DBUS_PROXY (engine)), path,
      g_task_get_cancellable (task), on_connection, g_object_ref (task));
}

static void
on_diagnosed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GVariant *report = NULL;
  GError *error = NULL;
  if (!visitor_dbus_engine1_call_diagnose_finish (
          VISITOR_DBUS_ENGINE1 (source), &report, result, &error)) {
    visitor_bus_error_normalize (&error);
    g_task_return_error (task, error);
    return;
  }
  g_task_return_pointer (task, report, (GDestroyNotify) g_variant_unref);
}

/* A call of Connect or Diagnose while the session is asked for its proxies. */
typedef struct {
  char *site_text;
  VisitorAgent *agent; /* owned */
  GLogLevelFlags least;
  gboolean diagnose; /* instead of connecting */
} Connecting;

static void
connecting_free (gpointer data)
{
  Connecting *connecting = data;
  g_free (connecting->site_text);
  g_object_unref (connecting->agent);
  g_free (connecting);
}

static void
call_engine (GTask *task, VisitorProxyList *proxies_or_null)
{
  VisitorClient *self = g_task_get_source_object (task);
  Connecting *connecting = g_task_get_task_data (task);
  GVariantDict options;
  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "id", "s", visitor_agent_get_site (connecting->agent));
  g_variant_dict_insert (&options, "log-level", "u", (guint32) connecting->least);
  if (proxies_or_null != NULL)
    g_variant_dict_insert (
        &options, "proxies", "^as", visitor_proxy_list_get_uris (proxies_or_null));
  if (connecting->diagnose) {
    visitor_dbus_engine1_call_diagnose (self->engine, connecting->site_text,
        visitor_agent_get_path (connecting->agent), g_variant_dict_end (&options),
        G_DBUS_CALL_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION, G_MAXINT, g_task_get_cancellable (task),
        on_diagnosed, g_object_ref (task));
    return;
  }
  visitor_dbus_engine1_call_connect (self->engine, connecting->site_text,
      visitor_agent_get_path (connecting->agent), g_variant_dict_end (&options),
      G_DBUS_CALL_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION, G_MAXINT, g_task_get_cancellable (task),
      on_connect, g_object_ref (task));
}

static void
on_proxies (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Connecting *connecting = g_task_get_task_data (task);
  g_autoptr (VisitorProxyList) list = visitor_proxy_resolver_lookup_finish (result);
  if (g_task_return_error_if_cancelled (task))
    return;
  visitor_agent_set_proxies (connecting->agent, list);
  call_engine (task, list);
}

/* Takes task. */
static void
ask_for_proxies (GTask *given, const char *site_text, VisitorAgent *agent, GLogLevelFlags least,
    gboolean diagnose)
{
  g_autoptr (GTask) task = given;
  Connecting *connecting = g_new0 (Connecting, 1);
  connecting->site_text = g_strdup (site_text);
  connecting->agent = g_object_ref (agent);
  connecting->least = least;
  connecting->diagnose = diagnose;
  g_task_set_task_data (task, connecting, connecting_free);
  g_autoptr (Site) site = site_parse (site_text, -1, NULL, NULL, NULL);
  if (site != NULL && site->proxy_mode == SITE_PROXY_AUTOMATIC) {
    GCancellable *cancellable = g_task_get_cancellable (task);
    visitor_proxy_resolver_lookup_async (
        site->address.host, site->address.port, cancellable, on_proxies, g_steal_pointer (&task));
    return;
  }
  if (site != NULL && site->proxy_mode == SITE_PROXY_MANUAL) {
    const char *const uris[] = { site->proxy_uri, NULL };
    g_autoptr (VisitorProxyList) list = visitor_proxy_list_new (uris);
    visitor_agent_set_proxies (agent, list);
  }
  call_engine (task, NULL);
}

/* Starts a connection to the site whose site.conf this is; agent answers the engine's questions and
 * has to be kept until the connection is over. least: how important a line of its log has to be. Where
 * the site leaves the proxy to the session, that is asked first. */
void
visitor_client_connect_async (VisitorClient *self, const char *site_text, VisitorAgent *agent,
    GLogLevelFlags least, GCancellable *cancellable, GAsyncReadyCallback callback,
    gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  ask_for_proxies (task, site_text, agent, least, FALSE);
}

/* Finds out what is in the way to a site instead of connecting; the agent is asked for nothing but what a
 * proxy wants to know. It takes up to some minutes; meanwhile the signal "found" carries the agent's path and
 * each part of the report that is known, as data/org.visitorvpn.Engine1.xml has it for Found. */
void
visitor_client_diagnose_async (VisitorClient *self, const char *site_text, VisitorAgent *agent,
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  ask_for_proxies (task, site_text, agent, G_LOG_LEVEL_INFO, TRUE);
}

/* The engine's report, as data/org.visitorvpn.Engine1.xml describes it. Transfer: full. */
GVariant *
visitor_client_diagnose_finish (VisitorClient *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* The new connection, which is under way and not up yet. Transfer: full. */
VisitorConnection *
visitor_client_connect_finish (VisitorClient *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
on_watching (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  if (!visitor_dbus_engine1_call_watch_finish (VISITOR_DBUS_ENGINE1 (source), result, &error)) {
    visitor_bus_error_normalize (&error);
    g_task_return_error (task, error);
    return;
  }
  VISITOR_CLIENT (g_task_get_source_object (task))->watching = TRUE;
  g_task_return_boolean (task, TRUE);
}

/* Starts the engine if need be; from then on the signals "added" and "removed" carry the object paths
 * of the user's connections that come and go. */
void
visitor_client_watch_async (VisitorClient *self, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  visitor_dbus_engine1_call_watch (
      self->engine, G_DBUS_CALL_FLAGS_NONE, -1, cancellable, on_watching, task);
}

gboolean
visitor_client_watch_finish (VisitorClient *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
