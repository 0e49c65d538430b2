/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

#include "base/inet.h"

/* One address of a device that is up. */
typedef struct {
  guint device;
  InetAddr addr;
} NetworkAddress;

/* One default route in `main` by a device that is up. */
typedef struct {
  guint device;
  InetFamily family;
  InetAddr gateway; /* INET_NONE = on the link */
  guint32 metric;
} NetworkDefault;

/* What a machine has of networks, its tunnels of ours left out. */
typedef struct {
  GArray *addresses; /* NetworkAddress, sorted */
  GArray *defaults; /* NetworkDefault, sorted: the one that is used first */
} NetworkSnapshot;

/* How packets to one address leave, as the kernel decides it for the worker's sockets. */
typedef struct {
  guint device; /* 0 = not at all */
  InetAddr gateway; /* INET_NONE = the address is on the link */
} NetworkWay;

/* A worker's stream, or the one that it had last. */
typedef struct {
  InetAddr source; /* INET_NONE = none stands */
  NetworkWay before, after; /* towards its other end */
} NetworkStream;

typedef enum {
  NETWORK_SAME, /* nothing that a worker has to know */
  NETWORK_CHANGED, /* the way goes elsewhere, or there may be one again */
  NETWORK_GONE, /* the stream that stands leads nowhere any more */
  NETWORK_NONE, /* nothing leads anywhere */
} NetworkVerdict;

NetworkSnapshot *network_snapshot_new (void);
void network_snapshot_free (NetworkSnapshot *snapshot);
void network_snapshot_add_address (NetworkSnapshot *snapshot, guint device, const InetAddr *addr);
void network_snapshot_add_default (NetworkSnapshot *snapshot, const NetworkDefault *route);
void network_snapshot_sort (NetworkSnapshot *snapshot);
gboolean network_snapshot_equal (const NetworkSnapshot *a, const NetworkSnapshot *b);
guint network_snapshot_default_device (const NetworkSnapshot *snapshot, InetFamily family);

NetworkVerdict network_judge (
    const NetworkSnapshot *before, const NetworkSnapshot *after, const NetworkStream *stream);
const char *network_verdict_to_string (NetworkVerdict verdict);
gboolean network_device_is_ours (const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NetworkSnapshot, network_snapshot_free)
