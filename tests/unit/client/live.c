/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The engine here is a script: it makes connections, asks their agent, changes their state, leaves and
 * comes back as a test wants it. What the real one does is played by the scenes. */
#include "client/live.h"

#include <gio/gunixfdlist.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "base/names.h"
#include "client/keyring.h"
#include "client/portal.h"
#include "dbus/errors.h"
#include "dbus/visitor-dbus.h"

#define WAIT_SECONDS 60

typedef struct {
  GTestDBus *daemon;
  char *directory; /* of the sites */
  VisitorSiteModel *model;
  VisitorLive *live;

  /* the engine */
  GDBusConnection *engine; /* NULL: there is none */
  VisitorDBusEngine1 *object;
  GHashTable *connections; /* path to VisitorDBusConnection1 */
  guint number;
  char *agent, *client; /* of the last Connect */
  GDBusMethodInvocation *connecting; /* Connect, held back */
  gboolean holds; /* it holds the next Connect back */
  gboolean refuses; /* it refuses it */
  guint connects, disconnects, looks;

  /* the person */
  VisitorSecretRequest *secret;
  VisitorTrustRequest *trust;
  char *told; /* the signals of live, as letters */
} Fixture;

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

static gboolean
on_late (gpointer what)
{
  g_error ("waited too long for %s", (const char *) what);
  return G_SOURCE_REMOVE;
}

#define wait_until(condition) \
  G_STMT_START \
  { \
    guint late = g_timeout_add_seconds (WAIT_SECONDS, on_late, (gpointer) #condition); \
    while (!(condition)) \
      g_main_context_iteration (NULL, TRUE); \
    g_source_remove (late); \
  } \
  G_STMT_END

/* --- the engine --- */

static void
set_state (Fixture *f, const char *path, const char *state, const char *error)
{
  VisitorDBusConnection1 *object = g_hash_table_lookup (f->connections, path);
  GVariantDict dict;
  g_variant_dict_init (&dict, g_object_get_data (G_OBJECT (object), "status"));
  g_variant_dict_insert (&dict, "state", "s", state);
  if (error != NULL)
    g_variant_dict_insert (&dict, "error", "s", error);
  GVariant *status = g_variant_ref_sink (g_variant_dict_end (&dict));
  g_object_set_data_full (G_OBJECT (object), "status", status, (GDestroyNotify) g_variant_unref);
  visitor_dbus_connection1_emit_changed (object, status);
}

static void
set_portal (Fixture *f, const char *path, const char *url)
{
  VisitorDBusConnection1 *object = g_hash_table_lookup (f->connections, path);
  GVariantDict dict;
  g_variant_dict_init (&dict, g_object_get_data (G_OBJECT (object), "status"));
  g_variant_dict_insert (&dict, "portal", "s", url);
  GVariant *status = g_variant_ref_sink (g_variant_dict_end (&dict));
  g_object_set_data_full (G_OBJECT (object), "status", status, (GDestroyNotify) g_variant_unref);
  set_state (f, path, "waiting-for-portal", NULL);
}

static gboolean
on_get_status (VisitorDBusConnection1 *object, GDBusMethodInvocation *invocation, Fixture *f)
{
  f->looks++;
  visitor_dbus_connection1_complete_get_status (
      object, invocation, g_object_get_data (G_OBJECT (object), "status"));
  return TRUE;
}

static gboolean
on_watch (VisitorDBusConnection1 *object, GDBusMethodInvocation *invocation, Fixture *f)
{
  visitor_dbus_connection1_complete_watch (object, invocation);
  return TRUE;
}

static gboolean
on_get_log (VisitorDBusConnection1 *object, GDBusMethodInvocation *invocation, Fixture *f)
{
  visitor_dbus_connection1_complete_get_log (object, invocation,
      g_variant_new_parsed ("[(@x 1, @u 64, 'first'), (@x 2, @u 32, 'second')]"));
  return TRUE;
}

static gboolean
on_disconnect (VisitorDBusConnection1 *object, GDBusMethodInvocation *invocation, Fixture *f)
{
  f->disconnects++;
  visitor_dbus_connection1_complete_disconnect (object, invocation);
  return TRUE;
}

static char *
make_connection (Fixture *f, const char *site, const char *state)
{
  char *path = g_strdup_printf (VISITOR_CONNECTION_PATH_PREFIX "%u", ++f->number);
  VisitorDBusConnection1 *object = visitor_dbus_connection1_skeleton_new ();
  GVariant *status = g_variant_ref_sink (
      g_variant_new_parsed ("{'site': <%s>, 'name': <%s>, 'state': <%s>,"
                            " 'counters': <{'bytes-in': uint64 7, 'bytes-out': uint64 8}>}",
          site, site, state));
  g_object_set_data_full (G_OBJECT (object), "status", status, (GDestroyNotify) g_variant_unref);
  g_signal_connect (object, "handle-get-status", G_CALLBACK (on_get_status), f);
  g_signal_connect (object, "handle-watch", G_CALLBACK (on_watch), f);
  g_signal_connect (object, "handle-get-log", G_CALLBACK (on_get_log), f);
  g_signal_connect (object, "handle-disconnect", G_CALLBACK (on_disconnect), f);
  g_assert_true (
      g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (object), f->engine, path, NULL));
  g_hash_table_insert (f->connections, g_strdup (path), object);
  visitor_dbus_engine1_emit_added (f->object, path);
  return path;
}

