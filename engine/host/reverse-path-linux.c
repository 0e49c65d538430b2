/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's reverse path filter for IPv4. Where it is strict a packet is dropped unless the way back to its
 * source leads out by the device that it came in by, and that way is looked up without the worker's mark: a
 * tunnel that takes everything would make the machine deaf to its gateway. Loose means that there has to be a
 * way back at all. IPv6 has no such filter. */
#include "host/reverse-path.h"

#include <linux/if_link.h>
#include <linux/ip.h>
#include <linux/netconf.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>

#include "host/netlink.h"

enum { STRICT = 1, LOOSE = 2 };

typedef struct {
  int for_all; /* what holds for every device, unless its own is more */
  GArray *found; /* ReversePath */
} Look;

static void
on_netconf (const struct nlmsghdr *header, gpointer user_data)
{
  Look *look = user_data;
  struct nlmsghdr *message = (struct nlmsghdr *) header;
  struct nlattr *index = nlmsg_find_attr (message, sizeof (struct netconfmsg), NETCONFA_IFINDEX);
  struct nlattr *filter = nlmsg_find_attr (message, sizeof (struct netconfmsg), NETCONFA_RP_FILTER);
  if (index == NULL || filter == NULL || nla_len (index) != sizeof (guint32) ||
      nla_len (filter) != sizeof (guint32))
    return;
  ReversePath path = { .filter = (guint8) nla_get_u32 (filter) };
  if ((int) nla_get_u32 (index) == NETCONFA_IFINDEX_ALL)
    look->for_all = path.filter;
  else if (if_indextoname (nla_get_u32 (index), path.device) != NULL)
    g_array_append_val (look->found, path);
}

/* All devices and their own settings. NULL with VISITOR_ERROR_NETWORK_SETUP. Transfer: full. */
static GArray *
find_all (int *ret_for_all, GError **error)
{
  struct netconfmsg header = { .ncm_family = AF_INET };
  Look look = { .found = g_array_new (FALSE, FALSE, sizeof (ReversePath)) };
  if (!netlink_dump (RTM_GETNETCONF, &header, sizeof header, on_netconf, &look, error)) {
    g_array_unref (look.found);
    return NULL;
  }
  *ret_for_all = look.for_all;
  return look.found;
}

static gboolean
set (const char *device, guint32 filter, GError **error)
{
  g_autofree char *what = g_strdup_printf ("Setting the reverse path filter of %s", device);
  struct ifinfomsg header = { .ifi_family = AF_UNSPEC, .ifi_index = (int) if_nametoindex (device) };
  if (header.ifi_index == 0)
    return TRUE;
  g_autoptr (GError) why = NULL;
  struct nl_msg *message = netlink_message (RTM_SETLINK, 0, &header, sizeof header);
  struct nlattr *families = nla_nest_start (message, IFLA_AF_SPEC);
  struct nlattr *inet = nla_nest_start (message, AF_INET);
  struct nlattr *settings = nla_nest_start (message, IFLA_INET_CONF);
  netlink_put_u32 (message, IPV4_DEVCONF_RP_FILTER, filter);
  nla_nest_end (message, settings);
  nla_nest_end (message, inet);
  nla_nest_end (message, families);
  NetlinkVerdict verdict = netlink_request (message, what, &why);
  if (verdict == NETLINK_OK || verdict == NETLINK_GONE)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&why));
  return FALSE;
}

/* The devices (ReversePath) that drop what comes by another way than it would go back, be it for themselves or
 * because all do. NULL with VISITOR_ERROR_NETWORK_SETUP. Transfer: full. */
GArray *
reverse_path_find_strict (GError **error)
{
  int for_all;
  GArray *paths = find_all (&for_all, error);
  for (guint i = paths != NULL ? paths->len : 0; i-- > 0;) {
    if (MAX (for_all, g_array_index (paths, ReversePath, i).filter) != STRICT)
      g_array_remove_index (paths, i);
  }
  return paths;
}

/* Lets in whatever there is some way back to. TRUE if the device is gone. */
gboolean
reverse_path_loosen (const char *device, GError **error)
{
  return set (device, LOOSE, error);
}

/* The device's own setting as path has it, unless somebody else has changed it meanwhile. TRUE if the device is
 * gone. */
gboolean
reverse_path_restore (const ReversePath *path, GError **error)
{
  int for_all;
  g_autoptr (GArray) paths = find_all (&for_all, error);
  for (guint i = 0; paths != NULL && i < paths->len; i++) {
    const ReversePath *now = &g_array_index (paths, ReversePath, i);
    if (g_str_equal (now->device, path->device) && now->filter == LOOSE)
      return set (path->device, path->filter, error);
  }
  return paths != NULL;
}
