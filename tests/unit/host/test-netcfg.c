/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a connection changes on a machine, and that nothing of it is left: after a disconnect, after a
 * failure, and after SIGKILL at every step. In namespaces of its own; needs root. */
#include "host/netcfg.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "machine.h"

static const char full[] = "{'addresses': <['10.3.0.2/24', 'fd03::2/64']>, "
                           "'routes': <['0.0.0.0/0', '::/0', '10.1.0.0/16']>, "
                           "'dns': <['10.1.0.53', 'fd01::53']>, "
                           "'domains': <['corp.example', '~lab.example']>, 'mtu': <uint32 1400>}";
static const char split[] = "{'addresses': <['10.4.0.2/32']>, 'routes': <['10.2.0.0/16', "
                            "'2001:db8:77::/48']>, 'dns': <['10.2.0.53']>, "
                            "'domains': <['other.example']>, 'mtu': <uint32 1300>}";

static NetcfgLink *
apply (Netcfg *netcfg, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (HostConfiguration) configuration = configuration_of (text);
  NetcfgLink *link = netcfg_apply (netcfg, configuration, NULL, &error);
  g_assert_no_error (error);
  return link;
}

static void
undo (Netcfg *netcfg, NetcfgLink *link)
{
  g_autoptr (GError) error = NULL;
  netcfg_undo (netcfg, link, &error);
  g_assert_no_error (error);
}

static void
replay (Netcfg *netcfg)
{
  g_autoptr (GError) error = NULL;
  netcfg_replay (netcfg, &error);
  g_assert_no_error (error);
}

static void
assert_has (const char *command, const char *text, gboolean expected)
{
  g_autofree char *output = machine_ask (command);
  if ((strstr (output, text) != NULL) != expected)
    g_error ("%s: \"%s\" %s in:\n%s", command, text, expected ? "is not" : "is", output);
}

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
  replay (netcfg);

  NetcfgLink *link = apply (netcfg, full);
  g_assert_cmpstr (netcfg_link_interface (link), ==, "visitor0");
  g_assert_cmpint (fcntl (netcfg_link_tun (link), F_GETFL) & O_NONBLOCK, ==, O_NONBLOCK);
  assert_has ("ip -o link show visitor0", "mtu 1400", TRUE);
  assert_has ("ip -o link show visitor0", "UP", TRUE);
  assert_has ("ip -o addr show dev visitor0", "10.3.0.2/32", TRUE);
  assert_has ("ip -o addr show dev visitor0", "fd03::2/128", TRUE);
  assert_has ("ip -o addr show dev visitor0", "fe80", FALSE);
  assert_has ("ip rule", "22089:\tnot from all fwmark 0x5649 lookup 22089", TRUE);
  assert_has ("ip -6 rule", "22089:\tnot from all fwmark 0x5649 lookup 22089", TRUE);
  assert_has ("ip route show table 22089", "default dev visitor0", TRUE);
  assert_has ("ip route show table 22089", "10.1.0.0/16 dev visitor0", TRUE);
  assert_has ("ip route show table 22089", "src 10.3.0.2", TRUE);
  assert_has ("ip -6 route show table 22089", "default dev visitor0", TRUE);
  assert_has ("ip route show table main", "visitor0", FALSE);
  assert_has ("ip -6 route show table main", "visitor0", FALSE);
  g_autofree char *text = read_resolv_conf (&machine);
  g_assert_nonnull (strstr (text,
      "\nnameserver 10.1.0.53\nnameserver fd01::53\n"
      "search corp.example home.example\noptions edns0\n"));
  g_assert_null (strstr (text, "192.0.2.53"));
  g_assert_null (strstr (text, "lab.example"));

  undo (netcfg, link);
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
  NetcfgLink *link = apply (netcfg, split);
  assert_has ("ip -6 rule", "22089", FALSE);
  assert_has ("ip -6 route show table all", "2001:db8:77::/48", FALSE);
  assert_has ("ip rule", "22089", TRUE);
  undo (netcfg, link);
  machine_clear (&machine);
}

/* CVE-2024-3661 and the like: whatever a network puts into main, the tunnel's routes win; only the
 * worker's marked packets go outside. */