static void
end_connection (Fixture *f, const char *path)
{
  g_dbus_interface_skeleton_unexport (g_hash_table_lookup (f->connections, path));
  g_hash_table_remove (f->connections, path);
  visitor_dbus_engine1_emit_removed (f->object, path);
}

static void
answer_connect (Fixture *f, GDBusMethodInvocation *invocation)
{
  if (f->refuses) {
    g_dbus_method_invocation_return_error_literal (
        invocation, VISITOR_ERROR, VISITOR_ERROR_NOT_AUTHORIZED, "No");
    return;
  }
  g_autofree char *path = make_connection (f, "office", "looking-for-gateway");
  visitor_dbus_engine1_complete_connect (f->object, invocation, path);
}

static gboolean
on_connect (VisitorDBusEngine1 *object, GDBusMethodInvocation *invocation, const char *site,
    const char *agent, GVariant *options, Fixture *f)
{
  const char *id = NULL;
  g_variant_lookup (options, "id", "&s", &id);
  g_assert_cmpstr (id, ==, "office");
  g_assert_nonnull (strstr (site, "vpn.example.com"));
  f->connects++;
  g_free (f->agent);
  g_free (f->client);
  f->agent = g_strdup (agent);
  f->client = g_strdup (g_dbus_method_invocation_get_sender (invocation));
  if (f->holds)
    f->connecting = invocation;
  else
    answer_connect (f, invocation);
  return TRUE;
}

static gboolean
on_list (VisitorDBusEngine1 *object, GDBusMethodInvocation *invocation, Fixture *f)
{
  g_autofree const char **paths =
      (const char **) g_hash_table_get_keys_as_array (f->connections, NULL);
  visitor_dbus_engine1_complete_list (object, invocation, paths);
  return TRUE;
}

static gboolean
on_engine_watch (VisitorDBusEngine1 *object, GDBusMethodInvocation *invocation, Fixture *f)
{
  visitor_dbus_engine1_complete_watch (object, invocation);
  return TRUE;
}

static void
start_engine (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  f->engine = g_dbus_connection_new_for_address_sync (g_test_dbus_get_bus_address (f->daemon),
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
          G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL, NULL, &error);
  g_assert_no_error (error);
  f->object = visitor_dbus_engine1_skeleton_new ();
  visitor_dbus_engine1_set_version (f->object, "1.2.3");
  g_signal_connect (f->object, "handle-connect", G_CALLBACK (on_connect), f);
  g_signal_connect (f->object, "handle-list", G_CALLBACK (on_list), f);
  g_signal_connect (f->object, "handle-watch", G_CALLBACK (on_engine_watch), f);
  g_assert_true (g_dbus_interface_skeleton_export (
      G_DBUS_INTERFACE_SKELETON (f->object), f->engine, VISITOR_ENGINE_PATH, &error));
  f->connections = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  f->number = 0; /* an engine that starts counts anew */
}

static void
take_name (Fixture *f)
{
  g_autoptr (GVariant) reply = g_dbus_connection_call_sync (f->engine, "org.freedesktop.DBus",
      "/org/freedesktop/DBus", "org.freedesktop.DBus", "RequestName",
      g_variant_new ("(su)", VISITOR_ENGINE_BUS_NAME, 4u), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL,
      NULL);
  g_assert_nonnull (reply);
}

static void
stop_engine (Fixture *f)
{
  if (f->engine == NULL)
    return;
  g_clear_pointer (&f->connections, g_hash_table_unref);
  g_clear_object (&f->object);
  g_dbus_connection_close_sync (f->engine, NULL, NULL);
  g_clear_object (&f->engine);
}

