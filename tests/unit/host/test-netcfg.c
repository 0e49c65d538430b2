/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a connection changes on a machine, and that nothing of it is left, after a disconnect as after a
 * failure. In namespaces of its own; needs root. */
#include "host/netcfg.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "machine.h"

static char *
read_resolv_conf (const Machine *machine)
{
  char *text = NULL;
  g_assert_true (g_file_get_contents (machine->resolv_conf, &text, NULL, NULL));
  return text;
}

static void
applies_and_undoes (void)
{
  Machine machine = machine_new ();
  g_autofree char *before = machine_snapshot (&machine);
  g_autoptr (Netcfg) netcfg = machine_open (&machine);
  machine_replay (netcfg);

  NetcfgLink *link = machine_apply (netcfg, machine_full);
  g_assert_cmpstr (netcfg_link_interface (link), ==, "visitor0");
  g_assert_cmpint (fcntl (netcfg_link_tun (link), F_GETFL) & O_NONBLOCK, ==, O_NONBLOCK);
  machine_assert_has ("ip -o link show visitor0", "mtu 1400", TRUE);
  machine_assert_has ("ip -o link show visitor0", "UP", TRUE);
  machine_assert_has ("ip -o addr show dev visitor0", "10.3.0.2/32", TRUE);
  machine_assert_has ("ip -o addr show dev visitor0", "fd03::2/128", TRUE);
  machine_assert_has ("ip -o addr show dev visitor0", "fe80", FALSE);
  machine_assert_has ("ip rule", "22089:\tnot from all fwmark 0x5649 lookup 22089", TRUE);
  machine_assert_has ("ip -6 rule", "22089:\tnot from all fwmark 0x5649 lookup 22089", TRUE);
  machine_assert_has ("ip route show table 22089", "default dev visitor0", TRUE);
  machine_assert_has ("ip route show table 22089", "10.1.0.0/16 dev visitor0", TRUE);
  machine_assert_has ("ip route show table 22089", "src 10.3.0.2", TRUE);
  machine_assert_has ("ip -6 route show table 22089", "default dev visitor0", TRUE);
  machine_assert_has ("ip route show table main", "visitor0", FALSE);
  machine_assert_has ("ip -6 route show table main", "visitor0", FALSE);
  g_autofree char *text = read_resolv_conf (&machine);
  g_assert_nonnull (strstr (text,
      "\nnameserver 10.1.0.53\nnameserver fd01::53\n"
      "search corp.example home.example\noptions edns0\n"));
  g_assert_null (strstr (text, "192.0.2.53"));
  g_assert_null (strstr (text, "lab.example"));

  machine_undo (netcfg, link);
  g_autofree char *after = machine_snapshot (&machine);
  g_assert_cmpstr (before, ==, after);
  machine_clear (&machine);
}

/* A family without an address gets neither route nor rule. */
static void
one_family (void)
{
  Machine machine = machine_new ();
  g_autoptr (Netcfg) netcfg = machine_open (&machine);
  NetcfgLink *link = machine_apply (netcfg, machine_split);
  machine_assert_has ("ip -6 rule", "22089", FALSE);
  machine_assert_has ("ip -6 route show table all", "2001:db8:77::/48", FALSE);
  machine_assert_has ("ip rule", "22089", TRUE);
  machine_undo (netcfg, link);
  machine_clear (&machine);
}

/* CVE-2024-3661 and the like: whatever a network puts into main, the tunnel's routes win; only the
 * worker's marked packets go outside. */
static void
foreign_routes_do_not_win (void)
{
  Machine machine = machine_new ();
  g_autoptr (Netcfg) netcfg = machine_open (&machine);
  NetcfgLink *link = machine_apply (netcfg, machine_full);
  machine_run ("ip route add 10.1.2.3/32 via 192.0.2.1 dev up0");
  machine_run ("ip route add 0.0.0.0/1 via 192.0.2.1 dev up0");
  machine_run ("ip route add 128.0.0.0/1 via 192.0.2.1 dev up0");
  machine_run ("ip -6 route add 2001:db8:9::9/128 via 2001:db8:1::1 dev up0");
  static const char *const inside[] = { "ip route get 10.1.2.3", "ip route get 198.51.100.7",
    "ip route get 192.0.2.77", "ip route get 2001:db8:9::9" };
  for (gsize i = 0; i < G_N_ELEMENTS (inside); i++) {
    g_autofree char *marked = g_strdup_printf ("%s mark 0x5649", inside[i]);
    machine_assert_has (inside[i], "dev visitor0", TRUE);
    machine_assert_has (marked, "dev up0", TRUE);
  }
  machine_assert_has ("ip route get 198.51.100.7", "src 10.3.0.2", TRUE);
  machine_undo (netcfg, link);
  machine_assert_has ("ip route get 10.1.2.3", "dev up0", TRUE);
  machine_run ("ip route del 10.1.2.3/32");
  machine_run ("ip route del 0.0.0.0/1");
  machine_run ("ip route del 128.0.0.0/1");
  machine_run ("ip -6 route del 2001:db8:9::9/128");
  machine_clear (&machine);
}

