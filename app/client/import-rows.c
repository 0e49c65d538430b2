/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ImportRows: a site as a person reads it before saying yes: where it leads, who is believed, as whom
 * one signs in, and what goes through. */
#include "config.h"

#include "client/import-rows.h"

#include <glib/gi18n-lib.h>

#include "client/certificate-facts.h"
#include "client/trust-question.h"

static const char *const methods[] = {
  [SITE_AUTH_PSK] = N_ ("Pre-shared key"),
  [SITE_AUTH_EAP_MSCHAPV2] = N_ ("User name and password"),
  [SITE_AUTH_EAP_GTC] = N_ ("User name and one-time code"),
  [SITE_AUTH_EAP_TLS] = N_ ("Certificate, to the server for sign-ins"),
  [SITE_AUTH_EAP_TTLS] = N_ ("User name and password, to the server for sign-ins"),
  [SITE_AUTH_EAP] = N_ ("What the gateway asks for"),
  [SITE_AUTH_CERTIFICATE] = N_ ("Certificate"),
  [SITE_AUTH_CERTIFICATE_EAP] = N_ ("Certificate, then what the gateway asks for"),
};

static void
row_free (gpointer data)
{
  VisitorImportRow *row = data;
  g_free (row->label);
  g_free (row->value);
  g_free (row);
}

/* Takes value; NULL: no row. */
static void
add (GPtrArray *rows, const char *label, char *value)
{
  if (value == NULL)
    return;
  VisitorImportRow *row = g_new0 (VisitorImportRow, 1);
  row->label = g_strdup (label);
  row->value = value;
  g_ptr_array_add (rows, row);
}

/* Each with its subject and its SHA-256. */
static void
add_certificates (GPtrArray *rows, const char *label, const char *pem)
{
  g_autoptr (GPtrArray) list = visitor_certificate_facts_list (pem);
  if (list == NULL || list->len == 0)
    add (rows, label, g_strdup (_ ("A certificate that cannot be read")));
  for (guint i = 0; list != NULL && i < list->len; i++) {
    const VisitorCertificateFacts *facts = g_ptr_array_index (list, i);
    add (rows, label, g_strdup_printf ("%s\n%s", facts->subject, facts->sha256));
  }
}

static void
add_trust (GPtrArray *rows, const char *ca_label, const char *ca_pem, const char *pin_label,
    const GArray *pins)
{
  if (ca_pem != NULL)
    add_certificates (rows, ca_label, ca_pem);
  for (guint i = 0; i < pins->len; i++)
    add (rows, pin_label, visitor_fingerprint (g_array_index (pins, SitePin, i).sha256));
}

static char *
join_routes (const GArray *routes)
{
  g_autoptr (GString) text = g_string_new (NULL);
  char buf[INET_PREFIX_STRLEN];
  for (guint i = 0; i < routes->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "",
        inet_prefix_format (&g_array_index (routes, InetPrefix, i), buf));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
join_addresses (const GArray *addresses)
{
  g_autoptr (GString) text = g_string_new (NULL);
  char buf[INET_ADDR_STRLEN];
  for (guint i = 0; i < addresses->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "",
        inet_addr_format (&g_array_index (addresses, InetAddr, i), buf));
  return text->len > 0 ? g_string_free (g_steal_pointer (&text), FALSE) : NULL;
}

static char *
join_names (const GPtrArray *names)
{
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint i = 0; i < names->len; i++)
    g_string_append_printf (
        text, "%s%s", i > 0 ? ", " : "", (const char *) g_ptr_array_index (names, i));
  return text->len > 0 ? g_string_free (g_steal_pointer (&text), FALSE) : NULL;
}

/* NULL where it is what everybody expects. */
static const char *
transport_text (SiteTransport transport)
{
  switch (transport) {
  case SITE_TRANSPORT_TLS: break;
  case SITE_TRANSPORT_TCP: return _ ("TCP, without TLS");
  case SITE_TRANSPORT_UDP: return _ ("UDP");
  case SITE_TRANSPORT_AUTO: return _ ("UDP, or TLS where a network does not let it through");
  }
  return NULL;
}

static void
add_gateway (GPtrArray *rows, const Site *site)
{
  add (rows, _ ("Name"), g_strdup (site->name));
  add (rows, _ ("Address"), site_address_format (&site->address));
  for (guint i = 0; i < site->entry_points->len; i++)
    add (rows, _ ("Another address"),
        site_address_format (&g_array_index (site->entry_points, SiteAddress, i)));
  if (transport_text (site->transport) != NULL)
    add (rows, _ ("Transport"), g_strdup (transport_text (site->transport)));
  add (rows, _ ("Identity of the gateway"), g_strdup (site_gateway_identity (site)));
  add_trust (rows, _ ("Certificate authority"), site->gateway_ca_pem, _ ("Key of the gateway"),
      site->gateway_pins);
  add_trust (rows, _ ("Authority of the TLS certificate"), site->tls_ca_pem,
      _ ("Key of the TLS connection"), site->tls_pins);
  if (site->gateway_ca_pem == NULL && site->gateway_pins->len == 0)
    add (rows, _ ("Certificate authority"),
        g_strdup (_ ("Those of this computer, or you are asked")));
}

static void
add_sign_in (GPtrArray *rows, const Site *site)
{
  add (rows, _ ("Sign-in"), g_strdup (_ (methods[site->auth])));
  add (rows, _ ("User"), g_strdup (site->user));
  add (rows, _ ("Identity"), g_strdup (site->local_identity));
  if (site->key != NULL)
    add (rows, _ ("Your key"),
        g_strdup (site_key_is_uri (site->key) ? site->key : _ ("A file that comes along")));
  if (site->certificate_pem != NULL)
    add_certificates (rows, _ ("Your certificate"), site->certificate_pem);
}

static void
add_network (GPtrArray *rows, const Site *site)
{
  add (rows, _ ("Goes through the tunnel"),
      site->routes->len > 0 ? join_routes (site->routes) : g_strdup (_ ("What the gateway says")));
  add (rows, _ ("Name servers"), join_addresses (site->dns));
  add (rows, _ ("Domains"), join_names (site->domains));
  if (site->mtu != 0)
    add (rows, _ ("MTU"), g_strdup_printf ("%u", site->mtu));
  if (site->proxy_mode == SITE_PROXY_MANUAL)
    add (rows, _ ("Proxy"), g_strdup (site->proxy_uri));
}

/* An array of VisitorImportRow. Transfer: full. */
GPtrArray *
visitor_import_rows_new (const Site *site)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func (row_free);
  add_gateway (rows, site);
  add_sign_in (rows, site);
  add_network (rows, site);
  return rows;
}
