/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Routes into the tunnel, in a table of our own. None of them names a gateway or a proxy: the
 * worker's sockets carry a mark and never look here. */
#include "host/route.h"

#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netlink/attr.h>

#include "base/names.h"
#include "host/netcfg.h"
#include "host/netlink.h"

static struct nl_msg *
route_message (int type, int flags, guint index, guint table, const InetPrefix *to)
{
  struct rtmsg header = { .rtm_family = netlink_family (to->addr.family),
    .rtm_dst_len = to->length,
    .rtm_table = RT_TABLE_UNSPEC,
    .rtm_protocol = NETCFG_PROTOCOL,
    .rtm_scope = to->addr.family == INET_V4 ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE,
    .rtm_type = RTN_UNICAST };
  struct nl_msg *message = netlink_message (type, flags, &header, sizeof header);
  netlink_put_addr (message, RTA_DST, &to->addr);
  netlink_put_u32 (message, RTA_OIF, index);
  netlink_put_u32 (message, RTA_TABLE, table);
  return message;
}

/* Sends to, a canonical prefix, into the device, for those who look up the table; source is the
 * address that our own packets get. */
gboolean
route_add (
    const char *device, guint table, const InetPrefix *to, const InetAddr *source, GError **error)
{
  char text[INET_PREFIX_STRLEN];
  g_autofree char *what = g_strdup_printf ("Adding the route %s", inet_prefix_format (to, text));
  struct nl_msg *message =
      route_message (RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, if_nametoindex (device), table, to);
  netlink_put_addr (message, RTA_PREFSRC, source);
  return netlink_request (message, what, error) == NETLINK_OK;
}

/* Takes it away again; TRUE if it is gone, or was. */
gboolean
route_remove (const char *device, guint table, const InetPrefix *to, GError **error)
{
  g_autoptr (GError) why = NULL;
  guint index = if_nametoindex (device);
  if (index == 0)
    return TRUE;
  struct nl_msg *message = route_message (RTM_DELROUTE, 0, index, table, to);
  NetlinkVerdict verdict = netlink_request (message, "Removing a route", &why);
  if (verdict == NETLINK_OK || verdict == NETLINK_GONE)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&why));
  return FALSE;
}

static void
on_answer (const struct nlmsghdr *header, gpointer user_data)
{
  NetworkWay *way = user_data;
  const struct rtmsg *route = nlmsg_data (header);
  struct nlmsghdr *message = (struct nlmsghdr *) header;
  struct nlattr *device = nlmsg_find_attr (message, sizeof *route, RTA_OIF);
  if (device != NULL && nla_len (device) == sizeof (guint32))
    way->device = nla_get_u32 (device);
  way->gateway = netlink_get_addr (netlink_inet_family (route->rtm_family),
      nlmsg_find_attr (message, sizeof *route, RTA_GATEWAY));
}

/* How a worker's packet to that address leaves now: by that device unless it is 0, from that address unless
 * it is of the family INET_NONE. FALSE where it cannot; *ret_way says no device then. */
gboolean
route_towards (
    const InetAddr *to, guint device, const InetAddr *source, NetworkWay *ret_way, GError **error)
{
  *ret_way = (NetworkWay){ 0 };
  struct rtmsg header = { .rtm_family = netlink_family (to->family),
    .rtm_dst_len = (unsigned char) (8 * inet_family_len (to->family)) };
  struct nl_msg *message = netlink_message (RTM_GETROUTE, 0, &header, sizeof header);
  netlink_put_addr (message, RTA_DST, to);
  netlink_put_u32 (message, RTA_MARK, VISITOR_FWMARK);
  if (device != 0)
    netlink_put_u32 (message, RTA_OIF, device);
  if (source->family == to->family) {
    netlink_put_addr (message, RTA_SRC, source);
    ((struct rtmsg *) nlmsg_data (nlmsg_hdr (message)))->rtm_src_len = header.rtm_dst_len;
  }
  return netlink_get (message, on_answer, ret_way, error);
}

typedef struct {
  guint table;
  gboolean found;
} Search;

static void
on_route (const struct nlmsghdr *header, gpointer user_data)
{
  Search *search = user_data;
  const struct rtmsg *route = nlmsg_data (header);
  struct nlattr *table = nlmsg_find_attr ((struct nlmsghdr *) header, sizeof *route, RTA_TABLE);
  guint32 number = table != NULL ? nla_get_u32 (table) : route->rtm_table;
  if (number == search->table)
    search->found = TRUE;
}

/* Tells whether no route of any family stands in the table. */
gboolean
route_table_is_free (guint table, gboolean *ret_free, GError **error)
{
  Search search = { .table = table };
  struct rtmsg header = { .rtm_family = AF_UNSPEC };
  if (!netlink_dump (RTM_GETROUTE, &header, sizeof header, on_route, &search, error))
    return FALSE;
  *ret_free = !search.found;
  return TRUE;
}
