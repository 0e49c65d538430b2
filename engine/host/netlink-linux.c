/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rtnetlink (7): one request and its answer, on a socket of its own. Requests are rare, a few dozen a
 * connection, so that no socket is kept. */
#include "host/netlink.h"

#include <netlink/attr.h>
#include <netlink/errno.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>

/* A new message of that type with its family header. Aborts if memory is out. */
struct nl_msg *
netlink_message (int type, int flags, const void *header, size_t len)
{
  struct nl_msg *message = nlmsg_alloc_simple (type, flags);
  g_assert (message != NULL);
  int bad = nlmsg_append (message, (void *) header, len, NLMSG_ALIGNTO);
  g_assert (bad == 0);
  return message;
}

/* Adds an attribute; a message has room for a page of them. */
void
netlink_put (struct nl_msg *message, int attribute, const void *data, size_t len)
{
  int bad = nla_put (message, attribute, (int) len, data);
  g_assert (bad == 0);
}

void
netlink_put_u32 (struct nl_msg *message, int attribute, guint32 value)
{
  netlink_put (message, attribute, &value, sizeof value);
}

void
netlink_put_addr (struct nl_msg *message, int attribute, const InetAddr *addr)
{
  netlink_put (message, attribute, addr->bytes, inet_family_len (addr->family));
}

/* AF_INET or AF_INET6; AF_UNSPEC for none. */
guint8
netlink_family (InetFamily family)
{
  switch (family) {
  case INET_V4: return AF_INET;
  case INET_V6: return AF_INET6;
  case INET_NONE: break;
  }
  return AF_UNSPEC;
}

/* The reverse; INET_NONE for any other. */
InetFamily
netlink_inet_family (guint8 family)
{
  return family == AF_INET ? INET_V4 : family == AF_INET6 ? INET_V6 : INET_NONE;
}

/* The address in an attribute; INET_NONE for NULL, or one of another length. */
InetAddr
netlink_get_addr (InetFamily family, const struct nlattr *attribute)
{
  InetAddr addr;
  if (attribute == NULL || family == INET_NONE ||
      !inet_addr_from_bytes (
          family, SLICE (nla_data (attribute), (size_t) nla_len (attribute)), &addr))
    return (InetAddr){ 0 };
  return addr;
}

static NetlinkVerdict
verdict_of (int code)
{
  switch (ABS (code)) {
  case 0: return NETLINK_OK;
  case NLE_EXIST: return NETLINK_EXISTS;
  case NLE_OBJ_NOTFOUND:
  case NLE_NOADDR:
  case NLE_NODEV: return NETLINK_GONE;
  case NLE_AF_NOSUPPORT:
  case NLE_OPNOTSUPP: return NETLINK_UNSUPPORTED;
  default: return NETLINK_FAILED;
  }
}

static struct nl_sock *
open_socket (GError **error)
{
  struct nl_sock *socket = nl_socket_alloc ();
  int code = socket != NULL ? nl_connect (socket, NETLINK_ROUTE) : -NLE_NOMEM;
  if (code == 0)
    return socket;
  g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_NETWORK_SETUP, "Opening rtnetlink: %s",
      nl_geterror (code));
  nl_socket_free (socket);
  return NULL;
}

/* Sends the message, which is consumed, and waits for the kernel's answer. error is set for
 * everything but NETLINK_OK; what says for the user which change it was. */
NetlinkVerdict
netlink_request (struct nl_msg *message, const char *what, GError **error)
{
  struct nl_sock *socket = open_socket (error);
  if (socket == NULL) {
    nlmsg_free (message);
    return NETLINK_FAILED;
  }
  int code = nl_send_sync (socket, message);
  nl_socket_free (socket);
  if (code < 0)
    g_set_error (
        error, VISITOR_ERROR, VISITOR_ERROR_NETWORK_SETUP, "%s: %s", what, nl_geterror (code));
  return verdict_of (MIN (code, 0));
}

typedef struct {
  NetlinkVisitor visit;
  gpointer user_data;
} Visit;

static int
on_valid (struct nl_msg *message, void *user_data)
{
  const Visit *visit = user_data;
  visit->visit (nlmsg_hdr (message), visit->user_data);
  return NL_OK;
}

static gboolean
receive (struct nl_sock *socket, int code, NetlinkVisitor visit, gpointer user_data, GError **error)
{
  Visit context = { visit, user_data };
  nl_socket_modify_cb (socket, NL_CB_VALID, NL_CB_CUSTOM, on_valid, &context);
  if (code >= 0)
    code = nl_recvmsgs_default (socket);
  nl_socket_free (socket);
  if (code < 0)
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_NETWORK_SETUP, "Reading rtnetlink: %s",
        nl_geterror (code));
  return code >= 0;
}

/* Asks for one object, by a message that is consumed, and calls visit with the answer. */
gboolean
netlink_get (struct nl_msg *message, NetlinkVisitor visit, gpointer user_data, GError **error)
{
  struct nl_sock *socket = open_socket (error);
  int code = socket != NULL ? nl_send_auto (socket, message) : 0;
  nlmsg_free (message);
  return socket != NULL && receive (socket, code, visit, user_data, error);
}

/* Asks for all objects of a kind and calls visit with each message. FALSE if the answer did not come
 * to its end. */
gboolean
netlink_dump (int type, const void *header, size_t len, NetlinkVisitor visit, gpointer user_data,
    GError **error)
{
  struct nl_sock *socket = open_socket (error);
  if (socket == NULL)
    return FALSE;
  int code = nl_send_simple (socket, type, NLM_F_DUMP, (void *) header, len);
  return receive (socket, code, visit, user_data, error);
}

/* A socket that hears of every change of these kinds (RTNLGRP_...; 0 ends the list), to be read without blocking. */
struct nl_sock *
netlink_listen (const int *groups, GError **error)
{
  struct nl_sock *socket = open_socket (error);
  if (socket == NULL)
    return NULL;
  nl_socket_disable_seq_check (socket);
  int code = nl_socket_set_nonblocking (socket);
  for (; *groups != 0 && code == 0; groups++)
    code = nl_socket_add_membership (socket, *groups);
  if (code == 0)
    return socket;
  g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_NETWORK_SETUP, "Listening to rtnetlink: %s",
      nl_geterror (code));
  nl_socket_free (socket);
  return NULL;
}

/* Calls visit with each message that has come. FALSE where some were lost, or none comes any more. */
gboolean
netlink_read (struct nl_sock *socket, NetlinkVisitor visit, gpointer user_data)
{
  Visit context = { visit, user_data };
  nl_socket_modify_cb (socket, NL_CB_VALID, NL_CB_CUSTOM, on_valid, &context);
  for (;;) {
    int code = nl_recvmsgs_default (socket);
    if (code == -NLE_AGAIN)
      return TRUE;
    if (code < 0)
      return FALSE;
  }
}
