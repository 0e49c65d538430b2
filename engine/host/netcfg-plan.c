/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Netcfg, the plan: which changes of the machine a configuration means, stage by stage. */
#include "host/address.h"
#include "host/dns.h"
#include "host/netcfg-private.h"
#include "host/network.h"

static gboolean
has_family (const HostConfiguration *configuration, InetFamily family)
{
  return host_configuration_has_family (configuration, family) && address_family_is_usable (family);
}

static void
plan_device (Netcfg *netcfg, const HostConfiguration *configuration, GArray *changes)
{
  const JournalChange change = { .step = NETCFG_STEP_DEVICE };
  g_array_append_val (changes, change);
}

static void
plan_for_each_address (NetcfgStep step, const HostConfiguration *configuration, GArray *changes)
{
  for (guint i = 0; i < configuration->addresses->len; i++) {
    JournalChange change = { .step = step,
      .prefix = g_array_index (configuration->addresses, InetPrefix, i) };
    change.prefix.length = (uint8_t) (8 * inet_family_len (change.prefix.addr.family));
    if (has_family (configuration, change.prefix.addr.family) &&
        (step == NETCFG_STEP_ADDRESS || !address_is_of_network (&change.prefix.addr)))
      g_array_append_val (changes, change);
  }
}

static void
plan_addresses (Netcfg *netcfg, const HostConfiguration *configuration, GArray *changes)
{
  plan_for_each_address (NETCFG_STEP_ADDRESS, configuration, changes);
}

/* Not even an answer, unless the network outside has given the same address by chance: whoever knocks at an
 * inner address from outside learns nothing, and while the tunnel steps aside what was going on inside does not
 * go on outside. */
static void
plan_sources (Netcfg *netcfg, const HostConfiguration *configuration, GArray *changes)
{
  plan_for_each_address (NETCFG_STEP_SOURCE, configuration, changes);
}

static void
plan_routes (Netcfg *netcfg, const HostConfiguration *configuration, GArray *changes)
{
  for (guint i = 0; i < configuration->routes->len; i++) {
    const JournalChange change = { .step = NETCFG_STEP_ROUTE,
      .prefix = g_array_index (configuration->routes, InetPrefix, i) };
    if (has_family (configuration, change.prefix.addr.family))
      g_array_append_val (changes, change);
  }
}

/* Addresses that no gateway on the Internet has. */
static gboolean
is_private (const InetPrefix *route)
{
  static const InetPrefix ranges[] = {
    { .addr = { INET_V4, { 10 } }, .length = 8 },
    { .addr = { INET_V4, { 100, 64 } }, .length = 10 },
    { .addr = { INET_V4, { 169, 254 } }, .length = 16 },
    { .addr = { INET_V4, { 172, 16 } }, .length = 12 },
    { .addr = { INET_V4, { 192, 168 } }, .length = 16 },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (ranges); i++) {
    if (route->length >= ranges[i].length && inet_prefix_contains (&ranges[i], &route->addr))
      return TRUE;
  }
  return FALSE;
}

/* TRUE if the way back to the gateway, looked up without the mark, may lead into the tunnel. */
static gboolean
may_take_gateway (const HostConfiguration *configuration)
{
  for (guint i = 0; i < configuration->routes->len; i++) {
    const InetPrefix *route = &g_array_index (configuration->routes, InetPrefix, i);
    if (route->addr.family == INET_V4 && !is_private (route))
      return host_configuration_has_family (configuration, INET_V4);
  }
  return FALSE;
}

/* TRUE if changes (JournalChange) have that device's reverse path filter among them. */
gboolean
netcfg_is_planned (const GArray *changes, const char *device)
{
  for (guint i = 0; i < changes->len; i++) {
    const JournalChange *change = &g_array_index (changes, JournalChange, i);
    if (change->step == NETCFG_STEP_REVERSE_PATH && g_str_equal (change->path.device, device))
      return TRUE;
  }
  return FALSE;
}

