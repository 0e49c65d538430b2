/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A program that calls the engine as a client may, honest or not.
 *
 *   engine-caller SITE-FILE [FILE]       connects and tells each state; FILE holds the password,
 *                                        without it a question for one stays open
 *   engine-caller --debug SITE-FILE [FILE]
 *                                        the same, with every line in the log
 *   engine-caller --leave N SITE-FILE    N times: calls Connect and leaves the bus at once
 *   engine-caller --strand N SITE-FILE   N times: connects, leaves the question for a password open, and
 *                                        disconnects; then stays
 *   engine-caller --flood N              N calls of List that nobody waits for
 *   engine-caller --flood-sites N SITE-FILE
 *                                        the same of Connect
 *   engine-caller --flood-fds N          the same, each with as many descriptors as the bus allows
 */
#include <gio/gunixfdlist.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/error.h"
#include "base/names.h"
#include "dbus/errors.h"
#include "dbus/visitor-dbus.h"

#define BUS_MAX_FDS 16

G_GNUC_PRINTF (1, 2)
static void
tell (const char *format, ...)
{
  va_list args;
  va_start (args, format);
  vprintf (format, args);
  va_end (args);
  printf ("\n");
  fflush (stdout);
}

static GDBusConnection *
join_bus (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *address = g_dbus_address_get_for_bus_sync (G_BUS_TYPE_SYSTEM, NULL, &error);
  GDBusConnection *bus = g_dbus_connection_new_for_address_sync (address,
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
          G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL, NULL, &error);
  if (bus == NULL)
    g_error ("%s", error->message);
  return bus;
}

static char *
read_file (const char *file)
{
  char *text;
  if (!g_file_get_contents (file, &text, NULL, NULL))
    g_error ("cannot read %s", file);
  return text;
}

static gboolean
on_get_secret (VisitorDBusAgent1 *object, GDBusMethodInvocation *invocation, GUnixFDList *fds,
    const char *connection, GVariant *request, gpointer user_data)
{
  const char *file = user_data;
  tell ("asked");
  if (file == NULL)
    return TRUE;
  g_autofree char *secret = read_file (file);
  g_autoptr (GUnixFDList) list = g_unix_fd_list_new ();
  int fd = memfd_create ("secret", MFD_CLOEXEC);
  if (write (fd, secret, strlen (secret)) < 0)
    exit (2);
  g_unix_fd_list_append (list, fd, NULL);
  close (fd);
  visitor_dbus_agent1_complete_get_secret (object, invocation, list, g_variant_new_handle (0));
  return TRUE;
}

static gboolean
on_ask_trust (VisitorDBusAgent1 *object, GDBusMethodInvocation *invocation, const char *connection,
    GVariant *request, gpointer user_data)
{
  tell ("asked for trust");
  visitor_dbus_agent1_complete_ask_trust (object, invocation, FALSE);
  return TRUE;
}

static void
on_changed (VisitorDBusConnection1 *connection, GVariant *status, gpointer user_data)
{
  const char *state = "", *error = "";
  g_variant_lookup (status, "state", "&s", &state);
  g_variant_lookup (status, "error", "&s", &error);
  tell ("state %s %s", state, error);
  if (g_str_equal (state, "failed") || g_str_equal (state, "disconnected"))
    exit (0);
}

static GVariant *
connect_options (bool debug)
{
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);
  if (debug)
    g_variant_dict_insert (&options, "log-level", "u", (guint32) G_LOG_LEVEL_DEBUG);
  return g_variant_dict_end (&options);
}

