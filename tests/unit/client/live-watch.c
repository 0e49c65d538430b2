/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is seen of connections, whoever made them: those that are there, come, go, and are left. */
#include "live-fixture.h"

#include <glib/gstdio.h>

#include "base/names.h"

/* What is connected already is found, without a word of news. */
static void
test_reattach (Fixture *f, gconstpointer data)
{
  g_autofree char *path = make_connection (f, "office", "connected");
  g_autofree char *foreign = make_connection (f, "elsewhere", "connected");
  take_name (f);
  wait_for_state (f, VISITOR_STATE_CONNECTED);
  wait_until (visitor_live_get_engine_version (f->live) != NULL);
  g_assert_cmpstr (visitor_live_get_engine_version (f->live), ==, "1.2.3");
  g_assert_cmpstr (f->told, ==, "");
  g_assert_cmpuint (
      visitor_throughput_get_total_in (visitor_site_item_get_throughput (office (f))), ==, 7);

  /* a site that comes later finds its connection */
  write_site (f, "elsewhere");
  wait_until (visitor_site_model_find (f->model, "elsewhere") != NULL);
  VisitorSiteItem *item = visitor_site_model_find (f->model, "elsewhere");
  wait_until (visitor_site_item_get_state (item) == VISITOR_STATE_CONNECTED);

  /* a removal that is undone has lost nothing */
  g_autoptr (VisitorSiteItem) removed = g_object_ref (office (f));
  visitor_site_model_remove (f->model, removed);
  visitor_site_model_restore (f->model, removed);
  g_assert_cmpint (state (f), ==, VISITOR_STATE_CONNECTED);
}

/* A connection that somebody else makes and ends is seen. */
static void
test_others (Fixture *f, gconstpointer data)
{
  wait_until (visitor_live_get_engine_version (f->live) != NULL);
  g_autofree char *path = make_connection (f, "office", "looking-for-gateway");
  wait_for_state (f, VISITOR_STATE_LOOKING_FOR_GATEWAY);
  set_state (f, path, "connected", NULL);
  wait_for_state (f, VISITOR_STATE_CONNECTED);
  end_connection (f, path);
  wait_for_state (f, VISITOR_STATE_DISCONNECTED);
  g_assert_cmpstr (f->told, ==, "c");
}

/* An attempt that failed before the program was there does not greet whoever starts it. */
static void
test_stale (Fixture *f, gconstpointer data)
{
  write_site (f, "elsewhere");
  g_autofree char *asked = make_connection (f, "office", "signing-in");
  set_state (f, asked, "failed", visitor_error_name (VISITOR_ERROR_NO_SECRET));
  g_autofree char *stood = make_connection (f, "elsewhere", "connected");
  set_connected (f, stood, 1);
  set_state (f, stood, "failed", visitor_error_name (VISITOR_ERROR_TIMED_OUT));
  wait_until (visitor_site_model_find (f->model, "elsewhere") != NULL);
  VisitorSiteItem *elsewhere = visitor_site_model_find (f->model, "elsewhere");
  take_name (f);

  /* that what stood has broken, is news; it is seen, and with it the other one has been looked at, too */
  wait_until (visitor_site_item_get_state (elsewhere) == VISITOR_STATE_FAILED);
  wait_until (f->looks >= 2);
  g_assert_cmpint (state (f), ==, VISITOR_STATE_DISCONNECTED);
  g_assert_null (visitor_site_item_get_failure (office (f)));

  /* one that fails under our eyes is told */
  g_autofree char *path = make_connection (f, "office", "signing-in");
  wait_for_state (f, VISITOR_STATE_SIGNING_IN);
  set_state (f, path, "failed", visitor_error_name (VISITOR_ERROR_NO_SECRET));
  wait_for_state (f, VISITOR_STATE_FAILED);
}

static guint
n_others (Fixture *f)
{
  return g_list_model_get_n_items (visitor_live_get_others (f->live));
}

/* What is connected and stands in no list is seen while it is there, and can be ended. */
static void
test_unlisted (Fixture *f, gconstpointer data)
{
  g_autofree char *path = make_connection (f, "elsewhere", "connected");
  g_autofree char *listed = make_connection (f, "office", "connected");
  take_name (f);
  wait_for_state (f, VISITOR_STATE_CONNECTED);
  wait_until (n_others (f) == 1);
  g_autoptr (VisitorSiteItem) other = g_list_model_get_item (visitor_live_get_others (f->live), 0);
  g_assert_cmpstr (visitor_site_item_get_name (other), ==, "elsewhere");
  g_assert_cmpint (visitor_site_item_get_state (other), ==, VISITOR_STATE_CONNECTED);
  set_state (f, path, "reconnecting", NULL);
  wait_until (visitor_site_item_get_state (other) == VISITOR_STATE_RECONNECTING);
  visitor_live_disconnect (f->live, other);
  wait_until (f->disconnects == 1);
  set_state (f, path, "disconnected", NULL);
  wait_until (n_others (f) == 0);

  /* a site that is deleted under its connection, and one that comes */
  g_autofree char *file = g_build_filename (f->directory, "office.conf", NULL);
  g_unlink (file);
  wait_until (n_others (f) == 1);
  write_site (f, "office");
  wait_until (n_others (f) == 0);
  wait_for_state (f, VISITOR_STATE_CONNECTED);

  /* what is removed here is on its way out, and nobody else's */
  g_autoptr (VisitorSiteItem) removed = g_object_ref (office (f));
  visitor_site_model_remove (f->model, removed);
  g_assert_cmpuint (n_others (f), ==, 0);
  visitor_site_model_restore (f->model, removed);
  g_assert_cmpstr (f->told, ==, "");
}

