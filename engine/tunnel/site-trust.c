/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SiteTrust: a CA or a pinned key that the site names is believed and nobody else; a site that names
 * neither believes the system's CAs. */
#include "tunnel/site-trust.h"

/* `system` is borrowed for the life of the result; NULL where the machine has no CAs. */
static gboolean
choose (const char *ca_pem, const GArray *pins, const CryptoTrust *system, SiteTrust *ret_trust,
    GError **error)
{
  SiteTrust trust = { .trust = system };
  if (ca_pem != NULL || pins->len > 0 || system == NULL) {
    trust.own = crypto_trust_new (ca_pem, error);
    if (trust.own == NULL)
      return FALSE;
    for (guint i = 0; i < pins->len; i++)
      crypto_trust_add_pin (trust.own, g_array_index (pins, SitePin, i).sha256);
    trust.trust = trust.own;
  }
  *ret_trust = trust;
  return TRUE;
}

/* For the certificate of the TLS server: its own CA, else the gateway's, which issues both in most
 * places. */
gboolean
site_trust_for_tls (
    const Site *site, const CryptoTrust *system, SiteTrust *ret_trust, GError **error)
{
  bool own = site->tls_ca_pem != NULL || site->tls_pins->len > 0;
  return choose (
      own ? site->tls_ca_pem : site->gateway_ca_pem, site->tls_pins, system, ret_trust, error);
}

/* For the certificate of the IPsec gateway within IKE. */
gboolean
site_trust_for_gateway (
    const Site *site, const CryptoTrust *system, SiteTrust *ret_trust, GError **error)
{
  return choose (site->gateway_ca_pem, site->gateway_pins, system, ret_trust, error);
}

void
site_trust_clear (SiteTrust *trust)
{
  g_clear_pointer (&trust->own, crypto_trust_free);
  trust->trust = NULL;
}
