/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a tunnel does to the packets that are not for it: the family that it lacks, and the gateway's answers on
 * a machine that filters by the reverse path. In namespaces of its own; needs root. */
#include "host/netcfg.h"

#include <stdio.h>

#include "machine.h"

/* A tunnel that takes everything takes no half of it: the family that it lacks leaves nowhere, but for what is
 * marked, and what stays on the machine. */
static void
the_other_family_leaves_nowhere (void)
{
  static const struct {
    const char *configuration, *outside, *here;
  } cases[] = {
    { machine_full_v4, "ip -6 route get 2001:db8:9::9", "ip -6 route get 2001:db8:1::10" },
    { machine_full_v6, "ip -4 route get 198.51.100.7", "ip -4 route get 192.0.2.10" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    Machine machine = machine_new ();
    g_autofree char *before = machine_snapshot (&machine);
    g_autofree char *marked = g_strdup_printf ("%s mark 0x5649", cases[i].outside);
    g_autofree char *refused = g_strdup_printf ("sh -c '%s 2>&1 || true'", cases[i].outside);
    g_autoptr (Netcfg) netcfg = machine_open (&machine);
    machine_assert_has (cases[i].outside, "dev up0", TRUE);
    NetcfgLink *link = machine_apply (netcfg, cases[i].configuration);
    machine_assert_has (refused, "unreachable", TRUE);
    machine_assert_has (marked, "dev up0", TRUE);
    machine_assert_has (cases[i].here, "dev lo", TRUE);
    machine_set_aside (netcfg, link, TRUE);
    machine_assert_has (cases[i].outside, "dev up0", TRUE);
    machine_set_aside (netcfg, link, FALSE);
    machine_assert_has (refused, "unreachable", TRUE);
    machine_undo (netcfg, link);
    g_autofree char *after = machine_snapshot (&machine);
    g_assert_cmpstr (before, ==, after);
    machine_clear (&machine);
  }
}

/* An inner address is seen inside alone, also while the tunnel steps aside. */
static void
inner_addresses_stay_inside (void)
{
  static const struct {
    const char *inside, *outside;
  } cases[] = {
    { "ip route get 10.1.2.3 from 10.3.0.2", "ip route get 192.0.2.77 from 10.3.0.2" },
    { "ip -6 route get fd01::9 from fd03::2", "ip -6 route get 2001:db8:1::77 from fd03::2" },
  };
  const char *configuration = "{'addresses': <['10.3.0.2/24', 'fd03::2/64']>, "
                              "'routes': <['10.1.0.0/16', 'fd01::/64']>, 'mtu': <uint32 1400>}";
  Machine machine = machine_new ();
  g_autofree char *before = machine_snapshot (&machine);
  g_autoptr (Netcfg) netcfg = machine_open (&machine);
  NetcfgLink *link = machine_apply (netcfg, configuration);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *outside = g_strdup_printf ("sh -c '%s 2>&1 || true'", cases[i].outside);
    g_autofree char *inside = g_strdup_printf ("sh -c '%s 2>&1 || true'", cases[i].inside);
    machine_assert_has (inside, "dev visitor0", TRUE);
    machine_assert_has (outside, "unreachable", TRUE);
    machine_set_aside (netcfg, link, TRUE);
    machine_assert_has (inside, "unreachable", TRUE);
    machine_set_aside (netcfg, link, FALSE);
    machine_assert_has (inside, "dev visitor0", TRUE);
  }
  machine_assert_has ("ip route get 192.0.2.77", "dev up0", TRUE);
  machine_undo (netcfg, link);
  g_autofree char *after = machine_snapshot (&machine);
  g_assert_cmpstr (before, ==, after);
  machine_clear (&machine);
}

/* Two networks may have given the same address: then the one outside goes on working. */
static void
an_address_of_both_sides_stays_usable (void)
{
  const char *configuration = "{'addresses': <['192.0.2.10/32']>, 'routes': <['10.1.0.0/16']>, "
                              "'mtu': <uint32 1400>}";
  Machine machine = machine_new ();
  g_autofree char *before = machine_snapshot (&machine);
  g_autoptr (Netcfg) netcfg = machine_open (&machine);
  NetcfgLink *link = machine_apply (netcfg, configuration);
  machine_assert_has ("ip route get 198.51.100.7 from 192.0.2.10", "dev up0", TRUE);
  machine_assert_has ("ip route get 10.1.2.3 from 192.0.2.10", "dev visitor0", TRUE);
  machine_undo (netcfg, link);
  g_autofree char *after = machine_snapshot (&machine);
  g_assert_cmpstr (before, ==, after);
  machine_clear (&machine);
}

