/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rule that makes everybody's packets, but those of the worker's marked sockets, look into our
 * table before `main`. No route that a network hands out stands above it, which is what closes
 * TunnelVision (CVE-2024-3661) and TunnelCrack (CVE-2023-36671, -36672, -36673, -35838). */
#include "host/rule.h"

#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>

#include "base/names.h"
#include "host/netcfg.h"
#include "host/netlink.h"

/* A rule that answers to the same selectors more often than this is not ours to count. */
#define MAX_COPIES 16

/* table: RT_TABLE_UNSPEC for the rule that leads nowhere. */
static struct nl_msg *
rule_message (int type, int flags, InetFamily family, guint priority, guint table)
{
  struct fib_rule_hdr header = { .family = netlink_family (family),
    .table = RT_TABLE_UNSPEC,
    .action = table != RT_TABLE_UNSPEC ? FR_ACT_TO_TBL : FR_ACT_UNREACHABLE,
    .flags = FIB_RULE_INVERT };
  guint8 protocol = NETCFG_PROTOCOL;
  struct nl_msg *message = netlink_message (type, flags, &header, sizeof header);
  netlink_put_u32 (message, FRA_PRIORITY, priority);
  netlink_put_u32 (message, FRA_FWMARK, VISITOR_FWMARK);
  netlink_put_u32 (message, FRA_FWMASK, G_MAXUINT32);
  if (table != RT_TABLE_UNSPEC)
    netlink_put_u32 (message, FRA_TABLE, table);
  netlink_put (message, FRA_PROTOCOL, &protocol, sizeof protocol);
  return message;
}

/* Adds "not fwmark MARK lookup TABLE" for one family. */
gboolean
rule_add (InetFamily family, guint priority, guint table, GError **error)
{
  struct nl_msg *message =
      rule_message (RTM_NEWRULE, NLM_F_CREATE | NLM_F_EXCL, family, priority, table);
  return netlink_request (message, "Adding the routing rule", error) == NETLINK_OK;
}

/* Sends messages that make (), a removal, until the kernel says that there is none left. */
static gboolean
remove_all (struct nl_msg *(*make) (const void *rule), const void *rule, GError **error)
{
  for (guint i = 0; i < MAX_COPIES; i++) {
    g_autoptr (GError) why = NULL;
    switch (netlink_request (make (rule), "Removing the routing rule", &why)) {
    case NETLINK_OK: break;
    case NETLINK_GONE:
    case NETLINK_UNSUPPORTED: return TRUE;
    case NETLINK_EXISTS:
    case NETLINK_FAILED: g_propagate_error (error, g_steal_pointer (&why)); return FALSE;
    }
  }
  g_set_error_literal (error, VISITOR_ERROR, VISITOR_ERROR_NETWORK_SETUP,
      "The routing rule comes back whenever it is removed");
  return FALSE;
}

typedef struct {
  InetFamily family;
  guint priority, table;
} MarkRule;

static struct nl_msg *
make_removal (const void *data)
{
  const MarkRule *rule = data;
  return rule_message (RTM_DELRULE, 0, rule->family, rule->priority, rule->table);
}

/* Removes the rule until the kernel says that there is none. The selectors include our protocol
 * number, so that a rule of somebody else never answers to them. */
gboolean
rule_remove (InetFamily family, guint priority, guint table, GError **error)
{
  return remove_all (make_removal, &(MarkRule){ family, priority, table }, error);
}

/* Adds "not fwmark MARK unreachable" for one family: who sends hears at once that there is no way. What stays
 * on this machine is looked up before, as is what is multicast. */
gboolean
rule_block (InetFamily family, guint priority, GError **error)
{
  return rule_add (family, priority, RT_TABLE_UNSPEC, error);
}

/* Removes it, as rule_remove () does. */
gboolean
rule_unblock (InetFamily family, guint priority, GError **error)
{
  return rule_remove (family, priority, RT_TABLE_UNSPEC, error);
}

typedef struct {
  const InetAddr *addr;
  guint priority;
} SourceRule;

static struct nl_msg *
source_message (int type, int flags, const SourceRule *rule)
{
  struct fib_rule_hdr header = { .family = netlink_family (rule->addr->family),
    .src_len = (guint8) (8 * inet_family_len (rule->addr->family)),
    .table = RT_TABLE_UNSPEC,
    .action = FR_ACT_UNREACHABLE };
  guint8 protocol = NETCFG_PROTOCOL;
  struct nl_msg *message = netlink_message (type, flags, &header, sizeof header);
  netlink_put_u32 (message, FRA_PRIORITY, rule->priority);
  netlink_put_u32 (message, FRA_FWMARK, 0);
  netlink_put_u32 (message, FRA_FWMASK, G_MAXUINT32);
  netlink_put_addr (message, FRA_SRC, rule->addr);
  netlink_put (message, FRA_PROTOCOL, &protocol, sizeof protocol);
  return message;
}

static struct nl_msg *
make_source_removal (const void *rule)
{
  return source_message (RTM_DELRULE, 0, rule);
}

/* Adds "from ADDR fwmark 0 unreachable", to stand behind the rules of the tunnels: what comes from an inner address and
 * goes into none of them goes nowhere. */
gboolean
rule_hold_source (const InetAddr *addr, guint priority, GError **error)
{
  struct nl_msg *message =
      source_message (RTM_NEWRULE, NLM_F_CREATE | NLM_F_EXCL, &(SourceRule){ addr, priority });
  return netlink_request (message, "Adding the routing rule", error) == NETLINK_OK;
}

/* Removes it, as rule_remove () does. */
gboolean
rule_release_source (const InetAddr *addr, guint priority, GError **error)
{
  return remove_all (make_source_removal, &(SourceRule){ addr, priority }, error);
}

typedef struct {
  guint priority, table;
  gboolean found;
} Search;

static void
on_rule (const struct nlmsghdr *header, gpointer user_data)
{
  Search *search = user_data;
  const struct fib_rule_hdr *rule = nlmsg_data (header);
  struct nlattr *priority =
      nlmsg_find_attr ((struct nlmsghdr *) header, sizeof *rule, FRA_PRIORITY);
  struct nlattr *table = nlmsg_find_attr ((struct nlmsghdr *) header, sizeof *rule, FRA_TABLE);
  guint32 number = table != NULL ? nla_get_u32 (table) : rule->table;
  if (number == search->table || (priority != NULL && nla_get_u32 (priority) == search->priority))
    search->found = TRUE;
}

/* Tells whether nobody's rule of any family has that priority or looks up that table. */
gboolean
rule_is_free (guint priority, guint table, gboolean *ret_free, GError **error)
{
  Search search = { .priority = priority, .table = table };
  struct fib_rule_hdr header = { .family = AF_UNSPEC };
  if (!netlink_dump (RTM_GETRULE, &header, sizeof header, on_rule, &search, error))
    return FALSE;
  *ret_free = !search.found;
  return TRUE;
}
