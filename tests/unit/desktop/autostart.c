/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "desktop/autostart.h"

#include <glib/gstdio.h>

#include "base/error.h"
#include "desktop/settings.h"

typedef struct {
  char *directory;
  GSettings *settings;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->directory = g_dir_make_tmp ("visitor-autostart-XXXXXX", NULL);
  f->settings = visitor_settings_new ();
  g_settings_reset (f->settings, VISITOR_SETTING_START_AT_LOGIN);
  g_settings_reset (f->settings, VISITOR_SETTING_CONNECT_AT_LOGIN);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_build_filename (f->directory, "autostart", NULL);
  visitor_autostart_set (f->directory, FALSE, &error);
  g_assert_no_error (error);
  g_rmdir (folder);
  g_assert_cmpint (g_rmdir (f->directory), ==, 0);
  g_free (f->directory);
  g_clear_object (&f->settings);
}

static gboolean
follow (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  g_assert_true (visitor_autostart_follow (f->settings, f->directory, &error));
  g_assert_no_error (error);
  return visitor_autostart_is_set (f->directory);
}

/* Either choice makes the file, and the last of them that goes takes it along. */
static void
test_follow (Fixture *f, gconstpointer data)
{
  g_assert_false (follow (f));
  g_settings_set_boolean (f->settings, VISITOR_SETTING_START_AT_LOGIN, TRUE);
  g_assert_true (follow (f));
  visitor_settings_set_connects_at_login (f->settings, "office", TRUE);
  g_settings_set_boolean (f->settings, VISITOR_SETTING_START_AT_LOGIN, FALSE);
  g_assert_true (follow (f));
  visitor_settings_set_connects_at_login (f->settings, "office", FALSE);
  g_assert_false (follow (f));
  g_assert_false (follow (f));
}

static void
test_is_a_desktop_file (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *name =
      g_build_filename (f->directory, "autostart", "org.visitorvpn.Visitor.desktop", NULL);
  g_assert_true (visitor_autostart_set (f->directory, TRUE, &error));
  g_key_file_load_from_file (file, name, G_KEY_FILE_NONE, &error);
  g_assert_no_error (error);
  g_autofree char *exec = g_key_file_get_string (file, "Desktop Entry", "Exec", &error);
  g_assert_cmpstr (exec, ==, "visitor-gui --login");
}

/* What the user has made of the file stays. */
static void
test_leaves_what_is_there (Fixture *f, gconstpointer data)
{
  static const char own[] = "[Desktop Entry]\nType=Application\nName=Mine\nHidden=true\n";
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_autofree char *name =
      g_build_filename (f->directory, "autostart", "org.visitorvpn.Visitor.desktop", NULL);
  g_assert_true (visitor_autostart_set (f->directory, TRUE, &error));
  g_file_set_contents (name, own, -1, &error);
  g_assert_no_error (error);
  g_assert_true (visitor_autostart_set (f->directory, TRUE, &error));
  g_file_get_contents (name, &text, NULL, &error);
  g_assert_cmpstr (text, ==, own);
}

static void
test_no_room (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *blocked = g_build_filename (f->directory, "autostart", NULL);
  g_file_set_contents (blocked, "", 0, NULL);
  g_assert_false (visitor_autostart_set (f->directory, TRUE, &error));
  g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_STORAGE);
  g_unlink (blocked);
}

/* The list holds each site once, in the order in which they were chosen. */
static void
test_sites (Fixture *f, gconstpointer data)
{
  g_assert_false (visitor_settings_connects_at_login (f->settings, "a"));
  visitor_settings_set_connects_at_login (f->settings, "a", TRUE);
  visitor_settings_set_connects_at_login (f->settings, "b", TRUE);
  visitor_settings_set_connects_at_login (f->settings, "b", TRUE);
  g_assert_true (visitor_settings_connects_at_login (f->settings, "a"));
  visitor_settings_set_connects_at_login (f->settings, "a", FALSE);
  visitor_settings_set_connects_at_login (f->settings, "none", FALSE);
  g_auto (GStrv) sites = g_settings_get_strv (f->settings, VISITOR_SETTING_CONNECT_AT_LOGIN);
  const char *const wanted[] = { "b", NULL };
  g_assert_cmpstrv (sites, wanted);
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *path;
    void (*test) (Fixture *, gconstpointer);
  } tests[] = {
    { "/desktop/autostart/follow", test_follow },
    { "/desktop/autostart/is-a-desktop-file", test_is_a_desktop_file },
    { "/desktop/autostart/leaves-what-is-there", test_leaves_what_is_there },
    { "/desktop/autostart/no-room", test_no_room },
    { "/desktop/settings/sites", test_sites },
  };
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
  return g_test_run ();
}
