/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Connection, the part that hears the worker: questions go to the agent, a configuration to netcfg,
 * the rest into the status. And the end: whatever ends the worker, what was done to the network is
 * undone before the connection says that it is over. */
#include "service/connection-private.h"

#include "base/error.h"
#include "service/socket-binding.h"

static void undo (Connection *self, NetcfgLink *link);

/* The connection is over when its worker is gone and no change of the network is under way; what is
 * left of the link goes first. */
void
connection_wind_up (Connection *self)
{
  if (self->worker != NULL || self->changes > 0 || connection_state_is_over (self->state))
    return;
  if (self->link != NULL) {
    if (self->state != CONNECTION_DISCONNECTING)
      connection_set_state (self, CONNECTION_DISCONNECTING, "the tunnel has ended");
    undo (self, g_steal_pointer (&self->link));
    return;
  }
  if (self->failure == NULL) {
    connection_set_state (self, CONNECTION_DISCONNECTED, "");
  } else {
    const char *name = visitor_error_name ((VisitorError) self->failure->code);
    connection_set_status (self, "error", g_variant_new_string (name));
    connection_set_status (self, "error-detail", g_variant_new_string (self->failure->message));
    connection_set_state (self, CONNECTION_FAILED, self->failure->message);
  }
  connection_over (self);
}

static void
on_undone (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Connection) self = user_data;
  g_autoptr (GError) error = NULL;
  self->changes--;
  if (!netcfg_undo_finish (self->parts->netcfg, result, &error)) {
    connection_log (self, G_LOG_LEVEL_CRITICAL, "The network is not as it was: %s", error->message);
    if (self->failure == NULL)
      self->failure = g_steal_pointer (&error);
  }
  connection_wind_up (self);
}

static void
undo (Connection *self, NetcfgLink *link)
{
  self->changes++;
  netcfg_undo_async (self->parts->netcfg, link, on_undone, g_object_ref (self));
}

/* The first reason stands: what follows it is mostly its consequence. */
void
connection_note_failure (Connection *self, const GError *error)
{
  if (self->failure == NULL && self->state != CONNECTION_DISCONNECTING)
    self->failure = g_error_copy (error);
}

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

typedef struct {
  Connection *self; /* owned */
  HostWorker *worker; /* owned: a late answer must not reach another worker */
  guint number; /* of a request for a signature, or for a proxy's secret */
} Question;

static Question *
question_new (Connection *self, HostWorker *worker)
{
  Question *question = g_new0 (Question, 1);
  question->self = g_object_ref (self);
  question->worker = host_worker_ref (worker);
  return question;
}

static void
question_free (Question *question)
{
  g_object_unref (question->self);
  host_worker_unref (question->worker);
  g_free (question);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Question, question_free)

static void
note_refusal (Connection *self, const GError *error)
{
  connection_log (self, G_LOG_LEVEL_MESSAGE, "No answer: %s", error->message);
  if (self->refusal == NULL)
    self->refusal = g_error_copy (error);
}

static void
on_secret (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Question) question = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (Secret) secret = agent_get_secret_finish (result, &error);
  if (question->self->worker != question->worker)
    return;
  if (secret == NULL)
    note_refusal (question->self, error);
  host_worker_answer_secret (question->worker, secret);
}

static void
on_want_secret (HostWorker *worker, const HostQuestion *asked, gpointer user_data)
{
  Connection *self = user_data;
  agent_get_secret_async (self->agent, asked, on_secret, question_new (self, worker));
}

static void
on_trust (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Question) question = user_data;
  g_autoptr (GError) error = NULL;
  gboolean trusted = FALSE;
  gboolean answered = agent_ask_trust_finish (result, &trusted, &error);
  if (question->self->worker != question->worker)
    return;
  if (!answered)
    note_refusal (question->self, error);
  host_worker_answer_trust (question->worker, answered && trusted);
}

static void
on_want_trust (HostWorker *worker, GVariant *question, gpointer user_data)
{
  Connection *self = user_data;
  agent_ask_trust_async (self->agent, question, on_trust, question_new (self, worker));
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

/* The agent may be gone for long: the worker then gets what it said last. */
static void
on_proxies (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Question) question = user_data;
  Connection *self = question->self;
  g_autoptr (GError) error = NULL;
  static const char *const none[] = { NULL };
  g_auto (GStrv) uris = agent_get_proxies_finish (result, &error);
  if (uris == NULL) {
    connection_log (self, G_LOG_LEVEL_INFO, "The proxies stay as they are: %s", error->message);
  } else if (uris[0] != NULL) {
    g_strfreev (self->proxies);
    self->proxies = g_steal_pointer (&uris);
  }
  if (self->worker == question->worker)
    host_worker_answer_proxies (
        question->worker, self->proxies != NULL ? (const char *const *) self->proxies : none);
}

static void
on_want_proxies (HostWorker *worker, gpointer user_data)
{
  Connection *self = user_data;
  agent_get_proxies_async (self->agent, self->site->address.host, self->site->address.port,
      on_proxies, question_new (self, worker));
}

