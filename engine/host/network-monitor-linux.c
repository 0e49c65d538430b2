/* SPDX-License-Identifier: GPL-2.0-or-later */
/* NetworkMonitor: hears from rtnetlink (7) that links, addresses or routes change, waits until they
 * have stopped changing, and looks at what there is now.
 *
 * A Wi-Fi that comes up says so in dozens of messages; what matters is where that ends. Messages are only a
 * reason to look: what they say is not believed, so that one that was lost costs nothing. Runs in the
 * main context that it was made in. */
#include "host/network-monitor.h"

#include <glib-unix.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netlink/attr.h>
#include <netlink/socket.h>

#include "host/netcfg.h"
#include "host/netlink.h"

#define SETTLED_US (G_USEC_PER_SEC / 10) /* so long without a message */
#define PATIENCE_US (G_USEC_PER_SEC / 2) /* from the first message */
#define MAX_OBJECTS 4096u /* of each kind: what a machine has beyond is passed over */

struct _NetworkMonitor {
  struct nl_sock *socket;
  GMainContext *context;
  GSource *messages;
  GSource *settled; /* NULL = nothing has changed */
  gint64 first_at; /* of the messages since the last look */
  NetworkSnapshot *now;
  NetworkChangedFunc changed;
  gpointer user_data;
};

typedef struct {
  GHashTable *devices; /* by index: those that are up and none of ours */
  NetworkSnapshot *snapshot;
} Look;

static void
on_link (const struct nlmsghdr *header, gpointer user_data)
{
  Look *look = user_data;
  const struct ifinfomsg *link = nlmsg_data (header);
  struct nlattr *name = nlmsg_find_attr ((struct nlmsghdr *) header, sizeof *link, IFLA_IFNAME);
  const guint wanted = IFF_UP | IFF_RUNNING;
  gboolean usable = (link->ifi_flags & wanted) == wanted && (link->ifi_flags & IFF_LOOPBACK) == 0;
  if (usable && name != NULL && !network_device_is_ours (nla_get_string (name)) &&
      g_hash_table_size (look->devices) < MAX_OBJECTS)
    g_hash_table_add (look->devices, GINT_TO_POINTER (link->ifi_index));
}

static gboolean
is_usable_device (const Look *look, guint index)
{
  return g_hash_table_contains (look->devices, GUINT_TO_POINTER (index));
}

/* An address that is still being tested for a duplicate, or is one, is nobody's yet. */
static void
on_address (const struct nlmsghdr *header, gpointer user_data)
{
  Look *look = user_data;
  struct nlmsghdr *message = (struct nlmsghdr *) header;
  const struct ifaddrmsg *address = nlmsg_data (header);
  struct nlattr *local = nlmsg_find_attr (message, sizeof *address, IFA_LOCAL);
  if (local == NULL)
    local = nlmsg_find_attr (message, sizeof *address, IFA_ADDRESS);
  InetAddr addr = netlink_get_addr (netlink_inet_family (address->ifa_family), local);
  if (addr.family != INET_NONE && is_usable_device (look, address->ifa_index) &&
      (address->ifa_flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED)) == 0 &&
      look->snapshot->addresses->len < MAX_OBJECTS)
    network_snapshot_add_address (look->snapshot, address->ifa_index, &addr);
}

/* The table of a route that leads to other machines, RT_TABLE_UNSPEC for any other. */
static guint
table_of (const struct nlmsghdr *header)
{
  const struct rtmsg *route = nlmsg_data (header);
  struct nlattr *table = nlmsg_find_attr ((struct nlmsghdr *) header, sizeof *route, RTA_TABLE);
  if (route->rtm_type != RTN_UNICAST || (route->rtm_flags & RTM_F_CLONED) != 0)
    return RT_TABLE_UNSPEC;
  return table != NULL ? nla_get_u32 (table) : route->rtm_table;
}

/* The device of the first hop where there are several. */
static guint
device_of (struct nlmsghdr *message, const struct rtmsg *route)
{
  struct nlattr *device = nlmsg_find_attr (message, sizeof *route, RTA_OIF);
  struct nlattr *hops = nlmsg_find_attr (message, sizeof *route, RTA_MULTIPATH);
  if (device != NULL)
    return nla_get_u32 (device);
  if (hops == NULL || nla_len (hops) < (int) sizeof (struct rtnexthop))
    return 0;
  struct rtnexthop hop;
  nla_memcpy (&hop, hops, sizeof hop);
  return (guint) hop.rtnh_ifindex;
}

static void
on_route (const struct nlmsghdr *header, gpointer user_data)
{
  Look *look = user_data;
  struct nlmsghdr *message = (struct nlmsghdr *) header;
  const struct rtmsg *route = nlmsg_data (header);
  if (route->rtm_dst_len != 0 || table_of (header) != RT_TABLE_MAIN)
    return;
  struct nlattr *metric = nlmsg_find_attr (message, sizeof *route, RTA_PRIORITY);
  InetFamily family = netlink_inet_family (route->rtm_family);
  const NetworkDefault found = {
    .device = device_of (message, route),
    .family = family,
    .gateway = netlink_get_addr (family, nlmsg_find_attr (message, sizeof *route, RTA_GATEWAY)),
    .metric = metric != NULL ? nla_get_u32 (metric) : 0,
  };
  if (family != INET_NONE && is_usable_device (look, found.device) &&
      look->snapshot->defaults->len < MAX_OBJECTS)
    network_snapshot_add_default (look->snapshot, &found);
}

