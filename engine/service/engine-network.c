/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Engine, the machine's network: what becomes of it, and of its name servers, is told to every connection. */
#include "host/resolv.h"
#include "service/engine-private.h"

#define UPLINK_RESOLV_CONF "/run/systemd/resolve/resolv.conf"
/* Whoever brings a network up writes its name servers down somewhat later. */
#define LATE_SECONDS 3

static gboolean
is_of_a_tunnel (Engine *self, const char *server)
{
  for (guint i = 0; i < self->connections->len; i++) {
    if (connection_has_nameserver (self->connections->pdata[i], server))
      return TRUE;
  }
  return FALSE;
}

/* The machine's own name servers, as they are now. While a tunnel's stand in their place what was known before
 * is what is known. */
void
engine_refresh_nameservers (Engine *self)
{
  g_auto (GStrv) all = host_resolv_nameservers (self->parts->resolv_conf, UPLINK_RESOLV_CONF);
  g_autoptr (GStrvBuilder) own = g_strv_builder_new ();
  for (guint i = 0; all[i] != NULL; i++) {
    if (!is_of_a_tunnel (self, all[i]))
      g_strv_builder_add (own, all[i]);
  }
  g_auto (GStrv) list = g_strv_builder_end (own);
  if (list[0] == NULL && all[0] != NULL && self->nameservers != NULL)
    return;
  g_strfreev (self->nameservers);
  self->nameservers = g_steal_pointer (&list);
}

/* Connections may end and be forgotten while they are told. */
static void
tell_all (Engine *self, const NetworkSnapshot *before, const NetworkSnapshot *after, gboolean woke)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (g_object_unref);
  const char *const *nameservers = (const char *const *) self->nameservers;
  for (guint i = 0; i < self->connections->len; i++)
    g_ptr_array_add (all, g_object_ref (self->connections->pdata[i]));
  for (guint i = 0; i < all->len; i++) {
    if (woke)
      connection_woke (all->pdata[i], after, nameservers);
    else
      connection_network_changed (all->pdata[i], before, after, nameservers);
  }
}

static gboolean
on_late (gpointer user_data)
{
  Engine *self = user_data;
  const NetworkSnapshot *now = network_monitor_now (self->network);
  self->late_timer = 0;
  engine_refresh_nameservers (self);
  tell_all (self, now, now, FALSE);
  return G_SOURCE_REMOVE;
}

static void
look_again_later (Engine *self)
{
  g_clear_handle_id (&self->late_timer, g_source_remove);
  if (self->connections->len > 0)
    self->late_timer = g_timeout_add_seconds (LATE_SECONDS, on_late, self);
}

static void
on_changed (const NetworkSnapshot *before, const NetworkSnapshot *after, gpointer user_data)
{
  Engine *self = user_data;
  if (self->connections->len == 0)
    return;
  engine_refresh_nameservers (self);
  tell_all (self, before, after, FALSE);
  look_again_later (self);
}

static void
on_woke (gpointer user_data)
{
  Engine *self = user_data;
  if (self->network == NULL || self->connections->len == 0)
    return;
  engine_refresh_nameservers (self);
  tell_all (self, NULL, network_monitor_now (self->network), TRUE);
  look_again_later (self);
}

/* Without a monitor the tunnels still find out, by the silence. */
void
engine_begin_network (Engine *self)
{
  g_autoptr (GError) error = NULL;
  self->network = network_monitor_new (on_changed, self, &error);
  if (self->network == NULL)
    g_warning ("Changes of the network will be noticed late: %s", error->message);
}

/* On the bus of its parts. */
void
engine_watch_sleep (Engine *self)
{
  g_clear_pointer (&self->sleep, sleep_watch_free);
  self->sleep = sleep_watch_new (self->parts->bus, on_woke, self);
}

void
engine_end_network (Engine *self)
{
  g_clear_handle_id (&self->late_timer, g_source_remove);
  g_clear_pointer (&self->sleep, sleep_watch_free);
  g_clear_pointer (&self->network, network_monitor_free);
  g_clear_pointer (&self->nameservers, g_strfreev);
}
