/* SPDX-License-Identifier: GPL-2.0-or-later */
/* WorkerPath: the ends of a worker's stream, as the worker has told them, and how the kernel gets there. */
#include "host/worker-path.h"

#include "base/error.h"
#include "host/route.h"

/* A way into a tunnel of ours is none for what carries it. */
static NetworkWay
way_towards (const WorkerPath *path, const InetAddr *remote)
{
  NetworkWay way = { 0 };
  g_autoptr (GError) error = NULL;
  char name[IF_NAMESIZE];
  guint device = if_nametoindex (path->interface);
  if (*path->interface != '\0' && device == 0)
    return way;
  if (!route_towards (remote, device, &path->source, &way, &error))
    g_debug ("no way to the gateway: %s", error->message);
  if (way.device != 0 && if_indextoname (way.device, name) != NULL && network_device_is_ours (name))
    way = (NetworkWay){ 0 };
  return way;
}

/* Before there was any stream: to the first of the aims that there is a way to. */
static NetworkWay
way_of (const WorkerPath *path)
{
  NetworkWay way = { 0 };
  if (path->remote.family != INET_NONE)
    return way_towards (path, &path->remote);
  for (guint i = 0; path->aims != NULL && i < path->aims->len && way.device == 0; i++)
    way = way_towards (path, &g_array_index (path->aims, InetAddr, i));
  return way;
}

static void
take_binding (WorkerPath *path, const HostSocketBinding *binding)
{
  g_strlcpy (path->interface, binding->interface != NULL ? binding->interface : "",
      sizeof path->interface);
  path->source = binding->source;
}

/* Where the first stream may go: aims (InetAddr, referenced), by sockets of that binding. */
void
worker_path_aim (WorkerPath *path, GArray *aims, const HostSocketBinding *binding)
{
  g_clear_pointer (&path->aims, g_array_unref);
  path->aims = g_array_ref (aims);
  take_binding (path, binding);
  path->stream.before = way_of (path);
}

/* Leaves it all zero. */
void
worker_path_clear (WorkerPath *path)
{
  g_clear_pointer (&path->aims, g_array_unref);
  *path = (WorkerPath){ 0 };
}

/* A stream stands between these two. binding: of its socket. By its index a device does not count: whoever names one so
 * goes with the routes. */
void
worker_path_stands (WorkerPath *path, const InetAddr *local, const InetAddr *remote,
    const HostSocketBinding *binding)
{
  path->remote = *remote;
  take_binding (path, binding);
  path->stream.source = *local;
  path->stream.before = way_of (path);
}

/* There is none. */
void
worker_path_ended (WorkerPath *path)
{
  path->stream.source = (InetAddr){ 0 };
}

/* What the worker has to do about a change, as network_judge () has it. It is expected to do so. */
NetworkVerdict
worker_path_judge (WorkerPath *path, const NetworkSnapshot *before, const NetworkSnapshot *after)
{
  path->stream.after = way_of (path);
  NetworkVerdict verdict = network_judge (before, after, &path->stream);
  path->stream.before = path->stream.after;
  if (verdict != NETWORK_SAME)
    worker_path_ended (path);
  return verdict;
}
