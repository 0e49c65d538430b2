/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What this program does about a connection: the click, its questions, giving up, and how it ends. */
#include "live-fixture.h"

#include <string.h>

#include "client/portal.h"

static void
on_notify (GObject *item, GParamSpec *pspec, GPtrArray *texts)
{
  g_ptr_array_add (texts, g_strdup (visitor_site_item_get_status_text (VISITOR_SITE_ITEM (item))));
}

static void
expect_portal (Fixture *f, const char *path, const char *told, const char *opened)
{
  set_portal (f, path, told);
  VisitorConnection *connection = visitor_site_item_get_connection (office (f));
  wait_until (g_strcmp0 (visitor_connection_get_string (connection, "portal"), told) == 0);
  g_autofree char *url = visitor_portal_url (connection, visitor_site_item_get_site (office (f)));
  g_assert_cmpstr (url, ==, opened);
}

/* A browser is sent where the portal says, but not everywhere. */
static void
test_portal (Fixture *f, gconstpointer data)
{
  const char *path = connect_office (f);
  const char *host = visitor_site_item_get_site (office (f))->address.host;
  g_autofree char *own = g_strdup_printf ("http://%s/", host);
  expect_portal (f, path, "http://login.hotel.example/?a=b", "http://login.hotel.example/?a=b");
  wait_for_state (f, VISITOR_STATE_WAITING_FOR_PORTAL);
  g_assert_cmpstr (visitor_site_item_get_status_text (office (f)), ==,
      "Waiting for you to sign in to this network");
  expect_portal (f, path, "file:///etc/passwd", own);
  expect_portal (f, path, "http://localhost:631/", own);
  g_assert_false (visitor_connection_was_up (visitor_site_item_get_connection (office (f))));
}

static void
test_states (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  g_signal_connect (office (f), "notify::status-text", G_CALLBACK (on_notify), texts);
  const char *path = connect_office (f);
  set_state (f, path, "signing-in", NULL);
  wait_for_state (f, VISITOR_STATE_SIGNING_IN);
  set_state (f, path, "setting-up", NULL);
  set_state (f, path, "connected", NULL);
  wait_for_state (f, VISITOR_STATE_CONNECTED);
  g_assert_cmpstr (f->told, ==, "c");
  set_state (f, path, "reconnecting", NULL);
  wait_for_state (f, VISITOR_STATE_RECONNECTING);
  set_state (f, path, "connected", NULL);
  wait_for_state (f, VISITOR_STATE_CONNECTED);
  g_assert_cmpstr (f->told, ==, "c"); /* not told again */

  visitor_live_connect (f->live, office (f)); /* a second click */
  visitor_live_disconnect (f->live, office (f));
  wait_until (f->disconnects == 1);
  set_state (f, path, "disconnecting", NULL);
  set_state (f, path, "disconnected", NULL);
  end_connection (f, path);
  wait_until (visitor_site_item_get_connection (office (f)) == NULL);
  g_assert_cmpint (state (f), ==, VISITOR_STATE_DISCONNECTED);
  g_assert_cmpuint (f->connects, ==, 1);
  g_assert_cmpstr (f->told, ==, "c");
  g_signal_handlers_disconnect_by_data (office (f), texts);
  g_ptr_array_add (texts, NULL);
  g_autofree char *all = g_strjoinv ("; ", (char **) texts->pdata);
  g_assert_cmpstr (all, ==,
      "Starting the connection; Looking for the gateway; Signing in as alice; Setting up the "
      "network; Connected; Reconnecting; Connected; Disconnecting; Not connected");
}

