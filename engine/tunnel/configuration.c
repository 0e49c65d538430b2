/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is to be applied to the machine, out of three sources: the site says more than the gateway's
 * configuration payload, which says more than the CHILD_SA's selectors. Everything that came from the
 * gateway is checked before it leaves here, and what is wrong is left out. Pure. */
#include "tunnel/configuration.h"

#include "tunnel/domain.h"

/* RFC 9329 section 9 wants messages no larger than UDP encapsulation would make them: 1500 octets of
 * Ethernet less IPv6, UDP, ESP, IV, padding, trailer and ICV leave 1400 for the inner packet. */
G_STATIC_ASSERT (CONFIGURATION_DEFAULT_MTU <= 1500 - 40 - 8 - 8 - 8 - 3 - 2 - 16);

/* As much of each as a host takes: a gateway that pushes more is cut short, not refused. */
#define MAX_ADDRESSES 16
#define MAX_ROUTES 512
#define MAX_DNS 8
#define MAX_DOMAINS 64

#define MIN_MTU_V6 1280u /* RFC 8200 section 5 */

/* The inner MTU: the site's, or the default; at least what IPv6 needs. */
unsigned int
configuration_mtu (const Site *site)
{
  return site->mtu != 0 ? MAX (site->mtu, MIN_MTU_V6) : CONFIGURATION_DEFAULT_MTU;
}

/* Once, and as long as there is room. */
static void
add (GPtrArray *list, guint max, const char *text)
{
  if (list->len < max && !g_ptr_array_find_with_equal_func (list, text, g_str_equal, NULL))
    g_ptr_array_add (list, g_strdup (text));
}

static void
add_prefix (GPtrArray *list, guint max, const InetPrefix *prefix)
{
  char text[INET_PREFIX_STRLEN];
  add (list, max, inet_prefix_format (prefix, text));
}

/* Neither link-local nor v4-mapped: those mean something else to the machine, and its host does not
 * take them. */
static bool
is_usable (const InetAddr *addr)
{
  static const InetPrefix link_local = { .addr = { INET_V6, { 0xfe, 0x80 } }, .length = 10 };
  static const InetPrefix mapped = { .addr = { INET_V6, { [10] = 0xff, 0xff } }, .length = 96 };
  return inet_addr_is_unicast (addr) && !inet_prefix_contains (&link_local, addr) &&
      !inet_prefix_contains (&mapped, addr);
}

/* Our inner addresses, each as one host: the prefix that the gateway names (RFC 7296 section 3.15.1)
 * says what else lives there, and the routes say that better. */
static GPtrArray *
addresses (const IkeConfiguration *given, bool *ret_v4, bool *ret_v6)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < given->addresses->len; i++) {
    InetPrefix prefix = g_array_index (given->addresses, InetPrefix, i);
    if (!is_usable (&prefix.addr))
      continue;
    prefix.length = (uint8_t) (8 * inet_family_len (prefix.addr.family));
    *ret_v4 |= prefix.addr.family == INET_V4;
    *ret_v6 |= prefix.addr.family == INET_V6;
    add_prefix (list, MAX_ADDRESSES, &prefix);
  }
  return list;
}

static GPtrArray *
routes (const Site *site, const EspSa *child, bool v4, bool v6)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < site->routes->len; i++) {
    const InetPrefix *prefix = &g_array_index (site->routes, InetPrefix, i);
    if (prefix->addr.family == INET_V4 ? v4 : v6)
      add_prefix (list, MAX_ROUTES, prefix);
  }
  if (site->routes->len > 0)
    return list;

  size_t n_selectors;
  const TrafficSelector *selectors = esp_sa_selectors (child, false, &n_selectors);
  for (size_t i = 0; i < n_selectors; i++) {
    if (!(selectors[i].start.family == INET_V4 ? v4 : v6))
      continue;
    InetPrefix prefixes[TRAFFIC_SELECTOR_MAX_PREFIXES];
    size_t n = traffic_selector_to_prefixes (selectors + i, prefixes, G_N_ELEMENTS (prefixes));
    for (size_t k = 0; k < n; k++) {
      if (!inet_prefix_stays_local (prefixes + k))
        add_prefix (list, MAX_ROUTES, prefixes + k);
    }
  }
  return list;
}