static void
foreign_routes_do_not_win (void)
{
  Machine machine = machine_new ();
  g_autoptr (Netcfg) netcfg = machine_open (&machine);
  NetcfgLink *link = apply (netcfg, full);
  machine_run ("ip route add 10.1.2.3/32 via 192.0.2.1 dev up0");
  machine_run ("ip route add 0.0.0.0/1 via 192.0.2.1 dev up0");
  machine_run ("ip route add 128.0.0.0/1 via 192.0.2.1 dev up0");
  machine_run ("ip -6 route add 2001:db8:9::9/128 via 2001:db8:1::1 dev up0");
  static const char *const inside[] = { "ip route get 10.1.2.3", "ip route get 198.51.100.7",
    "ip route get 192.0.2.77", "ip route get 2001:db8:9::9" };
  for (gsize i = 0; i < G_N_ELEMENTS (inside); i++) {
    g_autofree char *marked = g_strdup_printf ("%s mark 0x5649", inside[i]);
    assert_has (inside[i], "dev visitor0", TRUE);
    assert_has (marked, "dev up0", TRUE);
  }
  assert_has ("ip route get 198.51.100.7", "src 10.3.0.2", TRUE);
  undo (netcfg, link);
  assert_has ("ip route get 10.1.2.3", "dev up0", TRUE);
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
  NetcfgLink *link = apply (netcfg, full);
  g_assert_cmpstr (netcfg_link_interface (link), ==, "visitor4");
  undo (netcfg, link);
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
    links[0] = apply (netcfg, full);
    g_autofree char *one = read_resolv_conf (&machine);
    links[1] = apply (netcfg, split);
    g_autofree char *two = read_resolv_conf (&machine);
    g_assert_cmpstr (netcfg_link_interface (links[1]), ==, "visitor1");
    g_assert_nonnull (strstr (two, "nameserver 10.2.0.53\nnameserver 10.1.0.53\n"));
    g_assert_nonnull (strstr (two, "search other.example corp.example home.example\n"));

    undo (netcfg, links[first_out]);
    g_autofree char *left = read_resolv_conf (&machine);
    g_assert_cmpint (strstr (left, "10.1.0.53") != NULL, ==, first_out == 1);
    g_assert_cmpint (strstr (left, "10.2.0.53") != NULL, ==, first_out == 0);
    if (first_out == 1)
      g_assert_cmpstr (left, ==, one);
    undo (netcfg, links[1 - first_out]);
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
    links[i] = apply (netcfg, split);
  g_autoptr (GError) error = NULL;
  g_autoptr (HostConfiguration) configuration = configuration_of (split);
  g_assert_null (netcfg_apply (netcfg, configuration, NULL, &error));
  g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_BUSY);
  for (guint i = 0; i < NETCFG_SLOTS; i++)
    undo (netcfg, links[(i * 5) % NETCFG_SLOTS]);
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
  g_autoptr (HostConfiguration) configuration = configuration_of (full);
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
  g_autoptr (HostConfiguration) configuration = configuration_of (full);
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
  undo (netcfg, apply (netcfg, full));
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

static void
set_aside (Netcfg *netcfg, NetcfgLink *link, gboolean aside)
{
  g_autoptr (GError) error = NULL;
  netcfg_set_aside (netcfg, link, aside, &error);
  g_assert_no_error (error);
}

/* Aside, everything goes as if there were no tunnel; then everything is as it was, and then nothing. */
static void
steps_aside (void)
{
  Machine machine = machine_new ();
  g_autofree char *before = machine_snapshot (&machine);
  g_autoptr (Netcfg) netcfg = machine_open (&machine);
  NetcfgLink *link = apply (netcfg, full);
  g_autofree char *up = machine_snapshot (&machine);
  for (guint i = 0; i < 2; i++) {
    set_aside (netcfg, link, TRUE);
    set_aside (netcfg, link, TRUE);
    assert_has ("ip route get 198.51.100.7", "visitor0", FALSE);
    assert_has ("ip rule", "22089", FALSE);
    assert_has ("ip -o addr show dev visitor0", "10.3.0.2/32", TRUE);
    assert_has ("ip route show table 22089", "default dev visitor0", TRUE);
    g_autofree char *text = read_resolv_conf (&machine);
    g_assert_null (strstr (text, "10.1.0.53"));
    g_assert_nonnull (strstr (text, "192.0.2.53"));
    if (i == 1)
      break;
    set_aside (netcfg, link, FALSE);
    set_aside (netcfg, link, FALSE);
    assert_has ("ip route get 198.51.100.7", "visitor0", TRUE);
    g_autofree char *again = machine_snapshot (&machine);
    g_assert_cmpstr (again, ==, up);
  }
  undo (netcfg, link);
  g_autofree char *after = machine_snapshot (&machine);
  g_assert_cmpstr (before, ==, after);
  machine_clear (&machine);
}

static guint calls, kill_at;

static void
count_and_kill (NetcfgStep step, NetcfgMoment moment)
{
  if (++calls == kill_at)
    kill (getpid (), SIGKILL);
}