static void
test_failure (Fixture *f, gconstpointer data)
{
  const char *path = connect_office (f);
  set_state (f, path, "failed", visitor_error_name (VISITOR_ERROR_UNREACHABLE));
  wait_until (*f->told != '\0');
  g_assert_cmpstr (f->told, ==, "f");
  g_assert_cmpint (state (f), ==, VISITOR_STATE_FAILED);
  g_assert_true (g_error_matches (
      visitor_site_item_get_failure (office (f)), VISITOR_ERROR, VISITOR_ERROR_UNREACHABLE));

  end_connection (f, path); /* the failure is still there to be read */
  wait_until (visitor_site_item_get_connection (office (f)) == NULL);
  g_assert_cmpint (state (f), ==, VISITOR_STATE_FAILED);
  g_assert_nonnull (visitor_site_item_get_failure (office (f)));

  path = connect_office (f); /* until the next attempt */
  g_assert_null (visitor_site_item_get_failure (office (f)));
  set_state (f, path, "failed", visitor_error_name (VISITOR_ERROR_PASSWORD_REFUSED));
  wait_for_state (f, VISITOR_STATE_FAILED);
  visitor_live_disconnect (f->live, office (f)); /* or until it is dismissed */
  g_assert_cmpint (state (f), ==, VISITOR_STATE_DISCONNECTED);
  g_assert_null (visitor_site_item_get_failure (office (f)));
  wait_until (f->disconnects == 1); /* so that the engine forgets it too */
  g_assert_cmpstr (f->told, ==, "ff");
}

/* A connection that was there and ended by itself is lost; one that the person cancelled is not. */
static void
test_lost (Fixture *f, gconstpointer data)
{
  const char *path = connect_office (f);
  set_state (f, path, "connected", NULL);
  wait_for_state (f, VISITOR_STATE_CONNECTED);
  set_state (f, path, "failed", visitor_error_name (VISITOR_ERROR_PEER_SILENT));
  wait_for_state (f, VISITOR_STATE_FAILED);
  g_assert_cmpstr (f->told, ==, "cl");
  path = connect_office (f);
  set_state (f, path, "failed", visitor_error_name (VISITOR_ERROR_CANCELLED));
  wait_for_state (f, VISITOR_STATE_DISCONNECTED);
  g_assert_cmpstr (f->told, ==, "cl");
}

static void
test_refused (Fixture *f, gconstpointer data)
{
  f->refuses = TRUE;
  visitor_live_connect (f->live, office (f));
  g_assert_cmpint (state (f), ==, VISITOR_STATE_LOOKING_FOR_GATEWAY);
  wait_until (*f->told != '\0');
  g_assert_cmpstr (f->told, ==, "f");
  g_assert_cmpint (
      visitor_site_item_get_failure (office (f))->code, ==, VISITOR_ERROR_NOT_AUTHORIZED);
  g_assert_cmpint (state (f), ==, VISITOR_STATE_FAILED);
}

/* Cancelled before the engine has said a word: what comes up all the same is ended. */
static void
test_cancel_early (Fixture *f, gconstpointer data)
{
  f->holds = TRUE;
  visitor_live_connect (f->live, office (f));
  wait_until (f->connecting != NULL);
  visitor_live_disconnect (f->live, office (f));
  g_assert_cmpint (state (f), ==, VISITOR_STATE_DISCONNECTING);
  g_assert_cmpstr (visitor_site_item_get_status_text (office (f)), ==, "Cancelling");
  visitor_live_connect (f->live, office (f)); /* too early */
  answer_connect (f, f->connecting);
  wait_until (f->disconnects == 1);
  g_assert_cmpint (state (f), ==, VISITOR_STATE_DISCONNECTING);
  set_state (f, last_path (f), "failed", visitor_error_name (VISITOR_ERROR_CANCELLED));
  wait_for_state (f, VISITOR_STATE_DISCONNECTED);
  g_assert_null (visitor_site_item_get_failure (office (f)));
  g_assert_cmpuint (f->connects, ==, 1);

  f->holds = FALSE;
  connect_office (f); /* and it can be tried again */
  g_assert_cmpuint (f->connects, ==, 2);
  g_assert_cmpstr (f->told, ==, "");
}

static void
test_cancel_later (Fixture *f, gconstpointer data)
{
  static const char *const states[] = { "looking-for-gateway", "signing-in", "setting-up" };
  for (guint i = 0; i < G_N_ELEMENTS (states); i++) {
    const char *path = connect_office (f);
    set_state (f, path, states[i], NULL);
    wait_for_state (f, visitor_state_from_string (states[i]));
    visitor_live_disconnect (f->live, office (f));
    wait_until (f->disconnects == i + 1);
    set_state (f, path, "disconnecting", NULL);
    set_state (f, path, "disconnected", NULL);
    end_connection (f, path);
    wait_for_state (f, VISITOR_STATE_DISCONNECTED);
    wait_until (visitor_site_item_get_connection (office (f)) == NULL);
  }
  g_assert_cmpstr (f->told, ==, "");
}

