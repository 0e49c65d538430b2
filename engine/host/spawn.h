/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

#include "base/error.h"

/* Where the program finds its end of the socketpair. */
#define HOST_WORKER_FD 3

#define HOST_SPAWN_MAX_GROUPS 256

typedef struct {
  const char *program; /* absolute path */
  const char *user; /* not root; NULL = as ourselves, but without our capabilities */
  gboolean as_person; /* with the groups and the home of the user */
  int socket_type; /* SOCK_SEQPACKET or SOCK_STREAM */
  int input; /* to read from; lent; -1 = nothing */
} HostSpawn;

gboolean host_spawn (const HostSpawn *spawn, int *ret_socket, GPid *ret_pid, GError **error);