/* What somebody else has is neither taken nor touched. */
static void
foreign_things_stay (void)
{
  Machine machine = machine_new ();
  machine_run ("ip rule add pref 22089 fwmark 0x1 lookup 100");
  machine_run ("ip route add 10.77.0.0/16 dev up0 table 22090");
  machine_run ("ip rule add pref 500 lookup 22091");
  machine_run ("ip link add visitor3 type veth peer name other3");
  g_autofree char *before = machine_snapshot (&machine);
  g_autoptr (Netcfg) netcfg = machine_open (&machine);
  NetcfgLink *link = machine_apply (netcfg, machine_full);
  g_assert_cmpstr (netcfg_link_interface (link), ==, "visitor4");
  machine_undo (netcfg, link);
  g_autofree char *after = machine_snapshot (&machine);
  g_assert_cmpstr (before, ==, after);
  machine_run ("ip rule del pref 22089");
  machine_run ("ip rule del pref 500");
  machine_run ("ip route del 10.77.0.0/16 table 22090");
  machine_run ("ip link del visitor3");
  machine_clear (&machine);
}

static void
two_connections (void)
{
  for (int first_out = 0; first_out < 2; first_out++) {
    Machine machine = machine_new ();
    g_autofree char *before = machine_snapshot (&machine);
    g_autoptr (Netcfg) netcfg = machine_open (&machine);
    NetcfgLink *links[2];
    links[0] = machine_apply (netcfg, machine_full);
    g_autofree char *one = read_resolv_conf (&machine);
    links[1] = machine_apply (netcfg, machine_split);
    g_autofree char *two = read_resolv_conf (&machine);
    g_assert_cmpstr (netcfg_link_interface (links[1]), ==, "visitor1");
    g_assert_nonnull (strstr (two, "nameserver 10.2.0.53\nnameserver 10.1.0.53\n"));
    g_assert_nonnull (strstr (two, "search other.example corp.example home.example\n"));

    machine_undo (netcfg, links[first_out]);
    g_autofree char *left = read_resolv_conf (&machine);
    g_assert_cmpint (strstr (left, "10.1.0.53") != NULL, ==, first_out == 1);
    g_assert_cmpint (strstr (left, "10.2.0.53") != NULL, ==, first_out == 0);
    if (first_out == 1)
      g_assert_cmpstr (left, ==, one);
    machine_undo (netcfg, links[1 - first_out]);
    g_autofree char *after = machine_snapshot (&machine);
    g_assert_cmpstr (before, ==, after);
    machine_clear (&machine);
  }
}

static void
slots_run_out (void)
{
  Machine machine = machine_new ();
  g_autofree char *before = machine_snapshot (&machine);
  g_autoptr (Netcfg) netcfg = machine_open (&machine);
  NetcfgLink *links[NETCFG_SLOTS];
  for (guint i = 0; i < NETCFG_SLOTS; i++)
    links[i] = machine_apply (netcfg, machine_split);
  g_autoptr (GError) error = NULL;
  g_autoptr (HostConfiguration) configuration = configuration_of (machine_split);
  g_assert_null (netcfg_apply (netcfg, configuration, NULL, &error));
  g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_BUSY);
  for (guint i = 0; i < NETCFG_SLOTS; i++)
    machine_undo (netcfg, links[(i * 5) % NETCFG_SLOTS]);
  g_autofree char *after = machine_snapshot (&machine);
  g_assert_cmpstr (before, ==, after);
  machine_clear (&machine);
}

