/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Activation, the machine's network. NM tells a VPN nothing of it: what becomes of routes and addresses is seen here,
 * as the engine does, and that the machine has slept. A connection that NM ends for either is NM's business. */
#include "host/resolv.h"
#include "nm/activation-private.h"

#define RESOLV_CONF "/etc/resolv.conf"
#define UPLINK_RESOLV_CONF "/run/systemd/resolve/resolv.conf"
/* NM writes name servers down somewhat later than it brings a network up. */
#define LATE_SECONDS 3

static gboolean
is_of_the_tunnel (const Activation *self, const char *server)
{
  InetAddr addr;
  gboolean found = FALSE;
  if (self->configuration == NULL || !inet_addr_parse (server, &addr))
    return FALSE;
  for (guint i = 0; i < self->configuration->dns->len && !found; i++)
    found = inet_addr_compare (&g_array_index (self->configuration->dns, InetAddr, i), &addr) == 0;
  return found;
}

/* The machine's name servers, without the tunnel's. May be empty. Transfer: full. */
char **
activation_nameservers (Activation *self)
{
  g_auto (GStrv) all = host_resolv_nameservers (RESOLV_CONF, UPLINK_RESOLV_CONF);
  g_autoptr (GStrvBuilder) own = g_strv_builder_new ();
  gboolean is_local = FALSE;
  for (guint i = 0; all[i] != NULL; i++) {
    if (is_of_the_tunnel (self, all[i]))
      continue;
    g_strv_builder_add (own, all[i]);
    is_local = is_local || g_str_has_prefix (all[i], "127.") || g_str_equal (all[i], "::1");
  }
  char **list = g_strv_builder_end (own);
  if (list[0] != NULL) {
    self->resolver_is_local = is_local;
    self->resolver_is_only_local = host_socket_serves_itself ((const char *const *) list);
  }
  return list;
}

/* Nothing is tried without a network: NM has one when it calls us, but may lose it again. */
static void
note_verdict (Activation *self, NetworkVerdict verdict)
{
  gboolean awaits = verdict == NETWORK_NONE;
  if (awaits != self->awaits_network)
    g_message ("%s", awaits ? "There is no network; waiting for one" : "There is a network again");
  self->awaits_network = awaits;
}

static void
tell (Activation *self, const NetworkSnapshot *before, const NetworkSnapshot *after)
{
  if (self->worker == NULL || self->stopping)
    return;
  g_auto (GStrv) nameservers = activation_nameservers (self);
  note_verdict (self,
      host_worker_network_changed (self->worker, before, after, (const char *const *) nameservers));
}

static gboolean
on_late (gpointer user_data)
{
  Activation *self = user_data;
  const NetworkSnapshot *now = network_monitor_now (self->network);
  self->late_timer = 0;
  tell (self, now, now);
  return G_SOURCE_REMOVE;
}

static void
look_again_later (Activation *self)
{
  g_clear_handle_id (&self->late_timer, g_source_remove);
  self->late_timer = g_timeout_add_seconds (LATE_SECONDS, on_late, self);
}

static void
on_changed (const NetworkSnapshot *before, const NetworkSnapshot *after, gpointer user_data)
{
  Activation *self = user_data;
  tell (self, before, after);
  look_again_later (self);
}

static void
on_woke (gpointer user_data)
{
  Activation *self = user_data;
  if (self->worker == NULL || self->stopping || self->network == NULL)
    return;
  g_auto (GStrv) nameservers = activation_nameservers (self);
  note_verdict (self,
      host_worker_woke (
          self->worker, network_monitor_now (self->network), (const char *const *) nameservers));
  look_again_later (self);
}

static void
on_connectivity (Connectivity connectivity, gpointer user_data)
{
  Activation *self = user_data;
  if (self->worker != NULL && !self->stopping)
    host_worker_tell_connectivity (self->worker, connectivity);
}

static void
begin (Activation *self)
{
  g_autoptr (GArray) aims = site_gateway_literals (self->profile->site);
  note_verdict (self, host_worker_aim (self->worker, aims, network_monitor_now (self->network)));
}

/* From now on the worker is told, which must not be ready yet. bus: the system bus. Where the kernel says nothing of
 * changes they are noticed by the silence, later. */
void
activation_watch_network (Activation *self, GDBusConnection *bus)
{
  g_autoptr (GError) error = NULL;
  self->network = network_monitor_new (on_changed, self, &error);
  if (self->network == NULL)
    g_warning ("Changes of the network will be noticed late: %s", error->message);
  else
    begin (self);
  self->sleep = sleep_watch_new (bus, on_woke, self);
  self->connectivity = connectivity_watch_new (on_connectivity, self);
  connectivity_watch_set_bus (self->connectivity, bus);
}

void
activation_end_network (Activation *self)
{
  g_clear_handle_id (&self->late_timer, g_source_remove);
  g_clear_pointer (&self->sleep, sleep_watch_free);
  g_clear_pointer (&self->connectivity, connectivity_watch_free);
  g_clear_pointer (&self->network, network_monitor_free);
}
