/* SPDX-License-Identifier: GPL-2.0-or-later */
/* HostConfiguration: what a worker says that its gateway assigned, made into a checked value.
 *
 * The worker only hands on what a gateway sent, so that everything here is as trustworthy as the
 * network. A privileged program acts on these values; hence each is parsed into its own type, what
 * does not parse is refused with its name, and text never travels further. Pure. */
#include "host/configuration.h"

#include <string.h>

#include "host/domain.h"
#include "host/text.h"

static gboolean
refuse (GError **error, const char *key, const char *value, const char *why)
{
  g_autofree char *shown = g_strescape (value, NULL);
  if (strlen (shown) > 80)
    strcpy (shown + 77, "...");
  g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_PROTOCOL,
      "The gateway's configuration was refused: %s \"%s\" %s", key, shown, why);
  return FALSE;
}

/* A v6 address that a host's routing treats in a special way: link-local and v4-mapped. */
static gboolean
is_special_v6 (const InetAddr *addr)
{
  static const InetPrefix special[] = {
    { .addr = { .family = INET_V6, .bytes = { 0xfe, 0x80 } }, .length = 10 },
    { .addr = { .family = INET_V6, .bytes = { [10] = 0xff, 0xff } }, .length = 96 },
  };
  return inet_prefix_contains (&special[0], addr) || inet_prefix_contains (&special[1], addr);
}

static gboolean
is_usable (const InetAddr *addr)
{
  return inet_addr_is_unicast (addr) && !is_special_v6 (addr);
}

static gboolean
add_address (HostConfiguration *c, const char *text, GError **error)
{
  InetPrefix address;
  if (!inet_prefix_parse (text, &address))
    return refuse (error, "address", text, "is no address");
  if (!is_usable (&address.addr) || address.length == 0)
    return refuse (error, "address", text, "cannot be the address of a host");
  for (guint i = 0; i < c->addresses->len; i++) {
    if (inet_addr_compare (&g_array_index (c->addresses, InetPrefix, i).addr, &address.addr) == 0)
      return refuse (error, "address", text, "comes twice");
  }
  g_array_append_val (c->addresses, address);
  return TRUE;
}

static gboolean
prefix_equal (const InetPrefix *a, const InetPrefix *b)
{
  return a->length == b->length && inet_addr_compare (&a->addr, &b->addr) == 0;
}

static gboolean
add_route (HostConfiguration *c, const char *text, GError **error)
{
  InetPrefix route;
  if (!inet_prefix_parse (text, &route))
    return refuse (error, "route", text, "is no prefix");
  if (!inet_prefix_is_canonical (&route))
    return refuse (error, "route", text, "has bits behind its length");
  if (inet_prefix_stays_local (&route))
    return refuse (error, "route", text, "never leaves this machine or its link");
  for (guint i = 0; i < c->routes->len; i++) {
    if (prefix_equal (&g_array_index (c->routes, InetPrefix, i), &route))
      return TRUE;
  }
  g_array_append_val (c->routes, route);
  return TRUE;
}

static gboolean
add_dns (HostConfiguration *c, const char *text, GError **error)
{
  InetAddr server;
  if (!inet_addr_parse (text, &server))
    return refuse (error, "DNS server", text, "is no address");
  if (!is_usable (&server))
    return refuse (error, "DNS server", text, "cannot be the address of a server");
  for (guint i = 0; i < c->dns->len; i++) {
    if (inet_addr_compare (&g_array_index (c->dns, InetAddr, i), &server) == 0)
      return TRUE;
  }
  g_array_append_val (c->dns, server);
  return TRUE;
}

static gboolean
add_domain (HostConfiguration *c, const char *text, GError **error)
{
  g_autofree char *domain = host_domain_parse (text);
  if (domain == NULL)
    return refuse (error, "domain", text, "is no domain name");
  if (!g_ptr_array_find_with_equal_func (c->domains, domain, g_str_equal, NULL))
    g_ptr_array_add (c->domains, g_steal_pointer (&domain));
  return TRUE;
}

static const struct {
  const char *key;
  gsize max;
  gboolean (*add) (HostConfiguration *c, const char *text, GError **error);
} lists[] = {
  { "addresses", HOST_MAX_ADDRESSES, add_address },
  { "routes", HOST_MAX_ROUTES, add_route },
  { "dns", HOST_MAX_DNS, add_dns },
  { "domains", HOST_MAX_DOMAINS, add_domain },
};

