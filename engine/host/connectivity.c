/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ConnectivityWatch: what NetworkManager knows of the network, where it runs: whether there is a captive
 * portal, and when it is no more. It asks a server of its maker's or the distribution's, as the machine's
 * administrator has set it; we only read the answer, and nothing here starts it. */
#include "host/connectivity.h"

#define NM_NAME "org.freedesktop.NetworkManager"
#define NM_PATH "/org/freedesktop/NetworkManager"
#define NM_INTERFACE "org.freedesktop.NetworkManager"
#define PROPERTIES "org.freedesktop.DBus.Properties"

struct _ConnectivityWatch {
  ConnectivityChangedFunc changed;
  gpointer user_data;

  GDBusConnection *bus; /* owned; NULL: none yet */
  GCancellable *cancellable; /* owned; of the read that is under way */
  guint name; /* watched on the bus, or 0 */
  guint signal; /* subscribed, or 0 */
  Connectivity connectivity;
};

static void
take (ConnectivityWatch *self, guint32 value)
{
  Connectivity connectivity =
      value <= CONNECTIVITY_FULL ? (Connectivity) value : CONNECTIVITY_UNKNOWN;
  if (connectivity == self->connectivity)
    return;
  self->connectivity = connectivity;
  self->changed (connectivity, self->user_data);
}

static void
on_changed (GDBusConnection *bus, const char *sender, const char *path, const char *interface,
    const char *signal, GVariant *parameters, gpointer user_data)
{
  g_autoptr (GVariant) values = NULL;
  guint32 value;
  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(sa{sv}as)")))
    return;
  g_variant_get (parameters, "(&s@a{sv}@as)", NULL, &values, NULL);
  if (g_variant_lookup (values, "Connectivity", "u", &value))
    take (user_data, value);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* perhaps with the watch */
  g_autoptr (GVariant) value = NULL;
  if (reply != NULL)
    g_variant_get (reply, "(v)", &value);
  else
    g_debug ("NetworkManager does not say how the network is: %s", error->message);
  if (value != NULL && g_variant_is_of_type (value, G_VARIANT_TYPE_UINT32))
    take (user_data, g_variant_get_uint32 (value));
}

static void
forget_read (ConnectivityWatch *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

static void
on_there (GDBusConnection *bus, const char *name, const char *owner, gpointer user_data)
{
  ConnectivityWatch *self = user_data;
  forget_read (self);
  self->cancellable = g_cancellable_new ();
  g_dbus_connection_call (bus, owner, NM_PATH, PROPERTIES, "Get",
      g_variant_new ("(ss)", NM_INTERFACE, "Connectivity"), G_VARIANT_TYPE ("(v)"),
      G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, self->cancellable, on_read, self);
}

static void
on_gone (GDBusConnection *bus, const char *name, gpointer user_data)
{
  ConnectivityWatch *self = user_data;
  forget_read (self);
  take (self, CONNECTIVITY_UNKNOWN);
}

/* changed: called from the main loop, whenever it is another. */
ConnectivityWatch *
connectivity_watch_new (ConnectivityChangedFunc changed, gpointer user_data)
{
  ConnectivityWatch *self = g_new0 (ConnectivityWatch, 1);
  self->changed = changed;
  self->user_data = user_data;
  return self;
}

static void
leave_bus (ConnectivityWatch *self)
{
  forget_read (self);
  if (self->name != 0)
    g_bus_unwatch_name (self->name);
  if (self->signal != 0)
    g_dbus_connection_signal_unsubscribe (self->bus, self->signal);
  self->name = self->signal = 0;
  g_clear_object (&self->bus);
}

void
connectivity_watch_free (ConnectivityWatch *watch)
{
  leave_bus (watch);
  g_free (watch);
}

/* The system bus: the first one, or another after that broke. */
void
connectivity_watch_set_bus (ConnectivityWatch *watch, GDBusConnection *bus)
{
  leave_bus (watch);
  watch->bus = g_object_ref (bus);
  watch->signal = g_dbus_connection_signal_subscribe (bus, NM_NAME, PROPERTIES, "PropertiesChanged",
      NM_PATH, NM_INTERFACE, G_DBUS_SIGNAL_FLAGS_NONE, on_changed, watch, NULL);
  watch->name = g_bus_watch_name_on_connection (
      bus, NM_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE, on_there, on_gone, watch, NULL);
}

Connectivity
connectivity_watch_get (const ConnectivityWatch *watch)
{
  return watch->connectivity;
}
