/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PEM: certificates, and CRLs beside them, as text (RFC 7468), as they are copied into a site.conf.
 *
 * Only the armour and the outermost DER length are looked at; whether a certificate is one, and may be
 * trusted, is for crypto to say. Prose between the blocks, as openssl writes it, is dropped, and the
 * result has one form: LF, 64 columns. */
#include "site/pem.h"

#include <string.h>

#include "base/cursor.h"
#include "base/error.h"

#define COLUMNS 64

typedef struct {
  const char *begin, *end;
  const char *what;
} Label;

static const Label labels[] = {
  { "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----", "certificate" },
  { "-----BEGIN X509 CRL-----", "-----END X509 CRL-----", "list of revoked certificates (CRL)" },
};
static const Label *const certificate = &labels[0];

static gboolean
refuse (GError **error, const char *why)
{
  g_set_error_literal (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID, why);
  return FALSE;
}

/* X.690 section 8.1.3, definite form: one SEQUENCE that fills all of der. */
static gboolean
der_is_one_sequence (Slice der)
{
  Cursor c = cursor_of (der);
  if (cursor_u8 (&c) != 0x30)
    return FALSE;
  size_t len = cursor_u8 (&c);
  if (len > 0x80 && len <= 0x84) {
    size_t octets = len & 0x7f;
    len = 0;
    for (size_t i = 0; i < octets; i++)
      len = len << 8 | cursor_u8 (&c);
  } else if (len >= 0x80) {
    return FALSE;
  }
  cursor_skip (&c, len);
  return cursor_done (&c);
}

static void
append_block (GString *pem, const Label *label, Slice der)
{
  g_autofree char *base64 = g_base64_encode (der.data, der.len);
  g_string_append_printf (pem, "%s\n", label->begin);
  for (const char *p = base64; *p != '\0'; p += strnlen (p, COLUMNS))
    g_string_append_printf (pem, "%.*s\n", COLUMNS, p);
  g_string_append_printf (pem, "%s\n", label->end);
}

/* One certificate in DER as PEM. Transfer: full. */
char *
site_pem_from_der (Slice der, GError **error)
{
  if (!der_is_one_sequence (der)) {
    refuse (error, "this is no certificate, neither in PEM nor in DER");
    return NULL;
  }
  GString *pem = g_string_new (NULL);
  append_block (pem, certificate, der);
  return g_string_free (pem, FALSE);
}

static gboolean
refuse_damaged (const Label *label, GError **error)
{
  g_set_error (
      error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID, "a %s is cut off or damaged", label->what);
  return FALSE;
}

static gboolean
take_block (GString *pem, const Label *label, const char *body, size_t len, GError **error)
{
  static const char alphabet[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
  g_autofree char *base64 = g_malloc (len + 1);
  size_t n = 0;
  for (size_t i = 0; i < len; i++) {
    if (g_ascii_isspace (body[i]))
      continue;
    if (strchr (alphabet, body[i]) == NULL) {
      g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID,
          "a %s holds characters that base64 does not have", label->what);
      return FALSE;
    }
    base64[n++] = body[i];
  }
  base64[n] = '\0';
  gsize der_len;
  g_autofree guchar *der = g_base64_decode (base64, &der_len);
  if (n % 4 != 0 || !der_is_one_sequence (SLICE (der, der_len)))
    return refuse_damaged (label, error);
  append_block (pem, label, SLICE (der, der_len));
  return TRUE;
}

/* The next block of a kind that we know, or NULL. */
static const char *
next_block (const char *text, const Label **ret_label)
{
  const char *first = NULL;
  for (size_t i = 0; i < G_N_ELEMENTS (labels); i++) {
    const char *begin = strstr (text, labels[i].begin);
    if (begin == NULL || (first != NULL && first < begin))
      continue;
    first = begin;
    *ret_label = &labels[i];
  }
  return first;
}

/* All certificates and CRLs of a PEM text in their one form; there must be a certificate. A private key
 * in it is refused: it has no place in a site. Transfer: full. */
char *
site_pem_normalize (const char *text, GError **error)
{
  if (strstr (text, "PRIVATE KEY-----") != NULL) {
    refuse (error, "a private key stands among the certificates; a site holds certificates only");
    return NULL;
  }
  g_autoptr (GString) pem = g_string_new (NULL);
  const Label *label = NULL;
  bool has_certificate = false;
  for (const char *at = next_block (text, &label); at != NULL; at = next_block (at, &label)) {
    const char *body = at + strlen (label->begin);
    const char *end = strstr (body, label->end);
    if (end == NULL) {
      refuse_damaged (label, error);
      return NULL;
    }
    if (!take_block (pem, label, body, (size_t) (end - body), error))
      return NULL;
    has_certificate |= label == certificate;
    at = end + strlen (label->end);
  }
  if (!has_certificate) {
    refuse (error, "this is no certificate, neither in PEM nor in DER");
    return NULL;
  }
  return g_string_free (g_steal_pointer (&pem), FALSE);
}
