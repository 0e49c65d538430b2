/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The worker's sockets. They are opened here because the mark that takes them past the tunnel's rule
 * needs CAP_NET_ADMIN, and the worker has no right at all, not even to call socket (). */
#include "host/socket.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/names.h"

/* An unconnected, non-blocking, close-on-exec socket of type SOCK_STREAM or SOCK_DGRAM whose packets
 * carry VISITOR_FWMARK and leave by the device of that index, unless it is 0; -1 with
 * VISITOR_ERROR_NETWORK_SETUP if there can be none. */
int
host_socket_open (InetFamily family, int type, guint device, GError **error)
{
  const guint32 mark = VISITOR_FWMARK;
  int domain = family == INET_V6 ? AF_INET6 : AF_INET;
  int fd = socket (domain, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd >= 0 && setsockopt (fd, SOL_SOCKET, SO_MARK, &mark, sizeof mark) == 0 &&
      (device == 0 || setsockopt (fd, SOL_SOCKET, SO_BINDTOIFINDEX, &device, sizeof device) == 0))
    return fd;
  int code = errno;
  if (fd >= 0)
    close (fd);
  g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_NETWORK_SETUP, "Opening a marked socket: %s",
      g_strerror (code));
  return -1;
}
