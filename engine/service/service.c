/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The engine's process: joins its parts, owns the bus name, and knows when to end.
 *
 * What an engine that was killed left behind is put back before anything else, whether or not there
 * is a bus to serve. */
#include "service/service.h"

#include <errno.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <signal.h>

#include "base/names.h"
#include "service/engine.h"

#define SHUTDOWN_SECONDS 10
#define REJOIN_SECONDS 1

static const GDBusConnectionFlags BUS_FLAGS =
    G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION;

typedef struct {
  const ServiceOptions *options;
  GMainLoop *loop; /* owned */
  GDBusConnection *bus; /* owned; NULL with replay_only */
  Netcfg *netcfg; /* owned */
  Quotas *quotas; /* owned */
  GatewayMemory *memory; /* owned */
  Bouncer *bouncer; /* owned */
  ConnectivityWatch *connectivity; /* owned */
  Engine *engine; /* owned */
  ServiceParts parts;
  guint name; /* owned on the bus, or 0 */
  guint idle_timer;
  guint shutdown_timer;
  guint rejoin_timer;
  GCancellable *rejoining; /* owned */
  gboolean stopping;
  GError *failure; /* why the process ends, if not in order */
} Service;

void
service_options_clear (ServiceOptions *options)
{
  g_free (options->state_dir);
  g_free (options->tunnel_program);
  g_free (options->tunnel_user);
  g_free (options->resolv_conf);
}

static void
service_clear (Service *service)
{
  g_clear_handle_id (&service->idle_timer, g_source_remove);
  g_clear_handle_id (&service->shutdown_timer, g_source_remove);
  g_clear_handle_id (&service->rejoin_timer, g_source_remove);
  g_cancellable_cancel (service->rejoining);
  g_clear_object (&service->rejoining);
  g_clear_pointer (&service->connectivity, connectivity_watch_free);
  g_clear_object (&service->engine);
  g_clear_pointer (&service->bouncer, bouncer_unref);
  g_clear_pointer (&service->memory, gateway_memory_free);
  g_clear_pointer (&service->quotas, quotas_free);
  g_clear_pointer (&service->netcfg, netcfg_free);
  g_clear_object (&service->bus);
  g_clear_pointer (&service->loop, g_main_loop_unref);
  g_clear_error (&service->failure);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Service, service_clear)

/* The system bus as a connection of our own, so that nothing else decides what its end means. */
static GDBusConnection *
connect_bus (GError **error)
{
  g_autofree char *address = g_dbus_address_get_for_bus_sync (G_BUS_TYPE_SYSTEM, NULL, error);
  if (address == NULL)
    return NULL;
  return g_dbus_connection_new_for_address_sync (address, BUS_FLAGS, NULL, NULL, error);
}

static void
stop (Service *service)
{
  g_main_loop_quit (service->loop);
}

static gboolean
on_shutdown_timeout (gpointer user_data)
{
  Service *service = user_data;
  service->shutdown_timer = 0;
  g_warning ("A connection did not end in %d seconds", SHUTDOWN_SECONDS);
  stop (service);
  return G_SOURCE_REMOVE;
}

/* Ends all connections in order, then the process. A connection that does not end in time is cut off
 * by the process's end, and the next start puts back what it left. */
static void
begin_stop (Service *service)
{
  if (service->stopping)
    return;
  service->stopping = TRUE;
  gboolean idle = engine_is_idle (service->engine);
  service->shutdown_timer = g_timeout_add_seconds (SHUTDOWN_SECONDS, on_shutdown_timeout, service);
  engine_stop (service->engine);
  if (idle)
    stop (service);
}

static gboolean
on_signal (gpointer user_data)
{
  begin_stop (user_data);
  return G_SOURCE_CONTINUE;
}

static void
fail (Service *service, GError *error)
{
  if (service->failure == NULL)
    service->failure = error;
  else
    g_error_free (error);
  begin_stop (service);
}