static bool
goes_inside (const InetAddr *addr, const GPtrArray *routes)
{
  for (guint i = 0; i < routes->len; i++) {
    InetPrefix prefix;
    if (inet_prefix_parse (g_ptr_array_index (routes, i), &prefix) &&
        inet_prefix_contains (&prefix, addr))
      return true;
  }
  return false;
}

/* A name server of the gateway's that is not reached through the tunnel would be told our queries in
 * clear, by whoever is on the way; one of the site's is the site's business. */
static GPtrArray *
dns_servers (const Site *site, const IkeConfiguration *given, const GPtrArray *routes)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (g_free);
  bool own = site->dns->len > 0;
  const GArray *servers = own ? site->dns : given->dns;
  for (guint i = 0; i < servers->len; i++) {
    const InetAddr *addr = &g_array_index (servers, InetAddr, i);
    char text[INET_ADDR_STRLEN];
    if (!is_usable (addr))
      continue;
    if (own || goes_inside (addr, routes))
      add (list, MAX_DNS, inet_addr_format (addr, text));
    else
      g_message ("a name server of the gateway is not inside the tunnel; it is left out");
  }
  return list;
}

static bool
takes_everything (const GPtrArray *routes)
{
  return g_ptr_array_find_with_equal_func ((GPtrArray *) routes, "0.0.0.0/0", g_str_equal, NULL) ||
      g_ptr_array_find_with_equal_func ((GPtrArray *) routes, "::/0", g_str_equal, NULL);
}

/* What goes to the tunnel's name servers. Where all traffic takes the tunnel all queries do, whatever
 * domains the gateway has. */
static GPtrArray *
domains (const Site *site, const IkeConfiguration *given, const GPtrArray *routes)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < site->domains->len; i++)
    add (list, MAX_DOMAINS, g_ptr_array_index (site->domains, i));
  if (site->domains->len > 0)
    return list;

  for (guint i = 0; i < given->domains->len; i++) {
    g_autofree char *name = g_ascii_strdown (g_ptr_array_index (given->domains, i), -1);
    if (!domain_is_valid (name))
      g_message ("the gateway gave a DNS domain that is none; it is left out");
    else if (!domain_may_be_claimed (name, site->allowed_domains))
      g_message ("the gateway may not have the queries of %s; it is left out", name);
    else
      add (list, MAX_DOMAINS, name);
  }
  if (takes_everything (routes) && list->len > 0) {
    if (list->len == MAX_DOMAINS)
      g_ptr_array_remove_index (list, MAX_DOMAINS - 1);
    add (list, MAX_DOMAINS, "~.");
  }
  return list;
}

static void
add_list (GVariantBuilder *b, const char *key, const GPtrArray *strings)
{
  g_variant_builder_add (
      b, "{sv}", key, g_variant_new_strv ((const char *const *) strings->pdata, strings->len));
}

/* The body of MESSAGE_CONFIGURE, floating. Fails with VISITOR_ERROR_NO_ADDRESS where the gateway gave
 * none that a host may have. */
GVariant *
configuration_build (
    const Site *site, const IkeConfiguration *given, const EspSa *child, GError **error)
{
  bool v4 = false, v6 = false;
  g_autoptr (GPtrArray) own = addresses (given, &v4, &v6);
  if (own->len == 0) {
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_NO_ADDRESS,
        "the gateway accepted the sign-in but gave no usable inner address");
    return NULL;
  }
  g_autoptr (GPtrArray) to = routes (site, child, v4, v6);
  g_autoptr (GPtrArray) servers = dns_servers (site, given, to);
  g_autoptr (GPtrArray) names = domains (site, given, to);
  GVariantBuilder b;
  g_variant_builder_init (&b, G_VARIANT_TYPE_VARDICT);
  add_list (&b, "addresses", own);
  add_list (&b, "routes", to);
  add_list (&b, "dns", servers);
  add_list (&b, "domains", names);
  if (given->banner != NULL)
    g_variant_builder_add (&b, "{sv}", "banner", g_variant_new_string (given->banner));
  g_variant_builder_add (&b, "{sv}", "mtu", g_variant_new_uint32 (configuration_mtu (site)));
  return g_variant_builder_end (&b);
}
