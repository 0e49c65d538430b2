/* SPDX-License-Identifier: GPL-2.0-or-later */
/* visitor-key: started by nm-visitor-service as the owner of a connection, with an order on standard input
 * and a socket as descriptor 3; ends with that socket. */
#include <gio/gio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/secret.h"
#include "dbus/errors.h"
#include "nm/key-agent.h"

#define SERVICE_FD 3
#define ORDER_MAX (64 * 1024)

static Secret *
read_order (void)
{
  uint8_t *room;
  size_t len = 0;
  g_autoptr (Secret) all = secret_new_empty (ORDER_MAX, &room);
  while (len < ORDER_MAX) {
    ssize_t n = read (STDIN_FILENO, room + len, ORDER_MAX - len);
    if (n < 0)
      return NULL;
    if (n == 0)
      break;
    len += (size_t) n;
  }
  return len > 0 ? secret_new (room, len) : NULL;
}

static GDBusConnection *
meet_service (GError **error)
{
  g_autoptr (GSocket) socket = g_socket_new_from_fd (SERVICE_FD, error);
  if (socket == NULL)
    return NULL;
  g_autoptr (GSocketConnection) stream = g_socket_connection_factory_create_connection (socket);
  return g_dbus_connection_new_sync (G_IO_STREAM (stream), NULL,
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
          G_DBUS_CONNECTION_FLAGS_DELAY_MESSAGE_PROCESSING,
      NULL, NULL, error);
}

static void
on_closed (GDBusConnection *bus, gboolean remote_vanished, GError *error, gpointer user_data)
{
  g_main_loop_quit (user_data);
}

int
main (int argc, char *argv[])
{
  g_autoptr (GError) error = NULL;
  if (prctl (PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
    return EXIT_FAILURE;
  g_set_prgname ("visitor-key");
  visitor_dbus_register_errors ();
  g_autoptr (Secret) order = read_order ();
  g_autoptr (GDBusConnection) bus = order != NULL ? meet_service (&error) : NULL;
  if (bus == NULL) {
    g_printerr ("visitor-key: %s\n",
        error != NULL ? error->message : "it is for nm-visitor-service to start this program");
    return EXIT_FAILURE;
  }
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (KeyAgent) agent = key_agent_new (secret_slice (order));
  g_dbus_connection_set_exit_on_close (bus, FALSE);
  g_signal_connect (bus, "closed", G_CALLBACK (on_closed), loop);
  if (!key_agent_export (agent, bus, &error)) {
    g_printerr ("visitor-key: %s\n", error->message);
    return EXIT_FAILURE;
  }
  g_dbus_connection_start_message_processing (bus);
  g_main_loop_run (loop);
  return EXIT_SUCCESS;
}