/* The devices that would not let in what the gateway answers, and those that would not if another link of ours
 * had not seen to it. A machine that cannot be asked is left as it is. */
static void
plan_reverse_paths (Netcfg *netcfg, const HostConfiguration *configuration, GArray *changes)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) paths =
      may_take_gateway (configuration) ? reverse_path_find_strict (&error) : NULL;
  if (error != NULL)
    g_message ("The reverse path filter is left as it is: %s", error->message);
  if (paths == NULL)
    return;
  GHashTableIter iter;
  gpointer value;
  g_hash_table_iter_init (&iter, netcfg->loosened);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_array_append_vals (paths, &((const Loosened *) value)->path, 1);
  for (guint i = 0; i < paths->len; i++) {
    const JournalChange change = { .step = NETCFG_STEP_REVERSE_PATH,
      .path = g_array_index (paths, ReversePath, i) };
    if (!network_device_is_ours (change.path.device) &&
        !netcfg_is_planned (changes, change.path.device))
      g_array_append_val (changes, change);
  }
}

/* Whoever lets a tunnel take everything does not mean half of it: a family that the tunnel does not have leaves
 * this machine by no other way. */
static void
plan_blocks (const HostConfiguration *configuration, GArray *changes)
{
  static const InetFamily families[] = { INET_V4, INET_V6 };
  if (!host_configuration_takes_all (configuration))
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (families); i++) {
    const JournalChange change = { .step = NETCFG_STEP_BLOCK, .family = families[i] };
    if (!has_family (configuration, families[i]) && address_family_exists (families[i]))
      g_array_append_val (changes, change);
  }
}

static void
plan_rules (Netcfg *netcfg, const HostConfiguration *configuration, GArray *changes)
{
  static const InetFamily families[] = { INET_V4, INET_V6 };
  for (gsize i = 0; i < G_N_ELEMENTS (families); i++) {
    const JournalChange change = { .step = NETCFG_STEP_RULE, .family = families[i] };
    if (has_family (configuration, families[i]))
      g_array_append_val (changes, change);
  }
  plan_blocks (configuration, changes);
}

/* A resolv.conf cannot send some names here and others there: domains alone change it, but without
 * servers resolved has nothing to route to. */
static void
plan_dns (Netcfg *netcfg, const HostConfiguration *configuration, GArray *changes)
{
  JournalChange change = { .step = NETCFG_STEP_RESOLV_CONF };
  if (resolved_is_in_charge (netcfg->bus, netcfg->resolv_conf))
    change.step = NETCFG_STEP_RESOLVED;
  if (configuration->dns->len > 0 || configuration->domains->len > 0)
    g_array_append_val (changes, change);
}

static void (*const stages[NETCFG_N_STAGES]) (Netcfg *, const HostConfiguration *, GArray *) = {
  [NETCFG_STAGE_DEVICE] = plan_device,
  [NETCFG_STAGE_ADDRESSES] = plan_addresses,
  [NETCFG_STAGE_ROUTES] = plan_routes,
  [NETCFG_STAGE_SOURCES] = plan_sources,
  [NETCFG_STAGE_REVERSE_PATHS] = plan_reverse_paths,
  [NETCFG_STAGE_RULES] = plan_rules,
  [NETCFG_STAGE_DNS] = plan_dns,
};

/* The changes (JournalChange) of one stage, which may be none. With the mutex held. Transfer: full. */
GArray *
netcfg_plan (Netcfg *netcfg, NetcfgStage stage, const HostConfiguration *configuration)
{
  GArray *changes = g_array_new (FALSE, FALSE, sizeof (JournalChange));
  stages[stage](netcfg, configuration, changes);
  return changes;
}

/* FALSE if there is nothing in the configuration that this machine could use. */
gboolean
netcfg_has_a_family (const HostConfiguration *configuration)
{
  return has_family (configuration, INET_V4) || has_family (configuration, INET_V6);
}
