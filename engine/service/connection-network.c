/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Connection, the machine's network: what its worker is told of changes, and what its owner is. */
#include "service/connection-private.h"

/* The owner learns that nothing is tried, and why. */
static void
note_verdict (Connection *self, NetworkVerdict verdict)
{
  gboolean may_wait = self->state == CONNECTION_LOOKING_FOR_GATEWAY ||
      self->state == CONNECTION_CONNECTED || self->state == CONNECTION_RECONNECTING;
  gboolean waits = verdict == NETWORK_NONE && may_wait;
  gboolean waited = g_hash_table_contains (self->status, "waiting-for");
  if (waits == waited)
    return;
  if (waits)
    connection_set_status (self, "waiting-for", g_variant_new_string ("network"));
  else
    g_hash_table_remove (self->status, "waiting-for");
  connection_log (self, G_LOG_LEVEL_MESSAGE, "%s",
      waits ? "There is no network; waiting for one" : "There is a network again");
  connection_tell (self);
}

/* The worker was started a moment ago. Without any network it waits for one. */
void
connection_begin_network (Connection *self, const NetworkSnapshot *now)
{
  g_autoptr (GArray) aims = site_gateway_literals (self->site);
  if (self->worker != NULL)
    note_verdict (self, host_worker_aim (self->worker, aims, now));
}

static void
on_refreshed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Connection) self = user_data;
  g_autoptr (GError) error = NULL;
  self->changes--;
  if (!netcfg_refresh_finish (self->parts->netcfg, result, &error))
    connection_log (self, G_LOG_LEVEL_WARNING,
        "The tunnel may not suit the network that there is now: %s", error->message);
  connection_wind_up (self);
}

static void
refresh (Connection *self)
{
  if (self->link == NULL)
    return;
  self->changes++;
  netcfg_refresh_async (self->parts->netcfg, self->link, on_refreshed, g_object_ref (self));
}

/* The machine's network is another, or its name servers may be. before and after may be the same. */
void
connection_network_changed (Connection *self, const NetworkSnapshot *before,
    const NetworkSnapshot *after, const char *const *nameservers)
{
  self->resolver_is_local = host_socket_serves_itself (nameservers);
  refresh (self);
  if (self->worker != NULL)
    note_verdict (self, host_worker_network_changed (self->worker, before, after, nameservers));
}

/* The machine has slept. */
void
connection_woke (Connection *self, const NetworkSnapshot *now, const char *const *nameservers)
{
  self->resolver_is_local = host_socket_serves_itself (nameservers);
  if (self->worker != NULL)
    note_verdict (self, host_worker_woke (self->worker, now, nameservers));
}

/* TRUE if the tunnel has, or is about to have, put this name server in the place of the machine's. */
gboolean
connection_has_nameserver (Connection *self, const char *server)
{
  const HostConfiguration *const both[] = { self->configuration, self->wanted };
  InetAddr addr;
  if ((self->link == NULL && self->changes == 0) || !inet_addr_parse (server, &addr))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (both); i++) {
    for (guint j = 0; both[i] != NULL && j < both[i]->dns->len; j++) {
      if (inet_addr_compare (&g_array_index (both[i]->dns, InetAddr, j), &addr) == 0)
        return TRUE;
    }
  }
  return FALSE;
}
