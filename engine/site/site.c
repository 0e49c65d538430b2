/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Site: the value that all programs share. Its fields are public; whoever changes one owns the rule
 * that site_parse (site_to_text (site)) has to succeed, which store.c checks before it saves. */
#include "site/site.h"

#include <string.h>

#include "base/names.h"

static void
clear_address (void *address)
{
  site_address_clear (address);
}

static GArray *
address_array_new (void)
{
  GArray *array = g_array_new (FALSE, FALSE, sizeof (SiteAddress));
  g_array_set_clear_func (array, clear_address);
  return array;
}

/* An empty site: transport TLS, EAP-MSCHAPv2, automatic proxy and MTU, all lists empty.
 * Transfer: full. */
Site *
site_new (void)
{
  Site *site = g_new0 (Site, 1);
  site->transport = SITE_TRANSPORT_TLS;
  site->auth = SITE_AUTH_EAP_MSCHAPV2;
  site->proxy_mode = SITE_PROXY_AUTOMATIC;
  site->entry_points = address_array_new ();
  site->addresses = g_array_new (FALSE, FALSE, sizeof (InetAddr));
  site->tls_pins = g_array_new (FALSE, FALSE, sizeof (SitePin));
  site->gateway_pins = g_array_new (FALSE, FALSE, sizeof (SitePin));
  site->routes = g_array_new (FALSE, FALSE, sizeof (InetPrefix));
  site->dns = g_array_new (FALSE, FALSE, sizeof (InetAddr));
  site->eap_methods = g_array_new (FALSE, FALSE, sizeof (SiteEap));
  site->domains = g_ptr_array_new_with_free_func (g_free);
  site->allowed_domains = g_ptr_array_new_with_free_func (g_free);
  site->source = g_key_file_new ();
  return site;
}

static void
copy_array (GArray *to, const GArray *from)
{
  g_array_append_vals (to, from->data, from->len);
}

static void
copy_strings (GPtrArray *to, const GPtrArray *from)
{
  for (unsigned int i = 0; i < from->len; i++)
    g_ptr_array_add (to, g_strdup (g_ptr_array_index (from, i)));
}

static void
copy_lists (Site *to, const Site *from)
{
  for (unsigned int i = 0; i < from->entry_points->len; i++) {
    SiteAddress address = g_array_index (from->entry_points, SiteAddress, i);
    address.host = g_strdup (address.host);
    g_array_append_val (to->entry_points, address);
  }
  copy_array (to->addresses, from->addresses);
  copy_array (to->tls_pins, from->tls_pins);
  copy_array (to->gateway_pins, from->gateway_pins);
  copy_array (to->eap_methods, from->eap_methods);
  copy_array (to->routes, from->routes);
  copy_array (to->dns, from->dns);
  copy_strings (to->domains, from->domains);
  copy_strings (to->allowed_domains, from->allowed_domains);
}

/* A deep copy. Transfer: full. */
Site *
site_copy (const Site *site)
{
  Site *copy = site_new ();
  copy->name = g_strdup (site->name);
  copy->address = site->address;
  copy->address.host = g_strdup (site->address.host);
  copy->entry_order = site->entry_order;
  copy->interface = g_strdup (site->interface);
  copy->portal_check = g_strdup (site->portal_check);
  copy->source_address = site->source_address;
  copy->transport = site->transport;
  copy->tls_name = g_strdup (site->tls_name);
  copy->tls_ca_pem = g_strdup (site->tls_ca_pem);
  copy->tls_revocation = site->tls_revocation;
  copy->gateway_identity = g_strdup (site->gateway_identity);
  copy->gateway_ca_pem = g_strdup (site->gateway_ca_pem);
  copy->gateway_revocation = site->gateway_revocation;
  copy->childless = site->childless;
  copy->ppk_identity = g_strdup (site->ppk_identity);
  copy->ppk_required = site->ppk_required;
  copy->ike_algorithms = site->ike_algorithms;
  copy->esp_algorithms = site->esp_algorithms;
  copy->auth = site->auth;
  copy->user = g_strdup (site->user);
  copy->local_identity = g_strdup (site->local_identity);
  copy->inner = site->inner;
  copy->eap_only = site->eap_only;
  copy->anonymous_identity = g_strdup (site->anonymous_identity);
  copy->aaa_identity = g_strdup (site->aaa_identity);
  copy->certificate_pem = g_strdup (site->certificate_pem);
  copy->key = g_strdup (site->key);
  copy->rsa_padding = site->rsa_padding;
  copy->sign_in_lifetime = site->sign_in_lifetime;
  copy->proxy_mode = site->proxy_mode;
  copy->proxy_uri = g_strdup (site->proxy_uri);
  copy->proxy_user = g_strdup (site->proxy_user);
  copy->proxy_ca_pem = g_strdup (site->proxy_ca_pem);
  copy->mtu = site->mtu;
  copy_lists (copy, site);

  gsize len;
  g_autofree char *text = g_key_file_to_data (site->source, &len, NULL);
  GKeyFileFlags flags = G_KEY_FILE_KEEP_COMMENTS | G_KEY_FILE_KEEP_TRANSLATIONS;
  g_key_file_load_from_data (copy->source, text, len, flags, NULL);
  return copy;
}

