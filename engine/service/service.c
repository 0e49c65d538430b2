/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The engine's process: joins its parts, owns the bus name, and knows when to end.
 *
 * What an engine that was killed left behind is put back before anything else, whether or not there
 * is a bus to serve. */
#include "service/service.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/names.h"
#include "service/engine.h"

#define SHUTDOWN_SECONDS 10
#define LOCK_TRIES 60
#define LOCK_PAUSE 50000 /* microseconds */

typedef struct {
  const ServiceOptions *options;
  GMainLoop *loop; /* owned */
  GDBusConnection *bus; /* owned; NULL with replay_only */
  Netcfg *netcfg; /* owned */
  Quotas *quotas; /* owned */
  LastGood *last_good; /* owned */
  Bouncer *bouncer; /* owned */
  Engine *engine; /* owned */
  ServiceParts parts;
  guint name; /* owned on the bus, or 0 */
  guint idle_timer;
  guint shutdown_timer;
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
  g_clear_object (&service->engine);
  g_clear_pointer (&service->bouncer, bouncer_unref);
  g_clear_pointer (&service->last_good, last_good_free);
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
  return g_dbus_connection_new_for_address_sync (address,
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
          G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL, NULL, error);
}

/* An engine that ends for want of work gives the bus name back before it is gone. */
static gboolean
lock_patiently (int fd)
{
  for (guint try = 0; try < LOCK_TRIES; try++) {
    if (flock (fd, LOCK_EX | LOCK_NB) == 0)
      return TRUE;
    if (errno != EWOULDBLOCK)
      return FALSE;
    g_usleep (LOCK_PAUSE);
  }
  errno = EWOULDBLOCK;
  return FALSE;
}

/* Opens the state directory and locks it: two engines must not undo each other's work. The lock goes
 * with the process. Returns the descriptor, or -1. */
static int
lock_state_dir (const char *path, GError **error)
{
  int fd = -1;
  if (g_mkdir_with_parents (path, 0700) == 0)
    fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) {
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_STORAGE, "Cannot open %s: %s", path,
        g_strerror (errno));
    return -1;
  }
  if (!lock_patiently (fd)) {
    gboolean busy = errno == EWOULDBLOCK;
    g_set_error (error, VISITOR_ERROR, busy ? VISITOR_ERROR_BUSY : VISITOR_ERROR_STORAGE, "%s: %s",
        path, busy ? "another engine is at work" : g_strerror (errno));
    close (fd);
    return -1;
  }
  return fd;
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
on_bus_closed (GDBusConnection *bus, gboolean remote_vanished, GError *why, gpointer user_data)
{
  fail (user_data,
      g_error_new (VISITOR_ERROR, VISITOR_ERROR_ENGINE_UNAVAILABLE, "The system bus has gone%s%s",
          why != NULL ? ": " : "", why != NULL ? why->message : ""));
}

static gboolean
make_parts (Service *service, GError **error)
{
  const ServiceOptions *options = service->options;
  service->quotas = quotas_new ();
  service->last_good = last_good_new ();
  service->bouncer = bouncer_new (service->bus, service->quotas);
  service->parts = (ServiceParts){
    .bus = service->bus,
    .bouncer = service->bouncer,
    .quotas = service->quotas,
    .last_good = service->last_good,
    .netcfg = service->netcfg,
    .worker = { .program = options->tunnel_program, .user = options->tunnel_user },
    .resolv_conf = options->resolv_conf,
  };
  service->engine = engine_new (&service->parts);
  return g_dbus_interface_skeleton_export (
      G_DBUS_INTERFACE_SKELETON (service->engine), service->bus, VISITOR_ENGINE_PATH, error);
}

static gboolean
serve (Service *service, GError **error)
{
  if (!make_parts (service, error))
    return FALSE;
  g_signal_connect (service->engine, "idle", G_CALLBACK (on_idle), service);
  g_signal_connect (service->bus, "closed", G_CALLBACK (on_bus_closed), service);
  own_name (service);
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
run_locked (const ServiceOptions *options, GError **error)
{
  g_auto (Service) service = { .options = options, .loop = g_main_loop_new (NULL, FALSE) };
  g_autoptr (GError) no_bus = NULL;
  service.bus = connect_bus (&no_bus);
  NetcfgPlaces places = {
    .state_dir = options->state_dir,
    .resolv_conf = options->resolv_conf,
    .bus = service.bus,
  };
  service.netcfg = netcfg_new (&places, error);
  if (service.netcfg == NULL)
    return FALSE;
  g_autoptr (GError) not_restored = NULL;
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

/* Runs until there is nothing to do any more, or a signal. Errors say why it could not start, or not
 * go on; with replay_only, what could not be put back. */
gboolean
service_run (const ServiceOptions *options, GError **error)
{
  int lock = lock_state_dir (options->state_dir, error);
  if (lock < 0)
    return FALSE;
  gboolean ok = run_locked (options, error);
  close (lock);
  return ok;
}
