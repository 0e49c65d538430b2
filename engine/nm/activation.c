/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Activation: one time that a connection is up, from Connect to the end of its worker.
 *
 * The device is made here and keeps its name for as long as it lasts, also when the gateway gives
 * another configuration after a new sign-in: NM is told anew and changes what is on it. NM has to be
 * told the address that the stream goes to, the gateway's or a proxy's, which the worker says. */
#include "nm/activation-private.h"

#include <net/if.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include "base/names.h"
#include "host/resolv.h"
#include "host/route.h"
#include "host/start.h"
#include "host/tun.h"

#define HOSTS_FILE "/etc/hosts"
#define MAX_DEVICES 64u

/* A device of a name that nobody has. */
static gboolean
make_device (Activation *self, guint mtu, GError **error)
{
  for (guint number = 0; number < MAX_DEVICES; number++) {
    g_autoptr (GError) why = NULL;
    g_snprintf (self->device, sizeof self->device, VISITOR_NM_DEVICE_PREFIX "%u", number);
    if (!tun_name_is_free (self->device))
      continue;
    self->tun = tun_create (self->device, mtu, &why);
    if (self->tun >= 0)
      return TRUE;
    if (tun_name_is_free (self->device)) {
      g_propagate_error (error, g_steal_pointer (&why));
      return FALSE;
    }
  }
  g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_BUSY, "All %u devices %s... are taken",
      MAX_DEVICES, VISITOR_NM_DEVICE_PREFIX);
  return FALSE;
}

/* It goes at once, although the worker may hold it for its goodbye. By its name another may go by now. */
static void
remove_device (Activation *self)
{
  g_autoptr (GError) error = NULL;
  char name[IF_NAMESIZE];
  if (self->tun < 0)
    return;
  if (tun_name_of (self->tun, name) && !tun_delete (name, &error))
    g_warning ("%s", error->message);
  close (self->tun);
  self->tun = -1;
}

/* The index of the device towards the gateway, or the proxy; where NM has not moved its host route yet, that of the
 * default route, or the one before. */
static guint
uplink (Activation *self)
{
  guint by_default = self->network != NULL
      ? network_snapshot_default_device (network_monitor_now (self->network), self->remote.family)
      : 0;
  g_autoptr (GError) error = NULL;
  NetworkWay way;
  if (!route_towards (&self->remote, 0, &(InetAddr){ 0 }, &way, &error))
    g_debug ("no route to the gateway: %s", error->message);
  if (way.device != 0 && way.device != tun_index (self->device))
    self->uplink = way.device;
  else if (by_default != 0)
    self->uplink = by_default;
  return self->uplink;
}

/* What the site says goes before the routes, which are the machine's own before the tunnel is up. Queries to
 * this machine's own resolver have to stay here. */
static void
on_bind_socket (HostWorker *worker, int socket_type, HostSocketBinding *binding, gpointer user_data)
{
  Activation *self = user_data;
  const Site *site = self->profile->site;
  bool is_query = socket_type == SOCK_DGRAM && !site_has_udp (site);
  binding->source = site->source_address;
  if (site->interface != NULL) {
    binding->interface = site->interface;
    binding->stays_here = is_query && self->resolver_is_only_local;
  } else if (self->tun >= 0 && self->remote.family != INET_NONE &&
      !(is_query && self->resolver_is_local)) {
    binding->device = uplink (self);
  }
}

static void
on_state (HostWorker *worker, const char *state, const char *detail, gpointer user_data)
{
  Activation *self = user_data;
  g_message ("%s", state);
  if (*detail != '\0')
    g_debug ("%s: %s", state, detail);
  activation_note_state (self, state);
  /* A tunnel that is back may have come another way. */
  if (g_str_equal (state, "connected"))
    host_worker_poll_status (worker);
}

static void
on_log (HostWorker *worker, GLogLevelFlags level, const char *line, gpointer user_data)
{
  g_debug ("%s", line);
}

/* Hands the configuration to NM, and the device to the worker. */
static void
apply (Activation *self)
{
  g_clear_pointer (&self->configuration, host_configuration_free);
  self->configuration = g_steal_pointer (&self->wanted);
  self->can_ask = FALSE;
  (void) uplink (self);
  self->callbacks.configured (self->configuration, &self->remote, self->device, self->user_data);
  if (self->worker != NULL)
    host_worker_give_tun (self->worker, self->device, self->tun);
}

/* NM takes a configuration with the address that its host route is to lead to. A stream that broke just now has
 * none; the next one will. */
static void
apply_if_up (Activation *self)
{
  if (self->wanted != NULL && !self->stopping && self->worker != NULL &&
      host_worker_remote (self->worker, &self->remote))
    apply (self);
}

static void
on_path (HostWorker *worker, gpointer user_data)
{
  apply_if_up (user_data);
}

/* Of a tunnel that is up: what worked is remembered. */
static void
on_status (HostWorker *worker, GVariant *status, gpointer user_data)
{
  Activation *self = user_data;
  const Site *site = self->profile->site;
  g_autoptr (GPtrArray) names = site_gateway_names (site);
  const GatewayMemoryKey key = { self->uid, site->address.host, names };
  if (self->stopping)
    return;
  gateway_memory_note_address (self->memory, &key, status);
  if (site->transport == SITE_TRANSPORT_AUTO)
    gateway_memory_note_transport (self->memory, &key, status);
}

