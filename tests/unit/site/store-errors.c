/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A full disk or an I/O error, at every single step of every operation, loses nothing (R14). */
#include <errno.h>
#include <glib/gstdio.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/inject-errno.h"
#include "site/store.h"

#define TEXT "[site]\nname=%s\naddress=gw\n[sign-in]\nmethod=psk\nuser=anna\n"
#define STEPS_MAX 100

static const int errors[] = { ENOSPC, EIO };

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  for (const char *name = dir ? g_dir_read_name (dir) : NULL; name; name = g_dir_read_name (dir)) {
    g_autofree char *child = g_build_filename (path, name, NULL);
    remove_tree (child);
  }
  g_remove (path);
}

static gboolean
save (SiteStore *store, const char *name, GError **error)
{
  g_autofree char *text = g_strdup_printf (TEXT, name);
  g_autoptr (Site) site = site_parse (text, -1, NULL, NULL, NULL);
  g_assert_nonnull (site);
  return site_store_save (store, "work", site, error);
}

static char *
name_of_file (const char *path, const char *file)
{
  g_autofree char *full = g_build_filename (path, file, NULL);
  g_autofree char *text = NULL;
  gsize len;
  if (!g_file_get_contents (full, &text, &len, NULL))
    return NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (Site) site = site_parse (text, (gssize) len, NULL, NULL, &error);
  g_assert_no_error (error);
  return g_strdup (site->name);
}

static guint
count_files (const char *path)
{
  guint n = 0;
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

/* What must hold after a save of "new" over "old", however it went. */
static void
assert_nothing_lost (const char *path, gboolean saved)
{
  g_autofree char *now = name_of_file (path, "work.conf");
  g_autofree char *before = name_of_file (path, "work.conf~");
  g_assert_nonnull (now);
  g_assert_nonnull (before);
  if (saved)
    g_assert_cmpstr (now, ==, "new");
  if (g_str_equal (now, "new"))
    g_assert_cmpstr (before, ==, "old");
  else
    g_assert_cmpstr (now, ==, "old");
}

static gboolean
save_with_failure (InjectCall call, unsigned int n, int error_number)
{
  g_autofree char *path = g_dir_make_tmp ("visitor-errors-XXXXXX", NULL);
  g_autoptr (SiteStore) store = site_store_open (path, NULL);
  g_autoptr (GError) error = NULL;
  g_assert_true (save (store, "older", NULL) && save (store, "old", NULL));

  inject_errno (call, n, error_number);
  gboolean saved = save (store, "new", &error);
  gboolean fired = inject_stop ();

  g_test_message ("%s %u: %s", inject_call_to_string (call), n,
      !fired      ? "not reached"
          : saved ? "saved"
                  : error->message);
  g_assert_true (saved || fired);
  if (!saved)
    g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_STORAGE);
  assert_nothing_lost (path, saved);
  g_assert_cmpuint (count_files (path), ==, 2);
  g_assert_true (save (store, "new", NULL));
  assert_nothing_lost (path, TRUE);
  remove_tree (path);
  return fired;
}

static void
test_save (void)
{
  static const struct {
    InjectCall call;
    guint at_least;
  } rows[] = {
    { INJECT_OPEN, 3 },
    { INJECT_READ, 2 },
    { INJECT_WRITE, 2 },
    { INJECT_FSYNC, 4 },
    { INJECT_RENAME, 2 },
    { INJECT_CLOSE, 3 },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    for (gsize e = 0; e < G_N_ELEMENTS (errors); e++) {
      guint n = 1;
      while (save_with_failure (rows[i].call, n, errors[e]))
        g_assert_cmpuint (n++, <, STEPS_MAX);
      g_assert_cmpuint (n - 1, >=, rows[i].at_least);
    }
  }
}

/* Looking at the sites with a damaged one among them, the work of setting it aside failing anywhere. */
static gboolean
list_with_failure (InjectCall call, unsigned int n, int error_number)
{
  g_autofree char *path = g_dir_make_tmp ("visitor-errors-XXXXXX", NULL);
  g_autoptr (SiteStore) store = site_store_open (path, NULL);
  g_assert_true (save (store, "old", NULL) && save (store, "new", NULL));
  g_autofree char *file = g_build_filename (path, "work.conf", NULL);
  g_assert_true (g_file_set_contents (file, "noise", -1, NULL));

  inject_errno (call, n, error_number);
  g_autoptr (GPtrArray) entries = site_store_list (store, NULL);
  gboolean fired = inject_stop ();

  g_test_message ("%s %u: %s", inject_call_to_string (call), n, fired ? "failed" : "not reached");
  g_autofree char *aside = g_build_filename (path, "work.conf.corrupt-1", NULL);
  g_autofree char *noise = NULL;
  g_assert_true (g_file_get_contents (file, &noise, NULL, NULL) ||
      g_file_get_contents (aside, &noise, NULL, NULL));
  g_autofree char *before = name_of_file (path, "work.conf~");
  g_assert_cmpstr (before, ==, "old");
  if (entries != NULL && entries->len > 0) {
    const SiteEntry *entry = g_ptr_array_index (entries, 0);
    g_assert_nonnull (entry->problem);
  }
  remove_tree (path);
  return fired;
}

