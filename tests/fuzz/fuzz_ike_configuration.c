/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a gateway gives in CP, from the payload's body to what the host is asked to apply: addresses,
 * name servers and the domains of split DNS. The first octet picks the site and the selectors of the
 * CHILD_SA; the rest is the body. Whatever comes in, what goes out is well-formed and within bounds. */
#include <string.h>

#include "fuzz.h"
#include "ike/configuration.h"
#include "tunnel/configuration.h"
#include "tunnel/domain.h"

#define SITE "[site]\nname=Lab\naddress=gw.example\n[sign-in]\nmethod=psk\nuser=anna@example\n"

static const char *const sites[] = {
  SITE,
  SITE "[network]\nroutes=10.0.0.0/8 fd00::/8\n",
  SITE "[network]\nallowed-domains=corp.example lan\n",
  SITE "[network]\ndns=10.1.0.53\ndomains=site.example\nmtu=1300\n",
};

static EspSa *
child_new (bool everything)
{
  static const uint8_t key[36] = { 1 };
  const TrafficSelector any[] = { traffic_selector_any (INET_V4), traffic_selector_any (INET_V6) };
  TrafficSelector some[2];
  InetPrefix prefix;
  g_assert (inet_prefix_parse ("10.1.0.0/16", &prefix));
  some[0] = traffic_selector_from_prefix (&prefix);
  g_assert (inet_prefix_parse ("fd01::/48", &prefix));
  some[1] = traffic_selector_from_prefix (&prefix);
  g_autoptr (Secret) secret = secret_new (key, sizeof key);
  const EspSaParams params = { .encr = ENCR_AES_GCM_16,
    .key_bits = 256,
    .spi_in = 1,
    .spi_out = 2,
    .encr_in = secret,
    .encr_out = secret,
    .local_ts = any,
    .n_local_ts = 2,
    .remote_ts = everything ? any : some,
    .n_remote_ts = 2 };
  return esp_sa_new (&params, NULL);
}

static GVariant *
list_of (GVariant *body, const char *key, size_t max)
{
  GVariant *list = g_variant_lookup_value (body, key, G_VARIANT_TYPE_STRING_ARRAY);
  g_assert (list != NULL && g_variant_n_children (list) <= max);
  return list;
}

static void
check_prefixes (GVariant *body, const char *key, size_t max)
{
  g_autoptr (GVariant) list = list_of (body, key, max);
  for (size_t i = 0; i < g_variant_n_children (list); i++) {
    const char *text;
    InetPrefix prefix;
    g_variant_get_child (list, i, "&s", &text);
    g_assert (inet_prefix_parse (text, &prefix));
  }
}

static void
check_names (GVariant *body, const Site *site)
{
  g_autoptr (GVariant) servers = list_of (body, "dns", 8);
  g_autoptr (GVariant) domains = list_of (body, "domains", 64);
  const char *text;
  for (size_t i = 0; i < g_variant_n_children (servers); i++) {
    InetAddr addr;
    g_variant_get_child (servers, i, "&s", &text);
    g_assert (inet_addr_parse (text, &addr) && inet_addr_is_unicast (&addr));
  }
  for (size_t i = 0; i < g_variant_n_children (domains); i++) {
    g_variant_get_child (domains, i, "&s", &text);
    g_assert (strcmp (text, "~.") == 0 || domain_is_valid (text));
    g_assert (strcmp (text, "~.") == 0 || site->domains->len > 0 ||
        domain_may_be_claimed (text, site->allowed_domains));
  }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  if (size == 0)
    return 0;
  g_autoptr (Site) site = site_parse (sites[data[0] % G_N_ELEMENTS (sites)], -1, NULL, NULL, NULL);
  g_autoptr (EspSa) child = child_new ((data[0] & 4) != 0);
  g_autofree IkeCpPayload *cp = g_new (IkeCpPayload, 1);
  g_assert (site != NULL && child != NULL);
  if (!ike_cp_payload_parse (SLICE (data + 1, size - 1), cp))
    return 0;
  IkeConfiguration given;
  ike_configuration_init (&given);
  ike_configuration_take (&given, cp);
  ike_configuration_take (&given, cp); /* a second time: the caps are of the whole */
  g_autoptr (GVariant) body = configuration_build (site, &given, child, NULL);
  if (body != NULL) {
    g_variant_ref_sink (body);
    check_prefixes (body, "addresses", 16);
    check_prefixes (body, "routes", 512);
    check_names (body, site);
  }
  ike_configuration_clear (&given);
  return 0;
}
