/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SiteTrust: a CA or a pinned key that the site names is believed and nobody else; a site that names
 * neither believes the system's CAs, and a key that a person was asked about. */
#include "tunnel/site-trust.h"

/* `system` is borrowed for the life of the result; NULL where the machine has no CAs. */
static gboolean
choose (const char *ca_pem, const GArray *pins, SiteRevocation revocation,
    const CryptoTrust *system, SiteTrust *ret_trust, GError **error)
{
  bool named = ca_pem != NULL || pins->len > 0;
  CryptoTrust *trust =
      named || system == NULL ? crypto_trust_new (ca_pem, error) : crypto_trust_new_above (system);
  if (trust == NULL)
    return FALSE;
  for (guint i = 0; i < pins->len; i++)
    crypto_trust_add_pin (trust, g_array_index (pins, SitePin, i).sha256);
  bool strict = revocation == SITE_REVOCATION_REQUIRED;
  if (strict)
    crypto_trust_require_evidence (trust);
  /* A key that a person vouches for has no issuer who could speak of it. */
  *ret_trust = (SiteTrust){
    .trust = trust,
    .may_ask = !named && !strict,
    .by_pins = named && ca_pem == NULL,
  };
  return TRUE;
}

/* For the certificate of the TLS server: its own CA, else the gateway's, which issues both in most
 * places. */
gboolean
site_trust_for_tls (
    const Site *site, const CryptoTrust *system, SiteTrust *ret_trust, GError **error)
{
  bool own = site->tls_ca_pem != NULL || site->tls_pins->len > 0;
  return choose (own ? site->tls_ca_pem : site->gateway_ca_pem, site->tls_pins,
      site->tls_revocation, system, ret_trust, error);
}

/* For the certificate of the IPsec gateway within IKE. */
gboolean
site_trust_for_gateway (
    const Site *site, const CryptoTrust *system, SiteTrust *ret_trust, GError **error)
{
  return choose (
      site->gateway_ca_pem, site->gateway_pins, site->gateway_revocation, system, ret_trust, error);
}

/* For a proxy behind TLS: the site's CA for proxies, else the system's. Transfer: full. */
CryptoTrust *
site_trust_for_proxy (const Site *site, const CryptoTrust *system, GError **error)
{
  if (site->proxy_ca_pem != NULL || system == NULL)
    return crypto_trust_new (site->proxy_ca_pem, error);
  return crypto_trust_new_above (system);
}

/* A person vouches for this key. No other is asked about from now on: a gateway that changes its key
 * under a connection has nobody to vouch for it. */
void
site_trust_pin (SiteTrust *trust, const uint8_t pin[static CERTIFICATE_PIN_LEN])
{
  crypto_trust_add_pin (trust->trust, pin);
  trust->may_ask = false;
}

void
site_trust_clear (SiteTrust *trust)
{
  g_clear_pointer (&trust->trust, crypto_trust_free);
}
