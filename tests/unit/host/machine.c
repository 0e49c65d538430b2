/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Machine: what the tests of netcfg change, and how they look at it. */
#include "machine.h"

#include <glib/gstdio.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

char *
machine_ask (const char *command)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *errors = NULL;
  char *output = NULL;
  int status;
  g_spawn_command_line_sync (command, &output, &errors, &status, &error);
  g_assert_no_error (error);
  if (!g_spawn_check_wait_status (status, &error))
    g_error ("%s: %s", command, errors);
  return output;
}

void
machine_run (const char *command)
{
  g_free (machine_ask (command));
}

static void
wait_for (const char *command, const char *text)
{
  for (;;) {
    g_autofree char *output = machine_ask (command);
    if (strstr (output, text) != NULL)
      return;
    g_usleep (10000);
  }
}

/* How strict the device, or "all", is about the way that a packet came. */
void
machine_set_filter (const char *device, guint filter)
{
  g_autofree char *command =
      g_strdup_printf ("sysctl -qw net.ipv4.conf.%s.rp_filter=%u", device, filter);
  machine_run (command);
}

void
machine_assert_filter (const char *device, guint expected)
{
  g_autofree char *command = g_strdup_printf ("sysctl -n net.ipv4.conf.%s.rp_filter", device);
  g_autofree char *output = machine_ask (command);
  if (output[0] != (char) ('0' + expected))
    g_error ("the filter of %s is %s", device, output);
}

/* Moves this process into namespaces of its own; FALSE without the rights. */
gboolean
machine_enter (void)
{
  if (geteuid () != 0 || access ("/dev/net/tun", R_OK | W_OK) != 0 ||
      unshare (CLONE_NEWNET | CLONE_NEWNS) != 0 ||
      mount (NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
    return FALSE;
  machine_run ("ip link set lo up");
  machine_set_filter ("all", 0);
  machine_set_filter ("default", 0);
  machine_run ("ip link add up0 type veth peer name up1");
  machine_run ("ip addr add 192.0.2.10/24 dev up0");
  machine_run ("ip addr add 2001:db8:1::10/64 dev up0 nodad");
  machine_run ("ip link set up0 addrgenmode none");
  machine_run ("ip link set up1 addrgenmode none");
  machine_run ("ip link set up1 up");
  machine_run ("ip link set up0 up");
  machine_run ("ip route add default via 192.0.2.1");
  machine_run ("ip route add default via 2001:db8:1::1");
  /* The kernel raises the carrier, and what it routes with it, some time after a link is set up. */
  wait_for ("ip -o link show up0 up", " state UP ");
  wait_for ("ip -o link show up1 up", " state UP ");
  wait_for ("ip -6 route show table local", "local 2001:db8:1::10 ");
  return TRUE;
}

Machine
machine_new (void)
{
  Machine machine = { .dir = g_dir_make_tmp ("visitor-XXXXXX", NULL) };
  machine.state_dir = g_build_filename (machine.dir, "state", NULL);
  machine.resolv_conf = g_build_filename (machine.dir, "resolv.conf", NULL);
  g_assert_cmpint (g_mkdir (machine.state_dir, 0700), ==, 0);
  g_assert_true (g_file_set_contents (machine.resolv_conf,
      "# by hand\nnameserver 192.0.2.53\nsearch home.example\noptions edns0\n", -1, NULL));
  return machine;
}

void
machine_clear (Machine *machine)
{
  g_autofree char *command = g_strdup_printf ("rm -r %s", machine->dir);
  machine_run (command);
  g_free (machine->dir);
  g_free (machine->state_dir);
  g_free (machine->resolv_conf);
}

Netcfg *
machine_open (const Machine *machine)
{
  const NetcfgPlaces places = { .state_dir = machine->state_dir,
    .resolv_conf = machine->resolv_conf };
  g_autoptr (GError) error = NULL;
  Netcfg *netcfg = netcfg_new (&places, &error);
  g_assert_no_error (error);
  return netcfg;
}

/* All that we might have changed, as text. */
char *
machine_snapshot (const Machine *machine)
{
  static const char *const commands[] = {
    "ip rule show",
    "ip -6 rule show",
    "ip route show table all",
    "ip -6 route show table all",
    "ip -o addr show",
    "ip -o link show",
    "sysctl -a -r ^net.ipv4.conf.*.rp_filter",
    "find %s -not -name lock -not -type d -printf '%%P %%y %%m %%U %%G %%l\\n'",
    "cat %s/resolv.conf",
  };
  g_autoptr (GString) all = g_string_new (NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    g_autofree char *command = g_strdup_printf (commands[i], machine->dir);
#pragma GCC diagnostic pop
    g_autofree char *output = machine_ask (command);
    g_string_append_printf (all, "== %s\n%s", command, output);
  }
  return g_string_free (g_steal_pointer (&all), FALSE);
}

HostConfiguration *
configuration_of (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) body = g_variant_parse (NULL, text, NULL, NULL, &error);
  g_assert_no_error (error);
  HostConfiguration *configuration = host_configuration_parse (body, &error);
  g_assert_no_error (error);
  return configuration;
}

const char machine_full[] = "{'addresses': <['10.3.0.2/24', 'fd03::2/64']>, "
                            "'routes': <['0.0.0.0/0', '::/0', '10.1.0.0/16']>, "
                            "'dns': <['10.1.0.53', 'fd01::53']>, "
                            "'domains': <['corp.example', '~lab.example']>, 'mtu': <uint32 1400>}";
const char machine_split[] = "{'addresses': <['10.4.0.2/32']>, 'routes': <['10.2.0.0/16', "
                             "'2001:db8:77::/48']>, 'dns': <['10.2.0.53']>, "
                             "'domains': <['other.example']>, 'mtu': <uint32 1300>}";

const char machine_full_v4[] =
    "{'addresses': <['10.3.0.2/24']>, 'routes': <['0.0.0.0/0']>, 'mtu': <uint32 1400>}";
const char machine_full_v6[] =
    "{'addresses': <['fd03::2/64']>, 'routes': <['::/0']>, 'mtu': <uint32 1400>}";

NetcfgLink *
machine_apply (Netcfg *netcfg, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (HostConfiguration) configuration = configuration_of (text);
  NetcfgLink *link = netcfg_apply (netcfg, configuration, NULL, &error);
  g_assert_no_error (error);
  return link;
}

void
machine_undo (Netcfg *netcfg, NetcfgLink *link)
{
  g_autoptr (GError) error = NULL;
  netcfg_undo (netcfg, link, &error);
  g_assert_no_error (error);
}

void
machine_replay (Netcfg *netcfg)
{
  g_autoptr (GError) error = NULL;
  netcfg_replay (netcfg, &error);
  g_assert_no_error (error);
}

void
machine_set_aside (Netcfg *netcfg, NetcfgLink *link, gboolean aside)
{
  g_autoptr (GError) error = NULL;
  netcfg_set_aside (netcfg, link, aside, &error);
  g_assert_no_error (error);
}

void
machine_assert_has (const char *command, const char *text, gboolean expected)
{
  g_autofree char *output = machine_ask (command);
  if ((strstr (output, text) != NULL) != expected)
    g_error ("%s: \"%s\" %s in:\n%s", command, text, expected ? "is not" : "is", output);
}
