/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <time.h>

#include "base/slice.h"
#include "crypto/certificate.h"

/* Whom to believe: CA certificates, and keys that are believed without any CA. */
typedef struct _CryptoTrust CryptoTrust;

typedef enum {
  TRUST_PURPOSE_TLS_SERVER,
  TRUST_PURPOSE_IKE_GATEWAY,
} TrustPurpose;

typedef enum {
  TRUST_OK,
  TRUST_MALFORMED,
  TRUST_UNKNOWN_ISSUER,
  TRUST_BAD_CHAIN,
  TRUST_NOT_YET_VALID,
  TRUST_EXPIRED,
  TRUST_WRONG_NAME,
  TRUST_WRONG_PURPOSE,
  TRUST_WEAK,
  TRUST_REVOKED,
  TRUST_UNPROVEN, /* proof that it is not revoked is wanted, and there is none */
} TrustVerdict;

/* What a peer brings beside its chain to show that none of it is revoked: OCSP responses (RFC 6960) and
 * CRLs (RFC 5280), both as DER, borrowed. */
typedef struct {
  const Slice *ocsp;
  size_t n_ocsp;
  const Slice *crls;
  size_t n_crls;
} TrustEvidence;

const char *trust_verdict_to_string (TrustVerdict verdict);

CryptoTrust *crypto_trust_new (const char *ca_pem, GError **error);
CryptoTrust *crypto_trust_new_system (GError **error);
CryptoTrust *crypto_trust_new_above (const CryptoTrust *base);
void crypto_trust_free (CryptoTrust *trust);
void
crypto_trust_add_pin (CryptoTrust *trust, const uint8_t sha256_of_spki[static CERTIFICATE_PIN_LEN]);
void crypto_trust_require_evidence (CryptoTrust *trust);
bool crypto_trust_requires_evidence (const CryptoTrust *trust);

TrustVerdict crypto_trust_verify (const CryptoTrust *trust, const Slice *chain_der, size_t n_chain,
    const TrustEvidence *evidence, TrustPurpose purpose, const char *expected_name,
    time_t wall_clock);
TrustVerdict crypto_trust_judge_alone (
    Slice cert_der, TrustPurpose purpose, const char *expected_name, time_t wall_clock);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CryptoTrust, crypto_trust_free)
