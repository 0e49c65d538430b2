/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CryptoSigner: who we are by certificate.
 *
 * The private key stays in the user's own program. Here is what can be shown of it, the chain and the
 * schemes that the key can do, the best first; and a signature that comes back is verified with our
 * own certificate before it goes out: one that a broken token made must not tell its key. */
#include "crypto/signer.h"

#include <gnutls/x509.h>

#include "base/error.h"
#include "crypto/signature.h"

struct _CryptoSigner {
  GPtrArray *chain; /* GBytes, DER, our own first */
  SignatureScheme schemes[SIGNATURE_N_SCHEMES];
  size_t n_schemes;
  CryptoSignFunc sign;
  void *user_data;
};

/* AlgorithmIdentifiers in DER (RFC 7427 appendix A, RFC 8420): RSASSA-PSS with every parameter but the
 * trailer, which has its default. */
#define PSS(hash, salt) \
  "\x30\x41\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a\x30\x34" \
  "\xa0\x0f\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02" hash "\x05\x00" \
  "\xa1\x1c\x30\x1a\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x08" \
  "\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02" hash "\x05\x00" \
  "\xa2\x03\x02\x01" salt
#define PKCS1(hash) "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01" hash "\x05\x00"
#define ECDSA(hash) "\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03" hash
#define DER(text) (const uint8_t *) text, sizeof text - 1

static const struct {
  SignatureHash hash;
  const uint8_t *identifier;
  size_t len;
} schemes_known[SIGNATURE_N_SCHEMES] = {
  [SIGNATURE_RSA_PSS_SHA256] = { SIGNATURE_HASH_SHA2_256, DER (PSS ("\x01", "\x20")) },
  [SIGNATURE_RSA_PSS_SHA384] = { SIGNATURE_HASH_SHA2_384, DER (PSS ("\x02", "\x30")) },
  [SIGNATURE_RSA_PSS_SHA512] = { SIGNATURE_HASH_SHA2_512, DER (PSS ("\x03", "\x40")) },
  [SIGNATURE_RSA_PKCS1_SHA256] = { SIGNATURE_HASH_SHA2_256, DER (PKCS1 ("\x0b")) },
  [SIGNATURE_RSA_PKCS1_SHA384] = { SIGNATURE_HASH_SHA2_384, DER (PKCS1 ("\x0c")) },
  [SIGNATURE_RSA_PKCS1_SHA512] = { SIGNATURE_HASH_SHA2_512, DER (PKCS1 ("\x0d")) },
  [SIGNATURE_ECDSA_SHA256] = { SIGNATURE_HASH_SHA2_256, DER (ECDSA ("\x02")) },
  [SIGNATURE_ECDSA_SHA384] = { SIGNATURE_HASH_SHA2_384, DER (ECDSA ("\x03")) },
  [SIGNATURE_ECDSA_SHA512] = { SIGNATURE_HASH_SHA2_512, DER (ECDSA ("\x04")) },
  [SIGNATURE_ED25519] = { SIGNATURE_HASH_IDENTITY, DER ("\x30\x05\x06\x03\x2b\x65\x70") },
};

/* The number of the scheme's hash in SIGNATURE_HASH_ALGORITHMS (RFC 7427 section 7, RFC 8420). */
unsigned int
signature_scheme_hash (SignatureScheme scheme)
{
  return schemes_known[scheme].hash;
}

/* The DER AlgorithmIdentifier that stands before the signature in AUTH (RFC 7427 section 3). */
Slice
signature_scheme_identifier (SignatureScheme scheme)
{
  return SLICE (schemes_known[scheme].identifier, schemes_known[scheme].len);
}

static bool
refuse (GError **error, const char *why)
{
  g_set_error_literal (error, VISITOR_ERROR, VISITOR_ERROR_INVALID_REQUEST, why);
  return false;
}

static bool
check_chain (const GPtrArray *chain, GError **error)
{
  size_t total = 0;
  for (guint i = 0; i < chain->len; i++) {
    size_t len = g_bytes_get_size (chain->pdata[i]);
    if (len == 0)
      return refuse (error, "a certificate of our chain is empty");
    total += len;
  }
  if (chain->len == 0 || chain->len > CHAIN_MAX_CERTS || total > CHAIN_MAX_LEN)
    return refuse (error, "our chain of certificates is empty or too long");
  return true;
}

