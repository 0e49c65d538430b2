/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine's inner addresses, always as host addresses: what lies behind the tunnel is said by
 * routes in our own table, so the kernel shall not derive one in `main` from a netmask. */
#include "host/address.h"

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

#include "host/netlink.h"

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
