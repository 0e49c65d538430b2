/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is applied, out of what the site says and what the gateway gave. */
#include <glib.h>
#include <string.h>

#include "tunnel/configuration.h"

#define SITE "[site]\nname=Lab\naddress=gw.example\n[sign-in]\nmethod=psk\nuser=anna@example\n"

typedef struct {
  const char *name;
  const char *network; /* the site's [network], without its header */
  const char *selectors; /* the gateway's end of the CHILD_SA, as prefixes */
  const char *addresses, *dns, *domains; /* the gateway's CP */
  const char *expected; /* NULL: refused with NO_ADDRESS */
} Case;

static const Case cases[] = {
  { "the gateway says all", "", "10.1.0.0/24 fd01::/64", "10.3.0.2/32 fd03::1/128", "10.1.0.10",
      "corp.example",
      "{'addresses': <['10.3.0.2/32', 'fd03::1/128']>, 'routes': <['10.1.0.0/24', 'fd01::/64']>, "
      "'dns': <['10.1.0.10']>, 'domains': <['corp.example']>, 'mtu': <uint32 1400>}" },
  { "the site says all", "routes=10.0.0.0/8\ndns=10.1.0.53\ndomains=site.example\nmtu=1300\n",
      "0.0.0.0/0", "10.3.0.2/32", "10.1.0.10", "corp.example",
      "{'addresses': <['10.3.0.2/32']>, 'routes': <['10.0.0.0/8']>, "
      "'dns': <['10.1.0.53']>, 'domains': <['site.example']>, 'mtu': <uint32 1300>}" },
  { "no route of a family without an address", "", "10.1.0.0/24 fd01::/64", "10.3.0.2/32", "", "",
      "{'addresses': <['10.3.0.2/32']>, 'routes': <['10.1.0.0/24']>, "
      "'dns': <@as []>, 'domains': <@as []>, 'mtu': <uint32 1400>}" },
  { "an address is one host, whatever its prefix", "", "10.1.0.0/24", "10.3.0.2/8 10.3.0.2/32", "",
      "",
      "{'addresses': <['10.3.0.2/32']>, 'routes': <['10.1.0.0/24']>, "
      "'dns': <@as []>, 'domains': <@as []>, 'mtu': <uint32 1400>}" },
  { "everything: all queries too", "", "0.0.0.0/0", "10.3.0.2/32", "10.1.0.10", "corp.example",
      "{'addresses': <['10.3.0.2/32']>, 'routes': <['0.0.0.0/0']>, "
      "'dns': <['10.1.0.10']>, 'domains': <['corp.example', '~.']>, 'mtu': <uint32 1400>}" },
  { "what is wrong is left out", "", "10.1.0.0/24 127.0.0.0/8 224.0.0.0/24",
      "127.0.0.1/32 224.0.0.1/32 10.3.0.2/32", "0.0.0.0 10.1.0.10 224.0.0.251",
      "CORP.example a..b x;id 10.1.0.10",
      "{'addresses': <['10.3.0.2/32']>, 'routes': <['10.1.0.0/24']>, "
      "'dns': <['10.1.0.10']>, 'domains': <['corp.example']>, 'mtu': <uint32 1400>}" },
  { "what no host takes is left out too", "",
      "0.0.0.0/1 224.0.0.0/3 fe00::/7 fe80::/10 ff00::/8 fd01::/64",
      "10.3.0.2/32 fd03::1/128 fe80::1/128 ::ffff:10.3.0.3/128",
      "10.1.0.10 fe80::53 ::ffff:10.1.0.11", "",
      "{'addresses': <['10.3.0.2/32', 'fd03::1/128']>, "
      "'routes': <['0.0.0.0/1', 'fe00::/7', 'fd01::/64']>, "
      "'dns': <['10.1.0.10']>, 'domains': <@as []>, 'mtu': <uint32 1400>}" },
  { "no name server beside the tunnel", "routes=10.1.0.0/24\n", "0.0.0.0/0", "10.3.0.2/32",
      "10.1.0.10 192.0.2.53 10.3.0.2", "",
      "{'addresses': <['10.3.0.2/32']>, 'routes': <['10.1.0.0/24']>, "
      "'dns': <['10.1.0.10']>, 'domains': <@as []>, 'mtu': <uint32 1400>}" },
  { "but the site's own, wherever they are", "routes=10.1.0.0/24\ndns=192.0.2.53\n", "0.0.0.0/0",
      "10.3.0.2/32", "10.1.0.10", "",
      "{'addresses': <['10.3.0.2/32']>, 'routes': <['10.1.0.0/24']>, "
      "'dns': <['192.0.2.53']>, 'domains': <@as []>, 'mtu': <uint32 1400>}" },
  { "a gateway has no top-level domain, and no name of special use", "", "10.1.0.0/24",
      "10.3.0.2/32", "10.1.0.10",
      "com corp.example localhost printer.local example.onion nas.home.arpa 10.in-addr.arpa "
      "in-addr.arpa ip6.arpa notlocal.example mylocal",
      "{'addresses': <['10.3.0.2/32']>, 'routes': <['10.1.0.0/24']>, 'dns': <['10.1.0.10']>, "
      "'domains': <['corp.example', '10.in-addr.arpa', 'notlocal.example']>, "
      "'mtu': <uint32 1400>}" },
  { "what the site allows, and what is below it", "allowed-domains=corp.example lan\n",
      "10.1.0.0/24", "10.3.0.2/32", "10.1.0.10",
      "corp.example a.b.Corp.example evilcorp.example example lan printer.lan org",
      "{'addresses': <['10.3.0.2/32']>, 'routes': <['10.1.0.0/24']>, 'dns': <['10.1.0.10']>, "
      "'domains': <['corp.example', 'a.b.corp.example', 'lan', 'printer.lan']>, "
      "'mtu': <uint32 1400>}" },
  { "no address at all", "", "10.1.0.0/24", "", "10.1.0.10", "", NULL },
  { "no usable address", "", "10.1.0.0/24", "0.0.0.0/32 ::1/128", "", "", NULL },
};

