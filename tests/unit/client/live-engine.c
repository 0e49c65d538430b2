/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The engine here is a script: it makes connections, asks their agent, changes their state, leaves and
 * comes back as a test wants it. What the real one does is played by the scenes. */
#include <gio/gunixfdlist.h>
#include <unistd.h>

#include "base/names.h"
#include "dbus/errors.h"
#include "live-fixture.h"

/* As the engine has it: with the first time that it is connected comes when that was. */
static GVariant *
take_state (VisitorDBusConnection1 *object, const char *state, const char *error)
{
  GVariantDict dict;
  g_variant_dict_init (&dict, g_object_get_data (G_OBJECT (object), "status"));
  g_variant_dict_insert (&dict, "state", "s", state);
  if (error != NULL)
    g_variant_dict_insert (&dict, "error", "s", error);
  if (g_str_equal (state, "connected") && !g_variant_dict_contains (&dict, "connected"))
    g_variant_dict_insert (&dict, "connected", "x", g_get_real_time () / G_USEC_PER_SEC);
  GVariant *status = g_variant_ref_sink (g_variant_dict_end (&dict));
  g_object_set_data_full (G_OBJECT (object), "status", status, (GDestroyNotify) g_variant_unref);
  return status;
}

void
set_state (Fixture *f, const char *path, const char *state, const char *error)
{
  VisitorDBusConnection1 *object = g_hash_table_lookup (f->connections, path);
  visitor_dbus_connection1_emit_changed (object, take_state (object, state, error));
}

/* When it was connected, which the status says from then on. */
void
set_connected (Fixture *f, const char *path, gint64 when)
{
  VisitorDBusConnection1 *object = g_hash_table_lookup (f->connections, path);
  GVariantDict dict;
  g_variant_dict_init (&dict, g_object_get_data (G_OBJECT (object), "status"));
  g_variant_dict_insert (&dict, "connected", "x", when);
  GVariant *status = g_variant_ref_sink (g_variant_dict_end (&dict));
  g_object_set_data_full (G_OBJECT (object), "status", status, (GDestroyNotify) g_variant_unref);
}

/* The state of a portal, which the engine tells the address of. */
void
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

char *
make_connection (Fixture *f, const char *site, const char *state)
{
  char *path = g_strdup_printf (VISITOR_CONNECTION_PATH_PREFIX "%u", ++f->number);
  VisitorDBusConnection1 *object = visitor_dbus_connection1_skeleton_new ();
  GVariant *status = g_variant_ref_sink (
      g_variant_new_parsed ("{'site': <%s>, 'name': <%s>,"
                            " 'counters': <{'bytes-in': uint64 7, 'bytes-out': uint64 8}>}",
          site, site));
  g_object_set_data_full (G_OBJECT (object), "status", status, (GDestroyNotify) g_variant_unref);
  take_state (object, state, NULL);
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

void
end_connection (Fixture *f, const char *path)
{
  g_dbus_interface_skeleton_unexport (g_hash_table_lookup (f->connections, path));
  g_hash_table_remove (f->connections, path);
  visitor_dbus_engine1_emit_removed (f->object, path);
}

void
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

void
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

void
take_name (Fixture *f)
{
  g_autoptr (GVariant) reply = g_dbus_connection_call_sync (f->engine, "org.freedesktop.DBus",
      "/org/freedesktop/DBus", "org.freedesktop.DBus", "RequestName",
      g_variant_new ("(su)", VISITOR_ENGINE_BUS_NAME, 4u), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL,
      NULL);
  g_assert_nonnull (reply);
}

void
stop_engine (Fixture *f)
{
  if (f->engine == NULL)
    return;
  g_clear_pointer (&f->connections, g_hash_table_unref);
  g_clear_object (&f->object);
  g_dbus_connection_close_sync (f->engine, NULL, NULL);
  g_clear_object (&f->engine);
}

/* GAsyncReadyCallback: the result goes to *user_data. */
void
on_called (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

/* The agent of the last Connect is asked; the answer comes to *result. */
void
ask_agent (
    Fixture *f, const char *path, const char *method, GVariant *details, GAsyncResult **result)
{
  g_dbus_connection_call_with_unix_fd_list (f->engine, f->client, f->agent, "org.visitorvpn.Agent1",
      method, g_variant_new ("(o@a{sv})", path, details), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL,
      NULL, on_called, result);
}

void
ask_for_password (Fixture *f, const char *path, guint attempt, GAsyncResult **result)
{
  ask_agent (f, path, "GetSecret",
      g_variant_new_parsed ("{'kind': <'password'>, 'user': <'alice'>, 'attempt': <%u>,"
                            " 'site': <'Office'>, 'may-be-kept': <true>, 'message': <''>}",
          attempt),
      result);
}

char *
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