static void
on_name_lost (GDBusConnection *bus, const char *name, gpointer user_data)
{
  if (bus == NULL || g_dbus_connection_is_closed (bus))
    return;
  fail (user_data,
      g_error_new (VISITOR_ERROR, VISITOR_ERROR_BUSY,
          "Cannot own %s on the system bus: another engine has it, or the bus does not "
          "allow it",
          name));
}

static void
own_name (Service *service)
{
  service->name = g_bus_own_name_on_connection (service->bus, VISITOR_ENGINE_BUS_NAME,
      G_BUS_NAME_OWNER_FLAGS_DO_NOT_QUEUE, NULL, on_name_lost, service, NULL);
}

/* Blocks until the bus has taken the name back: what it had sent us by then is here. */
static void
give_name_back (Service *service)
{
  if (service->name != 0)
    g_bus_unown_name (service->name);
  service->name = 0;
}

static gboolean
has_work (const Service *service)
{
  return !engine_is_idle (service->engine) || bouncer_is_busy (service->bouncer);
}

/* From the moment the name is given back the bus starts another engine for the next call; a call that
 * came before is still ours. */
static gboolean
on_idle_timeout (gpointer user_data)
{
  Service *service = user_data;
  if (has_work (service))
    return G_SOURCE_CONTINUE;
  give_name_back (service);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  if (has_work (service)) {
    own_name (service);
    return G_SOURCE_CONTINUE;
  }
  service->idle_timer = 0;
  g_debug ("Nothing to do for %d seconds", service->options->idle_timeout);
  begin_stop (service);
  return G_SOURCE_REMOVE;
}

static void
restart_idle_timer (Service *service)
{
  g_clear_handle_id (&service->idle_timer, g_source_remove);
  if (service->options->idle_timeout > 0)
    service->idle_timer =
        g_timeout_add_seconds ((guint) service->options->idle_timeout, on_idle_timeout, service);
}

static void
on_idle (Engine *engine, gpointer user_data)
{
  Service *service = user_data;
  if (service->stopping)
    stop (service);
  else
    restart_idle_timer (service);
}

static void
on_bus_closed (GDBusConnection *bus, gboolean remote_vanished, GError *why, gpointer user_data);
static gboolean on_rejoin_time (gpointer user_data);

/* Serves the bus that service->bus is: the first one, or another after that broke. */
static gboolean
join_bus (Service *service, GError **error)
{
  service->parts.bus = service->bus;
  netcfg_set_bus (service->netcfg, service->bus);
  connectivity_watch_set_bus (service->connectivity, service->bus);
  if (!engine_join_bus (service->engine, error))
    return FALSE;
  g_signal_connect (service->bus, "closed", G_CALLBACK (on_bus_closed), service);
  own_name (service);
  return TRUE;
}

