/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Connection: one VPN connection on the bus, from Engine1.Connect until it is over.
 *
 * It belongs to the user who asked for it, not to the program: that may leave the bus, and the tunnel
 * stays. Here is what it is and how it is told of; connection-calls.c has what may be called, -worker.c
 * what is heard of the worker, -agent.c what is asked, -link.c what is done to the machine. */
#include "service/connection-private.h"

#include "base/error.h"
#include "service/guard.h"
#include "service/request-agent.h"

#define CONNECTION_INTERFACE "org.visitorvpn.Connection1"

G_DEFINE_TYPE_WITH_CODE (Connection, connection, VISITOR_DBUS_TYPE_CONNECTION1_SKELETON,
    G_IMPLEMENT_INTERFACE (VISITOR_DBUS_TYPE_CONNECTION1, connection_calls_init))

enum { SIGNAL_OVER, SIGNAL_DISMISSED, N_SIGNALS };
static guint signals[N_SIGNALS];
static const GDBusInterfaceVTable *guarded;

/* One line of the owner's log, and of ours at debug: it may hold names and addresses. */
void
connection_log (Connection *self, GLogLevelFlags level, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  const char *line = log_ring_add (self->log, g_get_real_time (), level, text);
  g_log_structured (G_LOG_DOMAIN, G_LOG_LEVEL_DEBUG, "VISITOR_CONNECTION", self->path, "MESSAGE",
      "%s: %s", self->path, line);
  watchers_emit (self->watchers, "Log", g_variant_new ("(us)", (guint32) level, line));
}

/* Sets one key of the status; a floating value is taken. Watchers hear of it with the next
 * connection_tell (). */
void
connection_set_status (Connection *self, const char *key, GVariant *value)
{
  g_hash_table_replace (self->status, g_strdup (key), g_variant_ref_sink (value));
}

/* The whole status, a{sv}, floating. */
GVariant *
connection_status (Connection *self)
{
  GVariantDict dict;
  GHashTableIter iter;
  gpointer key, value;
  g_variant_dict_init (&dict, NULL);
  g_hash_table_iter_init (&iter, self->status);
  while (g_hash_table_iter_next (&iter, &key, &value))
    g_variant_dict_insert_value (&dict, key, value);
  return g_variant_dict_end (&dict);
}

/* Sends the whole status to the watchers. */
void
connection_tell (Connection *self)
{
  watchers_emit (self->watchers, "Changed", g_variant_new ("(@a{sv})", connection_status (self)));
}

/* Enters a state, or tells a new detail of the one it is in. An edge that the table does not have is
 * a mistake of ours. */
void
connection_set_state (Connection *self, ConnectionState state, const char *detail)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  g_return_if_fail (state == self->state || connection_state_may_become (self->state, state));
  if (state != CONNECTION_CONNECTED && state != CONNECTION_RECONNECTING &&
      state != CONNECTION_LOOKING_FOR_GATEWAY)
    g_hash_table_remove (self->status, "waiting-for");
  if (state != self->state) {
    g_log_structured (G_LOG_DOMAIN, G_LOG_LEVEL_INFO, "VISITOR_CONNECTION", self->path,
        "VISITOR_STATE", connection_state_to_string (state), "MESSAGE", "%s: %s -> %s", self->path,
        connection_state_to_string (self->state), connection_state_to_string (state));
    self->state = state;
    if (state != CONNECTION_WAITING_FOR_PORTAL) {
      g_hash_table_remove (self->status, "portal");
      connection_step_back (self);
    }
    connection_set_status (self, "since", g_variant_new_int64 (now));
  }
  if (state == CONNECTION_CONNECTED && !g_hash_table_contains (self->status, "connected"))
    connection_set_status (self, "connected", g_variant_new_int64 (now));
  connection_log (self, G_LOG_LEVEL_MESSAGE, "%s%s%s", connection_state_to_string (state),
      *detail != '\0' ? ": " : "", detail);
  const char *name = connection_state_to_string (state);
  g_autofree char *harmless = log_line_escape (detail);
  connection_set_status (self, "state", g_variant_new_string (name));
  connection_set_status (self, "detail", g_variant_new_string (harmless));
  connection_tell (self);
}

/* The first reason stands: what follows it is mostly its consequence. */
void
connection_note_failure (Connection *self, const GError *error)
{
  if (self->failure == NULL && self->state != CONNECTION_DISCONNECTING)
    self->failure = g_error_copy (error);
}

/* Says that nothing follows any more. */
void
connection_over (Connection *self)
{
  g_signal_emit (self, signals[SIGNAL_OVER], 0);
}

/* Says that its owner wants to see no more of what is over. */
void
connection_dismissed (Connection *self)
{
  g_signal_emit (self, signals[SIGNAL_DISMISSED], 0);
}

static void
guard_call (GDBusConnection *bus, const char *sender, const char *path, const char *interface,
    const char *method, GVariant *parameters, GDBusMethodInvocation *invocation, gpointer user_data)
{
  Connection *self = VISITOR_CONNECTION (user_data);
  BouncerSubject subject = {
    .owner = self->uid,
    .site = self->site->name,
    .host = self->site->address.host,
  };
  guard_method_call (
      self->parts->bouncer, G_DBUS_INTERFACE_SKELETON (self), guarded, &subject, invocation);
}

