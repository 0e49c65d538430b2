/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gnutls/x509.h>

#include "crypto/revocation-memory.h"
#include "crypto/trust.h"

typedef struct {
  uint8_t sha256[CERTIFICATE_PIN_LEN];
} TrustPin;

struct _CryptoTrust {
  gnutls_x509_trust_list_t anchors;
  GArray *pins; /* TrustPin */
  gnutls_x509_crl_t *crls; /* allocated by GnuTLS */
  unsigned int n_crls;
  RevocationMemory *memory; /* owned, of its own also above another */
  bool is_above; /* anchors and CRLs are borrowed from another */
  bool requires_evidence;
};
