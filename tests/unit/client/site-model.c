/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "client/site-model.h"

#include <glib/gstdio.h>
#include <string.h>

#define WAIT_SECONDS 60

typedef struct {
  char *directory;
  VisitorSiteModel *model;
  guint changes; /* items-changed */
} Fixture;

static void
on_items_changed (GListModel *model, guint position, guint removed, guint added, gpointer data)
{
  ((Fixture *) data)->changes++;
}

static char *
path_of (Fixture *f, const char *name)
{
  return g_build_filename (f->directory, name, NULL);
}

static void
write_file (Fixture *f, const char *name, const char *text)
{
  g_autofree char *path = path_of (f, name);
  g_autoptr (GError) error = NULL;
  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

static void
write_site (Fixture *f, const char *id, const char *name)
{
  g_autofree char *file = g_strconcat (id, ".conf", NULL);
  g_autofree char *text = g_strdup_printf (
      "[site]\nname=%s\naddress=%s.example.com\n[sign-in]\nmethod=psk\nuser=alice\n", name, id);
  write_file (f, file, text);
}

static void
set_up_empty (Fixture *f, gconstpointer data)
{
  f->directory = g_dir_make_tmp ("visitor-model-XXXXXX", NULL);
}

static void
load (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  SiteStore *store = site_store_open (f->directory, &error);
  g_assert_no_error (error);
  g_clear_object (&f->model);
  f->model = visitor_site_model_new (store, &error);
  g_assert_no_error (error);
  g_signal_connect (f->model, "items-changed", G_CALLBACK (on_items_changed), f);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  set_up_empty (f, data);
  write_site (f, "b", "Zürich");
  write_site (f, "c", "Aarau");
  write_site (f, "a", "Mainz");
  load (f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_clear_object (&f->model);
  g_autoptr (GDir) dir = g_dir_open (f->directory, 0, NULL);
  for (const char *name = g_dir_read_name (dir); name != NULL; name = g_dir_read_name (dir)) {
    g_autofree char *path = path_of (f, name);
    g_assert_cmpint (g_unlink (path), ==, 0);
  }
  g_assert_cmpint (g_rmdir (f->directory), ==, 0);
  g_free (f->directory);
}

/* The ids as they are shown. */
static char *
shown (Fixture *f)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (f->model)); i++) {
    g_autoptr (VisitorSiteItem) item = g_list_model_get_item (G_LIST_MODEL (f->model), i);
    g_ptr_array_add (ids, (gpointer) visitor_site_item_get_id (item));
  }
  g_ptr_array_add (ids, NULL);
  return g_strjoinv (" ", (char **) ids->pdata);
}

#define assert_shown(f, expected) \
  G_STMT_START \
  { \
    g_autofree char *ids = shown (f); \
    g_assert_cmpstr (ids, ==, expected); \
  } \
  G_STMT_END

static gboolean
on_late (gpointer late)
{
  *(gboolean *) late = TRUE;
  return G_SOURCE_REMOVE;
}

/* Goes on until the ids are shown so, or for a minute. */
static void
wait_for_shown (Fixture *f, const char *expected)
{
  gboolean late = FALSE;
  guint source = g_timeout_add_seconds (WAIT_SECONDS, on_late, &late);
  for (;;) {
    g_autofree char *ids = shown (f);
    if (late || g_str_equal (ids, expected))
      break;
    g_main_context_iteration (NULL, TRUE);
  }
  assert_shown (f, expected);
  g_source_remove (source);
}

static void
test_order (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  assert_shown (f, "c a b"); /* by name */
  g_assert_true (visitor_site_model_move (f->model, 2, 0, &error));
  assert_shown (f, "b c a");
  g_assert_true (visitor_site_model_move (f->model, 0, 1, &error));
  assert_shown (f, "c b a");
  g_assert_cmpuint (f->changes, ==, 2);
  load (f);
  assert_shown (f, "c b a");

  write_file (f, "order", "a\nnobody\n\n../../etc\nc\n");
  load (f);
  assert_shown (f, "a c b");
}

