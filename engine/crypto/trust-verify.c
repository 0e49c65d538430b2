/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Is this the certificate of the peer we mean? One place for the TLS server and the IKE gateway, over
 * GnuTLS's path validation.
 *
 * The time is given by the caller, so GnuTLS builds the path without it and the dates are looked at
 * here. Nothing is ever fetched from a URL in a certificate. */
#include <gnutls/x509.h>
#include <string.h>

#include "crypto/certificate-match.h"
#include "crypto/certificate-private.h"
#include "crypto/revocation.h"
#include "crypto/trust-private.h"

#define MAX_CHAIN 10

typedef struct {
  gnutls_x509_crt_t at[MAX_CHAIN];
  unsigned int n;
} Chain;

static void
chain_clear (Chain *chain)
{
  for (unsigned int i = 0; i < chain->n; i++)
    gnutls_x509_crt_deinit (chain->at[i]);
  chain->n = 0;
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Chain, chain_clear)

/* What the verdict means, for a log. Never NULL. */
const char *
trust_verdict_to_string (TrustVerdict verdict)
{
  switch (verdict) {
  case TRUST_OK: return "trusted";
  case TRUST_MALFORMED: return "not a certificate";
  case TRUST_UNKNOWN_ISSUER: return "issued by nobody we trust";
  case TRUST_BAD_CHAIN: return "issued by somebody who may not, or not as it stands";
  case TRUST_NOT_YET_VALID: return "not valid yet";
  case TRUST_EXPIRED: return "expired";
  case TRUST_WRONG_NAME: return "issued for another name";
  case TRUST_WRONG_PURPOSE: return "issued for another purpose";
  case TRUST_WEAK: return "made with too weak an algorithm or key";
  case TRUST_REVOKED: return "revoked by its issuer";
  case TRUST_UNPROVEN: return "not shown to be unrevoked";
  }
  return "unknown";
}

static bool
chain_import (Chain *chain, const Slice *chain_der, size_t n_chain)
{
  if (n_chain == 0 || n_chain > MAX_CHAIN)
    return false;
  for (size_t i = 0; i < n_chain; i++) {
    gnutls_x509_crt_t cert = crypto_certificate_import (chain_der[i]);
    if (cert == NULL)
      return false;
    chain->at[chain->n++] = cert;
  }
  return true;
}

static bool
is_pinned (const CryptoTrust *trust, gnutls_x509_crt_t leaf)
{
  uint8_t pin[CERTIFICATE_PIN_LEN];
  if (!crypto_certificate_pin (leaf, pin))
    return false;
  for (guint i = 0; i < trust->pins->len; i++) {
    if (memcmp (g_array_index (trust->pins, TrustPin, i).sha256, pin, sizeof pin) == 0)
      return true;
  }
  return false;
}

static TrustVerdict
check_path (gnutls_x509_trust_list_t anchors, Chain *chain)
{
  unsigned int status = 0;
  unsigned int flags = GNUTLS_VERIFY_DISABLE_TIME_CHECKS | GNUTLS_VERIFY_ALLOW_UNSORTED_CHAIN |
      GNUTLS_PROFILE_TO_VFLAGS (GNUTLS_PROFILE_MEDIUM);
  int rc = gnutls_x509_trust_list_verify_crt2 (
      anchors, chain->at, chain->n, NULL, 0, flags, &status, NULL);
  if (rc != 0)
    return TRUST_BAD_CHAIN;
  if ((status & GNUTLS_CERT_INSECURE_ALGORITHM) != 0)
    return TRUST_WEAK;
  if (status == 0)
    return TRUST_OK;
  return (status & GNUTLS_CERT_SIGNER_NOT_FOUND) != 0 ? TRUST_UNKNOWN_ISSUER : TRUST_BAD_CHAIN;
}

static TrustVerdict
check_time (gnutls_x509_crt_t cert, time_t now)
{
  if (now < gnutls_x509_crt_get_activation_time (cert))
    return TRUST_NOT_YET_VALID;
  if (now > gnutls_x509_crt_get_expiration_time (cert))
    return TRUST_EXPIRED;
  return TRUST_OK;
}

/* Those of the anchors whose time it is. Transfer: full. */
static gnutls_x509_trust_list_t
anchors_at (const CryptoTrust *trust, time_t now)
{
  gnutls_x509_trust_list_t valid;
  gnutls_x509_trust_list_iter_t iter = NULL;
  gnutls_x509_crt_t anchor;
  gnutls_x509_trust_list_init (&valid, 0);
  while (gnutls_x509_trust_list_iter_get_ca (trust->anchors, &iter, &anchor) == 0) {
    if (check_time (anchor, now) != TRUST_OK ||
        gnutls_x509_trust_list_add_cas (valid, &anchor, 1, 0) != 1)
      gnutls_x509_crt_deinit (anchor);
  }
  return valid;
}

/* A path that is good apart from the time must also be there when every certificate whose time it is
 * not is left out. To look at the dates of the first path that fits would not do: a peer could put a
 * copy with better dates, signed by nobody, beside an expired CA of its own. */