/* What there is now; NULL where the kernel did not say it all. Transfer: full. */
static NetworkSnapshot *
take_snapshot (GError **error)
{
  g_autoptr (NetworkSnapshot) snapshot = network_snapshot_new ();
  g_autoptr (GHashTable) devices = g_hash_table_new (NULL, NULL);
  Look look = { devices, snapshot };
  struct ifinfomsg link = { .ifi_family = AF_UNSPEC };
  struct ifaddrmsg address = { .ifa_family = AF_UNSPEC };
  struct rtmsg route = { .rtm_family = AF_UNSPEC };
  if (!netlink_dump (RTM_GETLINK, &link, sizeof link, on_link, &look, error) ||
      !netlink_dump (RTM_GETADDR, &address, sizeof address, on_address, &look, error) ||
      !netlink_dump (RTM_GETROUTE, &route, sizeof route, on_route, &look, error))
    return NULL;
  network_snapshot_sort (snapshot);
  return g_steal_pointer (&snapshot);
}

static void
drop_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static gboolean
on_settled (gpointer user_data)
{
  NetworkMonitor *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (NetworkSnapshot) before = NULL;
  NetworkSnapshot *after = take_snapshot (&error);
  if (after == NULL) { /* it changed while we looked */
    g_debug ("%s", error->message);
    g_source_set_ready_time (self->settled, g_get_monotonic_time () + SETTLED_US);
    return G_SOURCE_CONTINUE;
  }
  drop_source (&self->settled);
  before = self->now;
  self->now = after;
  self->changed (before, after, self->user_data);
  return G_SOURCE_REMOVE;
}

static gboolean
dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  return callback (user_data);
}

static GSourceFuncs ready_time_funcs = { .dispatch = dispatch };

/* Something changed: a look follows when nothing has for a moment, and not much later than this in any case. */
static void
note_change (NetworkMonitor *self)
{
  gint64 now = g_get_monotonic_time ();
  if (self->settled == NULL) {
    self->first_at = now;
    self->settled = g_source_new (&ready_time_funcs, sizeof (GSource));
    g_source_set_callback (self->settled, on_settled, self, NULL);
    g_source_attach (self->settled, self->context);
  }
  g_source_set_ready_time (self->settled, MIN (now + SETTLED_US, self->first_at + PATIENCE_US));
}

/* The routes of our tunnels stand in tables of their own. What somebody else has in another table may be the way
 * of a worker's packets, by a rule of his. */
static void
on_message (const struct nlmsghdr *header, gpointer user_data)
{
  gboolean is_route = header->nlmsg_type == RTM_NEWROUTE || header->nlmsg_type == RTM_DELROUTE;
  guint table = is_route ? table_of (header) : RT_TABLE_MAIN;
  gboolean is_ours = table - NETCFG_TABLE_BASE < NETCFG_SLOTS;
  if (table != RT_TABLE_UNSPEC && !is_ours)
    note_change (user_data);
}

static gboolean
on_messages (int fd, GIOCondition condition, gpointer user_data)
{
  NetworkMonitor *self = user_data;
  if (!netlink_read (self->socket, on_message, self))
    note_change (self); /* some were lost */
  return G_SOURCE_CONTINUE;
}

/* What there was at the last look. Borrowed until the next change. */
const NetworkSnapshot *
network_monitor_now (const NetworkMonitor *monitor)
{
  return monitor->now;
}

/* Looks and listens. Errors: NETWORK_SETUP. Transfer: full. */
NetworkMonitor *
network_monitor_new (NetworkChangedFunc changed, gpointer user_data, GError **error)
{
  static const int groups[] = { RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR,
    RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE, 0 };
  struct nl_sock *socket = netlink_listen (groups, error);
  if (socket == NULL)
    return NULL;
  NetworkSnapshot *now = take_snapshot (error);
  if (now == NULL) {
    nl_socket_free (socket);
    return NULL;
  }
  NetworkMonitor *self = g_new0 (NetworkMonitor, 1);
  self->socket = socket;
  self->now = now;
  self->changed = changed;
  self->user_data = user_data;
  self->context = g_main_context_ref_thread_default ();
  self->messages = g_unix_fd_source_new (nl_socket_get_fd (socket), G_IO_IN | G_IO_ERR);
  g_source_set_callback (self->messages, G_SOURCE_FUNC (on_messages), self, NULL);
  g_source_attach (self->messages, self->context);
  return self;
}

/* Not from inside its callback. */
void
network_monitor_free (NetworkMonitor *monitor)
{
  if (monitor == NULL)
    return;
  drop_source (&monitor->messages);
  drop_source (&monitor->settled);
  nl_socket_free (monitor->socket);
  network_snapshot_free (monitor->now);
  g_main_context_unref (monitor->context);
  g_free (monitor);
}
