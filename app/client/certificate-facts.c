/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorCertificateFacts: a certificate in a file that a person has chosen, as it is shown before it is
 * believed. */
#include "client/certificate-facts.h"

#include <gnutls/x509.h>
#include <string.h>

#include "client/trust-question.h"

static GBytes *
to_bytes (gnutls_x509_crt_t cert, gnutls_x509_crt_fmt_t format)
{
  gnutls_datum_t data = { 0 };
  if (gnutls_x509_crt_export2 (cert, format, &data) != 0)
    return NULL;
  GBytes *bytes = g_bytes_new (data.data, data.size);
  gnutls_free (data.data);
  return bytes;
}

static char *
to_text (gnutls_x509_crt_t cert)
{
  gsize len;
  g_autoptr (GBytes) pem = to_bytes (cert, GNUTLS_X509_FMT_PEM);
  const char *text = pem != NULL ? g_bytes_get_data (pem, &len) : NULL;
  return text != NULL ? g_strndup (text, len) : NULL;
}

static char *
subject_of (gnutls_x509_crt_t cert)
{
  gnutls_datum_t dn = { 0 };
  if (gnutls_x509_crt_get_dn3 (cert, &dn, 0) != 0)
    return g_strdup ("");
  char *subject = g_utf8_make_valid ((const char *) dn.data, (gssize) dn.size);
  gnutls_free (dn.data);
  return subject;
}

static char *
fingerprint_of (gnutls_x509_crt_t cert)
{
  guint8 sha256[SITE_PIN_LEN];
  size_t len = sizeof sha256;
  if (gnutls_x509_crt_get_fingerprint (cert, GNUTLS_DIG_SHA256, sha256, &len) != 0)
    return NULL;
  return visitor_fingerprint (sha256);
}

static VisitorCertificateFacts *
facts_of (gnutls_x509_crt_t cert)
{
  unsigned int critical, is_ca = 0;
  int path_len;
  g_autoptr (VisitorCertificateFacts) facts = g_new0 (VisitorCertificateFacts, 1);
  facts->subject = subject_of (cert);
  facts->sha256 = fingerprint_of (cert);
  facts->pem = to_text (cert);
  facts->der = to_bytes (cert, GNUTLS_X509_FMT_DER);
  if (facts->sha256 == NULL || facts->pem == NULL || facts->der == NULL)
    return NULL;
  (void) gnutls_x509_crt_get_basic_constraints (cert, &critical, &is_ca, &path_len);
  facts->is_ca = is_ca != 0;
  return g_steal_pointer (&facts);
}

/* One certificate, in DER or PEM; NULL if it is none. Transfer: full. */
VisitorCertificateFacts *
visitor_certificate_facts_new (const guint8 *octets, gsize len)
{
  gnutls_x509_crt_t cert;
  const gnutls_datum_t data = { (unsigned char *) octets, (unsigned int) len };
  gnutls_x509_crt_fmt_t format =
      len > 0 && octets[0] == 0x30 ? GNUTLS_X509_FMT_DER : GNUTLS_X509_FMT_PEM;
  if (gnutls_x509_crt_init (&cert) != 0)
    return NULL;
  VisitorCertificateFacts *facts =
      gnutls_x509_crt_import (cert, &data, format) == 0 ? facts_of (cert) : NULL;
  gnutls_x509_crt_deinit (cert);
  return facts;
}

/* All certificates of a text in PEM; NULL if they cannot be read. Transfer: full. */
GPtrArray *
visitor_certificate_facts_list (const char *pem)
{
  const gnutls_datum_t data = { (unsigned char *) pem, (unsigned int) strlen (pem) };
  gnutls_x509_crt_t *certs = NULL;
  unsigned int n = 0;
  if (gnutls_x509_crt_list_import2 (&certs, &n, &data, GNUTLS_X509_FMT_PEM, 0) < 0)
    return NULL;
  GPtrArray *list =
      g_ptr_array_new_with_free_func ((GDestroyNotify) visitor_certificate_facts_free);
  for (unsigned int i = 0; i < n; i++) {
    VisitorCertificateFacts *facts = facts_of (certs[i]);
    if (facts != NULL)
      g_ptr_array_add (list, facts);
    gnutls_x509_crt_deinit (certs[i]);
  }
  gnutls_free (certs);
  return list;
}

/* NULL is allowed. */
void
visitor_certificate_facts_free (VisitorCertificateFacts *facts)
{
  if (facts == NULL)
    return;
  g_free (facts->subject);
  g_free (facts->sha256);
  g_free (facts->pem);
  g_clear_pointer (&facts->der, g_bytes_unref);
  g_free (facts);
}
