/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nm-visitor-service: what NetworkManager starts to bring a Visitor connection up. */
#include <errno.h>
#include <glib-unix.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <syslog.h>

#include "config.h"
#include "dbus/errors.h"
#include "host/gateway-memory.h"
#include "host/log-writer.h"
#include "host/privileges.h"
#include "nm/plugin.h"

#define EXIT_USAGE 2

typedef struct {
  char *bus_name;
  char *tunnel_program;
  char *tunnel_user;
  char *key_program;
  char *state_dir;
  gboolean persist;
  gboolean debug;
} Options;

static void
options_clear (Options *options)
{
  g_free (options->bus_name);
  g_free (options->tunnel_program);
  g_free (options->tunnel_user);
  g_free (options->key_program);
  g_free (options->state_dir);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static gboolean
parse_options (int *argc, char ***argv, Options *options, GError **error)
{
  gboolean version = FALSE;
  const GOptionEntry entries[] = {
    { "bus-name", 0, 0, G_OPTION_ARG_STRING, &options->bus_name, "The name to own on the bus",
        "NAME" },
    { "persist", 0, 0, G_OPTION_ARG_NONE, &options->persist, "Do not exit after a connection",
        NULL },
    { "debug", 0, 0, G_OPTION_ARG_NONE, &options->debug, "Log everything but secrets", NULL },
    { "tunnel-program", 0, 0, G_OPTION_ARG_FILENAME, &options->tunnel_program,
        "The worker to start", "FILE" },
    { "tunnel-user", 0, 0, G_OPTION_ARG_STRING, &options->tunnel_user,
        "The user that workers run as", "USER" },
    { "key-program", 0, 0, G_OPTION_ARG_FILENAME, &options->key_program,
        "What opens a user's key as that user", "FILE" },
    { "state-dir", 0, 0, G_OPTION_ARG_FILENAME, &options->state_dir,
        "Where is kept what worked in which network", "DIR" },
    { "version", 0, 0, G_OPTION_ARG_NONE, &version, "Print the version and exit", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context =
      g_option_context_new ("- VPN service of NetworkManager for Visitor");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (*argc > 1) {
    g_set_error (
        error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s is not understood", (*argv)[1]);
    return FALSE;
  }
  if (version) {
    g_print ("nm-visitor-service %s\n", PACKAGE_VERSION);
    exit (EXIT_SUCCESS);
  }
  return TRUE;
}

static void
set_default (char **option, const char *value)
{
  if (*option == NULL)
    *option = g_strdup (value);
}

/* NM tells the level of its own log as one of syslog's: its trace is LOG_DEBUG, its debug LOG_INFO, its info
 * LOG_NOTICE. */
static gboolean
nm_wants_debug (void)
{
  const char *level = g_getenv ("NM_VPN_LOG_LEVEL");
  return level != NULL && g_ascii_strtoll (level, NULL, 10) >= LOG_INFO;
}

typedef struct {
  GMainLoop *loop;
  Plugin *plugin;
} Service;

/* A worker that runs is to say goodbye to the gateway; "over" follows. */
static void
end (Service *service)
{
  if (!plugin_stop (service->plugin))
    g_main_loop_quit (service->loop);
}

static gboolean
on_signal (gpointer user_data)
{
  end (user_data);
  return G_SOURCE_CONTINUE;
}

/* libnm ends with NM only what NM has called Connect for. */
static void
on_nm_gone (GDBusConnection *bus, const char *name, gpointer user_data)
{
  g_message ("NetworkManager is not there");
  end (user_data);
}

/* Once for each connection, and then the process ends. bus: the system bus. Returns what is to be unwatched. */
static guint
serve_once (Service *service, GDBusConnection *bus)
{
  g_signal_connect_swapped (service->plugin, "quit", G_CALLBACK (end), service);
  g_signal_connect_swapped (service->plugin, "over", G_CALLBACK (g_main_loop_quit), service->loop);
  return g_bus_watch_name_on_connection (
      bus, NM_DBUS_SERVICE, G_BUS_NAME_WATCHER_FLAGS_NONE, NULL, on_nm_gone, service, NULL);
}

static void
serve (const Options *options, Plugin *plugin, GDBusConnection *bus)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Service service = { loop, plugin };
  guint terminated = g_unix_signal_add (SIGTERM, on_signal, &service);
  guint interrupted = g_unix_signal_add (SIGINT, on_signal, &service);
  guint nm = options->persist ? 0 : serve_once (&service, bus);
  g_main_loop_run (loop);
  if (nm != 0)
    g_bus_unwatch_name (nm);
  g_source_remove (terminated);
  g_source_remove (interrupted);
  nm_vpn_service_plugin_shutdown (NM_VPN_SERVICE_PLUGIN (plugin));
  (void) g_dbus_connection_flush_sync (bus, NULL, NULL);
}

/* Kept over restarts, as NM starts this program anew for each connection; where there is no such folder, and none can
 * be made, it is not. */
static GatewayMemory *
memory_in (const char *folder)
{
  g_autofree char *file = g_build_filename (folder, "memory", NULL);
  if (g_mkdir_with_parents (folder, 0700) < 0)
    g_info ("There is no %s: %s", folder, g_strerror (errno));
  return gateway_memory_new (file);
}

static gboolean
run (const Options *options, GError **error)
{
  g_autoptr (GatewayMemory) memory = memory_in (options->state_dir);
  const ActivationOptions activation = {
    .worker = { .program = options->tunnel_program, .user = options->tunnel_user },
    .key_program = options->key_program,
    .memory = memory,
    .log_level = options->debug ? G_LOG_LEVEL_DEBUG : G_LOG_LEVEL_INFO,
  };
  g_autoptr (Plugin) plugin = plugin_new (options->bus_name, !options->persist, &activation, error);
  if (plugin == NULL)
    return FALSE;
  g_autoptr (GDBusConnection) bus =
      nm_vpn_service_plugin_get_connection (NM_VPN_SERVICE_PLUGIN (plugin));
  serve (options, plugin, bus);
  return TRUE;
}

int
main (int argc, char *argv[])
{
  gboolean debug = nm_wants_debug ();
  privileges_clean_environment ();
  setlocale (LC_CTYPE, "C.UTF-8"); /* no language, but all characters of what is logged */
  g_set_prgname ("nm-visitor-service");

  g_autoptr (GError) error = NULL;
  g_auto (Options) options = { .debug = debug };
  if (!parse_options (&argc, &argv, &options, &error)) {
    g_printerr ("nm-visitor-service: %s\n", error->message);
    return EXIT_USAGE;
  }
  set_default (&options.bus_name, NM_SERVICE_NAME);
  set_default (&options.tunnel_program, PKGLIBEXECDIR "/visitor-tunnel");
  set_default (&options.tunnel_user, TUNNEL_USER);
  set_default (&options.key_program, PKGLIBEXECDIR "/visitor-key");
  set_default (&options.state_dir, NM_STATEDIR);
  log_writer_install (options.debug);
  visitor_dbus_register_errors ();
  if (!privileges_drop (&error) || !run (&options, &error)) {
    g_printerr ("nm-visitor-service: %s\n", error->message);
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}
