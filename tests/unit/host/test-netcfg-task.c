/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a connection changes on a machine, from a main loop: nothing waits, and the last wish counts. In
 * namespaces of its own; needs root. */
#include <stdio.h>

#include "machine.h"

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
  g_autoptr (HostConfiguration) configuration = configuration_of (machine_full);
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
  NetcfgLink *link = machine_apply (netcfg, machine_full);
  for (guint i = 1; i <= 9; i++)
    netcfg_set_aside_async (netcfg, link, i % 2 == 1, on_set_aside, &wait);
  while (wait.asides < 9)
    g_main_context_iteration (NULL, TRUE);
  machine_assert_has ("ip rule", "22089", FALSE);
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
  g_test_add_func ("/host/netcfg-task/in-a-main-loop", in_a_main_loop);
  g_test_add_func ("/host/netcfg-task/steps-aside-in-a-main-loop", steps_aside_in_a_main_loop);
  return g_test_run ();
}