static void
on_proxy_secret (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Question) question = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (Secret) secret = agent_get_proxy_secret_finish (result, &error);
  if (question->self->worker != question->worker)
    return;
  if (secret == NULL)
    connection_log (
        question->self, G_LOG_LEVEL_MESSAGE, "No answer for the proxy: %s", error->message);
  host_worker_answer_proxy_secret (question->worker, question->number, secret);
}

static void
on_want_proxy_secret (
    HostWorker *worker, guint number, const HostProxyQuestion *asked, gpointer user_data)
{
  Connection *self = user_data;
  Question *question = question_new (self, worker);
  question->number = number;
  agent_get_proxy_secret_async (self->agent, asked, on_proxy_secret, question);
}

static void
on_certificate (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Question) question = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) certificate = agent_get_certificate_finish (result, &error);
  if (question->self->worker != question->worker)
    return;
  if (certificate == NULL)
    note_refusal (question->self, error);
  host_worker_answer_certificate (question->worker, certificate);
}

static void
on_want_certificate (HostWorker *worker, gpointer user_data)
{
  Connection *self = user_data;
  agent_get_certificate_async (self->agent, on_certificate, question_new (self, worker));
}

static void
on_signature (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Question) question = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) signature = agent_sign_finish (result, &error);
  if (question->self->worker != question->worker)
    return;
  if (signature == NULL)
    note_refusal (question->self, error);
  host_worker_answer_signature (question->worker, question->number, signature);
}

static void
on_want_signature (
    HostWorker *worker, guint number, SignatureScheme scheme, GBytes *octets, gpointer user_data)
{
  Connection *self = user_data;
  Question *question = question_new (self, worker);
  question->number = number;
  agent_sign_async (self->agent, scheme, octets, on_signature, question);
}

static void
take_link (Connection *self, NetcfgLink *link)
{
  self->link = link;
  g_clear_pointer (&self->configuration, host_configuration_free);
  self->configuration = g_steal_pointer (&self->wanted);

  g_autoptr (GVariant) values =
      g_variant_ref_sink (host_configuration_to_variant (self->configuration));
  GVariantIter iter;
  const char *key;
  GVariant *value;
  g_variant_iter_init (&iter, values);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
    connection_set_status (self, key, value);
  const char *interface = netcfg_link_interface (link);
  connection_set_status (self, "interface", g_variant_new_string (interface));
}

static void
on_applied (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Connection) self = user_data;
  g_autoptr (GError) error = NULL;
  self->changes--;
  NetcfgLink *link = netcfg_apply_finish (self->parts->netcfg, result, &error);
  if (link == NULL) {
    if (self->state == CONNECTION_DISCONNECTING)
      connection_log (self, G_LOG_LEVEL_INFO, "The network is left as it was: %s", error->message);
    connection_note_failure (self, error);
    connection_disconnect (self, error->message);
    connection_wind_up (self);
    return;
  }
  NetcfgLink *old = self->link;
  take_link (self, link);
  if (self->worker != NULL && self->state != CONNECTION_DISCONNECTING) {
    host_worker_give_tun (self->worker, netcfg_link_interface (link), netcfg_link_tun (link));
    /* Where the stream was lost meanwhile the worker says when there is another. */
    if (self->state == CONNECTION_SETTING_UP)
      connection_set_state (self, CONNECTION_CONNECTED, "");
    host_worker_poll_status (self->worker);
  }
  if (old != NULL)
    undo (self, old);
  connection_wind_up (self);
}

/* The first configuration, or another one after the gateway took the tunnel up anew. The new link is
 * there before the old one goes, so that nothing leaves beside the tunnel in between. */
static void
on_configure (HostWorker *worker, const HostConfiguration *configuration, gpointer user_data)
{
  Connection *self = user_data;
  if (self->state == CONNECTION_DISCONNECTING)
    return;
  connection_set_state (self, CONNECTION_SETTING_UP, "");
  if (self->link != NULL && host_configuration_equal (self->configuration, configuration)) {
    host_worker_give_tun (worker, netcfg_link_interface (self->link), netcfg_link_tun (self->link));
    connection_set_state (self, CONNECTION_CONNECTED, "");
    return;
  }
  g_clear_pointer (&self->wanted, host_configuration_free);
  self->wanted = host_configuration_copy (configuration);
  self->changes++;
  netcfg_apply_async (
      self->parts->netcfg, self->wanted, self->giving_up, on_applied, g_object_ref (self));
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

const HostWorkerCallbacks connection_worker_callbacks = {
  .state = on_state,
  .bind_socket = on_bind_socket,
  .want_secret = on_want_secret,
  .want_trust = on_want_trust,
  .key_changed = on_key_changed,
  .portal = on_portal,
  .want_proxies = on_want_proxies,
  .want_proxy_secret = on_want_proxy_secret,
  .want_certificate = on_want_certificate,
  .want_signature = on_want_signature,
  .configure = on_configure,
  .status = on_status,
  .attempt = on_attempt,
  .log = on_log,
  .ended = on_ended,
};
