/* SPDX-License-Identifier: GPL-2.0-or-later */
/* visitor-engine: the privileged half of Visitor, a service on the system bus. */
#include <locale.h>
#include <stdlib.h>

#include "base/names.h"
#include "config.h"
#include "dbus/errors.h"
#include "host/log-writer.h"
#include "host/privileges.h"
#include "service/service.h"

#define EXIT_USAGE 2

static gboolean
parse_options (int *argc, char ***argv, ServiceOptions *options, GError **error)
{
  gboolean version = FALSE;
  const GOptionEntry entries[] = {
    { "state-dir", 0, 0, G_OPTION_ARG_FILENAME, &options->state_dir, "Where the journal is",
        "DIR" },
    { "tunnel-program", 0, 0, G_OPTION_ARG_FILENAME, &options->tunnel_program,
        "The worker to start", "FILE" },
    { "tunnel-user", 0, 0, G_OPTION_ARG_STRING, &options->tunnel_user,
        "The user that workers run as", "USER" },
    { "resolv-conf", 0, 0, G_OPTION_ARG_FILENAME, &options->resolv_conf,
        "The file that names the name servers", "FILE" },
    { "replay-only", 0, 0, G_OPTION_ARG_NONE, &options->replay_only,
        "Put back what a killed engine left behind, and exit", NULL },
    { "idle-timeout", 0, 0, G_OPTION_ARG_INT, &options->idle_timeout,
        "Exit after that long without a connection; 0 = never", "SECONDS" },
    { "debug", 0, 0, G_OPTION_ARG_NONE, &options->debug, "Log everything but secrets", NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &version, "Print the version and exit", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("- privileged service of Visitor");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (*argc > 1 || options->idle_timeout < 0) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s is not understood",
        *argc > 1 ? (*argv)[1] : "A negative time");
    return FALSE;
  }
  if (version) {
    g_print ("visitor-engine %s\n", PACKAGE_VERSION);
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

int
main (int argc, char *argv[])
{
  privileges_clean_environment ();
  setlocale (LC_CTYPE, "C.UTF-8"); /* no language, but all characters of what is logged */
  g_set_prgname ("visitor-engine");

  g_autoptr (GError) error = NULL;
  g_auto (ServiceOptions) options = { .idle_timeout = 60 };
  if (!parse_options (&argc, &argv, &options, &error)) {
    g_printerr ("visitor-engine: %s\n", error->message);
    return EXIT_USAGE;
  }
  set_default (&options.state_dir, STATEDIR);
  set_default (&options.tunnel_program, PKGLIBEXECDIR "/visitor-tunnel");
  set_default (&options.tunnel_user, TUNNEL_USER);
  set_default (&options.resolv_conf, "/etc/resolv.conf");
  log_writer_install (options.debug);
  visitor_dbus_register_errors ();
  if (!privileges_drop (&error) || !service_run (&options, &error)) {
    g_printerr ("visitor-engine: %s\n", error->message);
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}