/* One that is gone before it could be looked at leaves nothing behind. */
static void
test_short (Fixture *f, gconstpointer data)
{
  wait_until (visitor_live_get_engine_version (f->live) != NULL);
  g_autofree char *path = make_connection (f, "office", "looking-for-gateway");
  end_connection (f, path);
  g_autofree char *next = make_connection (f, "office", "connected");
  wait_for_state (f, VISITOR_STATE_CONNECTED);
  VisitorConnection *connection = visitor_site_item_get_connection (office (f));
  g_assert_cmpstr (visitor_connection_get_path (connection), ==, next);
}

static void
test_engine_dies (Fixture *f, gconstpointer data)
{
  const char *path = connect_office (f);
  set_state (f, path, "connected", NULL);
  wait_for_state (f, VISITOR_STATE_CONNECTED);
  g_assert_true (visitor_live_get_available (f->live));
  stop_engine (f);
  wait_until (!visitor_live_get_available (f->live)); /* nothing could start it here */
  g_assert_cmpint (state (f), ==, VISITOR_STATE_FAILED);
  g_assert_cmpint (
      visitor_site_item_get_failure (office (f))->code, ==, VISITOR_ERROR_ENGINE_UNAVAILABLE);
  g_assert_null (visitor_site_item_get_connection (office (f)));
  g_assert_null (visitor_live_get_engine_version (f->live));
  g_assert_cmpstr (f->told, ==, "cl");

  visitor_live_connect (f->live, office (f)); /* without it */
  wait_until (g_str_equal (f->told, "clf"));
  g_assert_cmpint (
      visitor_site_item_get_failure (office (f))->code, ==, VISITOR_ERROR_ENGINE_UNAVAILABLE);

  start_engine (f);
  take_name (f);
  wait_until (visitor_live_get_available (f->live));
  f->connects = 0;
  connect_office (f); /* with another one, that counts from one again */
  set_state (f, last_path (f), "connected", NULL);
  wait_for_state (f, VISITOR_STATE_CONNECTED);
  g_assert_null (visitor_site_item_get_failure (office (f)));
}

/* The log is there from its beginning, also when the connection is over and forgotten. */
static void
test_log (Fixture *f, gconstpointer data)
{
  const char *path = connect_office (f);
  VisitorLogHistory *log = visitor_site_item_get_log (office (f));
  guint n = 0;
  while (n < 2) {
    g_auto (GStrv) lines = visitor_log_history_dup_lines (log);
    n = g_strv_length (lines);
    if (n < 2)
      g_main_context_iteration (NULL, TRUE);
  }
  visitor_dbus_connection1_emit_log (
      g_hash_table_lookup (f->connections, path), G_LOG_LEVEL_INFO, "third");
  set_state (f, path, "failed", visitor_error_name (VISITOR_ERROR_TIMED_OUT));
  wait_for_state (f, VISITOR_STATE_FAILED);
  end_connection (f, path);
  wait_until (visitor_site_item_get_connection (office (f)) == NULL);
  g_auto (GStrv) lines = visitor_log_history_dup_lines (log);
  g_autofree char *all = g_strjoinv (" ", lines);
  g_assert_cmpstr (all, ==, "first second third");
  const VisitorLogLine *second = g_ptr_array_index (visitor_log_history_get_lines (log), 1);
  g_assert_cmpint (second->time, ==, 2);
  g_assert_cmpint (second->level, ==, G_LOG_LEVEL_MESSAGE);
}

static gboolean
on_once (gpointer over)
{
  *(gboolean *) over = TRUE;
  return G_SOURCE_REMOVE;
}

/* Counters are asked for while somebody looks, and only then. */
static void
test_sampling (Fixture *f, gconstpointer data)
{
  const char *path = connect_office (f);
  set_state (f, path, "connected", NULL);
  wait_for_state (f, VISITOR_STATE_CONNECTED);
  guint before = f->looks;
  wait_until (f->looks >= before + 2);
  visitor_live_set_sampling (f->live, FALSE);
  gboolean over = FALSE;
  g_timeout_add (100, on_once, &over); /* what was asked before is answered by then, or never */
  wait_until (over);
  over = FALSE;
  before = f->looks;
  g_timeout_add (2500, on_once, &over);
  wait_until (over);
  g_assert_cmpuint (f->looks, <=, before + 1);
}

/* A program that goes leaves the tunnel as it is. */
static void
test_leave (Fixture *f, gconstpointer data)
{
  const char *path = connect_office (f);
  set_state (f, path, "connected", NULL);
  wait_for_state (f, VISITOR_STATE_CONNECTED);
  end_live (f, FALSE);
  g_assert_null (visitor_site_item_get_connection (office (f)));
  begin_live (f);
  wait_for_state (f, VISITOR_STATE_CONNECTED);
  g_assert_cmpuint (f->disconnects, ==, 0);
  g_assert_cmpuint (f->connects, ==, 1);
}

#define ADD(name, function) \
  g_test_add ("/client/live/" name, Fixture, NULL, set_up, function, tear_down)

static void
add (void)
{
  g_test_add ("/client/live/reattach", Fixture, "without a name", set_up, test_reattach, tear_down);
  ADD ("others", test_others);
  g_test_add ("/client/live/stale", Fixture, "without a name", set_up, test_stale, tear_down);
  g_test_add ("/client/live/unlisted", Fixture, "without a name", set_up, test_unlisted, tear_down);
  ADD ("short", test_short);
  ADD ("engine-dies", test_engine_dies);
  ADD ("log", test_log);
  ADD ("sampling", test_sampling);
  ADD ("leave", test_leave);
}

int
main (int argc, char **argv)
{
  return live_run_tests (argc, argv, add);
}