static void
test_list (void)
{
  static const InjectCall calls[] = { INJECT_OPEN, INJECT_READ, INJECT_WRITE, INJECT_FSYNC,
    INJECT_RENAME, INJECT_CLOSE };
  for (gsize i = 0; i < G_N_ELEMENTS (calls); i++) {
    for (gsize e = 0; e < G_N_ELEMENTS (errors); e++) {
      guint n = 1;
      while (list_with_failure (calls[i], n, errors[e]))
        g_assert_cmpuint (n++, <, STEPS_MAX);
      g_assert_cmpuint (n, >, 1);
    }
  }
}

static void
test_open_and_remove (void)
{
  g_autofree char *root = g_dir_make_tmp ("visitor-errors-XXXXXX", NULL);
  g_autofree char *parent = g_build_filename (root, "a", NULL);
  g_autofree char *path = g_build_filename (parent, "sites", NULL);
  g_autoptr (GError) error = NULL;
  guint failures = 0;
  for (guint n = 1; n < STEPS_MAX; n++) {
    inject_errno (INJECT_MKDIR, n, ENOSPC);
    g_autoptr (SiteStore) made = site_store_open (path, &error);
    gboolean fired = inject_stop ();
    g_assert_true (made != NULL || g_error_matches (error, VISITOR_ERROR, VISITOR_ERROR_STORAGE));
    failures += made == NULL;
    g_clear_error (&error);
    remove_tree (parent);
    if (!fired)
      break;
  }
  g_assert_cmpuint (failures, >, 0);

  g_autoptr (SiteStore) store = site_store_open (path, &error);
  g_assert_no_error (error);
  g_assert_true (save (store, "old", NULL));
  inject_errno (INJECT_UNLINK, 1, EIO);
  g_assert_false (site_store_remove (store, "work", &error));
  g_assert_true (inject_stop ());
  g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_STORAGE);
  g_autofree char *name = name_of_file (path, "work.conf");
  g_assert_cmpstr (name, ==, "old");
  remove_tree (root);
}

/* A disk that is really full, with room for every number of octets up to a whole save. */
static void
test_full_disk (void)
{
  if (!g_test_subprocess ()) {
    if (geteuid () != 0) {
      g_test_skip ("Mounting a small file system needs root");
      return;
    }
    g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
    g_test_trap_assert_passed ();
    return;
  }
  g_autofree char *root = g_dir_make_tmp ("visitor-errors-XXXXXX", NULL);
  if (unshare (CLONE_NEWNS) != 0 || mount (NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
      mount ("tmpfs", root, "tmpfs", 0, "size=64k,mode=700") != 0) {
    g_test_message ("No mount namespace here: %s", g_strerror (errno));
    g_rmdir (root);
    return;
  }
  g_autofree char *path = g_build_filename (root, "sites", NULL);
  g_autofree char *ballast = g_build_filename (root, "ballast", NULL);
  g_autoptr (SiteStore) store = site_store_open (path, NULL);
  g_assert_true (save (store, "older", NULL) && save (store, "old", NULL));
  guint failures = 0;
  for (guint pages = 16; pages > 0; pages--) {
    g_autofree char *zeros = g_malloc0 (pages * 4096);
    FILE *file = fopen (ballast, "w");
    g_assert_nonnull (file);
    size_t written = fwrite (zeros, 1, pages * 4096, file);
    g_test_message ("ballast of %zu octets", written);
    (void) fclose (file);
    g_autoptr (GError) error = NULL;
    gboolean saved = save (store, "new", &error);
    if (!saved) {
      g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_STORAGE);
      failures++;
    }
    assert_nothing_lost (path, saved);
    g_remove (ballast);
    g_assert_true (save (store, "older", NULL) && save (store, "old", NULL));
  }
  g_assert_cmpuint (failures, >, 0);
  umount2 (root, MNT_DETACH);
  g_rmdir (root);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/site/store-errors/save", test_save);
  g_test_add_func ("/site/store-errors/list", test_list);
  g_test_add_func ("/site/store-errors/open-and-remove", test_open_and_remove);
  g_test_add_func ("/site/store-errors/full-disk", test_full_disk);
  return g_test_run ();
}
