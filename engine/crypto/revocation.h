/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gnutls/x509.h>
#include <time.h>

#include "crypto/revocation-memory.h"
#include "crypto/trust.h"

/* Everything that may speak of a certificate. */
typedef struct {
  const gnutls_x509_crl_t *crls; /* of the site */
  unsigned int n_crls;
  const TrustEvidence *brought; /* by the peer, or NULL */
  RevocationMemory *memory; /* of what was brought before; takes what counts now */
} RevocationEvidence;

RevocationStatus revocation_check (gnutls_x509_trust_list_t anchors, const gnutls_x509_crt_t *chain,
    unsigned int n, const RevocationEvidence *evidence, time_t now);
bool revocation_asks_for_staple (gnutls_x509_crt_t cert);