static void
on_called (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

/* The agent of the last Connect is asked; the answer comes to *result. */
static void
ask_agent (
    Fixture *f, const char *path, const char *method, GVariant *details, GAsyncResult **result)
{
  g_dbus_connection_call_with_unix_fd_list (f->engine, f->client, f->agent, "org.visitorvpn.Agent1",
      method, g_variant_new ("(o@a{sv})", path, details), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL,
      NULL, on_called, result);
}

static void
ask_for_password (Fixture *f, const char *path, guint attempt, GAsyncResult **result)
{
  ask_agent (f, path, "GetSecret",
      g_variant_new_parsed ("{'kind': <'password'>, 'user': <'alice'>, 'attempt': <%u>,"
                            " 'site': <'Office'>, 'may-be-kept': <true>, 'message': <''>}",
          attempt),
      result);
}

static char *
password_of (Fixture *f, GAsyncResult **result, GError **error)
{
  wait_until (*result != NULL);
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_with_unix_fd_list_finish (f->engine, &fds, *result, error);
  g_clear_object (result);
  if (reply == NULL)
    return NULL;
  char buf[64];
  int fd = g_unix_fd_list_get (fds, 0, NULL);
  ssize_t n = read (fd, buf, sizeof buf);
  close (fd);
  return g_strndup (buf, (gsize) MAX (n, 0));
}

/* --- the fixture --- */

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

static void
write_site (Fixture *f, const char *id)
{
  g_autofree char *path = g_strdup_printf ("%s/%s.conf", f->directory, id);
  g_assert_true (g_file_set_contents (path,
      "[site]\nname=Office\naddress=vpn.example.com\n[sign-in]\nmethod=eap-mschapv2\nuser=alice\n",
      -1, NULL));
}

static void
begin_live (Fixture *f)
{
  f->live = visitor_live_new (f->model, &prompts, f);
  g_signal_connect (f->live, "connected", G_CALLBACK (on_live_connected), f);
  g_signal_connect (f->live, "failed", G_CALLBACK (on_live_failed), f);
  g_signal_connect (f->live, "lost", G_CALLBACK (on_live_lost), f);
  g_signal_connect (f->live, "not-kept", G_CALLBACK (on_not_kept), f);
}

static GTestDBus *the_bus;

static void
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

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_clear_pointer (&f->secret, visitor_secret_request_free);
  g_clear_pointer (&f->trust, visitor_trust_request_free);
  g_clear_object (&f->live);
  g_clear_object (&f->model);
  stop_engine (f);
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

static VisitorSiteItem *
office (Fixture *f)
{
  return visitor_site_model_find (f->model, "office");
}

static VisitorState
state (Fixture *f)
{
  return visitor_site_item_get_state (office (f));
}

#define wait_for_state(f, expected) wait_until (state (f) == (expected))

static const char *
last_path (Fixture *f)
{
  static char path[80];
  g_snprintf (path, sizeof path, VISITOR_CONNECTION_PATH_PREFIX "%u", f->number);
  return path;
}

/* Clicks, and the engine has begun. */
static const char *
connect_office (Fixture *f)
{
  visitor_live_connect (f->live, office (f));
  wait_until (f->connects > 0 && visitor_site_item_get_connection (office (f)) != NULL);
  wait_until (
      g_str_equal (visitor_site_item_get_status_text (office (f)), "Looking for the gateway"));
  return last_path (f);
}

static void
on_notify (GObject *item, GParamSpec *pspec, GPtrArray *texts)
{
  g_ptr_array_add (texts, g_strdup (visitor_site_item_get_status_text (VISITOR_SITE_ITEM (item))));
}

/* --- the tests --- */

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

/* A site that cannot be used says why when somebody clicks on it. */
static void
test_problem (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->directory, "office.conf", NULL);
  g_assert_true (g_file_set_contents (path, "[site]\nname=Office\n", -1, NULL));
  wait_until (visitor_site_item_get_problem (office (f)) != NULL);
  visitor_live_connect (f->live, office (f));
  g_assert_cmpint (
      visitor_site_item_get_failure (office (f))->code, ==, VISITOR_ERROR_SITE_INVALID);
  g_assert_cmpuint (f->connects, ==, 0);
  g_assert_cmpstr (f->told, ==, "f");
}

/* A program that goes leaves the tunnel as it is. */
static void
test_leave (Fixture *f, gconstpointer data)
{
  const char *path = connect_office (f);
  set_state (f, path, "connected", NULL);
  wait_for_state (f, VISITOR_STATE_CONNECTED);
  g_clear_object (&f->live);
  g_assert_null (visitor_site_item_get_connection (office (f)));
  begin_live (f);
  wait_for_state (f, VISITOR_STATE_CONNECTED);
  g_assert_cmpuint (f->disconnects, ==, 0);
  g_assert_cmpuint (f->connects, ==, 1);
}

#define ADD(name, function) \
  g_test_add ("/client/live/" name, Fixture, NULL, set_up, function, tear_down)

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

int
main (int argc, char **argv)
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
  ADD ("states", test_states);
  ADD ("portal", test_portal);
  ADD ("failure", test_failure);
  ADD ("lost", test_lost);
  ADD ("refused", test_refused);
  ADD ("cancel-early", test_cancel_early);
  ADD ("cancel-later", test_cancel_later);
  g_test_add ("/client/live/reattach", Fixture, "without a name", set_up, test_reattach, tear_down);
  ADD ("others", test_others);
  ADD ("short", test_short);
  ADD ("engine-dies", test_engine_dies);
  ADD ("secret", test_secret);
  ADD ("no-secret", test_no_secret);
  ADD ("trust", test_trust);
  ADD ("log", test_log);
  ADD ("changed-key", test_changed_key);
  ADD ("sampling", test_sampling);
  ADD ("problem", test_problem);
  ADD ("leave", test_leave);
  int rc = g_test_run ();
  g_test_dbus_stop (the_bus);
  g_object_unref (the_bus);
  remove_folder (directory);
  return rc;
}
