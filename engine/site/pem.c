/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PEM: certificates as text (RFC 7468), as they are copied into a site.conf.
 *
 * Only the armour and the outermost DER length are looked at; whether a certificate is one, and may be
 * trusted, is for crypto to say. Prose between the blocks, as openssl writes it, is dropped, and the
 * result has one form: LF, 64 columns. */
#include "site/pem.h"

#include <string.h>

#include "base/cursor.h"
#include "base/error.h"

#define BEGIN "-----BEGIN CERTIFICATE-----"
#define END "-----END CERTIFICATE-----"
#define COLUMNS 64

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
append_block (GString *pem, Slice der)
{
  g_autofree char *base64 = g_base64_encode (der.data, der.len);
  g_string_append (pem, BEGIN "\n");
  for (const char *p = base64; *p != '\0'; p += strnlen (p, COLUMNS))
    g_string_append_printf (pem, "%.*s\n", COLUMNS, p);
  g_string_append (pem, END "\n");
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
  append_block (pem, der);
  return g_string_free (pem, FALSE);
}

static gboolean
take_block (GString *pem, const char *body, size_t len, GError **error)
{
  static const char alphabet[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
  g_autofree char *base64 = g_malloc (len + 1);
  size_t n = 0;
  for (size_t i = 0; i < len; i++) {
    if (g_ascii_isspace (body[i]))
      continue;
    if (strchr (alphabet, body[i]) == NULL)
      return refuse (error, "a certificate holds characters that base64 does not have");
    base64[n++] = body[i];
  }
  base64[n] = '\0';
  gsize der_len;
  g_autofree guchar *der = g_base64_decode (base64, &der_len);
  if (n % 4 != 0 || !der_is_one_sequence (SLICE (der, der_len)))
    return refuse (error, "a certificate is cut off or damaged");
  append_block (pem, SLICE (der, der_len));
  return TRUE;
}

/* All certificates of a PEM text in their one form. A private key in it is refused: it has no place
 * in a site. Transfer: full. */
char *
site_pem_normalize (const char *text, GError **error)
{
  if (strstr (text, "PRIVATE KEY-----") != NULL) {
    refuse (error, "a private key stands among the certificates; a site holds certificates only");
    return NULL;
  }
  g_autoptr (GString) pem = g_string_new (NULL);
  for (const char *begin = strstr (text, BEGIN); begin != NULL; begin = strstr (begin, BEGIN)) {
    const char *body = begin + strlen (BEGIN);
    const char *end = strstr (body, END);
    if (end == NULL) {
      refuse (error, "a certificate is cut off or damaged");
      return NULL;
    }
    if (!take_block (pem, body, (size_t) (end - body), error))
      return NULL;
    begin = end + strlen (END);
  }
  if (pem->len == 0) {
    refuse (error, "this is no certificate, neither in PEM nor in DER");
    return NULL;
  }
  return g_string_free (g_steal_pointer (&pem), FALSE);
}