/* Both connections up, then both down, dying at call number `at` of the hook; 0: not at all. Returns
 * how often the hook was called, if it lived. */
static guint
live_and_die (const Machine *machine, guint at)
{
  int pipe_ends[2];
  g_assert_cmpint (pipe (pipe_ends), ==, 0);
  pid_t child = fork ();
  if (child == 0) {
    calls = 0;
    kill_at = at;
    netcfg_step_hook = count_and_kill;
    g_autoptr (Netcfg) netcfg = machine_open (machine);
    NetcfgLink *one = apply (netcfg, full);
    NetcfgLink *two = apply (netcfg, split);
    set_aside (netcfg, one, TRUE);
    set_aside (netcfg, one, FALSE);
    set_aside (netcfg, two, TRUE);
    undo (netcfg, one);
    undo (netcfg, two);
    ssize_t n = write (pipe_ends[1], &calls, sizeof calls);
    _exit (n == sizeof calls ? 0 : 1);
  }
  int status;
  guint counted = 0;
  close (pipe_ends[1]);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  if (at == 0)
    g_assert_cmpint (read (pipe_ends[0], &counted, sizeof counted), ==, sizeof counted);
  else
    g_assert_true (WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL);
  close (pipe_ends[0]);
  return counted;
}

/* At every step with -m slow, and else at some. */
static void
killed_at_every_step (const Machine *machine)
{
  guint stride = g_test_slow () ? 1 : 5;
  g_autofree char *before = machine_snapshot (machine);
  guint n = live_and_die (machine, 0);
  g_assert_cmpuint (n, >, 40);
  for (guint at = 1; at <= n; at += stride) {
    live_and_die (machine, at);
    g_autoptr (Netcfg) netcfg = machine_open (machine);
    replay (netcfg);
    g_autofree char *after = machine_snapshot (machine);
    if (strcmp (before, after) != 0)
      g_error ("killed at %u of %u:\n%s\n-- before:\n%s", at, n, after, before);
    replay (netcfg);
  }
  g_test_message ("killed at %u places, stride %u", n, stride);
}

static void
killed (void)
{
  Machine machine = machine_new ();
  killed_at_every_step (&machine);
  machine_clear (&machine);
}

static void
use_symlink (const Machine *machine)
{
  g_autofree char *moved = g_build_filename (machine->dir, "elsewhere", NULL);
  g_assert_cmpint (g_rename (machine->resolv_conf, moved), ==, 0);
  g_assert_cmpint (symlink ("elsewhere", machine->resolv_conf), ==, 0);
}

static void
killed_with_symlink (void)
{
  Machine machine = machine_new ();
  use_symlink (&machine);
  killed_at_every_step (&machine);
  machine_clear (&machine);
}

/* A mount point cannot be renamed over: the file is written in place. */
static void
use_mount_point (const Machine *machine)
{
  g_assert_cmpint (mount (machine->resolv_conf, machine->resolv_conf, NULL, MS_BIND, NULL), ==, 0);
}

static void
killed_with_mount_point (void)
{
  Machine machine = machine_new ();
  use_mount_point (&machine);
  killed_at_every_step (&machine);
  g_assert_cmpint (umount (machine.resolv_conf), ==, 0);
  machine_clear (&machine);
}

/* The engine is killed while its worker lives on and holds the device. */
static void
killed_while_device_is_held (void)
{
  Machine machine = machine_new ();
  g_autofree char *before = machine_snapshot (&machine);
  int done[2];
  g_assert_cmpint (pipe (done), ==, 0);
  pid_t engine = fork ();
  if (engine == 0) {
    g_autoptr (Netcfg) netcfg = machine_open (&machine);
    NetcfgLink *link = apply (netcfg, full);
    /* The lock's descriptor is closed by exec in a worker, the device is not. */
    if (fork () == 0) {
      for (int fd = 3; fd < 256; fd++) {
        if (fd != netcfg_link_tun (link) && fd != done[0])
          close (fd);
      }
      char octet;
      _exit (read (done[0], &octet, 1) >= 0 ? 0 : 1);
    }
    kill (getpid (), SIGKILL);
  }
  waitpid (engine, NULL, 0);
  close (done[0]);
  assert_has ("ip -o link show", "visitor0", TRUE);
  g_autoptr (Netcfg) netcfg = machine_open (&machine);
  replay (netcfg);
  g_autofree char *after = machine_snapshot (&machine);
  g_assert_cmpstr (before, ==, after);
  close (done[1]);
  machine_clear (&machine);
}

