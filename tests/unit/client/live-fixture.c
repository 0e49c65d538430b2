/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tests of VisitorLive stand on: a bus, a keyring, a folder with one site, an engine (live-engine.c), and
 * a person who is asked. */
#include "live-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

#include "base/names.h"
#include "client/keyring.h"
#include "dbus/errors.h"

static void
ask_secret (
    VisitorSiteItem *item, VisitorSecretRequest *request, const GError *problem, gpointer user_data)
{
  Fixture *f = user_data;
  g_clear_pointer (&f->secret, visitor_secret_request_free);
  f->secret = request;
}

static void
ask_trust (VisitorSiteItem *item, VisitorTrustRequest *request, gpointer user_data)
{
  Fixture *f = user_data;
  g_clear_pointer (&f->trust, visitor_trust_request_free);
  f->trust = request;
}

static const VisitorLivePrompts prompts = { ask_secret, ask_trust };

gboolean
on_late (gpointer what)
{
  g_error ("waited too long for %s", (const char *) what);
  return G_SOURCE_REMOVE;
}

static void
tell (Fixture *f, char letter)
{
  char *more = g_strdup_printf ("%s%c", f->told, letter);
  g_free (f->told);
  f->told = more;
}

static void
on_live_connected (VisitorLive *live, VisitorSiteItem *item, Fixture *f)
{
  g_assert_cmpint (visitor_site_item_get_state (item), ==, VISITOR_STATE_CONNECTED);
  tell (f, 'c');
}

static void
on_live_failed (VisitorLive *live, VisitorSiteItem *item, Fixture *f)
{
  g_assert_nonnull (visitor_site_item_get_failure (item));
  tell (f, 'f');
}

static void
on_live_lost (VisitorLive *live, VisitorSiteItem *item, Fixture *f)
{
  g_assert_nonnull (visitor_site_item_get_failure (item));
  tell (f, 'l');
}

static void
on_not_kept (VisitorLive *live, VisitorSiteItem *item, const GError *error, Fixture *f)
{
  tell (f, 'n');
}

void
write_site (Fixture *f, const char *id)
{
  g_autofree char *path = g_strdup_printf ("%s/%s.conf", f->directory, id);
  g_assert_true (g_file_set_contents (path,
      "[site]\nname=Office\naddress=vpn.example.com\n[sign-in]\nmethod=eap-mschapv2\nuser=alice\n",
      -1, NULL));
}

void
begin_live (Fixture *f)
{
  f->live = visitor_live_new (f->model, &prompts, f);
  g_signal_connect (f->live, "connected", G_CALLBACK (on_live_connected), f);
  g_signal_connect (f->live, "failed", G_CALLBACK (on_live_failed), f);
  g_signal_connect (f->live, "lost", G_CALLBACK (on_live_lost), f);
  g_signal_connect (f->live, "not-kept", G_CALLBACK (on_not_kept), f);
}

/* What it has asked the engine may hold it for a while; when it is gone nothing comes to the fixture any more. */
void
end_live (Fixture *f, gboolean with_engine)
{
  gpointer left = f->live;
  g_object_add_weak_pointer (G_OBJECT (f->live), &left);
  g_clear_object (&f->live);
  if (with_engine)
    stop_engine (f);
  wait_until (left == NULL);
}

static GTestDBus *the_bus;

void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  f->daemon = the_bus;
  f->directory = site_store_default_directory ();
  g_mkdir_with_parents (f->directory, 0700);
  write_site (f, "office");
  f->model = visitor_site_model_new (NULL, &error);
  g_assert_no_error (error);
  f->told = g_strdup ("");
  start_engine (f);
  if (data == NULL)
    take_name (f);
  begin_live (f);
}

void
tear_down (Fixture *f, gconstpointer data)
{
  g_clear_pointer (&f->secret, visitor_secret_request_free);
  g_clear_pointer (&f->trust, visitor_trust_request_free);
  end_live (f, TRUE);
  g_clear_object (&f->model);
  g_autoptr (GAsyncResult) result = NULL;
  visitor_keyring_forget_async ("office", NULL, on_called, &result);
  wait_until (result != NULL);
  g_autoptr (GDir) dir = g_dir_open (f->directory, 0, NULL);
  for (const char *name = g_dir_read_name (dir); name != NULL; name = g_dir_read_name (dir)) {
    g_autofree char *path = g_build_filename (f->directory, name, NULL);
    g_unlink (path);
  }
  g_free (f->directory);
  g_free (f->told);
  g_free (f->agent);
  g_free (f->client);
}

VisitorSiteItem *
office (Fixture *f)
{
  return visitor_site_model_find (f->model, "office");
}

VisitorState
state (Fixture *f)
{
  return visitor_site_item_get_state (office (f));
}

const char *
last_path (Fixture *f)
{
  static char path[80];
  g_snprintf (path, sizeof path, VISITOR_CONNECTION_PATH_PREFIX "%u", f->number);
  return path;
}

/* Clicks, and the engine has begun. */
const char *
connect_office (Fixture *f)
{
  visitor_live_connect (f->live, office (f));
  wait_until (f->connects > 0 && visitor_site_item_get_connection (office (f)) != NULL);
  wait_until (
      g_str_equal (visitor_site_item_get_status_text (office (f)), "Looking for the gateway"));
  return last_path (f);
}

static void
remove_folder (const char *directory)
{
  static const char *const names[] = { "keyring~", "keyring", "visitor/sites", "visitor", "" };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = g_build_filename (directory, names[i], NULL);
    g_remove (path);
  }
}

/* libsecret's file loses a string with every write but the first (0.20.5), and the stack does not say whose
 * it was; so leaks are looked for in the tests of what this one is made of. */
const char *__asan_default_options (void);

const char *
__asan_default_options (void)
{
  return "detect_leaks=0";
}

/* Runs the tests that add () adds, with a bus, a keyring and a folder of their own. */
int
live_run_tests (int argc, char **argv, void (*add) (void))
{
  g_test_init (&argc, &argv, NULL);
  visitor_dbus_register_errors ();
  g_autofree char *directory = g_dir_make_tmp ("visitor-live-XXXXXX", NULL);
  g_autofree char *file = g_build_filename (directory, "keyring", NULL);
  g_setenv ("XDG_CONFIG_HOME", directory, TRUE);
  g_setenv ("SECRET_BACKEND", "file", TRUE);
  g_setenv ("SECRET_FILE_TEST_PATH", file, TRUE);
  g_setenv ("SECRET_FILE_TEST_PASSWORD", "pw", TRUE);
  the_bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (the_bus);
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", g_test_dbus_get_bus_address (the_bus), TRUE);
  add ();
  int rc = g_test_run ();
  g_test_dbus_stop (the_bus);
  g_object_unref (the_bus);
  remove_folder (directory);
  return rc;
}
