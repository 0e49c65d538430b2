/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a pipe of somebody's may do to whoever reads a secret from it. */
#include "host/secret-reader.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"

static int
pipe_with (const char *text, int *ret_kept)
{
  int ends[2];
  ssize_t len = (ssize_t) strlen (text);
  g_assert_true (g_unix_open_pipe (ends, FD_CLOEXEC, NULL));
  g_assert_cmpint (write (ends[1], text, (size_t) len), ==, len);
  *ret_kept = ends[1];
  return ends[0];
}

static void
on_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static void
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
}

static void
a_secret_reader_has_patience_and_an_end (void)
{
  int kept;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  secret_read_async (pipe_with ("s3", &kept), 1, NULL, on_result, &result);
  wait_for (&result);
  g_assert_null (secret_read_finish (result, &error));
  g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_NO_SECRET);
  close (kept);
}

static void
a_secret_may_come_in_pieces (void)
{
  int kept;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  secret_read_async (pipe_with ("s3", &kept), 60, NULL, on_result, &result);
  for (guint i = 0; i < 5; i++)
    g_main_context_iteration (NULL, FALSE);
  g_assert_null (result);
  g_assert_cmpint (write (kept, "cret", 4), ==, 4);
  close (kept);
  wait_for (&result);
  g_autoptr (Secret) secret = secret_read_finish (result, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (secret_slice (secret).data, secret_len (secret), "s3cret", 6);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/secret-reader/has-an-end", a_secret_reader_has_patience_and_an_end);
  g_test_add_func ("/secret-reader/in-pieces", a_secret_may_come_in_pieces);
  return g_test_run ();
}
