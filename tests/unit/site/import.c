/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib/gstdio.h>
#include <string.h>

#include "site/store.h"

#define CERT "-----BEGIN CERTIFICATE-----\nMAkGByqGSM49AgE=\n-----END CERTIFICATE-----\n"

typedef struct {
  char *root;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  f->root = g_dir_make_tmp ("visitor-import-XXXXXX", &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_autoptr (GDir) dir = g_dir_open (f->root, 0, NULL);
  for (const char *name = g_dir_read_name (dir); name != NULL; name = g_dir_read_name (dir)) {
    g_autofree char *path = g_build_filename (f->root, name, NULL);
    g_remove (path);
  }
  g_rmdir (f->root);
  g_free (f->root);
}

static void
put (Fixture *f, const char *name, const char *text, gssize len)
{
  g_autofree char *path = g_build_filename (f->root, name, NULL);
  g_assert_true (g_file_set_contents (path, text, len, NULL));
}

static void
test_certificates (Fixture *f, gconstpointer data)
{
  static const char der[] = "\x30\x09\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x01";
  put (f, "ca.pem", CERT, -1);
  gsize der_len = 2 + 9;
  put (f, "ca.der", der, (gssize) der_len);
  put (f, "in.txt",
      "[site]\naddress=gw\n[tls]\nca=ca.der\n[gateway]\nca=./ca.pem\n"
      "[sign-in]\nmethod=psk\nuser=anna\n",
      -1);
  g_autofree char *path = g_build_filename (f->root, "in.txt", NULL);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) copied = NULL;
  g_autoptr (Secret) key = NULL;
  g_autoptr (Site) site = site_import_file (path, &copied, &key, &error);
  g_assert_no_error (error);
  g_assert_null (key);
  g_assert_cmpstr (site->gateway_ca_pem, ==, CERT);
  g_assert_nonnull (strstr (site->tls_ca_pem, "MAkGByqGSM49AgE="));
  g_assert_cmpuint (g_strv_length (copied), ==, 2);

  g_assert_null (site_import_file ("/dev/zero", &copied, &key, &error));
  g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID);
  g_clear_error (&error);
  g_assert_null (site_import_file ("/nonexistent/x", &copied, &key, &error));
  g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_SITE_NOT_FOUND);
}

#define KEY_SITE \
  "[site]\naddress=gw\n[sign-in]\nmethod=certificate\ncertificate=ca.pem\nkey=anna.key\n"

/* The key is handed over where the site is to be kept with it, and is left unread where it stays. */
static void
test_key (Fixture *f, gconstpointer data)
{
  put (f, "ca.pem", CERT, -1);
  put (f, "in.txt", KEY_SITE, -1);
  g_autofree char *path = g_build_filename (f->root, "in.txt", NULL);
  g_autofree char *key_path = g_build_filename (f->root, "anna.key", NULL);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) copied = NULL;
  g_autoptr (Secret) key = NULL;
  g_assert_null (site_import_file (path, &copied, &key, &error));
  g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_SITE_NOT_FOUND);
  g_clear_error (&error);

  g_autofree char *key_file = NULL;
  g_autoptr (Site) in_place = site_import_in_place (path, &key_file, &error);
  g_assert_no_error (error);
  g_assert_nonnull (in_place);
  g_assert_cmpstr (key_file, ==, key_path);

  put (f, "anna.key", "what a key is", -1);
  g_autoptr (Site) site = site_import_file (path, &copied, &key, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (copied), ==, 1);
  Slice octets = secret_slice (key);
  g_assert_cmpmem (octets.data, octets.len, "what a key is", strlen ("what a key is"));
}

/* A file that exists is replaced only by who says so. */
static void
test_export (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Site) site =
      site_parse ("[site]\naddress=gw\n[sign-in]\nmethod=psk\nuser=anna\n", -1, NULL, NULL, &error);
  g_assert_no_error (error);
  put (f, "out.txt", "mine", -1);
  g_autofree char *path = g_build_filename (f->root, "out.txt", NULL);
  g_assert_false (site_export_file (site, path, FALSE, &error));
  g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_SITE_EXISTS);
  g_clear_error (&error);
  g_autofree char *kept = NULL;
  g_assert_true (g_file_get_contents (path, &kept, NULL, NULL));
  g_assert_cmpstr (kept, ==, "mine");

  g_assert_true (site_export_file (site, path, TRUE, &error));
  g_assert_no_error (error);
  g_autofree char *written = NULL, *text = site_to_text (site);
  g_assert_true (g_file_get_contents (path, &written, NULL, NULL));
  g_assert_cmpstr (written, ==, text);

  g_assert_false (site_export_file (site, "/nonexistent/x", TRUE, &error));
  g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_STORAGE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/site/import/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("certificates", test_certificates);
  ADD ("key", test_key);
  ADD ("export", test_export);
  return g_test_run ();
}