static Secret *
typed (const char *text)
{
  return secret_new (text, strlen (text));
}

/* A password is kept when it has proved right and not before, and then it is not asked for. */
static void
test_secret (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  const char *path = connect_office (f);
  ask_for_password (f, path, 1, &result);
  wait_until (f->secret != NULL);
  g_autoptr (Secret) wrong = typed ("Wonderland0");
  visitor_live_answer_secret (f->live, office (f), g_steal_pointer (&f->secret), wrong, TRUE);
  g_autofree char *first = password_of (f, &result, &error);
  g_assert_cmpstr (first, ==, "Wonderland0");

  ask_for_password (f, path, 2, &result);
  wait_until (f->secret != NULL);
  g_assert_cmpuint (visitor_secret_request_get_attempt (f->secret), ==, 2);
  g_autoptr (Secret) right = typed ("Wonderland1");
  visitor_live_answer_secret (f->live, office (f), g_steal_pointer (&f->secret), right, TRUE);
  g_autofree char *second = password_of (f, &result, &error);
  g_assert_cmpstr (second, ==, "Wonderland1");
  set_state (f, path, "connected", NULL);
  wait_for_state (f, VISITOR_STATE_CONNECTED);
  set_state (f, path, "disconnected", NULL);
  end_connection (f, path);
  wait_for_state (f, VISITOR_STATE_DISCONNECTED);
  wait_until (visitor_site_item_get_connection (office (f)) == NULL);

  path = connect_office (f);
  ask_for_password (f, path, 1, &result);
  g_autofree char *kept = password_of (f, &result, &error);
  g_assert_cmpstr (kept, ==, "Wonderland1");
  g_assert_null (f->secret);
}

/* A refusal of the person ends the question, and so does a connection that is over. */
static void
test_no_secret (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  const char *path = connect_office (f);
  ask_for_password (f, path, 1, &result);
  wait_until (f->secret != NULL);
  visitor_live_answer_secret (f->live, office (f), g_steal_pointer (&f->secret), NULL, FALSE);
  g_assert_null (password_of (f, &result, &error));
  g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_CANCELLED);
  g_clear_error (&error);

  ask_for_password (f, path, 2, &result);
  wait_until (f->secret != NULL);
  set_state (f, path, "failed", visitor_error_name (VISITOR_ERROR_TIMED_OUT));
  wait_for_state (f, VISITOR_STATE_FAILED);
  g_autoptr (Secret) late = typed ("Wonderland1");
  visitor_live_answer_secret (f->live, office (f), g_steal_pointer (&f->secret), late, TRUE);
  g_assert_null (password_of (f, &result, &error));
  g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_CANCELLED);
}

static void
ask_about_key (Fixture *f, const char *path, GAsyncResult **result)
{
  /* the least that has a key */
  static const guint8 der[] = { 0x30, 16, 0x30, 14, 0x02, 1, 1, 0x30, 0, 0x30, 0, 0x30, 0, 0x30, 0,
    0x30, 1, 7 };
  ask_agent (f, path, "AskTrust",
      g_variant_new_parsed ("{'part': <'tls'>, 'name': <'vpn.example.com'>, 'reason': <'unknown'>,"
                            " 'certificate': <%@ay>, 'subject': <'CN=gw'>, 'issuer': <'CN=ca'>,"
                            " 'not-before': <int64 1>, 'not-after': <int64 2000000000>}",
          g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, der, sizeof der, 1)),
      result);
}

static gboolean
trust_answer (Fixture *f, GAsyncResult **result)
{
  gboolean trusted = FALSE;
  wait_until (*result != NULL);
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_with_unix_fd_list_finish (f->engine, NULL, *result, NULL);
  g_clear_object (result);
  if (reply != NULL)
    g_variant_get (reply, "(b)", &trusted);
  return trusted;
}

