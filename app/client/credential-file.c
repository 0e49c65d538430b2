/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorCredential in a file: PEM (PKCS#8, plain or encrypted, PKCS#1, SEC1, and OpenSSL's own old
 * encryption) or PKCS#12. Certificates may stand in the same file. */

#include <gnutls/pkcs12.h>
#include <string.h>

#include "client/credential-private.h"

static const char *
text_of (const Secret *passphrase)
{
  return (const char *) secret_slice (passphrase).data;
}

/* A passphrase as GnuTLS wants it, with a NUL behind it. Transfer: full. */
static Secret *
with_nul (const Secret *passphrase)
{
  uint8_t *room;
  Slice octets = secret_slice (passphrase);
  Secret *copy = secret_new_empty (octets.len + 1, &room);
  memcpy (room, octets.data, octets.len);
  room[octets.len] = '\0';
  return copy;
}

static gboolean
holds (Slice text, const char *what)
{
  return memmem (text.data, text.len, what, strlen (what)) != NULL;
}

static gboolean
is_encrypted (Slice pem)
{
  return holds (pem, "-----BEGIN ENCRYPTED PRIVATE KEY-----") ||
      holds (pem, "Proc-Type: 4,ENCRYPTED");
}

static gboolean
take_key (VisitorCredential *self, gnutls_x509_privkey_t key, GError **error)
{
  int code = gnutls_privkey_init (&self->private_key);
  if (code == 0)
    code = gnutls_privkey_import_x509 (self->private_key, key, GNUTLS_PRIVKEY_IMPORT_AUTO_RELEASE);
  if (code == 0)
    return TRUE;
  gnutls_x509_privkey_deinit (key);
  return credential_fail (error, VISITOR_ERROR_CERTIFICATE_UNUSABLE, self->key, code);
}

static gboolean
open_pem (VisitorCredential *self, const char *passphrase, GError **error)
{
  Slice file = secret_slice (self->key_file);
  const gnutls_datum_t data = { (unsigned char *) file.data, (unsigned int) file.len };
  gnutls_x509_privkey_t key;
  int code = gnutls_x509_privkey_init (&key);
  if (code < 0)
    return credential_fail (error, VISITOR_ERROR_CERTIFICATE_UNUSABLE, self->key, code);
  code = gnutls_x509_privkey_import2 (key, &data, GNUTLS_X509_FMT_PEM, passphrase, 0);
  if (code < 0) {
    gnutls_x509_privkey_deinit (key);
    return credential_fail (error,
        passphrase != NULL ? VISITOR_ERROR_PASSPHRASE_WRONG : VISITOR_ERROR_CERTIFICATE_UNUSABLE,
        self->key, code);
  }
  if (!take_key (self, key, error))
    return FALSE;
  self->n_certs = CREDENTIAL_MAX_CERTS;
  if (self->certificate_pem != NULL || !holds (file, "-----BEGIN CERTIFICATE-----") ||
      gnutls_x509_crt_list_import (self->certs, &self->n_certs, &data, GNUTLS_X509_FMT_PEM, 0) < 0)
    self->n_certs = 0;
  return TRUE;
}

static void
take_certs (VisitorCredential *self, gnutls_x509_crt_t *list, unsigned int n)
{
  for (unsigned int i = 0; i < n; i++) {
    if (self->n_certs < CREDENTIAL_MAX_CERTS && self->certificate_pem == NULL)
      self->certs[self->n_certs++] = list[i];
    else
      gnutls_x509_crt_deinit (list[i]);
  }
  gnutls_free (list);
}

static gboolean
parse_pkcs12 (VisitorCredential *self, gnutls_pkcs12_t bag, const char *passphrase, GError **error)
{
  gnutls_x509_privkey_t key = NULL;
  gnutls_x509_crt_t *chain = NULL, *others = NULL;
  unsigned int n_chain = 0, n_others = 0;
  int code = gnutls_pkcs12_verify_mac (bag, passphrase);
  if (code < 0)
    return credential_fail (error, VISITOR_ERROR_PASSPHRASE_WRONG, self->key, code);
  code = gnutls_pkcs12_simple_parse (
      bag, passphrase, &key, &chain, &n_chain, &others, &n_others, NULL, 0);
  if (code < 0)
    return credential_fail (error, VISITOR_ERROR_CERTIFICATE_UNUSABLE, self->key, code);
  take_certs (self, chain, n_chain);
  take_certs (self, others, n_others);
  if (key == NULL)
    return credential_fail (error, VISITOR_ERROR_CERTIFICATE_UNUSABLE, self->key,
        GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE);
  return take_key (self, key, error);
}

/* Some have no passphrase, which is tried before anybody is asked. */
static gboolean
open_pkcs12 (VisitorCredential *self, const char *passphrase_or_null,
    VisitorCredentialNeed *ret_need, GError **error)
{
  Slice file = secret_slice (self->key_file);
  const gnutls_datum_t data = { (unsigned char *) file.data, (unsigned int) file.len };
  gnutls_pkcs12_t bag;
  gboolean ok = TRUE;
  int code = gnutls_pkcs12_init (&bag);
  if (code == 0)
    code = gnutls_pkcs12_import (bag, &data, GNUTLS_X509_FMT_DER, 0);
  if (code < 0)
    ok = credential_fail (error, VISITOR_ERROR_CERTIFICATE_UNUSABLE, self->key, code);
  else if (passphrase_or_null == NULL && gnutls_pkcs12_verify_mac (bag, "") < 0)
    *ret_need = VISITOR_CREDENTIAL_NEEDS_PASSPHRASE;
  else
    ok = parse_pkcs12 (self, bag, passphrase_or_null != NULL ? passphrase_or_null : "", error);
  gnutls_pkcs12_deinit (bag);
  return ok;
}

/* Opens the key file. *ret_need is READY before. Errors: PASSPHRASE_WRONG, CERTIFICATE_UNUSABLE. */
gboolean
credential_open_file (VisitorCredential *self, const Secret *passphrase_or_null,
    VisitorCredentialNeed *ret_need, GError **error)
{
  Slice file = secret_slice (self->key_file);
  g_autoptr (Secret) terminated = passphrase_or_null != NULL ? with_nul (passphrase_or_null) : NULL;
  const char *passphrase = terminated != NULL ? text_of (terminated) : NULL;
  if (!holds (file, "-----BEGIN "))
    return open_pkcs12 (self, passphrase, ret_need, error);
  if (!is_encrypted (file))
    return open_pem (self, NULL, error);
  if (passphrase != NULL)
    return open_pem (self, passphrase, error);
  *ret_need = VISITOR_CREDENTIAL_NEEDS_PASSPHRASE;
  return TRUE;
}