/* NULL is allowed. */
void
site_free (Site *site)
{
  if (site == NULL)
    return;
  g_free (site->name);
  site_address_clear (&site->address);
  g_array_unref (site->entry_points);
  g_array_unref (site->addresses);
  g_free (site->interface);
  g_free (site->portal_check);
  g_free (site->tls_name);
  g_free (site->tls_ca_pem);
  g_array_unref (site->tls_pins);
  g_free (site->gateway_identity);
  g_free (site->gateway_ca_pem);
  g_array_unref (site->gateway_pins);
  g_free (site->user);
  g_free (site->ppk_identity);
  g_free (site->local_identity);
  g_array_unref (site->eap_methods);
  g_free (site->anonymous_identity);
  g_free (site->aaa_identity);
  g_free (site->certificate_pem);
  g_free (site->key);
  g_free (site->proxy_uri);
  g_free (site->proxy_user);
  g_free (site->proxy_ca_pem);
  g_array_unref (site->routes);
  g_array_unref (site->dns);
  g_ptr_array_unref (site->domains);
  g_ptr_array_unref (site->allowed_domains);
  g_key_file_unref (site->source);
  g_free (site);
}

/* The port at which a gateway is looked for at an address of the site: of its streams, or where it has none
 * of its UDP. Where none is written it is the transport's own (RFC 9329 section 2, RFC 7296 section 2.23). */
uint16_t
site_port (const Site *site, const SiteAddress *address)
{
  if (!address->port_is_default)
    return address->port;
  switch (site->transport) {
  case SITE_TRANSPORT_TLS:
  case SITE_TRANSPORT_AUTO: break;
  case SITE_TRANSPORT_TCP: return VISITOR_IKE_NAT_PORT;
  case SITE_TRANSPORT_UDP: return VISITOR_IKE_PORT;
  }
  return VISITOR_DEFAULT_PORT;
}

/* True if the site's traffic may stand in TLS. */
bool
site_has_tls (const Site *site)
{
  return site->transport == SITE_TRANSPORT_TLS || site->transport == SITE_TRANSPORT_AUTO;
}

/* True if UDP may carry the gateway's packets. */
bool
site_has_udp (const Site *site)
{
  return site->transport == SITE_TRANSPORT_UDP || site->transport == SITE_TRANSPORT_AUTO;
}

/* The name that the gateway's TLS certificate must carry. */
const char *
site_tls_name (const Site *site)
{
  return site->tls_name != NULL ? site->tls_name : site->address.host;
}

/* The identity that the gateway must prove in IKE (IDr). */
const char *
site_gateway_identity (const Site *site)
{
  return site->gateway_identity != NULL ? site->gateway_identity : site->address.host;
}

/* True if IKE_AUTH needs a certificate and its key. */
bool
site_auth_has_certificate (SiteAuth auth)
{
  switch (auth) {
  case SITE_AUTH_CERTIFICATE:
  case SITE_AUTH_CERTIFICATE_EAP: return true;
  case SITE_AUTH_PSK:
  case SITE_AUTH_EAP_MSCHAPV2:
  case SITE_AUTH_EAP_GTC:
  case SITE_AUTH_EAP_TLS:
  case SITE_AUTH_EAP_TTLS:
  case SITE_AUTH_EAP: break;
  }
  return false;
}

/* True if EAP-TLS may be spoken: by the method, or out of the methods that are left to the gateway. */
bool
site_may_use_eap_tls (const Site *site)
{
  if (site->auth != SITE_AUTH_EAP && site->auth != SITE_AUTH_CERTIFICATE_EAP)
    return site->auth == SITE_AUTH_EAP_TLS;
  for (unsigned int i = 0; i < site->eap_methods->len; i++) {
    if (g_array_index (site->eap_methods, SiteEap, i) == SITE_EAP_TLS)
      return true;
  }
  return site->eap_methods->len == 0;
}

/* True if the key is on a token (RFC 7512) and not in a file. */
bool
site_key_is_uri (const char *key)
{
  return g_ascii_strncasecmp (key, "pkcs11:", strlen ("pkcs11:")) == 0;
}

/* The identity that we claim in IKE (IDi); NULL: what the certificate says. */
const char *
site_local_identity (const Site *site)
{
  if (site->local_identity != NULL || site_auth_has_certificate (site->auth))
    return site->local_identity;
  return site->user;
}

/* The name that the TLS server of EAP-TLS and EAP-TTLS must prove. */
const char *
site_aaa_identity (const Site *site)
{
  return site->aaa_identity != NULL ? site->aaa_identity : site_gateway_identity (site);
}

static void
add_name (GPtrArray *names, const char *host)
{
  InetAddr literal;
  if (!inet_addr_parse (host, &literal) &&
      !g_ptr_array_find_with_equal_func (names, host, g_str_equal, NULL))
    g_ptr_array_add (names, (gpointer) host);
}

/* The names at which the site looks for a gateway, each once; the strings are the site's. Transfer: container. */
GPtrArray *
site_gateway_names (const Site *site)
{
  GPtrArray *names = g_ptr_array_new ();
  if (site->addresses->len == 0)
    add_name (names, site->address.host);
  for (guint i = 0; i < site->entry_points->len; i++)
    add_name (names, g_array_index (site->entry_points, SiteAddress, i).host);
  return names;
}

static void
add_literal (GArray *list, const char *host)
{
  InetAddr addr;
  if (inet_addr_parse (host, &addr))
    g_array_append_val (list, addr);
}

/* Where the gateway is, InetAddr, as far as the site has no name for it; may be empty. Transfer: full. */
GArray *
site_gateway_literals (const Site *site)
{
  GArray *list = g_array_new (FALSE, FALSE, sizeof (InetAddr));
  g_array_append_vals (list, site->addresses->data, site->addresses->len);
  add_literal (list, site->address.host);
  for (guint i = 0; i < site->entry_points->len; i++)
    add_literal (list, g_array_index (site->entry_points, SiteAddress, i).host);
  return list;
}