static int
stay (const char *file, char *secret, bool debug)
{
  g_autoptr (GDBusConnection) bus = join_bus ();
  g_autoptr (GError) error = NULL;
  g_autofree char *site = read_file (file), *path = NULL;
  g_autoptr (VisitorDBusAgent1) agent = visitor_dbus_agent1_skeleton_new ();
  g_signal_connect (agent, "handle-get-secret", G_CALLBACK (on_get_secret), secret);
  g_signal_connect (agent, "handle-ask-trust", G_CALLBACK (on_ask_trust), NULL);
  g_dbus_interface_skeleton_export (
      G_DBUS_INTERFACE_SKELETON (agent), bus, VISITOR_AGENT_PATH, NULL);
  tell ("name %s", g_dbus_connection_get_unique_name (bus));

  g_autoptr (VisitorDBusEngine1) engine = visitor_dbus_engine1_proxy_new_sync (
      bus, G_DBUS_PROXY_FLAGS_NONE, VISITOR_ENGINE_BUS_NAME, VISITOR_ENGINE_PATH, NULL, &error);
  if (engine == NULL ||
      !visitor_dbus_engine1_call_connect_sync (engine, site, VISITOR_AGENT_PATH,
          connect_options (debug), G_DBUS_CALL_FLAGS_NONE, -1, &path, NULL, &error)) {
    tell ("error %s", error->message);
    return 1;
  }
  tell ("path %s", path);
  g_autoptr (VisitorDBusConnection1) connection = visitor_dbus_connection1_proxy_new_sync (
      bus, G_DBUS_PROXY_FLAGS_NONE, VISITOR_ENGINE_BUS_NAME, path, NULL, &error);
  g_signal_connect (connection, "changed", G_CALLBACK (on_changed), NULL);
  g_autoptr (GVariant) status = NULL;
  if (!visitor_dbus_connection1_call_watch_sync (
          connection, G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error) ||
      !visitor_dbus_connection1_call_get_status_sync (
          connection, G_DBUS_CALL_FLAGS_NONE, -1, &status, NULL, &error)) {
    tell ("error %s", error->message);
    return 1;
  }
  on_changed (connection, status, NULL);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_main_loop_run (loop);
  return 0;
}

static GDBusMessage *
call_message (const char *method, GVariant *body)
{
  GDBusMessage *message = g_dbus_message_new_method_call (
      VISITOR_ENGINE_BUS_NAME, VISITOR_ENGINE_PATH, "org.visitorvpn.Engine1", method);
  if (body != NULL)
    g_dbus_message_set_body (message, body);
  return message;
}

/* From no wait at all to five milliseconds, after which the call may be anywhere. */
static int
leave (guint times, const char *file)
{
  g_autofree char *site = read_file (file);
  for (guint i = 0; i < times; i++) {
    g_autoptr (GDBusConnection) bus = join_bus ();
    g_autoptr (GDBusMessage) message =
        call_message ("Connect", g_variant_new ("(soa{sv})", site, VISITOR_AGENT_PATH, NULL));
    g_dbus_connection_send_message (bus, message, G_DBUS_SEND_MESSAGE_FLAGS_NONE, NULL, NULL);
    g_dbus_connection_flush_sync (bus, NULL, NULL);
    g_usleep (i % 6 * 1000);
    g_dbus_connection_close_sync (bus, NULL, NULL);
  }
  tell ("left %u times", times);
  return 0;
}

static void
call (GDBusConnection *bus, const char *path, const char *method, GVariant *body,
    GVariant **ret_reply)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_sync (bus, VISITOR_ENGINE_BUS_NAME, path,
      g_str_equal (path, VISITOR_ENGINE_PATH) ? "org.visitorvpn.Engine1"
                                              : "org.visitorvpn.Connection1",
      method, body, NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
  if (reply == NULL) {
    tell ("error %s", error->message);
    exit (1);
  }
  if (ret_reply != NULL)
    *ret_reply = g_steal_pointer (&reply);
}

static gboolean
on_stranded (VisitorDBusAgent1 *object, GDBusMethodInvocation *invocation, GUnixFDList *fds,
    const char *connection, GVariant *request, gpointer user_data)
{
  ++*(guint *) user_data;
  return TRUE;
}

