/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Distinguished names (X.501), in DER and as RFC 4514 writes them.
 *
 * One name may be written in DER in several ways, by the type of its strings. Two names are the same
 * if they are the same octets, or the same text: attributes in the same order with the same values,
 * letter case included. GnuTLS escapes in the text what could make two names look like one. */
#include "crypto/dn.h"

#include <gnutls/x509.h>
#include <string.h>

static gnutls_x509_dn_t
import (Slice der)
{
  gnutls_x509_dn_t dn;
  const gnutls_datum_t datum = { .data = (uint8_t *) der.data, .size = (unsigned int) der.len };
  if (der.len == 0 || der.len > DN_MAX_LEN || gnutls_x509_dn_init (&dn) != 0)
    return NULL;
  if (gnutls_x509_dn_import (dn, &datum) == 0)
    return dn;
  gnutls_x509_dn_deinit (dn);
  return NULL;
}

/* The octets of a name as a person writes it, "CN=gateway,O=Example", the most special first; NULL if it
 * is none. A blank behind a comma is allowed. Transfer: full. */
GBytes *
crypto_dn_from_text (const char *text)
{
  gnutls_x509_dn_t dn;
  gnutls_datum_t der = { 0 };
  GBytes *bytes = NULL;
  const char *equals = strchr (text, '=');
  if (equals == NULL || equals == text || strlen (text) > DN_MAX_LEN ||
      gnutls_x509_dn_init (&dn) != 0)
    return NULL;
  if (gnutls_x509_dn_set_str (dn, text, NULL) == 0 &&
      gnutls_x509_dn_export2 (dn, GNUTLS_X509_FMT_DER, &der) == 0 && der.size <= DN_MAX_LEN)
    bytes = g_bytes_new (der.data, der.size);
  gnutls_free (der.data);
  gnutls_x509_dn_deinit (dn);
  return bytes;
}

/* The name as RFC 4514 has it, NULL if it is none, is too long or holds a NUL. Transfer: full. */
char *
crypto_dn_to_text (Slice der)
{
  gnutls_x509_dn_t dn = import (der);
  gnutls_datum_t text = { 0 };
  char *result = NULL;
  if (dn == NULL)
    return NULL;
  if (gnutls_x509_dn_get_str2 (dn, &text, 0) == 0 && text.size > 0 &&
      memchr (text.data, 0, text.size) == NULL)
    result = g_strndup ((const char *) text.data, text.size);
  gnutls_free (text.data);
  gnutls_x509_dn_deinit (dn);
  return result;
}

/* True if both are the same name. */
bool
crypto_dn_equal (Slice a, Slice b)
{
  if (a.len == b.len && a.len > 0 && memcmp (a.data, b.data, a.len) == 0)
    return true;
  g_autofree char *text_a = crypto_dn_to_text (a);
  g_autofree char *text_b = crypto_dn_to_text (b);
  return text_a != NULL && text_b != NULL && strcmp (text_a, text_b) == 0;
}

/* The certificate's subject, as it stands there; NULL if it is empty, or this is no certificate.
 * Transfer: full. */
GBytes *
crypto_cert_subject (Slice cert_der)
{
  gnutls_x509_crt_t cert;
  gnutls_datum_t subject = { 0 };
  const gnutls_datum_t der = { .data = (uint8_t *) cert_der.data,
    .size = (unsigned int) cert_der.len };
  GBytes *bytes = NULL;
  if (cert_der.len > G_MAXUINT16 || gnutls_x509_crt_init (&cert) != 0)
    return NULL;
  if (gnutls_x509_crt_import (cert, &der, GNUTLS_X509_FMT_DER) == 0 &&
      gnutls_x509_crt_get_raw_dn (cert, &subject) == 0 && subject.size > 2 &&
      subject.size <= DN_MAX_LEN)
    bytes = g_bytes_new (subject.data, subject.size);
  gnutls_free (subject.data);
  gnutls_x509_crt_deinit (cert);
  return bytes;
}