/* A key that was accepted is a pin of the site once it is connected, and not before. */
static void
test_trust (Fixture *f, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  const char *path = connect_office (f);
  ask_about_key (f, path, &result);
  wait_until (f->trust != NULL);
  visitor_live_answer_trust (f->live, office (f), g_steal_pointer (&f->trust), FALSE);
  g_assert_false (trust_answer (f, &result));
  ask_about_key (f, path, &result);
  wait_until (f->trust != NULL);
  visitor_live_answer_trust (f->live, office (f), g_steal_pointer (&f->trust), TRUE);
  g_assert_true (trust_answer (f, &result));
  g_assert_cmpuint (visitor_site_item_get_site (office (f))->tls_pins->len, ==, 0);
  set_state (f, path, "connected", NULL);
  wait_until (visitor_site_item_get_site (office (f))->tls_pins->len == 1);
  g_assert_cmpstr (f->told, ==, "c");
}

/* The key that was shown instead of the pinned one is there for as long as the failure, also when the
 * engine has forgotten the connection. */
static void
test_changed_key (Fixture *f, gconstpointer data)
{
  const guint8 der[] = { 0x30, 16, 0x30, 14, 0x02, 1, 1, 0x30, 0, 0x30, 0, 0x30, 0, 0x30, 0, 0x30,
    1, 7 };
  g_autofree char *path = g_strdup (connect_office (f));
  VisitorDBusConnection1 *object = g_hash_table_lookup (f->connections, path);
  GVariantDict dict;
  g_assert_null (visitor_site_item_get_changed_key (office (f)));
  g_variant_dict_init (&dict, g_object_get_data (G_OBJECT (object), "status"));
  g_variant_dict_insert_value (&dict, "changed-key",
      g_variant_new_parsed (
          "{'part': <'tls'>, 'name': <'gw.example.com'>, 'reason': <'unknown'>,"
          " 'certificate': <%@ay>, 'subject': <'CN=gw'>, 'issuer': <'CN=ca'>,"
          " 'not-before': <int64 1>, 'not-after': <int64 2>, 'acceptable': <false>}",
          g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, der, sizeof der, 1)));
  g_object_set_data_full (G_OBJECT (object), "status",
      g_variant_ref_sink (g_variant_dict_end (&dict)), (GDestroyNotify) g_variant_unref);
  set_state (f, path, "failed", visitor_error_name (VISITOR_ERROR_KEY_CHANGED));
  wait_for_state (f, VISITOR_STATE_FAILED);
  end_connection (f, path);
  wait_until (visitor_site_item_get_connection (office (f)) == NULL);
  const VisitorTrustQuestion *shown = visitor_site_item_get_changed_key (office (f));
  g_assert_nonnull (shown);
  g_assert_cmpstr (shown->subject, ==, "CN=gw");
  g_assert_false (shown->acceptable);
  visitor_site_item_dismiss_failure (office (f));
  g_assert_null (visitor_site_item_get_changed_key (office (f)));
}

/* A site that cannot be used says why when somebody clicks on it. */
static void
test_problem (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->directory, "office.conf", NULL);
  g_assert_true (g_file_set_contents (path, "[site]\nname=Office\n", -1, NULL));
  wait_until (visitor_site_item_get_problem (office (f)) != NULL);
  visitor_live_connect (f->live, office (f));
  wait_until (*f->told != '\0'); /* at once, unless the bus is still being opened */
  g_assert_cmpint (
      visitor_site_item_get_failure (office (f))->code, ==, VISITOR_ERROR_SITE_INVALID);
  g_assert_cmpuint (f->connects, ==, 0);
  g_assert_cmpstr (f->told, ==, "f");
}

#define ADD(name, function) \
  g_test_add ("/client/live/" name, Fixture, NULL, set_up, function, tear_down)

static void
add (void)
{
  ADD ("states", test_states);
  ADD ("portal", test_portal);
  ADD ("failure", test_failure);
  ADD ("lost", test_lost);
  ADD ("refused", test_refused);
  ADD ("cancel-early", test_cancel_early);
  ADD ("cancel-later", test_cancel_later);
  ADD ("secret", test_secret);
  ADD ("no-secret", test_no_secret);
  ADD ("trust", test_trust);
  ADD ("changed-key", test_changed_key);
  ADD ("problem", test_problem);
}

int
main (int argc, char **argv)
{
  return live_run_tests (argc, argv, add);
}
