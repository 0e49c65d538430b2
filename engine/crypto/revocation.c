/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Revocation: what CRLs (RFC 5280) and OCSP responses (RFC 6960) say of a peer's certificates.
 *
 * Nothing is ever asked for: a CRL came with the site or from the peer, a response from the peer, who
 * staples it to TLS or to IKE_AUTH, now or earlier in the same connection (revocation-memory.c). So the
 * peer chooses what we see, and only what its issuer signed counts. "Revoked" counts whatever its age, as
 * nobody comes back from there; "good" counts in its time alone. */
#include "crypto/revocation.h"

#include <gnutls/ocsp.h>
#include <string.h>

#define OID_AUTHORITY_KEY_ID "2.5.29.35"
#define OID_CRL_NUMBER "2.5.29.20"
#define OID_MAX_LEN 128
#define TLS_FEATURE_STATUS_REQUEST 5

/* Clocks differ. */
#define SKEW_S (5 * 60)
/* For how long a response without nextUpdate is taken for news. */
#define UNDATED_S (3 * 24 * 60 * 60)
#define MAX_RESPONSES 16
#define MAX_RESPONDER_CERTS 8

static bool
is_in_time (time_t this_update, time_t next_update, time_t now)
{
  if (this_update == (time_t) -1 || this_update > now + SKEW_S)
    return false;
  if (next_update == (time_t) -1)
    next_update = this_update + UNDATED_S;
  return next_update >= now - SKEW_S;
}

/* True if the list is of all that its issuer revoked. One of a part of it (RFC 5280 section 5.2.5) or
 * of changes (5.2.4) says so in a critical extension; that a certificate is not on it means nothing. */
static bool
is_complete (gnutls_x509_crl_t crl)
{
  for (unsigned int i = 0;; i++) {
    char oid[OID_MAX_LEN];
    size_t len = sizeof oid;
    unsigned int critical = 0;
    int rc = gnutls_x509_crl_get_extension_info (crl, i, oid, &len, &critical);
    if (rc == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE)
      return true;
    if (rc < 0 ||
        (critical != 0 && strcmp (oid, OID_AUTHORITY_KEY_ID) != 0 &&
            strcmp (oid, OID_CRL_NUMBER) != 0))
      return false;
  }
}

/* True if the issuer signed it. GnuTLS holds a list's dates against the real clock and cannot be told not
 * to; they are looked at by the caller's below. */
static bool
crl_is_signed_by (gnutls_x509_crl_t crl, gnutls_x509_crt_t issuer)
{
  const unsigned int dates =
      GNUTLS_CERT_REVOCATION_DATA_SUPERSEDED | GNUTLS_CERT_REVOCATION_DATA_ISSUED_IN_FUTURE;
  unsigned int problems = 0;
  if (gnutls_x509_crl_check_issuer (crl, issuer) != 1 ||
      gnutls_x509_crl_verify (crl, &issuer, 1, 0, &problems) != 0)
    return false;
  return problems == 0 ||
      ((problems & dates) != 0 && (problems & ~(dates | GNUTLS_CERT_INVALID)) == 0);
}

static RevocationStatus
ask_crl (gnutls_x509_crl_t crl, gnutls_x509_crt_t cert, gnutls_x509_crt_t issuer, time_t now)
{
  if (!crl_is_signed_by (crl, issuer))
    return REVOCATION_UNKNOWN;
  int revoked = gnutls_x509_crt_check_revocation (cert, &crl, 1);
  if (revoked != 0)
    return revoked == 1 ? REVOCATION_REVOKED : REVOCATION_UNKNOWN;
  bool counts = is_complete (crl) &&
      is_in_time (
          gnutls_x509_crl_get_this_update (crl), gnutls_x509_crl_get_next_update (crl), now);
  return counts ? REVOCATION_GOOD : REVOCATION_UNKNOWN;
}

static RevocationStatus
ask_crl_der (Slice der, gnutls_x509_crt_t cert, gnutls_x509_crt_t issuer, time_t now)
{
  gnutls_x509_crl_t crl;
  gnutls_datum_t datum = { .data = (uint8_t *) der.data, .size = (unsigned int) der.len };
  if (gnutls_x509_crl_init (&crl) != 0)
    return REVOCATION_UNKNOWN;
  RevocationStatus status = REVOCATION_UNKNOWN;
  if (gnutls_x509_crl_import (crl, &datum, GNUTLS_X509_FMT_DER) == 0)
    status = ask_crl (crl, cert, issuer, now);
  gnutls_x509_crl_deinit (crl);
  return status;
}

