/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a host is to the rooms that want sockets: a source of IPv4 sockets, each handed out from the main loop. */
#include "sockets.h"

#include <glib.h>
#include <sys/socket.h>

typedef struct {
  SocketReadyFunc ready;
  void *ready_data;
  int fd;
} Request;

static gboolean
hand_out (gpointer data)
{
  Request *request = data;
  request->ready (request->fd, request->ready_data);
  return G_SOURCE_REMOVE;
}

static unsigned int
want (void *user, InetFamily family, int type, SocketReadyFunc ready, void *ready_data)
{
  Request *request = g_new0 (Request, 1);
  *request = (Request){ .ready = ready, .ready_data = ready_data };
  request->fd = socket (AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  return g_idle_add_full (G_PRIORITY_DEFAULT, hand_out, request, g_free);
}

static void
cancel (void *user, unsigned int request)
{
  g_source_remove (request);
}

const SocketSource test_sockets = { .want = want, .cancel = cancel };