static gboolean
is_listed (GDBusConnection *bus)
{
  g_autoptr (GVariant) reply = NULL;
  call (bus, VISITOR_ENGINE_PATH, "List", NULL, &reply);
  g_autoptr (GVariant) paths = g_variant_get_child_value (reply, 0);
  return g_variant_n_children (paths) > 0;
}

/* An agent that does not say no: a question that is not answered, or not asked any more, makes room for the
 * next. */
static int
strand (guint times, const char *file)
{
  g_autoptr (GDBusConnection) bus = join_bus ();
  g_autofree char *site = read_file (file);
  g_autoptr (VisitorDBusAgent1) agent = visitor_dbus_agent1_skeleton_new ();
  guint asked = 0;
  g_signal_connect (agent, "handle-get-secret", G_CALLBACK (on_stranded), &asked);
  g_dbus_interface_skeleton_export (
      G_DBUS_INTERFACE_SKELETON (agent), bus, VISITOR_AGENT_PATH, NULL);
  for (guint i = 0; i < times; i++) {
    g_autoptr (GVariant) reply = NULL;
    const char *path;
    guint before = asked;
    call (bus, VISITOR_ENGINE_PATH, "Connect",
        g_variant_new ("(soa{sv})", site, VISITOR_AGENT_PATH, NULL), &reply);
    g_variant_get (reply, "(&o)", &path);
    for (guint ms = 0; asked == before && ms < 200 && is_listed (bus); ms++) {
      g_usleep (1000);
      g_main_context_iteration (NULL, FALSE);
    }
    call (bus, path, "Disconnect", NULL, NULL);
    while (is_listed (bus))
      g_usleep (1000);
  }
  tell ("stranded %u of %u", asked, times);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_main_loop_run (loop);
  return 0;
}

static int
flood (guint times, guint n_fds, const char *file)
{
  g_autofree char *site = file != NULL ? read_file (file) : NULL;
  g_autoptr (GDBusConnection) bus = join_bus ();
  g_autoptr (GUnixFDList) fds = g_unix_fd_list_new ();
  for (guint i = 0; i < n_fds; i++)
    g_unix_fd_list_append (fds, STDOUT_FILENO, NULL);
  for (guint i = 0; i < times; i++) {
    g_autoptr (GDBusMessage) message = site == NULL
        ? call_message ("List", NULL)
        : call_message ("Connect", g_variant_new ("(soa{sv})", site, VISITOR_AGENT_PATH, NULL));
    if (site != NULL)
      g_dbus_message_set_flags (message, G_DBUS_MESSAGE_FLAGS_NO_REPLY_EXPECTED);
    if (n_fds > 0)
      g_dbus_message_set_unix_fd_list (message, fds);
    g_dbus_connection_send_message (bus, message, G_DBUS_SEND_MESSAGE_FLAGS_NONE, NULL, NULL);
  }
  g_dbus_connection_flush_sync (bus, NULL, NULL);
  tell ("flooded");
  return 0;
}

int
main (int argc, char *argv[])
{
  visitor_dbus_register_errors ();
  if (argc == 4 && g_str_equal (argv[1], "--leave"))
    return leave ((guint) atoi (argv[2]), argv[3]);
  if (argc == 4 && g_str_equal (argv[1], "--strand"))
    return strand ((guint) atoi (argv[2]), argv[3]);
  if (argc == 3 && g_str_equal (argv[1], "--flood"))
    return flood ((guint) atoi (argv[2]), 0, NULL);
  if (argc == 4 && g_str_equal (argv[1], "--flood-sites"))
    return flood ((guint) atoi (argv[2]), 0, argv[3]);
  if (argc == 3 && g_str_equal (argv[1], "--flood-fds"))
    return flood ((guint) atoi (argv[2]), BUS_MAX_FDS, NULL);
  if (argc >= 3 && g_str_equal (argv[1], "--debug"))
    return stay (argv[2], argv[3], true);
  return argc >= 2 ? stay (argv[1], argv[2], false) : 2;
}
