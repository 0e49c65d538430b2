/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "crypto/trust.h"
#include "site/site.h"

/* Whom a session believes in one part of the way to the gateway. */
typedef struct {
  CryptoTrust *trust; /* owned */
  bool may_ask; /* the site names nobody, and no person was asked so far */
  bool by_pins; /* the site names keys, and no CA beside them */
} SiteTrust;

gboolean site_trust_for_tls (
    const Site *site, const CryptoTrust *system, SiteTrust *ret_trust, GError **error);
gboolean site_trust_for_gateway (
    const Site *site, const CryptoTrust *system, SiteTrust *ret_trust, GError **error);
CryptoTrust *site_trust_for_proxy (const Site *site, const CryptoTrust *system, GError **error);
void site_trust_pin (SiteTrust *trust, const uint8_t pin[static CERTIFICATE_PIN_LEN]);
void site_trust_clear (SiteTrust *trust);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SiteTrust, site_trust_clear)