static void
on_new_bus (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Service *service = user_data;
  g_autoptr (GError) error = NULL;
  GDBusConnection *bus = g_dbus_connection_new_for_address_finish (result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (bus == NULL) {
    service->rejoin_timer = g_timeout_add_seconds (REJOIN_SECONDS, on_rejoin_time, service);
    return;
  }
  g_object_unref (service->bus);
  service->bus = bus;
  if (!join_bus (service, &error))
    fail (service, g_steal_pointer (&error));
}

/* The bus has gone, the tunnels stay: they need none. Nothing is asked or told until there is one. */
static void
on_bus_closed (GDBusConnection *bus, gboolean remote_vanished, GError *why, gpointer user_data)
{
  Service *service = user_data;
  g_signal_handlers_disconnect_by_data (bus, service);
  bouncer_forget_bus (service->bouncer);
  give_name_back (service);
  if (service->stopping || engine_is_idle (service->engine)) {
    fail (service,
        g_error_new (VISITOR_ERROR, VISITOR_ERROR_ENGINE_UNAVAILABLE, "The system bus has gone%s%s",
            why != NULL ? ": " : "", why != NULL ? why->message : ""));
    return;
  }
  g_message ("The system bus has gone; the tunnels stay");
  service->rejoin_timer = g_timeout_add_seconds (REJOIN_SECONDS, on_rejoin_time, service);
}

static gboolean
on_rejoin_time (gpointer user_data)
{
  Service *service = user_data;
  g_autofree char *address = g_dbus_address_get_for_bus_sync (G_BUS_TYPE_SYSTEM, NULL, NULL);
  if (address == NULL)
    return G_SOURCE_CONTINUE;
  service->rejoin_timer = 0;
  g_dbus_connection_new_for_address (
      address, BUS_FLAGS, NULL, service->rejoining, on_new_bus, service);
  return G_SOURCE_REMOVE;
}

static void
on_connectivity (Connectivity connectivity, gpointer user_data)
{
  engine_tell_connectivity (((Service *) user_data)->engine, connectivity);
}

static void
make_parts (Service *service)
{
  const ServiceOptions *options = service->options;
  service->quotas = quotas_new ();
  g_autofree char *file = g_build_filename (options->state_dir, "memory", NULL);
  service->memory = gateway_memory_new (file);
  service->bouncer = bouncer_new (service->quotas);
  service->connectivity = connectivity_watch_new (on_connectivity, service);
  service->parts = (ServiceParts){
    .bouncer = service->bouncer,
    .quotas = service->quotas,
    .memory = service->memory,
    .netcfg = service->netcfg,
    .connectivity = service->connectivity,
    .worker = { .program = options->tunnel_program, .user = options->tunnel_user },
    .resolv_conf = options->resolv_conf,
  };
  service->engine = engine_new (&service->parts);
}

static gboolean
serve (Service *service, GError **error)
{
  make_parts (service);
  if (!join_bus (service, error))
    return FALSE;
  g_signal_connect (service->engine, "idle", G_CALLBACK (on_idle), service);
  guint terminated = g_unix_signal_add (SIGTERM, on_signal, service);
  guint interrupted = g_unix_signal_add (SIGINT, on_signal, service);
  restart_idle_timer (service);

  g_main_loop_run (service->loop);

  g_source_remove (terminated);
  g_source_remove (interrupted);
  g_signal_handlers_disconnect_by_data (service->bus, service);
  give_name_back (service);
  (void) g_dbus_connection_flush_sync (service->bus, NULL, NULL);
  g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (service->engine));
  if (service->failure == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&service->failure));
  return FALSE;
}

static gboolean
open_network (Service *service, GError **error)
{
  NetcfgPlaces places = {
    .state_dir = service->options->state_dir,
    .resolv_conf = service->options->resolv_conf,
    .bus = service->bus,
  };
  if (g_mkdir_with_parents (places.state_dir, 0700) < 0) {
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_STORAGE, "Cannot make %s: %s",
        places.state_dir, g_strerror (errno));
    return FALSE;
  }
  service->netcfg = netcfg_new (&places, error);
  return service->netcfg != NULL;
}

/* Runs until there is nothing to do any more, or a signal. Errors say why it could not start, or not
 * go on; with replay_only, what could not be put back. */
gboolean
service_run (const ServiceOptions *options, GError **error)
{
  g_auto (Service) service = {
    .options = options,
    .loop = g_main_loop_new (NULL, FALSE),
    .rejoining = g_cancellable_new (),
  };
  g_autoptr (GError) no_bus = NULL, not_restored = NULL;
  service.bus = connect_bus (&no_bus);
  if (!open_network (&service, error))
    return FALSE;
  gboolean restored = netcfg_replay (service.netcfg, &not_restored);
  if (options->replay_only) {
    if (!restored)
      g_propagate_error (error, g_steal_pointer (&not_restored));
    return restored;
  }
  if (!restored)
    g_warning ("The network is not as it was before the last run: %s", not_restored->message);
  if (service.bus == NULL) {
    g_propagate_prefixed_error (
        error, g_steal_pointer (&no_bus), "Cannot connect to the system bus: ");
    return FALSE;
  }
  return serve (&service, error);
}
