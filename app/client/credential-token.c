/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorCredential on a token: a pkcs11: URI (RFC 7512).
 *
 * A token locks after a few wrong PINs, so each PIN that a person typed goes to it once: when it was
 * wrong the person is asked, and told if one try is left. */

#include <gnutls/pkcs11.h>
#include <string.h>

#include "client/credential-private.h"

#define CKM_RSA_PKCS_PSS 0x0000000dUL

/* gnutls_pin_callback_t. */
static int
give_pin (void *user_data, int attempt, const char *url, const char *label, unsigned int flags,
    char *pin, size_t size)
{
  VisitorCredential *self = user_data;
  if (label != NULL && label[0] != '\0') {
    g_free (self->label);
    self->label = g_utf8_make_valid (label, -1);
  }
  self->last_try = (flags & GNUTLS_PIN_FINAL_TRY) != 0;
  const Secret *give = self->pin != NULL ? self->pin : self->offered_pin;
  if ((flags & GNUTLS_PIN_WRONG) != 0 || attempt > 0)
    self->pin_refused = give != NULL;
  gboolean ours = !self->pin_refused && (flags & GNUTLS_PIN_SO) == 0;
  self->pin_asked = TRUE;
  if (give == NULL || !ours || secret_len (give) >= size)
    return -1;
  memcpy (pin, secret_slice (give).data, secret_len (give));
  pin[secret_len (give)] = '\0';
  return 0;
}

static gboolean
is_locked (const VisitorCredential *self)
{
  unsigned int flags;
  return gnutls_pkcs11_token_get_flags (self->key, &flags) == 0 &&
      (flags & GNUTLS_PKCS11_TOKEN_USER_PIN_LOCKED) != 0;
}

static gboolean
is_there (const VisitorCredential *self)
{
  unsigned int flags;
  return gnutls_pkcs11_token_get_flags (self->key, &flags) == 0;
}

/* What a failure of the token means; the token is asked no more by itself. */
static gboolean
fail (VisitorCredential *self, int code, GError **error)
{
  VisitorError kind = VISITOR_ERROR_CERTIFICATE_UNUSABLE;
  if (code == GNUTLS_E_PKCS11_PIN_LOCKED || is_locked (self))
    kind = VISITOR_ERROR_PIN_LOCKED;
  else if (self->pin_refused || (self->pin_asked && code == GNUTLS_E_PKCS11_PIN_ERROR))
    kind = VISITOR_ERROR_PIN_WRONG;
  else if (!is_there (self))
    kind = VISITOR_ERROR_TOKEN_MISSING;
  return credential_fail (error, kind, self->label, code);
}

/* The certificates of the token that this URI would name, were it one of a certificate. */
static void
find_certs (VisitorCredential *self)
{
  g_autoptr (GString) uri = g_string_new (self->key);
  gnutls_pkcs11_obj_t *list = NULL;
  unsigned int n = 0;
  g_string_replace (uri, "type=private", "type=cert", 1);
  if (gnutls_pkcs11_obj_list_import_url4 (&list, &n, uri->str, GNUTLS_PKCS11_OBJ_FLAG_CRT) < 0)
    return;
  for (unsigned int i = 0; i < n; i++) {
    gnutls_x509_crt_t cert;
    if (self->n_certs < CREDENTIAL_MAX_CERTS && gnutls_x509_crt_init (&cert) == 0) {
      if (gnutls_x509_crt_import_pkcs11 (cert, list[i]) == 0)
        self->certs[self->n_certs++] = cert;
      else
        gnutls_x509_crt_deinit (cert);
    }
    gnutls_pkcs11_obj_deinit (list[i]);
  }
  gnutls_free (list);
}

/* Opens the key on the token. *ret_need is READY before. Errors: TOKEN_MISSING, PIN_WRONG, PIN_LOCKED,
 * CERTIFICATE_UNUSABLE. */
gboolean
credential_open_token (
    VisitorCredential *self, Secret *pin_or_null, VisitorCredentialNeed *ret_need, GError **error)
{
  self->offered_pin = pin_or_null;
  self->pin_asked = self->pin_refused = FALSE;
  int code = gnutls_privkey_init (&self->private_key);
  if (code == 0) {
    gnutls_privkey_set_pin_function (self->private_key, give_pin, self);
    code = gnutls_privkey_import_url (self->private_key, self->key, 0);
  }
  self->offered_pin = NULL;
  if (code < 0 && pin_or_null == NULL && self->pin_asked && !is_locked (self)) {
    *ret_need = VISITOR_CREDENTIAL_NEEDS_PIN;
    return TRUE;
  }
  if (code < 0)
    return fail (self, code, error);
  if (pin_or_null != NULL)
    self->pin = secret_ref (pin_or_null);
  if (self->certificate_pem == NULL)
    find_certs (self);
  return TRUE;
}

/* TRUE if the key is on a token that cannot do RSASSA-PSS. */
gboolean
credential_token_lacks_pss (VisitorCredential *self)
{
  return site_key_is_uri (self->key) &&
      gnutls_pkcs11_token_check_mechanism (self->key, CKM_RSA_PKCS_PSS, NULL, 0, 0) == 0;
}

/* Why the token did not sign. */
int
credential_token_sign_problem (VisitorCredential *self, int code, GError **error)
{
  return fail (self, code, error);
}
