/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A disk that is full, at every page, where the state directory is: a connection is all there or nothing of it,
 * and what is there goes. In namespaces of its own; needs root. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "machine.h"

#define PAGES 12

/* Leaves so many pages, or as many as there are. */
static void
fill (const Machine *machine, gsize free_pages)
{
  static const char page[4096] = { 'x' };
  g_autofree char *name = g_build_filename (machine->state_dir, "filler", NULL);
  int fd = open (name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  struct stat st;
  g_assert_cmpint (fd, >=, 0);
  while (pwrite (fd, page, sizeof page, lseek (fd, 0, SEEK_END)) == sizeof page)
    ;
  g_assert_cmpint (errno, ==, ENOSPC);
  g_assert_cmpint (fstat (fd, &st), ==, 0);
  off_t len = MAX (st.st_size - (off_t) (free_pages * sizeof page), 0);
  g_assert_cmpint (ftruncate (fd, len), ==, 0);
  close (fd);
}

static void
make_room (const Machine *machine)
{
  g_autofree char *name = g_build_filename (machine->state_dir, "filler", NULL);
  g_assert_cmpint (unlink (name), ==, 0);
}

/* TRUE if the connection came up. */
static gboolean
with_free_pages (const Machine *machine, gsize free_pages)
{
  g_autofree char *before = machine_snapshot (machine);
  g_autoptr (Netcfg) netcfg = machine_open (machine);
  g_autoptr (HostConfiguration) configuration = configuration_of (machine_full);
  g_autoptr (GError) error = NULL;
  fill (machine, free_pages);
  NetcfgLink *link = netcfg_apply (netcfg, configuration, NULL, &error);
  if (link != NULL) {
    fill (machine, 0);
    machine_undo (netcfg, link);
  } else {
    g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_STORAGE);
  }
  make_room (machine);
  g_autofree char *after = machine_snapshot (machine);
  g_assert_cmpstr (before, ==, after);
  return link != NULL;
}

static void
full_at_every_page (void)
{
  Machine machine = machine_new ();
  guint failed = 0, up = 0;
  g_autofree char *size = g_strdup_printf ("size=%u", PAGES * 4096);
  machine_set_filter ("up0", 1);
  g_assert_cmpint (mount ("state", machine.state_dir, "tmpfs", 0, size), ==, 0);
  for (gsize pages = 0; pages < PAGES; pages++) {
    if (with_free_pages (&machine, pages))
      up++;
    else
      failed++;
  }
  g_assert_cmpuint (failed, >, 1);
  g_assert_cmpuint (up, >, 1);
  g_assert_cmpint (umount (machine.state_dir), ==, 0);
  machine_set_filter ("up0", 0);
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
  g_test_add_func ("/host/netcfg-full/at-every-page", full_at_every_page);
  return g_test_run ();
}