/* Strict for the device, or because all are; and the tunnel's own device stays as the kernel made it. */
static void
strict_filters_are_loosened (void)
{
  static const struct {
    const char *device;
    guint before;
  } cases[] = { { "up0", 0 }, { "up0", 1 } };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    Machine machine = machine_new ();
    machine_set_filter ("all", cases[i].before == 0);
    machine_set_filter ("up0", cases[i].before);
    g_autofree char *before = machine_snapshot (&machine);
    g_autoptr (Netcfg) netcfg = machine_open (&machine);
    NetcfgLink *link = machine_apply (netcfg, machine_full);
    machine_assert_filter ("up0", 2);
    machine_assert_filter ("all", cases[i].before == 0);
    machine_undo (netcfg, link);
    g_autofree char *after = machine_snapshot (&machine);
    g_assert_cmpstr (before, ==, after);
    machine_set_filter ("all", 0);
    machine_set_filter ("up0", 0);
    machine_clear (&machine);
  }
}

/* Private addresses alone are no gateway's, and what is not strict needs nothing. */
static void
other_filters_stay (void)
{
  Machine machine = machine_new ();
  g_autoptr (Netcfg) netcfg = machine_open (&machine);
  machine_set_filter ("up0", 1);
  NetcfgLink *split = machine_apply (netcfg, machine_split);
  machine_assert_filter ("up0", 1);
  machine_undo (netcfg, split);
  machine_set_filter ("up0", 0);
  NetcfgLink *full = machine_apply (netcfg, machine_full);
  machine_assert_filter ("up0", 0);
  machine_undo (netcfg, full);
  machine_clear (&machine);
}

/* As when a gateway takes the tunnel up anew: the second is there before the first goes. */
static void
the_last_link_tightens (void)
{
  Machine machine = machine_new ();
  machine_set_filter ("up0", 1);
  g_autoptr (Netcfg) netcfg = machine_open (&machine);
  NetcfgLink *one = machine_apply (netcfg, machine_full);
  NetcfgLink *two = machine_apply (netcfg, machine_full_v4);
  machine_undo (netcfg, one);
  machine_assert_filter ("up0", 2);
  machine_undo (netcfg, two);
  machine_assert_filter ("up0", 1);

  NetcfgLink *three = machine_apply (netcfg, machine_full);
  machine_set_filter ("up0", 0);
  machine_undo (netcfg, three);
  machine_assert_filter ("up0", 0);
  machine_clear (&machine);
}

static void
refresh (Netcfg *netcfg, NetcfgLink *link)
{
  g_autoptr (GError) error = NULL;
  netcfg_refresh (netcfg, link, &error);
  g_assert_no_error (error);
}

/* A device comes while the tunnel is up, goes, and comes again under its name. */
static void
a_new_device_is_loosened (void)
{
  Machine machine = machine_new ();
  g_autofree char *before = machine_snapshot (&machine);
  g_autoptr (Netcfg) netcfg = machine_open (&machine);
  NetcfgLink *link = machine_apply (netcfg, machine_full);
  for (int i = 0; i < 2; i++) {
    machine_run ("ip link add usb0 type veth peer name usb1");
    machine_set_filter ("usb0", 1);
    refresh (netcfg, link);
    machine_assert_filter ("usb0", 2);
    if (i == 0)
      machine_run ("ip link del usb0");
  }
  g_autofree char *journal = g_build_filename (machine.state_dir, "slot-0.journal", NULL);
  g_autofree char *command = g_strdup_printf ("grep -c reverse-path %s", journal);
  machine_assert_has (command, "1", TRUE);
  machine_undo (netcfg, link);
  machine_assert_filter ("usb0", 1);
  machine_run ("ip link del usb0");
  g_autofree char *after = machine_snapshot (&machine);
  g_assert_cmpstr (before, ==, after);
  machine_clear (&machine);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  if (!machine_enter ()) {
    puts ("1..0 # SKIP needs root, /dev/net/tun and namespaces");
    return 0;
  }
  g_test_add_func ("/host/netcfg-outside/the-other-family", the_other_family_leaves_nowhere);
  g_test_add_func ("/host/netcfg-outside/inner-addresses", inner_addresses_stay_inside);
  g_test_add_func ("/host/netcfg-outside/both-sides", an_address_of_both_sides_stays_usable);
  g_test_add_func ("/host/netcfg-outside/strict-filters", strict_filters_are_loosened);
  g_test_add_func ("/host/netcfg-outside/other-filters-stay", other_filters_stay);
  g_test_add_func ("/host/netcfg-outside/last-link-tightens", the_last_link_tightens);
  g_test_add_func ("/host/netcfg-outside/new-device", a_new_device_is_loosened);
  return g_test_run ();
}
