/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The TUN device: not persistent, so that it is gone when the last descriptor of it is closed. */
#include "host/tun.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netlink/attr.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "host/netlink.h"

/* Packets that wait for the worker; more only wait longer. */
#define TX_QUEUE_LEN 200

static int
open_tun (const char *name, GError **error)
{
  struct ifreq request = { .ifr_flags = IFF_TUN | IFF_NO_PI | IFF_TUN_EXCL };
  g_strlcpy (request.ifr_name, name, sizeof request.ifr_name);
  int fd = open ("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK);
  if (fd >= 0 && ioctl (fd, TUNSETIFF, &request) == 0)
    return fd;
  int code = errno;
  if (fd >= 0)
    close (fd);
  g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_NETWORK_SETUP, "Creating the device %s: %s",
      name, g_strerror (code));
  return -1;
}

/* A tunnel needs no link-local address, and nothing that would be sent because of one. Where the
 * kernel has no IPv6 there is nothing to turn off. */
static gboolean
turn_autoconf_off (int index, GError **error)
{
  g_autoptr (GError) why = NULL;
  struct ifinfomsg header = { .ifi_family = AF_UNSPEC, .ifi_index = index };
  struct nl_msg *message = netlink_message (RTM_SETLINK, 0, &header, sizeof header);
  struct nlattr *families = nla_nest_start (message, IFLA_AF_SPEC);
  struct nlattr *inet6 = nla_nest_start (message, AF_INET6);
  guint8 mode = IN6_ADDR_GEN_MODE_NONE;
  netlink_put (message, IFLA_INET6_ADDR_GEN_MODE, &mode, sizeof mode);
  nla_nest_end (message, inet6);
  nla_nest_end (message, families);
  switch (netlink_request (message, "Turning address autoconfiguration off", &why)) {
  case NETLINK_OK:
  case NETLINK_UNSUPPORTED: return TRUE;
  case NETLINK_EXISTS:
  case NETLINK_GONE:
  case NETLINK_FAILED: break;
  }
  g_propagate_error (error, g_steal_pointer (&why));
  return FALSE;
}

static gboolean
set_up (int index, guint mtu, GError **error)
{
  struct ifinfomsg header = {
    .ifi_family = AF_UNSPEC, .ifi_index = index, .ifi_flags = IFF_UP, .ifi_change = IFF_UP
  };
  struct nl_msg *message = netlink_message (RTM_SETLINK, 0, &header, sizeof header);
  netlink_put_u32 (message, IFLA_MTU, mtu);
  netlink_put_u32 (message, IFLA_TXQLEN, TX_QUEUE_LEN);
  return netlink_request (message, "Setting the device up", error) == NETLINK_OK;
}

/* A TUN device of that name, up, which must not exist yet. Returns its descriptor, non-blocking and
 * close-on-exec, or -1 with VISITOR_ERROR_NETWORK_SETUP and no device. */
int
tun_create (const char *name, guint mtu, GError **error)
{
  int fd = open_tun (name, error);
  if (fd < 0)
    return -1;
  int index = (int) if_nametoindex (name);
  if (turn_autoconf_off (index, error) && set_up (index, mtu, error))
    return fd;
  close (fd);
  return -1;
}

/* TRUE if no device has that name. */
gboolean
tun_name_is_free (const char *name)
{
  return if_nametoindex (name) == 0;
}

/* The index of the device of that name; 0 if there is none. */
guint
tun_index (const char *name)
{
  return if_nametoindex (name);
}

/* What the device of a descriptor is called by now, in IF_NAMESIZE octets; FALSE where it was deleted. */
gboolean
tun_name_of (int fd, char *ret_name)
{
  struct ifreq request = { 0 };
  if (ioctl (fd, TUNGETIFF, &request) < 0)
    return FALSE;
  g_strlcpy (ret_name, request.ifr_name, IF_NAMESIZE);
  return TRUE;
}

typedef struct {
  int index;
  gboolean is_tun;
} Search;

static void
on_link (const struct nlmsghdr *header, gpointer user_data)
{
  Search *search = user_data;
  const struct ifinfomsg *link = nlmsg_data (header);
  struct nlattr *info = nlmsg_find_attr ((struct nlmsghdr *) header, sizeof *link, IFLA_LINKINFO);
  struct nlattr *kind =
      info != NULL ? nla_find (nla_data (info), nla_len (info), IFLA_INFO_KIND) : NULL;
  if (link->ifi_index == search->index)
    search->is_tun = kind != NULL && nla_strcmp (kind, "tun") == 0;
}

/* Deletes the device, also one whose descriptor a worker still holds. TRUE if it is gone, or was; a
 * device of that name that is no TUN is not ours and left alone. */
gboolean
tun_delete (const char *name, GError **error)
{
  guint index = if_nametoindex (name);
  if (index == 0)
    return TRUE;
  Search search = { .index = (int) index };
  struct ifinfomsg all = { .ifi_family = AF_UNSPEC };
  if (!netlink_dump (RTM_GETLINK, &all, sizeof all, on_link, &search, error))
    return FALSE;
  if (!search.is_tun) {
    g_warning ("%s is not a TUN device and is left alone", name);
    return TRUE;
  }
  g_autoptr (GError) why = NULL;
  struct ifinfomsg header = { .ifi_family = AF_UNSPEC, .ifi_index = (int) index };
  struct nl_msg *message = netlink_message (RTM_DELLINK, 0, &header, sizeof header);
  NetlinkVerdict verdict = netlink_request (message, "Deleting the device", &why);
  if (verdict == NETLINK_OK || verdict == NETLINK_GONE)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&why));
  return FALSE;
}
