/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netcfg at the end of a pipe: "apply TEXT", where TEXT is a configuration in GVariant's notation, and
 * "undo" on standard input, one answer a line on standard output. Started, it replays what was
 * left. Arguments: state directory, resolv.conf. */
#include <stdio.h>
#include <string.h>

#include "host/netcfg.h"

static NetcfgLink *link_now;

static void
answer (gboolean ok, const GError *error)
{
  printf ("%s\n", ok ? "ok" : error->message);
  fflush (stdout);
}

static void
apply (Netcfg *netcfg, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (HostConfiguration) configuration = NULL;
  g_autoptr (GVariant) body = g_variant_parse (NULL, text, NULL, NULL, &error);
  if (body != NULL)
    configuration = host_configuration_parse (body, &error);
  if (configuration != NULL)
    link_now = netcfg_apply (netcfg, configuration, NULL, &error);
  answer (link_now != NULL, error);
}

static void
obey (Netcfg *netcfg, const char *command)
{
  g_autoptr (GError) error = NULL;
  if (g_str_has_prefix (command, "apply "))
    apply (netcfg, command + strlen ("apply "));
  else if (link_now != NULL)
    answer (netcfg_undo (netcfg, g_steal_pointer (&link_now), &error), error);
}

int
main (int argc, char *argv[])
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SYSTEM, NULL, &error);
  const NetcfgPlaces places = {
    .state_dir = argv[1], .resolv_conf = argc > 2 ? argv[2] : NULL, .bus = bus
  };
  g_autoptr (Netcfg) netcfg = bus != NULL ? netcfg_new (&places, &error) : NULL;
  if (netcfg == NULL || !netcfg_replay (netcfg, &error)) {
    answer (FALSE, error);
    return 1;
  }
  answer (TRUE, NULL);
  char command[4096];
  while (fgets (command, sizeof command, stdin) != NULL)
    obey (netcfg, g_strchomp (command));
  return 0;
}