static const GDBusInterfaceVTable guard = { .method_call = guard_call };

static GDBusInterfaceVTable *
get_vtable (GDBusInterfaceSkeleton *skeleton)
{
  return (GDBusInterfaceVTable *) &guard;
}

static void
connection_finalize (GObject *object)
{
  Connection *self = VISITOR_CONNECTION (object);
  g_clear_pointer (&self->agent, agent_free);
  g_clear_pointer (&self->watchers, watchers_free);
  g_clear_pointer (&self->log, log_ring_free);
  g_clear_pointer (&self->attempts, attempt_list_free);
  g_clear_pointer (&self->worker, host_worker_unref);
  g_clear_pointer (&self->configuration, host_configuration_free);
  g_clear_pointer (&self->wanted, host_configuration_free);
  g_clear_object (&self->giving_up);
  g_clear_pointer (&self->status, g_hash_table_unref);
  g_clear_pointer (&self->site, site_free);
  g_queue_free_full (self->asking, g_object_unref);
  g_clear_handle_id (&self->asking_timeout, g_source_remove);
  g_clear_handle_id (&self->aside_timeout, g_source_remove);
  g_clear_error (&self->failure);
  g_clear_error (&self->refusal);
  g_strfreev (self->proxies);
  g_free (self->path);
  g_free (self->id);
  G_OBJECT_CLASS (connection_parent_class)->finalize (object);
}

static void
connection_class_init (ConnectionClass *klass)
{
  GDBusInterfaceSkeletonClass *skeleton = G_DBUS_INTERFACE_SKELETON_CLASS (klass);
  G_OBJECT_CLASS (klass)->finalize = connection_finalize;
  guarded = skeleton->get_vtable (NULL);
  skeleton->get_vtable = get_vtable;
  static const char *const names[N_SIGNALS] = { "over", "dismissed" };
  for (guint i = 0; i < N_SIGNALS; i++)
    signals[i] = g_signal_new (names[i], G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
        NULL, NULL, G_TYPE_NONE, 0);
}

static void
connection_init (Connection *self)
{
  self->state = CONNECTION_LOOKING_FOR_GATEWAY;
  self->log = log_ring_new ();
  self->attempts = attempt_list_new ();
  self->asking = g_queue_new ();
  self->giving_up = g_cancellable_new ();
  self->status =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_variant_unref);
}

/* A connection that was not started yet. The signal "over" is emitted once, when it is over, and
 * "dismissed" when its owner disconnects what is over. parts: must outlive it. Transfer: full. */
Connection *
connection_new (const ServiceParts *parts, const ConnectionRequest *request)
{
  Connection *self = g_object_new (CONNECTION_TYPE, NULL);
  self->parts = parts;
  self->uid = request->uid;
  self->path = g_strdup (request->path);
  self->id = g_strdup (request->id);
  self->site = site_copy (request->site);
  self->proxies = g_strdupv ((char **) request->proxies);
  self->watchers = watchers_new (request->bus, parts->quotas, self->path, CONNECTION_INTERFACE);
  self->agent = request_agent (parts, request);
  connection_set_status (self, "site", g_variant_new_string (self->id));
  connection_set_status (self, "name", g_variant_new_string (self->site->name));
  connection_set_state (self, CONNECTION_LOOKING_FOR_GATEWAY, "");
  return self;
}

/* Appears on the bus of its parts: the first time, or on a new one after the old one broke. Nobody
 * watches then, and the agent is the one on the old bus: names do not outlive their bus. */
gboolean
connection_join_bus (Connection *self, GError **error)
{
  GDBusInterfaceSkeleton *skeleton = G_DBUS_INTERFACE_SKELETON (self);
  if (g_dbus_interface_skeleton_get_connection (skeleton) != NULL)
    g_dbus_interface_skeleton_unexport (skeleton);
  watchers_free (self->watchers);
  self->watchers =
      watchers_new (self->parts->bus, self->parts->quotas, self->path, CONNECTION_INTERFACE);
  return g_dbus_interface_skeleton_export (skeleton, self->parts->bus, self->path, error);
}

/* Says goodbye to the gateway and undoes everything; "over" follows. Does nothing to a connection
 * that is ending or over. */
void
connection_disconnect (Connection *self, const char *reason)
{
  if (self->state == CONNECTION_DISCONNECTING || connection_is_over (self))
    return;
  connection_set_state (self, CONNECTION_DISCONNECTING, reason);
  agent_cancel (self->agent);
  g_cancellable_cancel (self->giving_up);
  if (self->worker != NULL)
    host_worker_disconnect (self->worker);
}

/* How the network is by now. */
void
connection_tell_connectivity (Connection *self, Connectivity connectivity)
{
  if (self->worker != NULL)
    host_worker_tell_connectivity (self->worker, connectivity);
}

/* Borrowed. */
const char *
connection_path (Connection *self)
{
  return self->path;
}

/* Borrowed. */
const char *
connection_id (Connection *self)
{
  return self->id;
}

uid_t
connection_owner (Connection *self)
{
  return self->uid;
}

gboolean
connection_is_over (Connection *self)
{
  return connection_state_is_over (self->state);
}

gboolean
connection_has_failed (Connection *self)
{
  return self->state == CONNECTION_FAILED;
}
