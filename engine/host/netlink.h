/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>
#include <netlink/msg.h>
#include <sys/socket.h>

#include "base/error.h"
#include "base/inet.h"

typedef enum {
  NETLINK_OK,
  NETLINK_EXISTS,
  NETLINK_GONE, /* the object, or the device it was on, does not exist */
  NETLINK_UNSUPPORTED,
  NETLINK_FAILED,
} NetlinkVerdict;

typedef void (*NetlinkVisitor) (const struct nlmsghdr *header, gpointer user_data);

struct nl_msg *netlink_message (int type, int flags, const void *header, size_t len);
void netlink_put (struct nl_msg *message, int attribute, const void *data, size_t len);
void netlink_put_u32 (struct nl_msg *message, int attribute, guint32 value);
void netlink_put_addr (struct nl_msg *message, int attribute, const InetAddr *addr);

NetlinkVerdict netlink_request (struct nl_msg *message, const char *what, GError **error);
gboolean
netlink_get (struct nl_msg *message, NetlinkVisitor visit, gpointer user_data, GError **error);
gboolean netlink_dump (int type, const void *header, size_t len, NetlinkVisitor visit,
    gpointer user_data, GError **error);

guint8 netlink_family (InetFamily family);
InetFamily netlink_inet_family (guint8 family);
InetAddr netlink_get_addr (InetFamily family, const struct nlattr *attribute);

struct nl_sock *netlink_listen (const int *groups, GError **error);
gboolean netlink_read (struct nl_sock *socket, NetlinkVisitor visit, gpointer user_data);
