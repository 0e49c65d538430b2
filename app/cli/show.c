/* SPDX-License-Identifier: GPL-2.0-or-later */
/* visitor show: a site in words. */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "cli/output.h"
#include "cli/verb.h"
#include "client/site-list.h"

static void
say_value (const char *label, const char *value)
{
  if (value != NULL)
    output_say ("  %s: %s", label, value);
}

static guint
count_certificates (const char *pem)
{
  guint n = 0;
  for (const char *p = pem; p != NULL && (p = strstr (p, "-----BEGIN CERTIFICATE-----")) != NULL;
       p++)
    n++;
  return n;
}

static void
say_trust (const char *label, const char *ca_pem, const GArray *pins)
{
  guint certificates = count_certificates (ca_pem);
  g_autofree char *ca = ca_pem == NULL
      ? g_strdup (_ ("the CAs of this computer"))
      : g_strdup_printf (dngettext (GETTEXT_PACKAGE, "%u certificate in the site",
                             "%u certificates in the site", certificates),
            certificates);
  if (pins->len == 0) {
    say_value (label, ca);
    return;
  }
  g_autofree char *all = g_strdup_printf (
      dngettext (GETTEXT_PACKAGE, "%s, and %u pinned key", "%s, and %u pinned keys", pins->len), ca,
      pins->len);
  say_value (label, all);
}

static char *
join_addresses (const GArray *list)
{
  g_autoptr (GStrvBuilder) items = g_strv_builder_new ();
  for (guint i = 0; i < list->len; i++) {
    g_autofree char *item = site_address_format (&g_array_index (list, SiteAddress, i));
    g_strv_builder_add (items, item);
  }
  g_auto (GStrv) all = g_strv_builder_end (items);
  return list->len > 0 ? g_strjoinv (", ", all) : NULL;
}

static char *
join_prefixes (const GArray *list)
{
  char buf[INET_PREFIX_STRLEN];
  g_autoptr (GStrvBuilder) items = g_strv_builder_new ();
  for (guint i = 0; i < list->len; i++)
    g_strv_builder_add (items, inet_prefix_format (&g_array_index (list, InetPrefix, i), buf));
  g_auto (GStrv) all = g_strv_builder_end (items);
  return list->len > 0 ? g_strjoinv (", ", all) : NULL;
}

static char *
join_addrs (const GArray *list)
{
  char buf[INET_ADDR_STRLEN];
  g_autoptr (GStrvBuilder) items = g_strv_builder_new ();
  for (guint i = 0; i < list->len; i++)
    g_strv_builder_add (items, inet_addr_format (&g_array_index (list, InetAddr, i), buf));
  g_auto (GStrv) all = g_strv_builder_end (items);
  return list->len > 0 ? g_strjoinv (", ", all) : NULL;
}

static char *
join_strings (const GPtrArray *list)
{
  g_autoptr (GStrvBuilder) items = g_strv_builder_new ();
  for (guint i = 0; i < list->len; i++)
    g_strv_builder_add (items, g_ptr_array_index (list, i));
  g_auto (GStrv) all = g_strv_builder_end (items);
  return list->len > 0 ? g_strjoinv (", ", all) : NULL;
}

static const char *
method_words (SiteAuth auth)
{
  switch (auth) {
  case SITE_AUTH_PSK: return _ ("pre-shared key");
  case SITE_AUTH_CERTIFICATE: return _ ("certificate");
  case SITE_AUTH_CERTIFICATE_EAP: return _ ("certificate, then user name and password (EAP)");
  case SITE_AUTH_EAP_MSCHAPV2: return _ ("user name and password (EAP-MSCHAPv2)");
  case SITE_AUTH_EAP_GTC: return _ ("user name and code (EAP-GTC)");
  case SITE_AUTH_EAP_TLS: return _ ("certificate (EAP-TLS)");
  case SITE_AUTH_EAP_TTLS: return _ ("user name and password in a tunnel (EAP-TTLS)");
  case SITE_AUTH_EAP: return _ ("as the gateway asks (EAP)");
  }
  return "";
}

static const char *
order_words (SiteEntryOrder order)
{
  switch (order) {
  case SITE_ENTRY_PRIMARY_BACKUP: return _ ("the first that can be had");
  case SITE_ENTRY_FIRST_TO_RESPOND: return _ ("the first to answer");
  case SITE_ENTRY_RANDOM: return _ ("at random");
  }
  return "";
}

