/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <net/if.h>

#include "host/network.h"
#include "host/socket.h"

/* Where a worker's stream goes. All zero before the first. */
typedef struct {
  NetworkStream stream;
  InetAddr remote; /* of the stream that stands, or stood last */
  char interface[IF_NAMESIZE]; /* that its socket is bound to by the site, or "" */
  InetAddr source; /* likewise */
  GArray *aims; /* owned, InetAddr: where the first may go, as far as that is known; or NULL */
} WorkerPath;

void worker_path_aim (WorkerPath *path, GArray *aims, const HostSocketBinding *binding);
void worker_path_clear (WorkerPath *path);
void worker_path_stands (WorkerPath *path, const InetAddr *local, const InetAddr *remote,
    const HostSocketBinding *binding);
void worker_path_ended (WorkerPath *path);
NetworkVerdict
worker_path_judge (WorkerPath *path, const NetworkSnapshot *before, const NetworkSnapshot *after);
