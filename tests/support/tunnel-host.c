/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tunnel-host: runs one visitor-tunnel as visitor-engine would, without a bus: for tests of the worker
 * alone, in a network namespace of its own. It sets addresses and routes with ip(8), asks nobody, and
 * prints what the worker says.
 *
 * Commands on standard input, one per line: status, rekey WHAT, disconnect. */
#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib-unix.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "host/worker.h"
#include "site/site.h"

static char *opt_program, *opt_user, *opt_secret, *opt_device;
static char **opt_nameservers, **opt_hosts, **opt_last_good;
static gboolean opt_debug;

static const GOptionEntry options[] = {
  { "program", 'p', 0, G_OPTION_ARG_FILENAME, &opt_program, "visitor-tunnel", "FILE" },
  { "run-as", 'u', 0, G_OPTION_ARG_STRING, &opt_user, "User of the worker", "USER" },
  { "secret", 's', 0, G_OPTION_ARG_STRING, &opt_secret, "Password or key; none: refuse", "TEXT" },
  { "device", 'd', 0, G_OPTION_ARG_STRING, &opt_device, "Name of the TUN device", "NAME" },
  { "nameserver", 'n', 0, G_OPTION_ARG_STRING_ARRAY, &opt_nameservers, "DNS server", "ADDRESS" },
  { "host", 0, 0, G_OPTION_ARG_STRING_ARRAY, &opt_hosts, "Address of the gateway", "ADDRESS" },
  { "last-good", 0, 0, G_OPTION_ARG_STRING_ARRAY, &opt_last_good, "Address that answered last",
      "ADDRESS" },
  { "debug", 'v', 0, G_OPTION_ARG_NONE, &opt_debug, "Log everything", NULL },
  { NULL, 0, 0, 0, NULL, NULL, NULL },
};

typedef struct {
  GMainLoop *loop;
  HostWorker *worker;
  int tun;
  int code;
} TunnelHost;

G_GNUC_PRINTF (1, 2)
static void
ip (const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *command = g_strdup_vprintf (format, args);
  va_end (args);
  g_autoptr (GError) error = NULL;
  int status;
  if (!g_spawn_command_line_sync (command, NULL, NULL, &status, &error) ||
      !g_spawn_check_wait_status (status, &error))
    g_print ("host: %s: %s\n", command, error->message);
}

