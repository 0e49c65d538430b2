/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "site/store.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#define TEXT "[site]\nname=%s\naddress=gw\n[sign-in]\nmethod=psk\nuser=anna\n"

typedef struct {
  char *root;
  char *path;
  SiteStore *store;
} Fixture;

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

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  f->root = g_dir_make_tmp ("visitor-store-XXXXXX", &error);
  g_assert_no_error (error);
  f->path = g_build_filename (f->root, "a", "sites", NULL);
  f->store = site_store_open (f->path, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  site_store_free (f->store);
  remove_tree (f->root);
  g_free (f->path);
  g_free (f->root);
}

static Site *
make_site (const char *name)
{
  g_autofree char *text = g_strdup_printf (TEXT, name);
  Site *site = site_parse (text, -1, NULL, NULL, NULL);
  g_assert_nonnull (site);
  return site;
}

static void
save (Fixture *f, const char *id, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Site) site = make_site (name);
  g_assert_true (site_store_save (f->store, id, site, &error));
  g_assert_no_error (error);
}

static char *
contents (Fixture *f, const char *name)
{
  g_autofree char *path = g_build_filename (f->path, name, NULL);
  char *text = NULL;
  g_file_get_contents (path, &text, NULL, NULL);
  return text;
}

static void
put (Fixture *f, const char *name, const char *text, gssize len)
{
  g_autofree char *path = g_build_filename (f->path, name, NULL);
  g_assert_true (g_file_set_contents (path, text, len, NULL));
}

static void
assert_holds (Fixture *f, const char *name, const char *needle)
{
  g_autofree char *text = contents (f, name);
  g_assert_nonnull (text);
  g_assert_nonnull (strstr (text, needle));
}

static void
test_save_and_load (Fixture *f, gconstpointer data)
{
  save (f, "work", "One");
  save (f, "work", "Two");
  save (f, "work", "Two"); /* unchanged: the backup stays what it was */
  assert_holds (f, "work.conf", "name=Two\n");
  assert_holds (f, "work.conf~", "name=One\n");

  struct stat st;
  g_autofree char *file = g_build_filename (f->path, "work.conf", NULL);
  g_assert_cmpint (stat (file, &st), ==, 0);
  g_assert_cmpuint (st.st_mode & 0777, ==, 0600);
  g_assert_cmpint (stat (f->path, &st), ==, 0);
  g_assert_cmpuint (st.st_mode & 0777, ==, 0700);

  g_autoptr (SiteEntry) entry = site_store_load (f->store, "work");
  g_assert_no_error (entry->problem);
  g_assert_cmpstr (entry->site->name, ==, "Two");

  g_assert_true (site_store_remove (f->store, "work", NULL));
  g_autoptr (GPtrArray) entries = site_store_list (f->store, NULL);
  g_assert_cmpuint (entries->len, ==, 0);
  g_autofree char *backup = contents (f, "work.conf~");
  g_assert_null (backup);
  g_autoptr (GError) error = NULL;
  g_assert_false (site_store_remove (f->store, "work", &error));
  g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_SITE_NOT_FOUND);
}

/* A name is never a way to another file (A15). */
static void
test_ids (Fixture *f, gconstpointer data)
{
  static const struct {
    const char *name;
    const char *id;
  } rows[] = {
    { "Customer ACME", "customer-acme" },
    { "../../etc/passwd", "etc-passwd" },
    { "/", "site" },
    { "..", "site" },
    { "\xe4\xbe\x8b", "site" },
    { "  a  b  ", "a-b" },
    { "a\nb", "a-b" },
    { "0123456789012345678901234567890123456789xyz", "0123456789012345678901234567890123456789" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *id = site_store_new_id (f->store, rows[i].name);
    g_assert_cmpstr (id, ==, rows[i].id);
    g_assert_true (site_id_is_valid (id));
  }
  save (f, "a-b", "x");
  g_autofree char *second = site_store_new_id (f->store, "A b");
  g_assert_cmpstr (second, ==, "a-b-2");

  static const char *const bad[] = { "", ".", "..", "../x", "/etc/passwd", "a/b", ".hidden", "-x",
    "a b", "a\n", "\xc3\xa4", "a*",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" };
  g_autoptr (Site) site = make_site ("x");
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_false (site_store_save (f->store, bad[i], site, &error));
    g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_SITE_NOT_FOUND);
    g_autoptr (SiteEntry) entry = site_store_load (f->store, bad[i]);
    g_assert_null (entry->site);
    g_assert_false (site_store_remove (f->store, bad[i], NULL));
  }
}

static void
test_invalid_is_not_saved (Fixture *f, gconstpointer data)
{
  save (f, "work", "One");
  g_autoptr (Site) site = make_site ("x");
  g_free (site->name);
  site->name = g_strdup ("a\nb");
  g_autoptr (GError) error = NULL;
  g_assert_false (site_store_save (f->store, "work", site, &error));
  g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID);
  assert_holds (f, "work.conf", "name=One\n");
}

