/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CryptoTrust: whom we believe, before anybody has shown a certificate. How one is judged by it stands in
 * trust-verify.c. */
#include "crypto/trust.h"

#include <gnutls/x509.h>
#include <string.h>

#include "base/error.h"
#include "crypto/trust-private.h"

static CryptoTrust *
trust_new (void)
{
  CryptoTrust *trust = g_new0 (CryptoTrust, 1);
  gnutls_x509_trust_list_init (&trust->anchors, 0);
  trust->pins = g_array_new (FALSE, FALSE, sizeof (TrustPin));
  trust->memory = revocation_memory_new ();
  return trust;
}

static gboolean
add_crls (CryptoTrust *trust, const gnutls_datum_t *pem, GError **error)
{
  if (strstr ((const char *) pem->data, "-----BEGIN X509 CRL-----") == NULL)
    return TRUE;
  int rc = gnutls_x509_crl_list_import2 (&trust->crls, &trust->n_crls, pem, GNUTLS_X509_FMT_PEM, 0);
  if (rc >= 0)
    return TRUE;
  g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID,
      "A list of revoked certificates (CRL) beside the site's CA cannot be read: %s",
      gnutls_strerror (rc));
  return FALSE;
}

/* Believes the CA certificates in ca_pem and nobody else, and what CRLs beside them say; with NULL or
 * "" nobody at all until a pin is added. Errors: VISITOR_ERROR_SITE_INVALID if no certificate is in it,
 * or a CRL that cannot be read. Transfer: full. */
CryptoTrust *
crypto_trust_new (const char *ca_pem, GError **error)
{
  g_autoptr (CryptoTrust) trust = trust_new ();
  if (ca_pem == NULL || *ca_pem == '\0')
    return g_steal_pointer (&trust);
  gnutls_datum_t pem = { .data = (uint8_t *) ca_pem, .size = (unsigned int) strlen (ca_pem) };
  int n =
      gnutls_x509_trust_list_add_trust_mem (trust->anchors, &pem, NULL, GNUTLS_X509_FMT_PEM, 0, 0);
  if (n <= 0) {
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID,
        "The site's CA holds no certificate that can be read: %s",
        n < 0 ? gnutls_strerror (n) : "it is empty");
    return NULL;
  }
  return add_crls (trust, &pem, error) ? g_steal_pointer (&trust) : NULL;
}

/* Believes the CAs that this system believes; reads them from disk now. Errors:
 * VISITOR_ERROR_FAILED. Transfer: full. */
CryptoTrust *
crypto_trust_new_system (GError **error)
{
  g_autoptr (CryptoTrust) trust = trust_new ();
  int n = gnutls_x509_trust_list_add_system_trust (trust->anchors, 0, 0);
  if (n < 0) {
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_FAILED,
        "The system's CA certificates cannot be read: %s", gnutls_strerror (n));
    return NULL;
  }
  return g_steal_pointer (&trust);
}

/* Believes the CAs that `base` believes, what was revoked beside them, and keys of its own that are
 * pinned later. base is borrowed for as long as the result lives. Transfer: full. */
CryptoTrust *
crypto_trust_new_above (const CryptoTrust *base)
{
  CryptoTrust *trust = g_new0 (CryptoTrust, 1);
  trust->anchors = base->anchors;
  trust->crls = base->crls;
  trust->n_crls = base->n_crls;
  trust->is_above = true;
  trust->pins = g_array_copy (base->pins);
  trust->memory = revocation_memory_new ();
  return trust;
}

static void
clear_authorities (CryptoTrust *trust)
{
  gnutls_x509_trust_list_deinit (trust->anchors, 1);
  for (unsigned int i = 0; i < trust->n_crls; i++)
    gnutls_x509_crl_deinit (trust->crls[i]);
  gnutls_free (trust->crls);
}

/* NULL is allowed. */
void
crypto_trust_free (CryptoTrust *trust)
{
  if (trust == NULL)
    return;
  if (!trust->is_above)
    clear_authorities (trust);
  g_array_unref (trust->pins);
  revocation_memory_free (trust->memory);
  g_free (trust);
}

/* From now on a peer with this key is believed whatever its certificate says of name, issuer and
 * time: who pins a key has compared the key itself. */
void
crypto_trust_add_pin (CryptoTrust *trust, const uint8_t sha256_of_spki[static CERTIFICATE_PIN_LEN])
{
  TrustPin pin;
  memcpy (pin.sha256, sha256_of_spki, sizeof pin.sha256);
  g_array_append_val (trust->pins, pin);
}

/* From now on a peer whose certificate is not shown to be unrevoked is not believed. */
void
crypto_trust_require_evidence (CryptoTrust *trust)
{
  trust->requires_evidence = true;
}

bool
crypto_trust_requires_evidence (const CryptoTrust *trust)
{
  return trust->requires_evidence;
}
