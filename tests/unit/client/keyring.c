/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "client/keyring.h"

#include <glib/gstdio.h>
#include <string.h>

#include "base/error.h"

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static GAsyncResult *
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return *result;
}

/* libsecret's file backend forgets to free the etag of each file that it writes: with LeakSanitizer in
 * the process, what is allocated meanwhile is not looked for. */
void __lsan_disable (void) __attribute__ ((weak));
void __lsan_enable (void) __attribute__ ((weak));

static GAsyncResult *
wait_for_store (GAsyncResult **result)
{
  if (__lsan_disable != NULL)
    __lsan_disable ();
  wait_for (result);
  if (__lsan_enable != NULL)
    __lsan_enable ();
  return *result;
}

static gboolean
store (const char *site, const char *text, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (Secret) secret = secret_new (text, strlen (text));
  visitor_keyring_store_async (site, "anna", "password", secret, NULL, on_done, &result);
  return visitor_keyring_store_finish (wait_for_store (&result), error);
}

static gboolean
look_up (const char *site, const char *kind, Secret **ret_secret, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  visitor_keyring_lookup_async (site, "anna", kind, NULL, on_done, &result);
  return visitor_keyring_lookup_finish (wait_for (&result), ret_secret, error);
}

static void
assert_kept (const char *site, const char *kind, const char *text)
{
  g_autoptr (Secret) secret = NULL;
  g_autoptr (GError) error = NULL;
  g_assert_true (look_up (site, kind, &secret, &error));
  g_assert_no_error (error);
  if (text == NULL)
    g_assert_null (secret);
  else
    g_assert_cmpmem (secret_slice (secret).data, secret_slice (secret).len, text, strlen (text));
}

/* Kept, found by all of site, user and kind only, replaced, forgotten. */
static void
test_life (void)
{
  g_autoptr (GError) error = NULL;
  assert_kept ("work", "password", NULL);
  g_assert_true (store ("work", "Wonderland1", &error));
  g_assert_no_error (error);
  g_assert_true (store ("other", "x", &error));
  assert_kept ("work", "password", "Wonderland1");
  assert_kept ("work", "psk", NULL);
  g_assert_true (store ("work", "p\xc3\xa4ss word", &error));
  assert_kept ("work", "password", "p\xc3\xa4ss word");

  g_autoptr (GAsyncResult) result = NULL;
  visitor_keyring_forget_async ("work", NULL, on_done, &result);
  g_assert_true (visitor_keyring_forget_finish (wait_for (&result), &error));
  assert_kept ("work", "password", NULL);
  assert_kept ("other", "password", "x");

  g_clear_object (&result);
  visitor_keyring_forget_async ("work", NULL, on_done, &result);
  g_assert_false (visitor_keyring_forget_finish (wait_for (&result), &error));
  g_assert_no_error (error);
}

static void
test_cancel (void)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (Secret) secret = NULL;
  g_autoptr (GError) error = NULL;
  g_cancellable_cancel (cancellable);
  visitor_keyring_lookup_async ("work", "anna", "psk", cancellable, on_done, &result);
  g_assert_false (visitor_keyring_lookup_finish (wait_for (&result), &secret, &error));
  g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_CANCELLED);
  g_assert_null (secret);
}

/* No keyring is an error that says so, and nothing is put anywhere else. */
static void
test_absent (void)
{
  if (!g_test_subprocess ()) {
    g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
    g_test_trap_assert_passed ();
    return;
  }
  g_unsetenv ("SECRET_BACKEND");
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus", TRUE);
  g_autoptr (GError) error = NULL;
  g_autoptr (Secret) secret = NULL;
  g_assert_false (look_up ("work", "password", &secret, &error));
  g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_NO_SECRET);
  g_assert_nonnull (strstr (error->message, "No keyring"));
  g_clear_error (&error);
  g_assert_false (store ("work", "x", &error));
  g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_NO_SECRET);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_autofree char *directory = g_dir_make_tmp ("visitor-keyring-XXXXXX", NULL);
  g_autofree char *file = g_build_filename (directory, "keyring", NULL);
  g_setenv ("SECRET_BACKEND", "file", TRUE);
  g_setenv ("SECRET_FILE_TEST_PATH", file, TRUE);
  g_setenv ("SECRET_FILE_TEST_PASSWORD", "pw", TRUE);
  g_test_add_func ("/client/keyring/life", test_life);
  g_test_add_func ("/client/keyring/cancel", test_cancel);
  g_test_add_func ("/client/keyring/absent", test_absent);
  int rc = g_test_run ();
  g_autofree char *backup = g_strconcat (file, "~", NULL);
  g_remove (backup);
  g_remove (file);
  g_rmdir (directory);
  return rc;
}