/* chain: GBytes, each a certificate in DER, our own first, no root; a reference is taken. schemes: what
 * its key can do, the best first. sign may be NULL where nothing signs by TLS. Errors:
 * VISITOR_ERROR_INVALID_REQUEST. Transfer: full. */
CryptoSigner *
crypto_signer_new (GPtrArray *chain, const SignatureScheme *schemes, size_t n_schemes,
    CryptoSignFunc sign, void *user_data, GError **error)
{
  if (!check_chain (chain, error))
    return NULL;
  g_autoptr (CryptoSigner) signer = g_new0 (CryptoSigner, 1);
  for (size_t i = 0; i < n_schemes && signer->n_schemes < SIGNATURE_N_SCHEMES; i++) {
    if (schemes[i] > SIGNATURE_NONE && schemes[i] < SIGNATURE_N_SCHEMES)
      signer->schemes[signer->n_schemes++] = schemes[i];
  }
  if (signer->n_schemes == 0) {
    refuse (error, "our key can sign by no scheme that is known");
    return NULL;
  }
  signer->chain = g_ptr_array_ref (chain);
  signer->sign = sign;
  signer->user_data = user_data;
  return g_steal_pointer (&signer);
}

/* NULL is allowed. */
void
crypto_signer_free (CryptoSigner *signer)
{
  if (signer == NULL)
    return;
  g_clear_pointer (&signer->chain, g_ptr_array_unref);
  g_free (signer);
}

size_t
crypto_signer_n_certs (const CryptoSigner *signer)
{
  return signer->chain->len;
}

/* A certificate of the chain in DER, borrowed; 0 is our own. */
Slice
crypto_signer_cert (const CryptoSigner *signer, size_t index)
{
  return slice_of_bytes (signer->chain->pdata[index]);
}

/* What the key can do, the best first; borrowed. */
const SignatureScheme *
crypto_signer_schemes (const CryptoSigner *signer, size_t *ret_n)
{
  *ret_n = signer->n_schemes;
  return signer->schemes;
}

/* The best scheme whose hash the peer listed: bit N of hashes stands for hash N. SIGNATURE_NONE if there
 * is none. */
SignatureScheme
crypto_signer_choose (const CryptoSigner *signer, unsigned int hashes)
{
  for (size_t i = 0; i < signer->n_schemes; i++) {
    if ((hashes & (1u << signature_scheme_hash (signer->schemes[i]))) != 0)
      return signer->schemes[i];
  }
  return SIGNATURE_NONE;
}

/* The key's algorithm, as GnuTLS numbers them, and its length in bits; negative if our certificate is
 * none. */
int
crypto_signer_key (const CryptoSigner *signer, unsigned int *ret_bits)
{
  Slice cert = crypto_signer_cert (signer, 0);
  const gnutls_datum_t der = { (unsigned char *) cert.data, (unsigned int) cert.len };
  gnutls_x509_crt_t own;
  int algorithm = gnutls_x509_crt_init (&own);
  if (algorithm < 0)
    return algorithm;
  algorithm = gnutls_x509_crt_import (own, &der, GNUTLS_X509_FMT_DER);
  if (algorithm >= 0)
    algorithm = gnutls_x509_crt_get_pk_algorithm (own, ret_bits);
  gnutls_x509_crt_deinit (own);
  return algorithm;
}

/* Waits for a signature; see CryptoSignFunc. */
GBytes *
crypto_signer_sign (const CryptoSigner *signer, SignatureScheme scheme, Slice octets)
{
  return signer->sign != NULL ? signer->sign (signer->user_data, scheme, octets) : NULL;
}

/* True if that signature over the parts is our certificate's. */
bool
crypto_signer_made (const CryptoSigner *signer, SignatureScheme scheme, const Slice *signed_parts,
    size_t n_parts, Slice signature)
{
  return scheme != SIGNATURE_NONE && signature.len <= SIGNATURE_MAX_LEN &&
      crypto_signature_verify (crypto_signer_cert (signer, 0), signature_scheme_identifier (scheme),
          signed_parts, n_parts, signature, NULL);
}
