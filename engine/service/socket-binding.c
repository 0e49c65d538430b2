/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SocketBinding: by what a worker's sockets go out, as the site says; the worker has no say in it. Pure. */
#include "service/socket-binding.h"

#include <sys/socket.h>

/* What is bound to a device does not reach this machine's own resolver, so that queries to that one stay here.
 * A datagram is one unless the site may speak UDP to its gateway. Borrows the site. */
void
socket_binding_of_site (
    HostSocketBinding *binding, const Site *site, gboolean resolver_is_local, int socket_type)
{
  bool is_query = socket_type == SOCK_DGRAM && !site_has_udp (site);
  *binding = (HostSocketBinding){
    .interface = site->interface,
    .source = site->source_address,
    .stays_here = site->interface != NULL && is_query && resolver_is_local,
  };
}
