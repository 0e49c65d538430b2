/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Certificates as a person has chosen them, in a few words: whose the first is, and how many follow. */
#include "config.h"

#include "client/certificate-summary.h"

#include <glib/gi18n-lib.h>
#include <gnutls/x509.h>
#include <string.h>

#define NAME_ROOM 256

/* The common name, or else the whole of it. */
static char *
name_of (gnutls_x509_crt_t cert)
{
  char common[NAME_ROOM];
  size_t len = sizeof common;
  gnutls_datum_t whole = { 0 };
  if (gnutls_x509_crt_get_dn_by_oid (cert, GNUTLS_OID_X520_COMMON_NAME, 0, 0, common, &len) == 0 &&
      len > 0)
    return g_utf8_make_valid (common, (gssize) len);
  if (gnutls_x509_crt_get_dn3 (cert, &whole, 0) != 0)
    return NULL;
  char *name = g_utf8_make_valid ((const char *) whole.data, (gssize) whole.size);
  gnutls_free (whole.data);
  return name;
}

/* NULL if there is none that can be read. Transfer: full. */
char *
visitor_certificate_summary (const char *pem)
{
  const gnutls_datum_t data = { (unsigned char *) pem, (unsigned int) strlen (pem) };
  gnutls_x509_crt_t *list = NULL;
  unsigned int n = 0;
  if (gnutls_x509_crt_list_import2 (&list, &n, &data, GNUTLS_X509_FMT_PEM, 0) < 0)
    return NULL;
  g_autofree char *name = n > 0 ? name_of (list[0]) : NULL;
  for (unsigned int i = 0; i < n; i++)
    gnutls_x509_crt_deinit (list[i]);
  gnutls_free (list);
  if (name == NULL || n == 1)
    return g_steal_pointer (&name);
  /* Translators: the name of one certificate, and how many others there are */
  return g_strdup_printf (
      dngettext (GETTEXT_PACKAGE, "%s and %u more", "%s and %u more", n - 1), name, n - 1);
}