/* Whoever rewrites resolv.conf while we are connected keeps what they wrote. */
static void
foreign_resolv_conf_stays (void)
{
  Machine machine = machine_new ();
  g_autoptr (Netcfg) netcfg = machine_open (&machine);
  NetcfgLink *one = apply (netcfg, full);
  g_assert_true (g_file_set_contents (machine.resolv_conf, "nameserver 192.0.2.99\n", -1, NULL));
  undo (netcfg, one);
  g_autofree char *text = read_resolv_conf (&machine);
  g_assert_cmpstr (text, ==, "nameserver 192.0.2.99\n");

  one = apply (netcfg, full);
  g_assert_true (g_file_set_contents (machine.resolv_conf, "nameserver 192.0.2.98\n", -1, NULL));
  NetcfgLink *two = apply (netcfg, split);
  undo (netcfg, one);
  undo (netcfg, two);
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
    NetcfgLink *link = apply (netcfg, full);
    g_assert_true (g_file_test (machine.resolv_conf, G_FILE_TEST_IS_REGULAR));
    g_assert_false (g_file_test (machine.resolv_conf, G_FILE_TEST_IS_SYMLINK));
    undo (netcfg, link);
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
  replay (netcfg);
  machine_clear (&machine);
}

typedef struct {
  Netcfg *netcfg;
  GMainLoop *loop;
  NetcfgLink *link;
  gboolean undone;
  guint asides;
} Wait;

static void
on_applied (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Wait *wait = user_data;
  g_autoptr (GError) error = NULL;
  wait->link = netcfg_apply_finish (wait->netcfg, result, &error);
  g_assert_no_error (error);
  g_main_loop_quit (wait->loop);
}

static void
on_undone (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Wait *wait = user_data;
  g_autoptr (GError) error = NULL;
  wait->undone = netcfg_undo_finish (wait->netcfg, result, &error);
  g_assert_no_error (error);
  g_main_loop_quit (wait->loop);
}

static void
in_a_main_loop (void)
{
  Machine machine = machine_new ();
  g_autofree char *before = machine_snapshot (&machine);
  g_autoptr (Netcfg) netcfg = machine_open (&machine);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Wait wait = { .netcfg = netcfg, .loop = loop };
  g_autoptr (HostConfiguration) configuration = configuration_of (full);
  netcfg_apply_async (netcfg, configuration, NULL, on_applied, &wait);
  g_main_loop_run (loop);
  g_assert_nonnull (wait.link);
  netcfg_undo_async (netcfg, wait.link, on_undone, &wait);
  g_main_loop_run (loop);
  g_assert_true (wait.undone);
  g_autofree char *after = machine_snapshot (&machine);
  g_assert_cmpstr (before, ==, after);
  machine_clear (&machine);
}

static void
on_set_aside (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Wait *wait = user_data;
  g_autoptr (GError) error = NULL;
  g_assert_true (netcfg_set_aside_finish (wait->netcfg, result, &error));
  g_assert_no_error (error);
  wait->asides++;
}

/* The last wish counts, in whichever order the threads run; and one that comes after the end is none. */
static void
steps_aside_in_a_main_loop (void)
{
  Machine machine = machine_new ();
  g_autofree char *before = machine_snapshot (&machine);
  g_autoptr (Netcfg) netcfg = machine_open (&machine);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Wait wait = { .netcfg = netcfg, .loop = loop };
  NetcfgLink *link = apply (netcfg, full);
  for (guint i = 1; i <= 9; i++)
    netcfg_set_aside_async (netcfg, link, i % 2 == 1, on_set_aside, &wait);
  while (wait.asides < 9)
    g_main_context_iteration (NULL, TRUE);
  assert_has ("ip rule", "22089", FALSE);
  netcfg_set_aside_async (netcfg, link, FALSE, on_set_aside, &wait);
  netcfg_undo_async (netcfg, link, on_undone, &wait);
  while (wait.asides < 10 || !wait.undone)
    g_main_context_iteration (NULL, TRUE);
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
  g_test_add_func ("/host/netcfg/in-a-main-loop", in_a_main_loop);
  g_test_add_func ("/host/netcfg/steps-aside", steps_aside);
  g_test_add_func ("/host/netcfg/steps-aside-in-a-main-loop", steps_aside_in_a_main_loop);
  g_test_add_func ("/host/netcfg/killed-while-device-is-held", killed_while_device_is_held);
  g_test_add_func ("/host/netcfg/killed", killed);
  g_test_add_func ("/host/netcfg/killed-with-symlink", killed_with_symlink);
  g_test_add_func ("/host/netcfg/killed-with-mount-point", killed_with_mount_point);
  return g_test_run ();
}
