/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "crypto/trust.h"
#include "site/site.h"

/* Whom a site believes: owned where the site says it, else borrowed from the system. */
typedef struct {
  CryptoTrust *own;
  const CryptoTrust *trust;
} SiteTrust;

gboolean site_trust_for_tls (
    const Site *site, const CryptoTrust *system, SiteTrust *ret_trust, GError **error);
gboolean site_trust_for_gateway (
    const Site *site, const CryptoTrust *system, SiteTrust *ret_trust, GError **error);
void site_trust_clear (SiteTrust *trust);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SiteTrust, site_trust_clear)
