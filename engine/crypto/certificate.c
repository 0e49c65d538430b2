/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One certificate by itself: read, and put into words. Whether it is to be believed is CryptoTrust's
 * business. */
#include "crypto/certificate-private.h"

/* A certificate of GnuTLS's; NULL if the octets are none. Transfer: full. */
gnutls_x509_crt_t
crypto_certificate_import (Slice der)
{
  gnutls_x509_crt_t cert;
  gnutls_datum_t datum = { .data = (uint8_t *) der.data, .size = (unsigned int) der.len };
  if (der.len > G_MAXUINT16 || gnutls_x509_crt_init (&cert) != 0)
    return NULL;
  if (gnutls_x509_crt_import (cert, &datum, GNUTLS_X509_FMT_DER) != 0) {
    gnutls_x509_crt_deinit (cert);
    return NULL;
  }
  return cert;
}

/* SHA-256 of the SubjectPublicKeyInfo, as pins have it. */
bool
crypto_certificate_pin (gnutls_x509_crt_t cert, uint8_t ret_pin[static CERTIFICATE_PIN_LEN])
{
  size_t len = CERTIFICATE_PIN_LEN;
  return gnutls_x509_crt_get_key_id (cert, GNUTLS_KEYID_USE_SHA256, ret_pin, &len) == 0 &&
      len == CERTIFICATE_PIN_LEN;
}

/* A name may hold any octets; what comes out is valid UTF-8, and may hold control characters. */
static char *
name_text (gnutls_x509_crt_t cert, int (*get) (gnutls_x509_crt_t, gnutls_datum_t *, unsigned int))
{
  gnutls_datum_t name = { 0 };
  char *text =
      get (cert, &name, 0) == 0 ? g_utf8_make_valid ((const char *) name.data, name.size) : NULL;
  gnutls_free (name.data);
  return text != NULL ? text : g_strdup ("");
}

/* Reads a certificate; false if it is none. */
bool
crypto_certificate_info (Slice der, CertificateInfo *ret_info)
{
  gnutls_x509_crt_t cert = crypto_certificate_import (der);
  if (cert == NULL)
    return false;
  CertificateInfo info = {
    .not_before = gnutls_x509_crt_get_activation_time (cert),
    .not_after = gnutls_x509_crt_get_expiration_time (cert),
  };
  bool ok = crypto_certificate_pin (cert, info.pin);
  if (ok) {
    info.subject = name_text (cert, gnutls_x509_crt_get_dn3);
    info.issuer = name_text (cert, gnutls_x509_crt_get_issuer_dn3);
    *ret_info = info;
  }
  gnutls_x509_crt_deinit (cert);
  return ok;
}

void
certificate_info_clear (CertificateInfo *info)
{
  g_clear_pointer (&info->subject, g_free);
  g_clear_pointer (&info->issuer, g_free);
}

/* One line about a certificate for a log: subject, issuer, validity. Control characters in names are
 * escaped by GnuTLS (RFC 4514). Transfer: full. */
char *
crypto_certificate_describe (Slice der)
{
  gnutls_x509_crt_t cert = crypto_certificate_import (der);
  if (cert == NULL)
    return g_strdup ("not a certificate");
  gnutls_datum_t line = { 0 };
  char *text = NULL;
  if (gnutls_x509_crt_print (cert, GNUTLS_CRT_PRINT_ONELINE, &line) == 0)
    text = g_strescape ((const char *) line.data, "\"");
  gnutls_free (line.data);
  gnutls_x509_crt_deinit (cert);
  return text != NULL ? text : g_strdup ("a certificate that cannot be printed");
}