static GArray *
parse_list (const char *text, bool prefixes)
{
  GArray *list = g_array_new (FALSE, FALSE, prefixes ? sizeof (InetPrefix) : sizeof (InetAddr));
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  for (size_t i = 0; words[i] != NULL; i++) {
    InetPrefix prefix;
    g_assert_true (inet_prefix_parse (words[i], &prefix));
    if (prefixes)
      g_array_append_val (list, prefix);
    else
      g_array_append_val (list, prefix.addr);
  }
  return list;
}

static EspSa *
child_new (const char *selectors)
{
  g_autoptr (GArray) prefixes = parse_list (selectors, true);
  TrafficSelector ts[8], any = traffic_selector_any (INET_V4);
  for (guint i = 0; i < prefixes->len; i++)
    ts[i] = traffic_selector_from_prefix (&g_array_index (prefixes, InetPrefix, i));
  uint8_t key[36] = { 1 };
  g_autoptr (Secret) secret = secret_new (key, sizeof key);
  EspSaParams params = { .encr = ENCR_AES_GCM_16,
    .key_bits = 256,
    .spi_in = 1,
    .spi_out = 2,
    .encr_in = secret,
    .encr_out = secret,
    .local_ts = &any,
    .n_local_ts = 1,
    .remote_ts = ts,
    .n_remote_ts = prefixes->len };
  return esp_sa_new (&params, NULL);
}

static void
test_case (const void *data)
{
  const Case *c = data;
  g_autofree char *text = g_strconcat (SITE "[network]\n", c->network, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (Site) site = site_parse (text, -1, NULL, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (EspSa) child = child_new (c->selectors);
  g_autoptr (GArray) addresses = parse_list (c->addresses, true);
  g_autoptr (GArray) dns = parse_list (c->dns, false);
  g_auto (GStrv) words = g_strsplit (c->domains, " ", -1);
  g_autoptr (GPtrArray) domains = g_ptr_array_new ();
  for (size_t i = 0; words[i] != NULL; i++)
    g_ptr_array_add (domains, words[i]);
  char banner[] = "Work only";
  IkeConfiguration given = {
    .addresses = addresses, .dns = dns, .domains = domains, .banner = banner
  };

  GVariant *body = configuration_build (site, &given, child, &error);
  if (c->expected == NULL) {
    g_assert_null (body);
    g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_NO_ADDRESS);
    return;
  }
  g_autoptr (GVariant) owned = g_variant_ref_sink (body);
  static const char *const keys[] = { "addresses", "routes", "dns", "domains", "mtu" };
  g_autoptr (GVariant) expected =
      g_variant_parse (G_VARIANT_TYPE_VARDICT, c->expected, NULL, NULL, NULL);
  const char *told;
  g_assert_true (g_variant_lookup (owned, "banner", "&s", &told));
  g_assert_cmpstr (told, ==, banner);
  for (size_t i = 0; i < G_N_ELEMENTS (keys); i++) {
    g_autoptr (GVariant) a = g_variant_lookup_value (owned, keys[i], NULL);
    g_autoptr (GVariant) b = g_variant_lookup_value (expected, keys[i], NULL);
    g_assert_cmpvariant (a, b);
  }
}

/* More than a host takes is cut short. */
static void
test_flood (void)
{
  g_autoptr (Site) site = site_parse (SITE, -1, NULL, NULL, NULL);
  g_autoptr (EspSa) child = child_new ("10.0.0.0/8");
  g_autoptr (GArray) addresses = g_array_new (FALSE, FALSE, sizeof (InetPrefix));
  g_autoptr (GArray) dns = g_array_new (FALSE, FALSE, sizeof (InetAddr));
  g_autoptr (GPtrArray) domains = g_ptr_array_new_with_free_func (g_free);
  for (unsigned int i = 0; i < 1000; i++) {
    InetPrefix prefix = {
      .addr = { .family = INET_V4, .bytes = { 10, 3, (uint8_t) (i >> 8), (uint8_t) i } },
      .length = 32,
    };
    g_array_append_val (addresses, prefix);
    g_array_append_val (dns, prefix.addr);
    g_ptr_array_add (domains, g_strdup_printf ("d%u.example", i));
  }
  IkeConfiguration given = { .addresses = addresses, .dns = dns, .domains = domains };
  g_autoptr (GVariant) body = g_variant_ref_sink (configuration_build (site, &given, child, NULL));
  static const struct {
    const char *key;
    size_t n;
  } limits[] = { { "addresses", 16 }, { "dns", 8 }, { "domains", 64 } };
  for (size_t i = 0; i < G_N_ELEMENTS (limits); i++) {
    g_autoptr (GVariant) list = g_variant_lookup_value (body, limits[i].key, NULL);
    g_assert_cmpuint (g_variant_n_children (list), ==, limits[i].n);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strdup_printf ("/tunnel/configuration/%s", cases[i].name);
    g_test_add_data_func (path, cases + i, test_case);
  }
  g_test_add_func ("/tunnel/configuration/flood", test_flood);
  return g_test_run ();
}