/* A transaction that fails in its last step leaves nothing. */
static void
failure_leaves_nothing (void)
{
  Machine machine = machine_new ();
  g_free (machine.resolv_conf);
  machine.resolv_conf = g_build_filename (machine.dir, "missing", "resolv.conf", NULL);
  g_autofree char *before = machine_snapshot (&machine);
  g_autoptr (Netcfg) netcfg = machine_open (&machine);
  g_autoptr (GError) error = NULL;
  g_autoptr (HostConfiguration) configuration = configuration_of (machine_full);
  g_assert_null (netcfg_apply (netcfg, configuration, NULL, &error));
  g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_DNS_SETUP);
  g_autofree char *after = machine_snapshot (&machine);
  g_assert_cmpstr (before, ==, after);
  machine_clear (&machine);
}

static GCancellable *given_up_by;
static NetcfgStep given_up_at;

static void
give_up (NetcfgStep step, NetcfgMoment moment)
{
  if (step == given_up_at && moment == NETCFG_MADE)
    g_cancellable_cancel (given_up_by);
}

/* Given up at any step but the last, all that was made is unmade. */
static void
giving_up_leaves_nothing (void)
{
  static const NetcfgStep steps[] = { NETCFG_STEP_JOURNAL, NETCFG_STEP_DEVICE, NETCFG_STEP_ADDRESS,
    NETCFG_STEP_ROUTE, NETCFG_STEP_RULE };
  Machine machine = machine_new ();
  g_autofree char *before = machine_snapshot (&machine);
  g_autoptr (Netcfg) netcfg = machine_open (&machine);
  g_autoptr (HostConfiguration) configuration = configuration_of (machine_full);
  netcfg_step_hook = give_up;
  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++) {
    g_autoptr (GError) error = NULL;
    given_up_by = g_cancellable_new ();
    given_up_at = steps[i];
    g_assert_null (netcfg_apply (netcfg, configuration, given_up_by, &error));
    g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_CANCELLED);
    g_autofree char *after = machine_snapshot (&machine);
    g_assert_cmpstr (before, ==, after);
    g_clear_object (&given_up_by);
  }
  netcfg_step_hook = NULL;
  machine_undo (netcfg, machine_apply (netcfg, machine_full));
  machine_clear (&machine);
}

static void
second_engine_is_refused (void)
{
  Machine machine = machine_new ();
  g_autoptr (Netcfg) netcfg = machine_open (&machine);
  const NetcfgPlaces places = { .state_dir = machine.state_dir,
    .resolv_conf = machine.resolv_conf };
  g_autoptr (GError) error = NULL;
  g_assert_null (netcfg_new (&places, &error));
  g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_BUSY);
  g_autofree char *pid = g_strdup_printf ("process %d,", (int) getpid ());
  g_assert_nonnull (strstr (error->message, pid));
  machine_clear (&machine);
}

/* Aside, everything goes as if there were no tunnel; then everything is as it was, and then nothing. */
static void
steps_aside (void)
{
  Machine machine = machine_new ();
  g_autofree char *before = machine_snapshot (&machine);
  g_autoptr (Netcfg) netcfg = machine_open (&machine);
  NetcfgLink *link = machine_apply (netcfg, machine_full);
  g_autofree char *up = machine_snapshot (&machine);
  for (guint i = 0; i < 2; i++) {
    machine_set_aside (netcfg, link, TRUE);
    machine_set_aside (netcfg, link, TRUE);
    machine_assert_has ("ip route get 198.51.100.7", "visitor0", FALSE);
    machine_assert_has ("ip rule", "22089", FALSE);
    machine_assert_has ("ip -o addr show dev visitor0", "10.3.0.2/32", TRUE);
    machine_assert_has ("ip route show table 22089", "default dev visitor0", TRUE);
    g_autofree char *text = read_resolv_conf (&machine);
    g_assert_null (strstr (text, "10.1.0.53"));
    g_assert_nonnull (strstr (text, "192.0.2.53"));
    if (i == 1)
      break;
    machine_set_aside (netcfg, link, FALSE);
    machine_set_aside (netcfg, link, FALSE);
    machine_assert_has ("ip route get 198.51.100.7", "visitor0", TRUE);
    g_autofree char *again = machine_snapshot (&machine);
    g_assert_cmpstr (again, ==, up);
  }
  machine_undo (netcfg, link);
  g_autofree char *after = machine_snapshot (&machine);
  g_assert_cmpstr (before, ==, after);
  machine_clear (&machine);
}

