/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Nothing is left of a connection after SIGKILL at every step. In namespaces of its own; needs root. */
#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "machine.h"

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
    NetcfgLink *one = machine_apply (netcfg, machine_full);
    NetcfgLink *two = machine_apply (netcfg, machine_full_v4);
    machine_set_aside (netcfg, one, TRUE);
    machine_set_aside (netcfg, one, FALSE);
    machine_set_aside (netcfg, two, TRUE);
    machine_undo (netcfg, one);
    machine_undo (netcfg, two);
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
    machine_replay (netcfg);
    g_autofree char *after = machine_snapshot (machine);
    if (strcmp (before, after) != 0)
      g_error ("killed at %u of %u:\n%s\n-- before:\n%s", at, n, after, before);
    machine_replay (netcfg);
  }
  g_test_message ("killed at %u places, stride %u", n, stride);
}

static void
killed (void)
{
  Machine machine = machine_new ();
  machine_set_filter ("up0", 1);
  killed_at_every_step (&machine);
  machine_set_filter ("up0", 0);
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
    NetcfgLink *link = machine_apply (netcfg, machine_full);
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
  machine_assert_has ("ip -o link show", "visitor0", TRUE);
  g_autoptr (Netcfg) netcfg = machine_open (&machine);
  machine_replay (netcfg);
  g_autofree char *after = machine_snapshot (&machine);
  g_assert_cmpstr (before, ==, after);
  close (done[1]);
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
  g_test_add_func ("/host/netcfg-killed/killed-while-device-is-held", killed_while_device_is_held);
  g_test_add_func ("/host/netcfg-killed/killed", killed);
  g_test_add_func ("/host/netcfg-killed/killed-with-symlink", killed_with_symlink);
  g_test_add_func ("/host/netcfg-killed/killed-with-mount-point", killed_with_mount_point);
  return g_test_run ();
}