static void
test_item (Fixture *f, gconstpointer data)
{
  VisitorSiteItem *item = visitor_site_model_find (f->model, "b");
  g_assert_cmpstr (visitor_site_item_get_name (item), ==, "Zürich");
  g_assert_cmpstr (visitor_site_item_get_address (item), ==, "b.example.com");
  g_assert_cmpstr (visitor_site_item_get_status_text (item), ==, "Not connected");
  g_assert_cmpint (visitor_site_item_get_state (item), ==, VISITOR_STATE_DISCONNECTED);
  g_assert_null (visitor_site_item_get_problem (item));
  g_assert_null (visitor_site_item_get_failure (item));
  g_assert_null (visitor_site_item_get_connection (item));
  g_assert_true (visitor_site_model_find_name (f->model, "zÜRICH") == item);
  g_assert_null (visitor_site_model_find (f->model, "nobody"));
}

/* A file that cannot be used is shown with the reason, and the others are there. */
static void
test_problems (Fixture *f, gconstpointer data)
{
  write_file (f, "d.conf", "[site]\nname=Slip\naddress=d.example.com:port\n");
  write_file (f, "e.conf",
      "\x7f"
      "ELF");
  load (f);
  assert_shown (f, "c a b d e");
  VisitorSiteItem *slip = visitor_site_model_find (f->model, "d");
  g_assert_null (visitor_site_item_get_site (slip));
  g_assert_nonnull (strstr (visitor_site_item_get_problem (slip), "Line 3, key address"));
  g_assert_nonnull (strstr (visitor_site_item_get_problem (slip), "/d.conf."));
  g_assert_cmpstr (visitor_site_item_get_name (slip), ==, "d");
  VisitorSiteItem *damaged = visitor_site_model_find (f->model, "e");
  g_assert_null (visitor_site_item_get_site (damaged));
  g_assert_nonnull (strstr (visitor_site_item_get_problem (damaged), "e.conf.corrupt-1"));
  g_autoptr (GError) error = NULL;
  g_assert_null (visitor_site_model_duplicate (f->model, slip, &error));
  g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID);
}

static void
on_notify (GObject *item, GParamSpec *pspec, gpointer n)
{
  ++*(guint *) n;
}

/* What other programs do to the files is seen, and nothing is told twice. */
static void
test_watched (Fixture *f, gconstpointer data)
{
  guint renamed = 0, solved = 0;
  write_site (f, "new", "Bern");
  wait_for_shown (f, "c a b new");
  VisitorSiteItem *item = visitor_site_model_find (f->model, "a");
  g_signal_connect (item, "notify::name", G_CALLBACK (on_notify), &renamed);
  g_signal_connect (item, "notify::problem", G_CALLBACK (on_notify), &solved);
  write_site (f, "a", "Worms");
  while (renamed == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (visitor_site_item_get_name (item), ==, "Worms");
  write_file (f, "a.conf", "[site]\naddress=\n");
  while (solved == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (visitor_site_item_get_site (item));
  write_site (f, "a", "Worms");
  while (solved == 1)
    g_main_context_iteration (NULL, TRUE);
  g_assert_nonnull (visitor_site_item_get_site (item));
  g_assert_null (visitor_site_item_get_problem (item));
  g_assert_true (visitor_site_model_find (f->model, "a") == item);

  g_autofree char *path = path_of (f, "c.conf");
  g_unlink (path);
  wait_for_shown (f, "a b new");
  write_file (f, "order", "new\nb\na\n");
  wait_for_shown (f, "new b a");
}

static Site *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  Site *site = site_parse (text, -1, NULL, NULL, &error);
  g_assert_no_error (error);
  return site;
}

#define OFFICE "[site]\nname=Office\naddress=vpn.example.com:8443\n[sign-in]\n"

static void
test_add_and_save (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Site) site = parse (OFFICE "method=certificate\nkey=new.key\n");
  g_autoptr (Secret) key = secret_new ("key material", 12);
  VisitorSiteItem *item = visitor_site_model_add (f->model, site, key, &error);
  g_assert_no_error (error);
  assert_shown (f, "c a b office");
  g_assert_cmpstr (visitor_site_item_get_address (item), ==, "vpn.example.com:8443");
  g_assert_cmpstr (visitor_site_item_get_site (item)->key, ==, "office.key");

  VisitorSiteItem *copy = visitor_site_model_duplicate (f->model, item, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (visitor_site_item_get_name (copy), ==, "Office (copy)");
  g_assert_cmpstr (visitor_site_item_get_site (copy)->key, ==, "office-copy.key");
  g_autoptr (Secret) again = site_store_read_key (
      visitor_site_model_get_store (f->model), visitor_site_item_get_site (copy), &error);
  g_assert_no_error (error);
  g_assert_true (secret_equal (again, key));
  VisitorSiteItem *third = visitor_site_model_duplicate (f->model, item, &error);
  g_assert_cmpstr (visitor_site_item_get_name (third), ==, "Office (copy 2)");
  assert_shown (f, "c a b office office-copy-2 office-copy");

  g_autoptr (Site) changed = parse (OFFICE "method=psk\nuser=alice\n");
  g_assert_true (visitor_site_model_save (f->model, item, changed, &error));
  g_assert_cmpint (visitor_site_item_get_site (item)->auth, ==, SITE_AUTH_PSK);
  load (f);
  assert_shown (f, "c a b office office-copy-2 office-copy");
}

/* What cannot be a site is not saved, and what was there stays. */
static void
test_refused (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  VisitorSiteItem *item = visitor_site_model_find (f->model, "a");
  g_autoptr (Site) bad = site_copy (visitor_site_item_get_site (item));
  g_free (bad->user);
  bad->user = NULL;
  g_assert_false (visitor_site_model_save (f->model, item, bad, &error));
  g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID);
  g_assert_cmpstr (visitor_site_item_get_site (item)->user, ==, "alice");
  g_clear_error (&error);
  g_assert_null (visitor_site_model_add (f->model, bad, NULL, &error));
  g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID);
  assert_shown (f, "c a b");
}