/* A responder that the issuer has appointed brings its certificate, which has a time of its own. */
static bool
responder_is_in_time (gnutls_ocsp_resp_t response, time_t now)
{
  gnutls_x509_crt_t *certs = NULL;
  size_t n = 0;
  int rc = gnutls_ocsp_resp_get_certs (response, &certs, &n);
  if (rc == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE)
    return true;
  bool in_time = rc == 0 && n <= MAX_RESPONDER_CERTS;
  for (size_t i = 0; rc == 0 && i < n; i++) {
    in_time = in_time && now >= gnutls_x509_crt_get_activation_time (certs[i]) &&
        now <= gnutls_x509_crt_get_expiration_time (certs[i]);
    gnutls_x509_crt_deinit (certs[i]);
  }
  gnutls_free (certs);
  return in_time;
}

/* True if the issuer signed it, or somebody whom the issuer appointed for that (RFC 6960 section
 * 4.2.2.2): nobody else is in the list that GnuTLS looks at. */
static bool
response_is_signed_by (gnutls_ocsp_resp_t response, gnutls_x509_crt_t issuer)
{
  gnutls_x509_trust_list_t only;
  unsigned int problems = 0;
  if (gnutls_x509_trust_list_init (&only, 0) != 0)
    return false;
  bool is_signed = gnutls_x509_trust_list_add_cas (only, &issuer, 1, 0) == 1 &&
      gnutls_ocsp_resp_verify (response, only, &problems, GNUTLS_VERIFY_DISABLE_TIME_CHECKS) == 0 &&
      problems == 0;
  gnutls_x509_trust_list_deinit (only, 0); /* the issuer stays its owner's */
  return is_signed;
}

static RevocationStatus
ask_response (
    gnutls_ocsp_resp_t response, gnutls_x509_crt_t cert, gnutls_x509_crt_t issuer, time_t now)
{
  if (gnutls_ocsp_resp_get_status (response) != GNUTLS_OCSP_RESP_SUCCESSFUL)
    return REVOCATION_UNKNOWN;
  for (unsigned int i = 0; i < MAX_RESPONSES; i++) {
    unsigned int status;
    time_t this_update, next_update;
    if (gnutls_ocsp_resp_check_crt (response, i, cert) != 0)
      continue;
    if (gnutls_ocsp_resp_get_single (response, i, NULL, NULL, NULL, NULL, &status, &this_update,
            &next_update, NULL, NULL) != 0 ||
        !response_is_signed_by (response, issuer))
      return REVOCATION_UNKNOWN;
    if (status == GNUTLS_OCSP_CERT_REVOKED)
      return REVOCATION_REVOKED;
    bool counts = status == GNUTLS_OCSP_CERT_GOOD && is_in_time (this_update, next_update, now) &&
        responder_is_in_time (response, now);
    return counts ? REVOCATION_GOOD : REVOCATION_UNKNOWN;
  }
  return REVOCATION_UNKNOWN;
}

static RevocationStatus
ask_response_der (Slice der, gnutls_x509_crt_t cert, gnutls_x509_crt_t issuer, time_t now)
{
  gnutls_ocsp_resp_t response;
  gnutls_datum_t datum = { .data = (uint8_t *) der.data, .size = (unsigned int) der.len };
  if (der.len == 0 || gnutls_ocsp_resp_init (&response) != 0)
    return REVOCATION_UNKNOWN;
  RevocationStatus status = REVOCATION_UNKNOWN;
  if (gnutls_ocsp_resp_import (response, &datum) == 0)
    status = ask_response (response, cert, issuer, now);
  gnutls_ocsp_resp_deinit (response);
  return status;
}

static RevocationStatus
ask (EvidenceKind kind, Slice der, gnutls_x509_crt_t cert, gnutls_x509_crt_t issuer, time_t now)
{
  switch (kind) {
  case EVIDENCE_OCSP: return ask_response_der (der, cert, issuer, now);
  case EVIDENCE_CRL: return ask_crl_der (der, cert, issuer, now);
  }
  return REVOCATION_UNKNOWN;
}

/* What the peer brings of one kind; what counts is kept. */
static RevocationStatus
ask_brought (EvidenceKind kind, const Slice *list, size_t n, gnutls_x509_crt_t cert,
    gnutls_x509_crt_t issuer, RevocationMemory *memory, time_t now)
{
  RevocationStatus most = REVOCATION_UNKNOWN;
  for (size_t i = 0; i < n; i++) {
    RevocationStatus status = ask (kind, list[i], cert, issuer, now);
    revocation_memory_keep (memory, cert, status, kind, list[i]);
    most = MAX (most, status);
  }
  return most;
}

