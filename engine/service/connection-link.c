/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Connection, the part that changes the machine: a configuration goes to netcfg and becomes the link. And
 * the end: whatever ends the worker, what was done to the network is undone before the connection says that
 * it is over. */
#include "service/connection-private.h"

#include "base/error.h"

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
void
connection_configure (
    HostWorker *worker, const HostConfiguration *configuration, gpointer user_data)
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