static int
make_tun (const char *name)
{
  int fd = open ("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  struct ifreq request = { .ifr_flags = IFF_TUN | IFF_NO_PI };
  g_strlcpy (request.ifr_name, name, sizeof request.ifr_name);
  if (fd < 0 || ioctl (fd, TUNSETIFF, &request) < 0)
    g_error ("no TUN: %s", g_strerror (errno));
  return fd;
}

static void
on_state (HostWorker *worker, const char *state, const char *detail, gpointer user_data)
{
  g_print ("state: %s (%s)\n", state, detail);
}

static void
on_log (HostWorker *worker, GLogLevelFlags level, const char *line, gpointer user_data)
{
  g_print ("log: %s\n", line);
}

static void
on_want_secret (HostWorker *worker, const HostQuestion *question, gpointer user_data)
{
  g_print ("secret: %s of %s, attempt %u\n", question->kind, question->user, question->attempt);
  g_autoptr (Secret) secret = opt_secret != NULL && question->attempt == 1
      ? secret_new (opt_secret, strlen (opt_secret))
      : NULL;
  host_worker_answer_secret (worker, secret);
}

static void
on_want_trust (HostWorker *worker, GVariant *question, gpointer user_data)
{
  g_autofree char *text = g_variant_print (question, FALSE);
  g_print ("trust: %s\n", text);
  host_worker_answer_trust (worker, FALSE);
}

static void
on_configure (HostWorker *worker, const HostConfiguration *configuration, gpointer user_data)
{
  TunnelHost *self = user_data;
  char text[INET_PREFIX_STRLEN];
  if (self->tun < 0)
    self->tun = make_tun (opt_device);
  ip ("ip link set %s mtu %u up", opt_device, configuration->mtu);
  ip ("ip address flush dev %s", opt_device);
  for (guint i = 0; i < configuration->addresses->len; i++) {
    inet_prefix_format (&g_array_index (configuration->addresses, InetPrefix, i), text);
    g_print ("address: %s\n", text);
    ip ("ip address add %s dev %s%s", text, opt_device, strchr (text, ':') ? " nodad" : "");
  }
  for (guint i = 0; i < configuration->routes->len; i++) {
    inet_prefix_format (&g_array_index (configuration->routes, InetPrefix, i), text);
    g_print ("route: %s\n", text);
    ip ("ip route replace %s dev %s", text, opt_device);
  }
  host_worker_give_tun (worker, opt_device, self->tun);
}

static void
on_status (HostWorker *worker, GVariant *status, gpointer user_data)
{
  g_autofree char *text = g_variant_print (status, FALSE);
  g_print ("status: %s\n", text);
}

static void
on_ended (HostWorker *worker, const GError *error, gpointer user_data)
{
  TunnelHost *self = user_data;
  if (error != NULL)
    g_print ("failed: %s: %s\n", visitor_error_name ((VisitorError) error->code), error->message);
  else
    g_print ("ended\n");
  self->code = error != NULL;
  g_main_loop_quit (self->loop);
}

static gboolean
command (int fd, GIOCondition condition, gpointer user_data)
{
  TunnelHost *self = user_data;
  char line[100];
  if (fgets (line, sizeof line, stdin) == NULL) {
    host_worker_disconnect (self->worker);
    return G_SOURCE_REMOVE;
  }
  g_strchomp (line);
  if (strcmp (line, "status") == 0)
    host_worker_poll_status (self->worker);
  else if (g_str_has_prefix (line, "rekey "))
    host_worker_rekey (self->worker, line + strlen ("rekey "));
  else if (strcmp (line, "disconnect") == 0)
    host_worker_disconnect (self->worker);
  else
    g_print ("host: no such command: %s\n", line);
  return G_SOURCE_CONTINUE;
}

static char *
read_file (SiteFileKind kind, const char *name, void *folder, GError **error)
{
  if (kind == SITE_FILE_KEY)
    return g_strdup (name); /* whose certificate nobody asks this host for */
  g_autofree char *path =
      g_path_is_absolute (name) ? g_strdup (name) : g_build_filename (folder, name, NULL);
  char *text = NULL;
  return g_file_get_contents (path, &text, NULL, error) ? text : NULL;
}

static GVariant *
strv (char **list)
{
  static const char *const none[] = { NULL };
  return g_variant_new_strv (list != NULL ? (const char *const *) list : none, -1);
}

/* The addresses for the site's host. */
static GVariant *
by_name (const Site *site, char **list)
{
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{sas}"));
  g_variant_builder_add (&builder, "{s@as}", site->address.host, strv (list));
  return g_variant_builder_end (&builder);
}

static GVariant *
make_start (const char *path, GError **error)
{
  g_autofree char *text = NULL, *folder = g_path_get_dirname (path);
  if (!g_file_get_contents (path, &text, NULL, error))
    return NULL;
  g_autoptr (Site) site = site_parse (text, -1, read_file, folder, error);
  if (site == NULL)
    return NULL;
  g_autofree char *whole = site_to_text (site);
  guint32 level = opt_debug ? G_LOG_LEVEL_DEBUG : G_LOG_LEVEL_INFO;
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_variant_dict_insert (&dict, "site", "s", whole);
  g_variant_dict_insert (&dict, "log-level", "u", level);
  g_variant_dict_insert_value (&dict, "nameservers", strv (opt_nameservers));
  g_variant_dict_insert_value (&dict, "hosts", by_name (site, opt_hosts));
  g_variant_dict_insert_value (&dict, "last-good", by_name (site, opt_last_good));
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GOptionContext) context = g_option_context_new ("SITE.conf");
  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc != 2 || !opt_program) {
    g_printerr ("tunnel-host: %s\n", error != NULL ? error->message : "see --help");
    return 2;
  }
  if (opt_device == NULL)
    opt_device = g_strdup ("visitor-test");
  setlinebuf (stdout);

  g_autoptr (GVariant) start = make_start (argv[1], &error);
  static const HostWorkerCallbacks callbacks = {
    .state = on_state,
    .want_secret = on_want_secret,
    .want_trust = on_want_trust,
    .configure = on_configure,
    .status = on_status,
    .log = on_log,
    .ended = on_ended,
  };
  TunnelHost self = { .loop = g_main_loop_new (NULL, FALSE), .tun = -1 };
  HostWorkerOptions how = { .program = opt_program, .user = opt_user };
  if (start != NULL)
    self.worker = host_worker_start (&how, start, &callbacks, &self, &error);
  if (self.worker == NULL) {
    g_printerr ("tunnel-host: %s\n", error->message);
    return 2;
  }
  g_print ("pid: %d\n", (int) host_worker_pid (self.worker));
  g_unix_fd_add (STDIN_FILENO, G_IO_IN | G_IO_HUP, command, &self);
  g_main_loop_run (self.loop);
  host_worker_unref (self.worker);
  g_main_loop_unref (self.loop);
  return self.code;
}