static gboolean
add_list (HostConfiguration *c, gsize row, GVariant *value, GError **error)
{
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_STRING_ARRAY))
    return refuse (error, "key", lists[row].key, "is no list of strings");
  if (g_variant_n_children (value) > lists[row].max)
    return refuse (error, "key", lists[row].key, "has too many values");
  GVariantIter iter;
  const char *text;
  g_variant_iter_init (&iter, value);
  while (g_variant_iter_next (&iter, "&s", &text)) {
    if (!lists[row].add (c, text, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
add_mtu (HostConfiguration *c, GVariant *value, GError **error)
{
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_UINT32))
    return refuse (error, "key", "mtu", "is no number");
  c->mtu = g_variant_get_uint32 (value);
  g_autofree char *text = g_strdup_printf ("%u", c->mtu);
  if (c->mtu < HOST_MIN_MTU || c->mtu > HOST_MAX_MTU)
    return refuse (error, "mtu", text, "is not between 576 and 9000");
  return TRUE;
}

static gboolean
add_banner (HostConfiguration *c, GVariant *value, GError **error)
{
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    return refuse (error, "key", "banner", "is no string");
  const char *text = g_variant_get_string (value, NULL);
  if (*text == '\0' || !host_text_is_plain (text, HOST_MAX_BANNER_LEN))
    return refuse (error, "banner", text, "is no line that may be shown");
  c->banner = g_strdup (text);
  return TRUE;
}

static gboolean
add_key (HostConfiguration *c, const char *key, GVariant *value, GError **error)
{
  if (strcmp (key, "mtu") == 0)
    return c->mtu == 0 ? add_mtu (c, value, error) : refuse (error, "key", key, "comes twice");
  if (strcmp (key, "banner") == 0)
    return c->banner == NULL ? add_banner (c, value, error)
                             : refuse (error, "key", key, "comes twice");
  for (gsize i = 0; i < G_N_ELEMENTS (lists); i++) {
    if (strcmp (key, lists[i].key) == 0)
      return add_list (c, i, value, error);
  }
  return refuse (error, "key", key, "is unknown");
}

static gboolean
is_complete (const HostConfiguration *c, GError **error)
{
  if (c->addresses->len == 0)
    return refuse (error, "key", "addresses", "is missing or empty");
  if (c->mtu == 0)
    return refuse (error, "key", "mtu", "is missing");
  if (host_configuration_has_family (c, INET_V6) && c->mtu < HOST_MIN_MTU_V6)
    return refuse (error, "key", "mtu", "is too small for IPv6");
  return TRUE;
}

static HostConfiguration *
configuration_new (void)
{
  HostConfiguration *c = g_new0 (HostConfiguration, 1);
  c->addresses = g_array_new (FALSE, FALSE, sizeof (InetPrefix));
  c->routes = g_array_new (FALSE, FALSE, sizeof (InetPrefix));
  c->dns = g_array_new (FALSE, FALSE, sizeof (InetAddr));
  c->domains = g_ptr_array_new_with_free_func (g_free);
  return c;
}

/* Parses the body of MESSAGE_CONFIGURE, an a{sv} that may come from an attacker. Refuses it as a
 * whole (VISITOR_ERROR_PROTOCOL, the message names key and value) if anything in it is not what
 * message.h says: a missing or unknown key, a list that is too long, an address that no host can
 * have, a route with bits behind its length. Repeated routes, servers and domains are taken once.
 * Transfer: full. */
HostConfiguration *
host_configuration_parse (GVariant *body, GError **error)
{
  if (!g_variant_is_of_type (body, G_VARIANT_TYPE_VARDICT)) {
    refuse (error, "type", g_variant_get_type_string (body), "is no dictionary");
    return NULL;
  }
  g_autoptr (HostConfiguration) c = configuration_new ();
  GVariantIter iter;
  const char *key;
  GVariant *value;
  g_variant_iter_init (&iter, body);
  while (g_variant_iter_next (&iter, "{&sv}", &key, &value)) {
    g_autoptr (GVariant) owned = value;
    if (!add_key (c, key, owned, error))
      return NULL;
  }
  return is_complete (c, error) ? g_steal_pointer (&c) : NULL;
}

HostConfiguration *
host_configuration_copy (const HostConfiguration *configuration)
{
  HostConfiguration *c = configuration_new ();
  g_array_append_vals (c->addresses, configuration->addresses->data, configuration->addresses->len);
  g_array_append_vals (c->routes, configuration->routes->data, configuration->routes->len);
  g_array_append_vals (c->dns, configuration->dns->data, configuration->dns->len);
  for (guint i = 0; i < configuration->domains->len; i++)
    g_ptr_array_add (c->domains, g_strdup (configuration->domains->pdata[i]));
  c->mtu = configuration->mtu;
  c->banner = g_strdup (configuration->banner);
  return c;
}

void
host_configuration_free (HostConfiguration *configuration)
{
  g_array_unref (configuration->addresses);
  g_array_unref (configuration->routes);
  g_array_unref (configuration->dns);
  g_ptr_array_unref (configuration->domains);
  g_free (configuration->banner);
  g_free (configuration);
}

/* True if the machine gets an address of that family. */
gboolean
host_configuration_has_family (const HostConfiguration *configuration, InetFamily family)
{
  for (guint i = 0; i < configuration->addresses->len; i++) {
    if (g_array_index (configuration->addresses, InetPrefix, i).addr.family == family)
      return TRUE;
  }
  return FALSE;
}

/* True if everything of some family goes into the tunnel: then so must every DNS query. */
gboolean
host_configuration_takes_all (const HostConfiguration *configuration)
{
  for (guint i = 0; i < configuration->routes->len; i++) {
    const InetPrefix *route = &g_array_index (configuration->routes, InetPrefix, i);
    if (route->length == 0 && host_configuration_has_family (configuration, route->addr.family))
      return TRUE;
  }
  return FALSE;
}

static void
put_prefixes (GVariantDict *dict, const char *key, const GArray *prefixes)
{
  g_autoptr (GStrvBuilder) list = g_strv_builder_new ();
  char text[INET_PREFIX_STRLEN];
  for (guint i = 0; i < prefixes->len; i++)
    g_strv_builder_add (list, inet_prefix_format (&g_array_index (prefixes, InetPrefix, i), text));
  g_auto (GStrv) strings = g_strv_builder_end (list);
  g_variant_dict_insert (dict, key, "^as", strings);
}

static void
put_addrs (GVariantDict *dict, const char *key, const GArray *addrs)
{
  g_autoptr (GStrvBuilder) list = g_strv_builder_new ();
  char text[INET_ADDR_STRLEN];
  for (guint i = 0; i < addrs->len; i++)
    g_strv_builder_add (list, inet_addr_format (&g_array_index (addrs, InetAddr, i), text));
  g_auto (GStrv) strings = g_strv_builder_end (list);
  g_variant_dict_insert (dict, key, "^as", strings);
}

/* The same keys as MESSAGE_CONFIGURE has, in one spelling: for a status, and to compare. Floating. */
GVariant *
host_configuration_to_variant (const HostConfiguration *configuration)
{
  GVariantDict dict;
  g_variant_dict_init (&dict, NULL);
  put_prefixes (&dict, "addresses", configuration->addresses);
  put_prefixes (&dict, "routes", configuration->routes);
  put_addrs (&dict, "dns", configuration->dns);
  g_variant_dict_insert_value (&dict, "domains",
      g_variant_new_strv ((const char *const *) configuration->domains->pdata,
          (gssize) configuration->domains->len));
  g_variant_dict_insert (&dict, "mtu", "u", configuration->mtu);
  if (configuration->banner != NULL)
    g_variant_dict_insert (&dict, "banner", "s", configuration->banner);
  return g_variant_dict_end (&dict);
}

static gboolean
prefixes_equal (const GArray *a, const GArray *b)
{
  gboolean equal = a->len == b->len;
  for (guint i = 0; equal && i < a->len; i++)
    equal = prefix_equal (&g_array_index (a, InetPrefix, i), &g_array_index (b, InetPrefix, i));
  return equal;
}

static gboolean
addrs_equal (const GArray *a, const GArray *b)
{
  gboolean equal = a->len == b->len;
  for (guint i = 0; equal && i < a->len; i++)
    equal =
        inet_addr_compare (&g_array_index (a, InetAddr, i), &g_array_index (b, InetAddr, i)) == 0;
  return equal;
}

static gboolean
domains_equal (const GPtrArray *a, const GPtrArray *b)
{
  gboolean equal = a->len == b->len;
  for (guint i = 0; equal && i < a->len; i++)
    equal = g_str_equal (a->pdata[i], b->pdata[i]);
  return equal;
}

/* True if applying b where a is in force would change nothing. */
gboolean
host_configuration_equal (const HostConfiguration *a, const HostConfiguration *b)
{
  return a->mtu == b->mtu && prefixes_equal (a->addresses, b->addresses) &&
      prefixes_equal (a->routes, b->routes) && addrs_equal (a->dns, b->dns) &&
      domains_equal (a->domains, b->domains);
}