static TrustVerdict
check_times (const CryptoTrust *trust, const Chain *chain, time_t now)
{
  TrustVerdict verdict = check_time (chain->at[0], now);
  if (verdict != TRUST_OK)
    return verdict;
  Chain valid = { .at = { chain->at[0] }, .n = 1 }; /* borrowed */
  TrustVerdict missing = TRUST_EXPIRED;
  for (unsigned int i = 1; i < chain->n; i++) {
    TrustVerdict time = check_time (chain->at[i], now);
    if (time == TRUST_OK)
      valid.at[valid.n++] = chain->at[i];
    else
      missing = time;
  }
  gnutls_x509_trust_list_t anchors = anchors_at (trust, now);
  verdict = check_path (anchors, &valid);
  gnutls_x509_trust_list_deinit (anchors, 1);
  return verdict == TRUST_OK ? TRUST_OK : missing;
}

/* Revocation is looked at last: it costs most, and only a path that is good otherwise has issuers who
 * may speak. A certificate may itself ask that its server staples a proof (RFC 7633). */
static TrustVerdict
check_revocation (const CryptoTrust *trust, const Chain *chain, const TrustEvidence *brought,
    TrustPurpose purpose, time_t now)
{
  const RevocationEvidence evidence = {
    .crls = trust->crls,
    .n_crls = trust->n_crls,
    .brought = brought,
    .memory = trust->memory,
  };
  bool wants_proof = trust->requires_evidence ||
      (purpose == TRUST_PURPOSE_TLS_SERVER && brought != NULL &&
          revocation_asks_for_staple (chain->at[0]));
  switch (revocation_check (trust->anchors, chain->at, chain->n, &evidence, now)) {
  case REVOCATION_REVOKED: return TRUST_REVOKED;
  case REVOCATION_UNKNOWN: return wants_proof ? TRUST_UNPROVEN : TRUST_OK;
  case REVOCATION_GOOD: break;
  }
  return TRUST_OK;
}

static TrustVerdict
judge_by_itself (
    gnutls_x509_crt_t cert, TrustPurpose purpose, const char *expected_name, time_t now)
{
  TrustVerdict verdict = check_time (cert, now);
  if (verdict == TRUST_OK && !crypto_certificate_names (cert, purpose, expected_name))
    verdict = TRUST_WRONG_NAME;
  if (verdict == TRUST_OK && !crypto_certificate_serves (cert, purpose))
    verdict = TRUST_WRONG_PURPOSE;
  return verdict;
}

/* Judges a chain of n_chain DER certificates, the peer's own first, the others in any order, at the
 * time wall_clock. evidence is what the peer brought against the suspicion of revocation; NULL where it
 * had no way to bring any. What its issuers say there is kept, and counts again the next time, while it
 * is in force; that somebody was revoked counts for as long as trust lives. expected_name is a host name, an
 * address literal, an e-mail address, or a distinguished name that the subject must be.
 * Where several things are wrong, the one that says most about the peer comes first: an issuer nobody
 * trusts, then the time, then the name, then the purpose, then revocation. Not thread-safe. */
TrustVerdict
crypto_trust_verify (const CryptoTrust *trust, const Slice *chain_der, size_t n_chain,
    const TrustEvidence *evidence, TrustPurpose purpose, const char *expected_name,
    time_t wall_clock)
{
  g_auto (Chain) chain = { 0 };
  if (!chain_import (&chain, chain_der, n_chain))
    return TRUST_MALFORMED;
  if (is_pinned (trust, chain.at[0]))
    return TRUST_OK;
  TrustVerdict verdict = check_path (trust->anchors, &chain);
  if (verdict == TRUST_OK)
    verdict = check_times (trust, &chain, wall_clock);
  if (verdict == TRUST_OK)
    verdict = judge_by_itself (chain.at[0], purpose, expected_name, wall_clock);
  if (verdict == TRUST_OK)
    verdict = check_revocation (trust, &chain, evidence, purpose, wall_clock);
  return verdict;
}

static bool
is_strong (gnutls_x509_crt_t cert)
{
  unsigned int bits = 0;
  int algorithm = gnutls_x509_crt_get_pk_algorithm (cert, &bits);
  return algorithm >= 0 &&
      gnutls_pk_bits_to_sec_param ((gnutls_pk_algorithm_t) algorithm, bits) >=
      GNUTLS_SEC_PARAM_MEDIUM;
}

/* Judges a certificate whoever has issued it: time, name, purpose, and the strength of its key. TRUST_OK
 * where only the question is left whose key it is, which a person may be asked. Thread-safe. */
TrustVerdict
crypto_trust_judge_alone (
    Slice cert_der, TrustPurpose purpose, const char *expected_name, time_t wall_clock)
{
  gnutls_x509_crt_t cert = crypto_certificate_import (cert_der);
  if (cert == NULL)
    return TRUST_MALFORMED;
  TrustVerdict verdict =
      is_strong (cert) ? judge_by_itself (cert, purpose, expected_name, wall_clock) : TRUST_WEAK;
  gnutls_x509_crt_deinit (cert);
  return verdict;
}
