/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tells the service manager how far we are, as sd_notify (3) describes it. */
#include "gateway/notify.h"

#include <glib.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Sends lines such as "READY=1" to $NOTIFY_SOCKET, if there is one. Nobody has to listen. */
void
notify_service_manager (const char *state)
{
  const char *path = g_getenv ("NOTIFY_SOCKET");
  struct sockaddr_un addr = { .sun_family = AF_UNIX };
  if (path == NULL || (path[0] != '/' && path[0] != '@') || strlen (path) >= sizeof addr.sun_path)
    return;
  memcpy (addr.sun_path, path, strlen (path));
  if (path[0] == '@')
    addr.sun_path[0] = '\0';
  socklen_t len = (socklen_t) (offsetof (struct sockaddr_un, sun_path) + strlen (path));

  int fd = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return;
  sendto (fd, state, strlen (state), MSG_NOSIGNAL, (struct sockaddr *) &addr, len);
  close (fd);
}