static const SiteEntry *
entry_of (GPtrArray *entries, const char *id)
{
  for (unsigned int i = 0; i < entries->len; i++) {
    const SiteEntry *entry = g_ptr_array_index (entries, i);
    if (strcmp (entry->id, id) == 0)
      return entry;
  }
  return NULL;
}

/* What is damaged goes aside and is told, what was mistyped stays, all others load (R16). */
static void
test_damaged (Fixture *f, gconstpointer data)
{
  save (f, "good", "Good");
  save (f, "back", "Before");
  save (f, "back", "After");
  put (f, "back.conf", "", 0);
  put (f, "lost.conf", "\0\1\2\377", 4);
  put (f, "lost.conf.corrupt-1", "older", -1);
  put (f, "typo.conf", "[site]\nadress=gw\n", -1);
  put (f, "no id.conf", "x", -1);
  put (f, "notes.txt", "x", -1);

  g_autoptr (GPtrArray) entries = site_store_list (f->store, NULL);
  g_assert_cmpuint (entries->len, ==, 4);
  g_assert_nonnull (entry_of (entries, "good")->site);
  g_assert_no_error (entry_of (entries, "good")->problem);

  const SiteEntry *back = entry_of (entries, "back");
  g_assert_cmpstr (back->site->name, ==, "Before");
  g_assert_nonnull (strstr (back->problem->message, "back.conf.corrupt-1"));
  assert_holds (f, "back.conf", "name=Before\n");

  const SiteEntry *lost = entry_of (entries, "lost");
  g_assert_null (lost->site);
  g_assert_nonnull (strstr (lost->problem->message, "lost.conf.corrupt-2"));
  assert_holds (f, "lost.conf.corrupt-1", "older");
  g_autofree char *gone = contents (f, "lost.conf");
  g_assert_null (gone);

  g_assert_null (entry_of (entries, "typo")->site);
  assert_holds (f, "typo.conf", "adress=gw");
}

/* A power cut leaves a prefix of the temporary file: the old text is there, and can be saved over. */
static void
test_write_prefixes (Fixture *f, gconstpointer data)
{
  g_autofree char *fresh = g_strdup_printf (TEXT, "New");
  for (gsize n = 0; n <= strlen (fresh); n++) {
    save (f, "work", "Old");
    g_autofree char *temporary = g_strdup_printf (".work.conf.%08zx", n);
    put (f, temporary, fresh, (gssize) n);
    g_autoptr (GPtrArray) entries = site_store_list (f->store, NULL);
    g_assert_cmpuint (entries->len, ==, 1);
    g_assert_cmpstr (entry_of (entries, "work")->site->name, ==, "Old");
    save (f, "work", "New");
    assert_holds (f, "work.conf", "name=New\n");
  }
}

/* Even a file system that kept only a prefix of ID.conf loses nothing that was there before. */
static void
test_file_prefixes (Fixture *f, gconstpointer data)
{
  g_autofree char *fresh = g_strdup_printf (TEXT, "New");
  for (gsize n = 0; n < strlen (fresh); n++) {
    save (f, "work", "Old");
    save (f, "work", "New");
    put (f, "work.conf", fresh, (gssize) n);
    g_autoptr (SiteEntry) entry = site_store_load (f->store, "work");
    if (n < strlen ("[site]")) {
      g_assert_cmpstr (entry->site->name, ==, "Old");
      g_assert_nonnull (entry->problem);
    } else {
      assert_holds (f, "work.conf~", "name=Old\n");
      g_assert_true (entry->site != NULL || entry->problem != NULL);
    }
  }
}

static void
test_links_and_devices (Fixture *f, gconstpointer data)
{
  g_autofree char *target = g_build_filename (f->root, "secret.conf", NULL);
  g_assert_true (g_file_set_contents (target, "[site]\n", -1, NULL));
  g_autofree char *link = g_build_filename (f->path, "link.conf", NULL);
  g_assert_cmpint (symlink (target, link), ==, 0);
  g_autofree char *fifo = g_build_filename (f->path, "fifo.conf", NULL);
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  g_autofree char *folder = g_build_filename (f->path, "folder.conf", NULL);
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  save (f, "good", "Good");

  g_autoptr (GPtrArray) entries = site_store_list (f->store, NULL);
  g_assert_cmpuint (entries->len, ==, 4);
  g_assert_nonnull (entry_of (entries, "good")->site);
  g_assert_nonnull (entry_of (entries, "link")->problem);
  g_assert_nonnull (entry_of (entries, "fifo")->problem);
  g_assert_nonnull (entry_of (entries, "folder")->problem);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/site/store/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("save-and-load", test_save_and_load);
  ADD ("ids", test_ids);
  ADD ("invalid-is-not-saved", test_invalid_is_not_saved);
  ADD ("damaged", test_damaged);
  ADD ("write-prefixes", test_write_prefixes);
  ADD ("file-prefixes", test_file_prefixes);
  ADD ("links-and-devices", test_links_and_devices);
  return g_test_run ();
}
