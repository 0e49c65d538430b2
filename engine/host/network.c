/* SPDX-License-Identifier: GPL-2.0-or-later */
/* NetworkSnapshot: the networks that a machine is in at one moment, and what it means for a stream when two
 * moments differ. Pure: how it is learned is network-monitor-linux.c's business.
 *
 * It has what decides where packets go, and nothing that a lease that is renewed changes. What is not in it
 * (a narrower route, a rule of somebody else's) is in the kernel's own answer about one address, NetworkWay. */
#include "host/network.h"

#include <string.h>

#include "base/names.h"

/* Empty. Transfer: full. */
NetworkSnapshot *
network_snapshot_new (void)
{
  NetworkSnapshot *snapshot = g_new (NetworkSnapshot, 1);
  snapshot->addresses = g_array_new (FALSE, TRUE, sizeof (NetworkAddress));
  snapshot->defaults = g_array_new (FALSE, TRUE, sizeof (NetworkDefault));
  return snapshot;
}

void
network_snapshot_free (NetworkSnapshot *snapshot)
{
  if (snapshot == NULL)
    return;
  g_array_unref (snapshot->addresses);
  g_array_unref (snapshot->defaults);
  g_free (snapshot);
}

/* Takes an address in. Those that mean another host on each link decide nothing and are left out. */
void
network_snapshot_add_address (NetworkSnapshot *snapshot, guint device, const InetAddr *addr)
{
  const NetworkAddress address = { .device = device, .addr = *addr };
  const InetPrefix prefix = { .addr = *addr,
    .length = (uint8_t) (8 * inet_family_len (addr->family)) };
  if (inet_addr_is_unicast (addr) && !inet_prefix_stays_local (&prefix))
    g_array_append_val (snapshot->addresses, address);
}

void
network_snapshot_add_default (NetworkSnapshot *snapshot, const NetworkDefault *route)
{
  g_array_append_val (snapshot->defaults, *route);
}

static int
compare_numbers (guint64 a, guint64 b)
{
  return (a > b) - (a < b);
}

static int
compare_addresses (gconstpointer a, gconstpointer b)
{
  const NetworkAddress *one = a, *two = b;
  int by_device = compare_numbers (one->device, two->device);
  return by_device != 0 ? by_device : inet_addr_compare (&one->addr, &two->addr);
}

static int
compare_defaults (gconstpointer a, gconstpointer b)
{
  const NetworkDefault *one = a, *two = b;
  int by_family = compare_numbers (one->family, two->family);
  int by_metric = compare_numbers (one->metric, two->metric);
  int by_device = compare_numbers (one->device, two->device);
  return by_family != 0 ? by_family
      : by_metric != 0  ? by_metric
      : by_device != 0  ? by_device
                        : inet_addr_compare (&one->gateway, &two->gateway);
}

/* To be called once, when everything is in. */
void
network_snapshot_sort (NetworkSnapshot *snapshot)
{
  g_array_sort (snapshot->addresses, compare_addresses);
  g_array_sort (snapshot->defaults, compare_defaults);
}

static gboolean
arrays_equal (const GArray *a, const GArray *b, gsize size, GCompareFunc compare)
{
  gboolean equal = a->len == b->len;
  for (guint i = 0; i < a->len && equal; i++)
    equal = compare (a->data + i * size, b->data + i * size) == 0;
  return equal;
}

gboolean
network_snapshot_equal (const NetworkSnapshot *a, const NetworkSnapshot *b)
{
  return arrays_equal (a->addresses, b->addresses, sizeof (NetworkAddress), compare_addresses) &&
      arrays_equal (a->defaults, b->defaults, sizeof (NetworkDefault), compare_defaults);
}

/* The device of the default route that is used; 0 without one. */
guint
network_snapshot_default_device (const NetworkSnapshot *snapshot, InetFamily family)
{
  for (guint i = 0; i < snapshot->defaults->len; i++) {
    const NetworkDefault *route = &g_array_index (snapshot->defaults, NetworkDefault, i);
    if (route->family == family)
      return route->device;
  }
  return 0;
}

static gboolean
has_address (const NetworkSnapshot *snapshot, const InetAddr *addr)
{
  for (guint i = 0; i < snapshot->addresses->len; i++) {
    if (inet_addr_compare (&g_array_index (snapshot->addresses, NetworkAddress, i).addr, addr) == 0)
      return TRUE;
  }
  return FALSE;
}

static gboolean
ways_equal (const NetworkWay *a, const NetworkWay *b)
{
  return a->device == b->device && inet_addr_compare (&a->gateway, &b->gateway) == 0;
}

/* What a worker is to do about the difference between two moments. stream: its own, or the last that it had; all
 * zero where it has had none. A source on the loopback is never gone: there the other end is on this machine. */
NetworkVerdict
network_judge (
    const NetworkSnapshot *before, const NetworkSnapshot *after, const NetworkStream *stream)
{
  gboolean same_way = ways_equal (&stream->before, &stream->after);
  if (stream->after.device == 0 && after->defaults->len == 0)
    return NETWORK_NONE;
  if (stream->source.family == INET_NONE)
    return same_way && network_snapshot_equal (before, after) ? NETWORK_SAME : NETWORK_CHANGED;
  if (stream->after.device == 0)
    return NETWORK_GONE;
  if (has_address (before, &stream->source) && !has_address (after, &stream->source))
    return NETWORK_GONE;
  return same_way ? NETWORK_SAME : NETWORK_CHANGED;
}

/* The worker's word for it, in MESSAGE_NETWORK. */
const char *
network_verdict_to_string (NetworkVerdict verdict)
{
  switch (verdict) {
  case NETWORK_SAME: return "same";
  case NETWORK_CHANGED: return "changed";
  case NETWORK_GONE: return "gone";
  case NETWORK_NONE: return "none";
  }
  return "unknown";
}

static gboolean
is_numbered (const char *name, const char *prefix)
{
  gsize len = strlen (prefix);
  return g_str_has_prefix (name, prefix) && name[len] != '\0' &&
      strspn (name + len, "0123456789") == strlen (name + len);
}

/* TRUE for the devices that connections of ours make. */
gboolean
network_device_is_ours (const char *name)
{
  return is_numbered (name, VISITOR_DEVICE_PREFIX) || is_numbered (name, VISITOR_NM_DEVICE_PREFIX);
}