/* Whoever rewrites resolv.conf while we are connected keeps what they wrote. */
static void
foreign_resolv_conf_stays (void)
{
  Machine machine = machine_new ();
  g_autoptr (Netcfg) netcfg = machine_open (&machine);
  NetcfgLink *one = machine_apply (netcfg, machine_full);
  g_assert_true (g_file_set_contents (machine.resolv_conf, "nameserver 192.0.2.99\n", -1, NULL));
  machine_undo (netcfg, one);
  g_autofree char *text = read_resolv_conf (&machine);
  g_assert_cmpstr (text, ==, "nameserver 192.0.2.99\n");

  one = machine_apply (netcfg, machine_full);
  g_assert_true (g_file_set_contents (machine.resolv_conf, "nameserver 192.0.2.98\n", -1, NULL));
  NetcfgLink *two = machine_apply (netcfg, machine_split);
  machine_undo (netcfg, one);
  machine_undo (netcfg, two);
  g_autofree char *again = read_resolv_conf (&machine);
  g_assert_cmpstr (again, ==, "nameserver 192.0.2.98\n");
  machine_clear (&machine);
}

/* Kinds of resolv.conf that come back as they were. */
static void
absent_and_dangling (void)
{
  static const char *const targets[] = { NULL, "/nonexistent/resolv.conf", "../../etc/hosts" };
  for (gsize i = 0; i < G_N_ELEMENTS (targets); i++) {
    Machine machine = machine_new ();
    g_unlink (machine.resolv_conf);
    if (targets[i] != NULL)
      g_assert_cmpint (symlink (targets[i], machine.resolv_conf), ==, 0);
    g_autoptr (Netcfg) netcfg = machine_open (&machine);
    NetcfgLink *link = machine_apply (netcfg, machine_full);
    g_assert_true (g_file_test (machine.resolv_conf, G_FILE_TEST_IS_REGULAR));
    g_assert_false (g_file_test (machine.resolv_conf, G_FILE_TEST_IS_SYMLINK));
    machine_undo (netcfg, link);
    g_autofree char *target = g_file_read_link (machine.resolv_conf, NULL);
    g_assert_cmpstr (target, ==, targets[i]);
    machine_clear (&machine);
  }
}

/* A journal with a bad line in the middle is told of, kept, and not followed; the slot is free. */
static void
corrupt_journal_is_set_aside (void)
{
  Machine machine = machine_new ();
  g_autofree char *before = machine_snapshot (&machine);
  g_autofree char *path = g_build_filename (machine.state_dir, "slot-2.journal", NULL);
  g_autofree char *aside = g_build_filename (machine.state_dir, "slot-2.corrupt", NULL);
  g_assert_true (g_file_set_contents (path, "0000000000000000 visitor-journal-1\nx\n", -1, NULL));
  g_autoptr (Netcfg) netcfg = machine_open (&machine);
  g_autoptr (GError) error = NULL;
  g_test_expect_message ("visitor-host", G_LOG_LEVEL_WARNING, "*slot 2*damaged*");
  g_assert_false (netcfg_replay (netcfg, &error));
  g_test_assert_expected_messages ();
  g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_STORAGE);
  g_assert_true (g_file_test (aside, G_FILE_TEST_EXISTS));
  g_unlink (aside);
  g_autofree char *after = machine_snapshot (&machine);
  g_assert_cmpstr (before, ==, after);
  machine_replay (netcfg);
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
  g_test_add_func ("/host/netcfg/applies-and-undoes", applies_and_undoes);
  g_test_add_func ("/host/netcfg/one-family", one_family);
  g_test_add_func ("/host/netcfg/foreign-routes-do-not-win", foreign_routes_do_not_win);
  g_test_add_func ("/host/netcfg/foreign-things-stay", foreign_things_stay);
  g_test_add_func ("/host/netcfg/two-connections", two_connections);
  g_test_add_func ("/host/netcfg/slots-run-out", slots_run_out);
  g_test_add_func ("/host/netcfg/failure-leaves-nothing", failure_leaves_nothing);
  g_test_add_func ("/host/netcfg/giving-up-leaves-nothing", giving_up_leaves_nothing);
  g_test_add_func ("/host/netcfg/second-engine-is-refused", second_engine_is_refused);
  g_test_add_func ("/host/netcfg/foreign-resolv-conf-stays", foreign_resolv_conf_stays);
  g_test_add_func ("/host/netcfg/absent-and-dangling", absent_and_dangling);
  g_test_add_func ("/host/netcfg/corrupt-journal-is-set-aside", corrupt_journal_is_set_aside);
  g_test_add_func ("/host/netcfg/steps-aside", steps_aside);
  return g_test_run ();
}
