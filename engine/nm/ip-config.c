/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A checked configuration in the words of NM's signals Config, Ip4Config and Ip6Config: IPv4 addresses are
 * numbers in network order, IPv6 addresses octets.
 *
 * NM takes one address of each family. It gets it as a host's, whatever the gateway's netmask: what goes
 * into the tunnel is what the routes say. The default route is none of them: NM makes it itself, unless
 * it is told never to. Pure. */
#include "nm/ip-config.h"

#include <NetworkManager.h>
#include <string.h>

static guint32
number_of (const InetAddr *addr)
{
  guint32 number;
  memcpy (&number, addr->bytes, sizeof number);
  return number;
}

static GVariant *
octets_of (const InetAddr *addr)
{
  return g_variant_new_fixed_array (
      G_VARIANT_TYPE_BYTE, addr->bytes, inet_family_len (addr->family), 1);
}

static GVariant *
address_value (const InetAddr *addr)
{
  return addr->family == INET_V4 ? g_variant_new_uint32 (number_of (addr)) : octets_of (addr);
}

static const InetAddr *
address_of (const HostConfiguration *c, InetFamily family)
{
  for (guint i = 0; i < c->addresses->len; i++) {
    const InetPrefix *address = &g_array_index (c->addresses, InetPrefix, i);
    if (address->addr.family == family)
      return &address->addr;
  }
  return NULL;
}

/* Config: what is true of the VPN as a whole. gateway: the address in use outside. device: exists. Floating. */
GVariant *
ip_config_general (const HostConfiguration *c, const InetAddr *gateway, const char *device)
{
  GVariantDict dict;
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, NM_VPN_PLUGIN_CONFIG_TUNDEV, "s", device);
  g_variant_dict_insert_value (&dict, NM_VPN_PLUGIN_CONFIG_EXT_GATEWAY, address_value (gateway));
  g_variant_dict_insert (&dict, NM_VPN_PLUGIN_CONFIG_MTU, "u", c->mtu);
  g_variant_dict_insert (&dict, NM_VPN_PLUGIN_CONFIG_HAS_IP4, "b", address_of (c, INET_V4) != NULL);
  g_variant_dict_insert (&dict, NM_VPN_PLUGIN_CONFIG_HAS_IP6, "b", address_of (c, INET_V6) != NULL);
  if (c->banner != NULL)
    g_variant_dict_insert (&dict, NM_VPN_PLUGIN_CONFIG_BANNER, "s", c->banner);
  g_variant_dict_insert (&dict, NM_VPN_PLUGIN_CAN_PERSIST, "b", TRUE);
  return g_variant_dict_end (&dict);
}

static gboolean
has_default_route (const HostConfiguration *c, InetFamily family)
{
  for (guint i = 0; i < c->routes->len; i++) {
    const InetPrefix *route = &g_array_index (c->routes, InetPrefix, i);
    if (route->addr.family == family && route->length == 0)
      return TRUE;
  }
  return FALSE;
}

static GVariant *
route_value (const InetPrefix *route)
{
  static const guint8 no_hop[16] = { 0 };
  if (route->addr.family == INET_V4) {
    const guint32 words[] = { number_of (&route->addr), route->length, 0, 0 };
    return g_variant_new_fixed_array (
        G_VARIANT_TYPE_UINT32, words, G_N_ELEMENTS (words), sizeof words[0]);
  }
  return g_variant_new ("(@ayu@ayu)", octets_of (&route->addr), (guint32) route->length,
      g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, no_hop, sizeof no_hop, 1), 0u);
}

static GVariant *
routes_value (const HostConfiguration *c, InetFamily family)
{
  GVariantBuilder builder;
  g_variant_builder_init (&builder, G_VARIANT_TYPE (family == INET_V4 ? "aau" : "a(ayuayu)"));
  for (guint i = 0; i < c->routes->len; i++) {
    const InetPrefix *route = &g_array_index (c->routes, InetPrefix, i);
    if (route->addr.family == family && route->length > 0)
      g_variant_builder_add_value (&builder, route_value (route));
  }
  return g_variant_builder_end (&builder);
}

static GVariant *
servers_value (const HostConfiguration *c, InetFamily family)
{
  GVariantBuilder builder;
  g_variant_builder_init (&builder, G_VARIANT_TYPE (family == INET_V4 ? "au" : "aay"));
  for (guint i = 0; i < c->dns->len; i++) {
    const InetAddr *server = &g_array_index (c->dns, InetAddr, i);
    if (server->family == family)
      g_variant_builder_add_value (&builder, address_value (server));
  }
  return g_variant_builder_end (&builder);
}

static GVariant *
family_config (const HostConfiguration *c, InetFamily family)
{
  const InetAddr *address = address_of (c, family);
  if (address == NULL)
    return NULL;
  GVariantDict dict;
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert_value (&dict, NM_VPN_PLUGIN_IP4_CONFIG_ADDRESS, address_value (address));
  g_variant_dict_insert (
      &dict, NM_VPN_PLUGIN_IP4_CONFIG_PREFIX, "u", (guint32) (8 * inet_family_len (family)));
  g_variant_dict_insert_value (&dict, NM_VPN_PLUGIN_IP4_CONFIG_DNS, servers_value (c, family));
  g_variant_dict_insert_value (&dict, NM_VPN_PLUGIN_IP4_CONFIG_DOMAINS,
      g_variant_new_strv ((const char *const *) c->domains->pdata, (gssize) c->domains->len));
  g_variant_dict_insert_value (&dict, NM_VPN_PLUGIN_IP4_CONFIG_ROUTES, routes_value (c, family));
  g_variant_dict_insert (
      &dict, NM_VPN_PLUGIN_IP4_CONFIG_NEVER_DEFAULT, "b", !has_default_route (c, family));
  return g_variant_dict_end (&dict);
}

/* Ip4Config; NULL where there is no such address. Floating. */
GVariant *
ip_config_v4 (const HostConfiguration *c)
{
  return family_config (c, INET_V4);
}

/* Ip6Config, whose keys have the same names; NULL where there is no such address. Floating. */
GVariant *
ip_config_v6 (const HostConfiguration *c)
{
  return family_config (c, INET_V6);
}
