/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

#include "base/error.h"
#include "base/inet.h"

/* By what, and from where, a worker's sockets go out; what is not set is up to the routes. Borrowed. */
typedef struct {
  const char *interface; /* or NULL */
  guint device; /* the same by its index, or 0 */
  InetAddr source; /* or of the family INET_NONE */
  bool
      stays_here; /* nobody but this machine itself can be reached, and neither of the others counts */
} HostSocketBinding;

int
host_socket_open (InetFamily family, int type, const HostSocketBinding *binding, GError **error);
bool host_socket_serves_itself (const char *const *nameservers);
