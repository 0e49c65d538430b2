/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Connection, the part that starts the worker and hears it: its state, what goes into the status, and its
 * end. */
#include "service/connection-private.h"

#include "base/error.h"
#include "host/start.h"
#include "service/socket-binding.h"

static void
on_state (HostWorker *worker, const char *name, const char *detail, gpointer user_data)
{
  Connection *self = user_data;
  ConnectionState state;
  if (!connection_state_from_string (name, &state)) {
    g_autoptr (GError) error = g_error_new (
        VISITOR_ERROR, VISITOR_ERROR_PROTOCOL, "The worker told of a state that there is none of");
    host_worker_kill (worker, error);
    return;
  }
  /* How a connection ends is said by what the worker does, and that it is up by what netcfg did. */
  if (connection_state_is_over (state) || state == CONNECTION_DISCONNECTING ||
      (state == CONNECTION_CONNECTED && self->link == NULL))
    return;
  if (state == self->state || connection_state_may_become (self->state, state))
    connection_set_state (self, state, detail);
}

static void
on_bind_socket (HostWorker *worker, int socket_type, HostSocketBinding *binding, gpointer user_data)
{
  const Connection *self = user_data;
  socket_binding_of_site (binding, self->site, self->resolver_is_local, socket_type);
}

/* Nobody is asked; who reads the status may see both keys. */
static void
on_key_changed (HostWorker *worker, GVariant *shown, gpointer user_data)
{
  connection_set_status (user_data, "changed-key", shown);
}

/* Told with the state, which follows. */
static void
on_portal (HostWorker *worker, const char *url, gpointer user_data)
{
  Connection *self = user_data;
  connection_set_status (self, "portal", g_variant_new_string (url));
  if (self->state == CONNECTION_WAITING_FOR_PORTAL)
    connection_tell (self);
}

/* What worked, for the next connection. A site that has no choice needs no advice about it. */
static void
remember (Connection *self, GVariant *status)
{
  g_autoptr (GPtrArray) names = site_gateway_names (self->site);
  const GatewayMemoryKey key = { self->uid, self->site->address.host, names };
  gateway_memory_note_address (self->parts->memory, &key, status);
  if (self->site->transport == SITE_TRANSPORT_AUTO && self->state == CONNECTION_CONNECTED)
    gateway_memory_note_transport (self->parts->memory, &key, status);
}

static void
on_status (HostWorker *worker, GVariant *status, gpointer user_data)
{
  Connection *self = user_data;
  static const char *const keys[] = { "transport", "stream", "gateway", "entry", "proxy", "ike",
    "child", "counters" };
  if (!g_variant_lookup (status, "proxy", "&s", NULL))
    g_hash_table_remove (self->status, "proxy");
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++) {
    g_autoptr (GVariant) value = g_variant_lookup_value (status, keys[i], NULL);
    if (value != NULL)
      connection_set_status (self, keys[i], value);
  }
  remember (self, status);
  connection_answer_status (self);
}

static void
on_attempt (HostWorker *worker, const Attempt *attempt, gpointer user_data)
{
  Connection *self = user_data;
  attempt_list_add (self->attempts, attempt);
  connection_set_status (self, "attempts", attempt_list_to_variant (self->attempts));
  connection_tell (self);
}

static void
on_log (HostWorker *worker, GLogLevelFlags level, const char *line, gpointer user_data)
{
  connection_log (user_data, level, "%s", line);
}

static void
on_ended (HostWorker *worker, const GError *error, gpointer user_data)
{
  g_autoptr (Connection) self = g_object_ref (user_data);
  if (error != NULL)
    connection_note_failure (
        self, self->refusal != NULL && host_worker_lacked_answer (error) ? self->refusal : error);
  g_clear_pointer (&self->worker, host_worker_unref);
  agent_cancel (self->agent);
  connection_answer_status (self);
  connection_wind_up (self);
}

static const HostWorkerCallbacks callbacks = {
  .state = on_state,
  .bind_socket = on_bind_socket,
  .want_secret = connection_want_secret,
  .want_trust = connection_want_trust,
  .key_changed = on_key_changed,
  .portal = on_portal,
  .want_proxies = connection_want_proxies,
  .want_proxy_secret = connection_want_proxy_secret,
  .want_certificate = connection_want_certificate,
  .want_signature = connection_want_signature,
  .configure = connection_configure,
  .status = on_status,
  .attempt = on_attempt,
  .log = on_log,
  .ended = on_ended,
};

static GVariant *
start_message (Connection *self, const ConnectionRequest *request)
{
  g_autoptr (GPtrArray) names = site_gateway_names (self->site);
  const GatewayMemoryKey key = { self->uid, self->site->address.host, names };
  g_autoptr (GVariant) last_good = gateway_memory_addresses (self->parts->memory, &key);
  g_autofree char *last_transport = gateway_memory_transport (self->parts->memory, &key);
  const HostStart start = {
    .site_text = request->site_text,
    .nameservers = request->nameservers,
    .hosts = request->hosts,
    .last_good = last_good,
    .last_transport = last_transport,
    .proxies = (const char *const *) self->proxies,
    .waits_for_portal = TRUE,
    .connectivity = connectivity_watch_get (self->parts->connectivity),
    .log_level = request->log_level,
  };
  return host_start_message (&start);
}

/* Starts the worker. Errors: what host_worker_start () says; the connection is then of no use. */
gboolean
connection_start (Connection *self, const ConnectionRequest *request, GError **error)
{
  self->resolver_is_local = host_socket_serves_itself (request->nameservers);
  self->worker = host_worker_start (
      &self->parts->worker, start_message (self, request), &callbacks, self, error);
  return self->worker != NULL;
}
