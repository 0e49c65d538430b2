/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "host/network.h"

/* Where a worker's stream goes. All zero before the first. */
typedef struct {
  NetworkStream stream;
  InetAddr remote; /* of the stream that stands, or stood last */
} WorkerPath;

void worker_path_stands (WorkerPath *path, const InetAddr *local, const InetAddr *remote);
void worker_path_ended (WorkerPath *path);
NetworkVerdict
worker_path_judge (WorkerPath *path, const NetworkSnapshot *before, const NetworkSnapshot *after);