static const char *
transport_text (SiteTransport transport)
{
  switch (transport) {
  case SITE_TRANSPORT_TLS: return _ ("TLS");
  case SITE_TRANSPORT_TCP: return _ ("TCP, without TLS around it");
  case SITE_TRANSPORT_UDP: return _ ("UDP");
  case SITE_TRANSPORT_AUTO: return _ ("UDP, or TLS where a network does not let it through");
  }
  return "";
}

static void
say_way (const Site *site)
{
  g_autofree char *more = join_addresses (site->entry_points);
  g_autofree char *addresses = join_addrs (site->addresses);
  char source[INET_ADDR_STRLEN];
  say_value (_ ("Other entry points"), more);
  if (more != NULL || site->entry_order != SITE_ENTRY_PRIMARY_BACKUP)
    say_value (_ ("Entry point in use"), order_words (site->entry_order));
  say_value (_ ("Addresses, without DNS"), addresses);
  say_value (_ ("Interface"), site->interface);
  say_value (_ ("Portal check"), site->portal_check);
  if (site->source_address.family != INET_NONE)
    say_value (_ ("Own address"), inet_addr_format (&site->source_address, source));
}

static void
say_gateway (const Site *site)
{
  g_autofree char *address = site_address_format (&site->address);
  say_value (_ ("Address"), address);
  say_way (site);
  say_value (_ ("Transport"), transport_text (site->transport));
  if (site_has_tls (site)) {
    say_value (_ ("Name in the TLS certificate"), site_tls_name (site));
    const char *ca = site->tls_ca_pem != NULL ? site->tls_ca_pem : site->gateway_ca_pem;
    say_trust (_ ("TLS is trusted by"), ca, site->tls_pins);
    if (site->tls_revocation == SITE_REVOCATION_REQUIRED)
      say_value (_ ("TLS certificate"), _ ("must be shown not to be revoked"));
  }
  g_autofree char *ike = algorithm_policy_format (&site->ike_algorithms);
  g_autofree char *esp = algorithm_policy_format (&site->esp_algorithms);
  say_value (_ ("Algorithms for IKE"), ike);
  say_value (_ ("Algorithms for ESP"), esp);
  say_value (_ ("Gateway's identity"), site_gateway_identity (site));
  say_trust (_ ("Gateway is trusted by"), site->gateway_ca_pem, site->gateway_pins);
  if (site->gateway_revocation == SITE_REVOCATION_REQUIRED)
    say_value (_ ("Gateway's certificate"), _ ("must be shown not to be revoked"));
}

static void
say_network (const Site *site)
{
  g_autofree char *routes = join_prefixes (site->routes);
  g_autofree char *dns = join_addrs (site->dns);
  g_autofree char *domains = join_strings (site->domains);
  g_autofree char *allowed = join_strings (site->allowed_domains);
  say_value (_ ("Routes"), routes != NULL ? routes : _ ("as the gateway says"));
  say_value (_ ("Name servers"), dns != NULL ? dns : _ ("as the gateway says"));
  say_value (_ ("Domains"), domains != NULL ? domains : _ ("as the gateway says"));
  say_value (_ ("Domains that the gateway may name"), allowed);
  if (site->sign_in_lifetime != 0) {
    g_autofree char *minutes = g_strdup_printf ("%u", site->sign_in_lifetime);
    say_value (_ ("Minutes until one signs in anew"), minutes);
  }
  if (site->mtu != 0) {
    g_autofree char *mtu = g_strdup_printf ("%u", site->mtu);
    say_value (_ ("MTU"), mtu);
  }
  if (site->proxy_mode == SITE_PROXY_MANUAL)
    say_value (_ ("Proxy"), site->proxy_uri);
}

int
verb_show (int argc, char **argv)
{
  if (!verb_parse (&argc, &argv, NULL, 1, 1))
    return EXIT_CODE_USAGE;
  g_autoptr (GError) error = NULL;
  g_autoptr (VisitorSiteList) list = visitor_site_list_load (&error);
  const SiteEntry *entry = list != NULL ? visitor_site_list_find (list, argv[1], &error) : NULL;
  if (entry == NULL)
    return output_error (error);
  const Site *site = entry->site;
  output_say ("%s (%s)", site->name, entry->id);
  say_gateway (site);
  say_value (_ ("Sign-in"), method_words (site->auth));
  say_value (_ ("User"), site->user);
  say_value (_ ("Identity"), site->local_identity);
  say_value (_ ("Key"), site->key);
  say_network (site);
  return EXIT_CODE_OK;
}