static gboolean
is_there (Fixture *f, const char *name)
{
  g_autofree char *path = path_of (f, name);
  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static void
test_removal (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VisitorSiteItem) a = g_object_ref (visitor_site_model_find (f->model, "a"));
  visitor_site_model_remove (f->model, a);
  assert_shown (f, "c b");
  g_assert_true (is_there (f, "a.conf"));
  g_assert_null (visitor_site_model_find (f->model, "a"));

  /* a program that is killed here has lost nothing, neither has one that reads the files */
  Fixture other = { .directory = f->directory };
  load (&other);
  assert_shown (&other, "c a b");
  g_clear_object (&other.model);

  visitor_site_model_restore (f->model, a);
  assert_shown (f, "c a b");
  visitor_site_model_restore (f->model, a); /* a second click */
  assert_shown (f, "c a b");

  visitor_site_model_remove (f->model, a);
  write_site (f, "new", "Bern"); /* what changes meanwhile does not bring it back */
  write_site (f, "a", "Worms");
  wait_for_shown (f, "c b new");
  g_assert_true (visitor_site_model_finish_removals (f->model, &error));
  g_assert_no_error (error);
  g_assert_false (is_there (f, "a.conf"));
  visitor_site_model_restore (f->model, a);
  assert_shown (f, "c b new");
  g_assert_true (visitor_site_model_finish_removals (f->model, &error));
}

/* A file that somebody else has removed already is no reason to complain. */
static void
test_removed_twice (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  visitor_site_model_remove (f->model, visitor_site_model_find (f->model, "a"));
  g_autofree char *path = path_of (f, "a.conf");
  g_unlink (path);
  g_assert_true (visitor_site_model_finish_removals (f->model, &error));
  g_assert_no_error (error);
}

static void
test_no_directory (void)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (site_store_open ("/dev/null/sites", &error));
  g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_STORAGE);
}

#define ADD(name, up, function) \
  g_test_add ("/client/site-model/" name, Fixture, NULL, up, function, tear_down)

int
main (int argc, char **argv)
{
  /* no keyring of whoever runs the test */
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/visitor-test", TRUE);
  g_test_init (&argc, &argv, NULL);
  ADD ("order", set_up, test_order);
  ADD ("item", set_up, test_item);
  ADD ("problems", set_up, test_problems);
  ADD ("watched", set_up, test_watched);
  ADD ("add-and-save", set_up, test_add_and_save);
  ADD ("refused", set_up, test_refused);
  ADD ("removal", set_up, test_removal);
  ADD ("removed-twice", set_up, test_removed_twice);
  g_test_add_func ("/client/site-model/no-directory", test_no_directory);
  return g_test_run ();
}