/* issuer is the certificate of the CA whose signature on cert was verified. One voice that says
 * "revoked" outweighs all that say "good". */
static RevocationStatus
status_of (gnutls_x509_crt_t cert, gnutls_x509_crt_t issuer, const RevocationEvidence *evidence,
    time_t now)
{
  const TrustEvidence none = { .n_ocsp = 0 };
  const TrustEvidence *brought = evidence->brought != NULL ? evidence->brought : &none;
  RevocationMemory *memory = evidence->memory;
  RevocationStatus status = REVOCATION_UNKNOWN;
  EvidenceKind kind;
  Slice kept;
  for (unsigned int i = 0; i < evidence->n_crls; i++)
    status = MAX (status, ask_crl (evidence->crls[i], cert, issuer, now));
  if (revocation_memory_find (memory, cert, &kind, &kept))
    status = MAX (status, ask (kind, kept, cert, issuer, now));
  status = MAX (status,
      ask_brought (EVIDENCE_CRL, brought->crls, brought->n_crls, cert, issuer, memory, now));
  return MAX (status,
      ask_brought (EVIDENCE_OCSP, brought->ocsp, brought->n_ocsp, cert, issuer, memory, now));
}

static bool
has_signed (gnutls_x509_crt_t issuer, gnutls_x509_crt_t cert)
{
  unsigned int problems = 0;
  return gnutls_x509_crt_check_issuer (cert, issuer) == 1 &&
      gnutls_x509_crt_verify (cert, &issuer, 1, GNUTLS_VERIFY_DISABLE_TIME_CHECKS, &problems) ==
      0 &&
      problems == 0;
}

/* Whose signature cert bears: an anchor, or one of the chain. NULL if cert is an anchor itself.
 * Borrowed. */
static gnutls_x509_crt_t
issuer_of (gnutls_x509_trust_list_t anchors, const gnutls_x509_crt_t *chain, unsigned int n,
    gnutls_x509_crt_t cert)
{
  gnutls_x509_crt_t anchor;
  if (gnutls_x509_trust_list_get_issuer (anchors, cert, &anchor, 0) == 0) {
    if (gnutls_x509_crt_equals (anchor, cert) != 0)
      return NULL;
    if (has_signed (anchor, cert))
      return anchor;
  }
  for (unsigned int i = 1; i < n; i++) {
    if (gnutls_x509_crt_equals (chain[i], cert) == 0 && has_signed (chain[i], cert))
      return chain[i];
  }
  return NULL;
}

/* What the evidence says, at the time now, of a chain of n certificates that is good otherwise, the
 * peer's own first: REVOKED if that is said of any on the path to an anchor, else what is said of the
 * peer's own. A certificate that is an anchor itself is good. Thread-safe. */
RevocationStatus
revocation_check (gnutls_x509_trust_list_t anchors, const gnutls_x509_crt_t *chain, unsigned int n,
    const RevocationEvidence *evidence, time_t now)
{
  RevocationStatus own = REVOCATION_GOOD;
  gnutls_x509_crt_t cert = chain[0];
  for (unsigned int depth = 0; depth <= n; depth++) {
    gnutls_x509_crt_t issuer = issuer_of (anchors, chain, n, cert);
    if (issuer == NULL)
      return own;
    RevocationStatus status = status_of (cert, issuer, evidence, now);
    if (status == REVOCATION_REVOKED)
      return status;
    if (depth == 0)
      own = status;
    cert = issuer;
  }
  return own;
}

/* True if the certificate asks that a TLS server staples a proof with it (RFC 7633). */
bool
revocation_asks_for_staple (gnutls_x509_crt_t cert)
{
  gnutls_x509_tlsfeatures_t features;
  unsigned int feature = 0, critical;
  bool asks = false;
  if (gnutls_x509_tlsfeatures_init (&features) != 0)
    return false;
  if (gnutls_x509_crt_get_tlsfeatures (cert, features, 0, &critical) == 0) {
    for (unsigned int i = 0; !asks && gnutls_x509_tlsfeatures_get (features, i, &feature) == 0; i++)
      asks = feature == TLS_FEATURE_STATUS_REQUEST;
  }
  gnutls_x509_tlsfeatures_deinit (features);
  return asks;
}
