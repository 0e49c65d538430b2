/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine's inner addresses, always as host addresses: what lies behind the tunnel is said by
 * routes in our own table, so the kernel shall not derive one in `main` from a netmask. */
#include "host/address.h"

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netlink/attr.h>

#include "host/netlink.h"
#include "host/network.h"

static struct nl_msg *
address_message (int type, int flags, guint index, const InetAddr *addr)
{
  struct ifaddrmsg header = { .ifa_family = netlink_family (addr->family),
    .ifa_prefixlen = (guint8) (8 * inet_family_len (addr->family)),
    .ifa_scope = RT_SCOPE_UNIVERSE,
    .ifa_index = index };
  struct nl_msg *message = netlink_message (type, flags, &header, sizeof header);
  netlink_put_addr (message, IFA_LOCAL, addr);
  netlink_put_addr (message, IFA_ADDRESS, addr);
  return message;
}

/* Gives the device an address. */
gboolean
address_add (const char *device, const InetAddr *addr, GError **error)
{
  char text[INET_ADDR_STRLEN];
  g_autofree char *what = g_strdup_printf ("Adding the address %s", inet_addr_format (addr, text));
  struct nl_msg *message =
      address_message (RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, if_nametoindex (device), addr);
  netlink_put_u32 (message, IFA_FLAGS, IFA_F_NOPREFIXROUTE | IFA_F_NODAD);
  return netlink_request (message, what, error) == NETLINK_OK;
}

/* Takes it away again; TRUE if it is gone, or was. */
gboolean
address_remove (const char *device, const InetAddr *addr, GError **error)
{
  g_autoptr (GError) why = NULL;
  guint index = if_nametoindex (device);
  if (index == 0)
    return TRUE;
  struct nl_msg *message = address_message (RTM_DELADDR, 0, index, addr);
  NetlinkVerdict verdict = netlink_request (message, "Removing an address", &why);
  if (verdict == NETLINK_OK || verdict == NETLINK_GONE)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&why));
  return FALSE;
}

/* FALSE if the administrator has turned IPv6 off: then what a gateway assigns of it is passed over. */
gboolean
address_family_is_usable (InetFamily family)
{
  if (family != INET_V6)
    return TRUE;
  g_autofree char *disabled = NULL;
  if (!g_file_get_contents ("/proc/sys/net/ipv6/conf/default/disable_ipv6", &disabled, NULL, NULL))
    return FALSE;
  return disabled[0] == '0';
}

/* FALSE if the kernel has no such family at all. */
gboolean
address_family_exists (InetFamily family)
{
  return family != INET_V6 || g_file_test ("/proc/sys/net/ipv6", G_FILE_TEST_IS_DIR);
}

typedef struct {
  const InetAddr *addr;
  gboolean found;
} Search;

static void
on_address (const struct nlmsghdr *header, gpointer user_data)
{
  Search *search = user_data;
  struct nlmsghdr *message = (struct nlmsghdr *) header;
  const struct ifaddrmsg *address = nlmsg_data (header);
  struct nlattr *local = nlmsg_find_attr (message, sizeof *address, IFA_LOCAL);
  if (local == NULL)
    local = nlmsg_find_attr (message, sizeof *address, IFA_ADDRESS);
  InetAddr addr = netlink_get_addr (netlink_inet_family (address->ifa_family), local);
  char name[IF_NAMESIZE];
  if (addr.family != INET_NONE && inet_addr_compare (&addr, search->addr) == 0 &&
      if_indextoname (address->ifa_index, name) != NULL && !network_device_is_ours (name))
    search->found = TRUE;
}

/* TRUE if a device that is none of our tunnels has the address, too: two networks may both have given it. */
gboolean
address_is_of_network (const InetAddr *addr)
{
  g_autoptr (GError) error = NULL;
  Search search = { .addr = addr };
  struct ifaddrmsg header = { .ifa_family = netlink_family (addr->family) };
  if (!netlink_dump (RTM_GETADDR, &header, sizeof header, on_address, &search, &error))
    g_message ("Looking for an address: %s", error->message);
  return search.found;
}