static void
on_configure (HostWorker *worker, const HostConfiguration *configuration, gpointer user_data)
{
  Activation *self = user_data;
  g_autoptr (GError) error = NULL;
  if (self->stopping)
    return;
  if (self->configuration != NULL &&
      host_configuration_equal (self->configuration, configuration)) {
    host_worker_give_tun (worker, self->device, self->tun);
    return;
  }
  if (self->tun < 0 && !make_device (self, configuration->mtu, &error)) {
    host_worker_kill (worker, error);
    return;
  }
  g_clear_pointer (&self->wanted, host_configuration_free);
  self->wanted = host_configuration_copy (configuration);
  apply_if_up (self);
}

static void
on_ended (HostWorker *worker, const GError *error, gpointer user_data)
{
  Activation *self = user_data;
  gboolean explained = self->refusal != NULL && host_worker_lacked_answer (error);
  g_autoptr (GError) reason =
      error == NULL || self->stopping ? NULL : g_error_copy (explained ? self->refusal : error);
  g_clear_pointer (&self->worker, host_worker_unref);
  remove_device (self);
  if (reason != NULL)
    activation_say_failed (self, reason);
  self->callbacks.ended (reason, self->user_data);
}

static const HostWorkerCallbacks worker_callbacks = {
  .state = on_state,
  .want_secret = activation_want_secret,
  .want_trust = activation_want_trust,
  .want_certificate = activation_want_certificate,
  .want_signature = activation_want_signature,
  .bind_socket = on_bind_socket,
  .path = on_path,
  .configure = on_configure,
  .status = on_status,
  .attempt = activation_note_attempt,
  .log = on_log,
  .ended = on_ended,
};

/* For whom things are remembered: what belongs to everybody is remembered for root, and what belongs to somebody who is
 * not known for nobody else. */
static uid_t
uid_of (const char *owner_or_null)
{
  const struct passwd *user = owner_or_null != NULL ? getpwnam (owner_or_null) : NULL;
  if (owner_or_null == NULL)
    return 0;
  return user != NULL ? user->pw_uid : (uid_t) -1;
}

static GVariant *
start_message (Activation *self, GLogLevelFlags log_level)
{
  const Site *site = self->profile->site;
  g_autofree char *text = site_to_text (site);
  g_auto (GStrv) nameservers = activation_nameservers (self);
  g_autoptr (GPtrArray) names = site_gateway_names (site);
  g_autoptr (GVariant) hosts = host_start_hosts (HOSTS_FILE, names);
  const GatewayMemoryKey key = { self->uid, site->address.host, names };
  g_autoptr (GVariant) last_good = gateway_memory_addresses (self->memory, &key);
  g_autofree char *last_transport = gateway_memory_transport (self->memory, &key);
  const HostStart start = {
    .site_text = text,
    .nameservers = (const char *const *) nameservers,
    .hosts = hosts,
    .last_good = last_good,
    .last_transport = last_transport,
    .waits_for_portal = TRUE,
    .log_level = log_level,
  };
  return host_start_message (&start);
}

/* Starts the worker for an NM connection. can_ask: NM's agents can ask a person while it connects.
 * Errors: SITE_INVALID, and what host_worker_start () says. options and what it names must outlive it.
 * Transfer: full. */
Activation *
activation_start (const ActivationOptions *options, NMConnection *connection, gboolean can_ask,
    const ActivationCallbacks *callbacks, gpointer user_data, GError **error)
{
  Profile *profile = profile_from_connection (connection, error);
  if (profile == NULL)
    return NULL;
  g_autoptr (Activation) self = g_new0 (Activation, 1);
  self->tun = -1;
  self->profile = profile;
  self->uid = uid_of (profile->owner);
  self->key_program = options->key_program;
  self->memory = options->memory;
  self->can_ask = can_ask;
  self->callbacks = *callbacks;
  self->user_data = user_data;
  activation_take_secrets (self, connection);
  self->worker = host_worker_start (
      &options->worker, start_message (self, options->log_level), &worker_callbacks, self, error);
  return self->worker != NULL ? g_steal_pointer (&self) : NULL;
}

/* Takes the device away and has the worker say goodbye; ended follows. */
void
activation_stop (Activation *self)
{
  if (!self->stopping && self->configuration == NULL)
    activation_say_given_up (self);
  self->stopping = TRUE;
  self->asked = 0;
  remove_device (self);
  if (self->worker != NULL)
    host_worker_disconnect (self->worker);
}

/* Also one that is under way. */
void
activation_free (Activation *self)
{
  activation_end_network (self);
  g_clear_pointer (&self->worker, host_worker_unref);
  g_clear_pointer (&self->key, key_holder_free);
  g_clear_pointer (&self->certificate, g_variant_unref);
  remove_device (self);
  for (unsigned int bit = 0; bit < SITE_N_SECRETS; bit++)
    g_clear_pointer (&self->secrets[bit], secret_unref);
  g_clear_pointer (&self->configuration, host_configuration_free);
  g_clear_pointer (&self->wanted, host_configuration_free);
  g_clear_error (&self->refusal);
  profile_free (self->profile);
  g_free (self);
}
