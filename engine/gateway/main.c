/* SPDX-License-Identifier: GPL-2.0-or-later */
/* visitor-gateway: the Visitor Mode server. See visitor-gateway (8). */
#include <glib.h>
#include <locale.h>
#include <stdlib.h>
#include <sysexits.h>

#include "config.h"
#include "gateway/gateway.h"
#include "gateway/log.h"

typedef struct {
  char *config_path;
  gboolean check;
  gboolean debug;
  gboolean version;
} Options;

static bool
parse_options (int *argc, char ***argv, Options *options, GError **error)
{
  const GOptionEntry entries[] = {
    { "config", 'c', 0, G_OPTION_ARG_FILENAME, &options->config_path,
        "Read this configuration (default: " SYSCONFDIR "/visitor/gateway.conf)", "FILE" },
    { "check", 0, 0, G_OPTION_ARG_NONE, &options->check,
        "Check the configuration and all it names, then exit", NULL },
    { "debug", 0, 0, G_OPTION_ARG_NONE, &options->debug, "Log every step of every stream", NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &options->version, "Show the version", NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_option_context_set_summary (context,
      "Takes Visitor Mode streams (IKE and ESP inside TLS, RFC 9329) and passes what they\n"
      "carry to the UDP port 4500 of one IPsec gateway.");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, error))
    return false;
  if (*argc > 1) {
    g_set_error (
        error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "Unexpected argument \"%s\"", (*argv)[1]);
    return false;
  }
  if (options->config_path == NULL)
    options->config_path = g_strdup (SYSCONFDIR "/visitor/gateway.conf");
  return true;
}

static int
run (const char *config_path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Gateway) gateway = gateway_new (config_path, &error);
  if (gateway == NULL || !gateway_run (gateway, &error)) {
    log_event (LOG_ERR, "%s", error->message);
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}

static int
check (const char *config_path)
{
  g_autoptr (GError) error = NULL;
  if (!gateway_check (config_path, &error)) {
    log_event (LOG_ERR, "%s", error->message);
    return EXIT_FAILURE;
  }
  g_print ("%s: ok\n", config_path);
  return EXIT_SUCCESS;
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  Options options = { 0 };
  g_autoptr (GError) error = NULL;
  if (!parse_options (&argc, &argv, &options, &error)) {
    log_event (LOG_ERR, "%s", error->message);
    return EX_USAGE;
  }
  g_autofree char *config_path = options.config_path;
  if (options.version) {
    g_print ("visitor-gateway %s\n", PACKAGE_VERSION);
    return EXIT_SUCCESS;
  }
  log_set_debug (options.debug);
  return options.check ? check (config_path) : run (config_path);
}
