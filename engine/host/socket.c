/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The worker's sockets. They are opened here because the mark that takes them past the tunnel's rule
 * needs CAP_NET_ADMIN, and the worker has no right at all, not even to call socket (). What they are bound
 * to here the worker cannot undo: another device needs CAP_NET_RAW, and an address is bound once. */
#include "host/socket.h"

#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/names.h"

static bool
refuse (VisitorError code, const char *what, const char *why, GError **error)
{
  g_set_error (error, VISITOR_ERROR, (int) code, "%s: %s", what, why);
  return false;
}

static bool
mark (int fd, GError **error)
{
  const guint32 value = VISITOR_FWMARK;
  return setsockopt (fd, SOL_SOCKET, SO_MARK, &value, sizeof value) == 0 ||
      refuse (VISITOR_ERROR_NETWORK_SETUP, "Opening a marked socket", g_strerror (errno), error);
}

static bool
bind_to_device (int fd, const HostSocketBinding *binding, GError **error)
{
  guint index = binding->device;
  if (binding->interface != NULL)
    index = if_nametoindex (binding->interface);
  else if (index == 0)
    return true;
  if (index != 0 && setsockopt (fd, SOL_SOCKET, SO_BINDTOIFINDEX, &index, sizeof index) == 0)
    return true;
  if (errno == ENODEV || errno == ENXIO)
    return refuse (VISITOR_ERROR_NO_INTERFACE,
        binding->interface != NULL ? binding->interface : "the device to the gateway",
        "there is no such network interface", error);
  return refuse (
      VISITOR_ERROR_NETWORK_SETUP, "Binding a socket to a device", g_strerror (errno), error);
}

static bool
bind_to_address (int fd, InetFamily family, const InetAddr *source, GError **error)
{
  char text[INET_ADDR_STRLEN];
  struct sockaddr_storage from;
  inet_addr_format (source, text);
  if (source->family != family)
    return refuse (VISITOR_ERROR_UNREACHABLE, text,
        family == INET_V6 ? "from there nobody is reached by IPv6"
                          : "from there nobody is reached by IPv4",
        error);
  socklen_t len = inet_addr_to_sockaddr (source, 0, &from);
  if (bind (fd, (struct sockaddr *) &from, len) == 0)
    return true;
  if (errno == EADDRNOTAVAIL)
    return refuse (
        VISITOR_ERROR_NO_SOURCE_ADDRESS, text, "this is no address of this machine", error);
  return refuse (VISITOR_ERROR_NETWORK_SETUP, text, g_strerror (errno), error);
}

/* From the loopback's address the kernel sends nothing out by another device. */
static bool
keep_here (int fd, InetFamily family, GError **error)
{
  InetAddr loopback;
  return inet_addr_parse (family == INET_V6 ? "::1" : "127.0.0.1", &loopback) &&
      bind_to_address (fd, family, &loopback, error);
}

static bool
bind_as_wanted (int fd, InetFamily family, const HostSocketBinding *binding, GError **error)
{
  if (binding->stays_here)
    return keep_here (fd, family, error);
  return bind_to_device (fd, binding, error) &&
      (binding->source.family == INET_NONE ||
          bind_to_address (fd, family, &binding->source, error));
}

/* An unconnected, non-blocking, close-on-exec socket of type SOCK_STREAM or SOCK_DGRAM whose packets
 * carry VISITOR_FWMARK and go out as `binding` says; -1 if there can be none: NO_INTERFACE, NO_SOURCE_ADDRESS,
 * UNREACHABLE where the source is of the other family, or NETWORK_SETUP. */
int
host_socket_open (InetFamily family, int type, const HostSocketBinding *binding, GError **error)
{
  int domain = family == INET_V6 ? AF_INET6 : AF_INET;
  int fd = socket (domain, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) {
    refuse (VISITOR_ERROR_NETWORK_SETUP, "Opening a socket", g_strerror (errno), error);
    return -1;
  }
  if (mark (fd, error) && bind_as_wanted (fd, family, binding, error))
    return fd;
  close (fd);
  return -1;
}

/* True if all name servers, address literals, are this machine itself: what is bound to a device does not
 * reach them. */
bool
host_socket_serves_itself (const char *const *nameservers)
{
  bool any = nameservers[0] != NULL;
  for (; *nameservers != NULL; nameservers++)
    any = any && (g_str_has_prefix (*nameservers, "127.") || strcmp (*nameservers, "::1") == 0);
  return any;
}
