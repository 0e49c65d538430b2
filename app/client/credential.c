/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorCredential: the user's certificate, and the key that never leaves this process.
 *
 * It is loaded closed. Opening it may need a passphrase or a PIN, which the caller asks a person for;
 * then the certificate is held to what can be known here: that it is the key's, that it is its time, that
 * the key is strong enough. Tokens and decryption take their time, so both the opening and the signing
 * can be had in a thread of their own. */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "client/credential-private.h"

#define RSA_MIN_BITS 2048
#define EC_MIN_BITS 256

/* Sets an error about the key file, the token or the certificate `what`. */
gboolean
credential_fail (GError **error, VisitorError code, const char *what, int gnutls_code)
{
  g_set_error (error, VISITOR_ERROR, (int) code, "%s: %s", what, gnutls_strerror (gnutls_code));
  return FALSE;
}

static gboolean
refuse (GError **error, VisitorError code, const char *why)
{
  g_set_error_literal (error, VISITOR_ERROR, (int) code, why);
  return FALSE;
}

/* The credential of a site that signs in by certificate; its key file is read now.
 * CERTIFICATE_UNUSABLE, STORAGE. Transfer: full. */
VisitorCredential *
visitor_credential_load (SiteStore *store, const Site *site, GError **error)
{
  if (site_key_is_uri (site->key))
    return visitor_credential_new (site, NULL);
  g_autoptr (Secret) file = site_store_read_key (store, site, error);
  if (file == NULL && error != NULL && (*error)->code == VISITOR_ERROR_SITE_NOT_FOUND)
    (*error)->code = VISITOR_ERROR_CERTIFICATE_UNUSABLE;
  return file != NULL ? visitor_credential_new (site, file) : NULL;
}

/* As above, with what stands in the key file; NULL with a URI. Transfer: full. */
VisitorCredential *
visitor_credential_new (const Site *site, const Secret *key_file)
{
  VisitorCredential *self = g_new0 (VisitorCredential, 1);
  g_atomic_ref_count_init (&self->refs);
  self->key = g_strdup (site->key);
  self->label = g_strdup (site->key);
  self->certificate_pem = g_strdup (site->certificate_pem);
  self->padding = site->rsa_padding;
  if (key_file != NULL)
    self->key_file = secret_ref ((Secret *) key_file);
  return self;
}

VisitorCredential *
visitor_credential_ref (VisitorCredential *credential)
{
  g_atomic_ref_count_inc (&credential->refs);
  return credential;
}

static void
close_key (VisitorCredential *self)
{
  for (unsigned int i = 0; i < self->n_certs; i++)
    gnutls_x509_crt_deinit (self->certs[i]);
  self->n_certs = 0;
  g_clear_pointer (&self->private_key, gnutls_privkey_deinit);
  g_clear_pointer (&self->pin, secret_unref);
}

void
visitor_credential_unref (VisitorCredential *credential)
{
  if (!g_atomic_ref_count_dec (&credential->refs))
    return;
  close_key (credential);
  g_clear_pointer (&credential->key_file, secret_unref);
  g_free (credential->key);
  g_free (credential->label);
  g_free (credential->certificate_pem);
  g_free (credential);
}

static gboolean
read_site_certs (VisitorCredential *self, GError **error)
{
  if (self->certificate_pem == NULL)
    return self->n_certs > 0 ||
        refuse (error, VISITOR_ERROR_CERTIFICATE_UNUSABLE,
            _ ("There is no certificate with the key; the site's key “certificate” can name one."));
  const gnutls_datum_t pem = { (unsigned char *) self->certificate_pem,
    (unsigned int) strlen (self->certificate_pem) };
  self->n_certs = CREDENTIAL_MAX_CERTS;
  int code =
      gnutls_x509_crt_list_import (self->certs, &self->n_certs, &pem, GNUTLS_X509_FMT_PEM, 0);
  if (code >= 0)
    return TRUE;
  self->n_certs = 0;
  return credential_fail (
      error, VISITOR_ERROR_CERTIFICATE_UNUSABLE, _ ("The certificate of the site"), code);
}

static gboolean
key_id (gnutls_pubkey_t key, guint8 ret_id[static 32])
{
  size_t len = 32;
  return gnutls_pubkey_get_key_id (key, GNUTLS_KEYID_USE_SHA256, ret_id, &len) == 0 && len == 32;
}

/* The key's id; FALSE where a token does not tell its public half. */
static gboolean
own_key_id (const VisitorCredential *self, guint8 ret_id[static 32])
{
  gnutls_pubkey_t key;
  if (gnutls_pubkey_init (&key) < 0)
    return FALSE;
  gboolean ok =
      gnutls_pubkey_import_privkey (key, self->private_key, 0, 0) == 0 && key_id (key, ret_id);
  gnutls_pubkey_deinit (key);
  return ok;
}

static gboolean
cert_has_key (gnutls_x509_crt_t cert, const guint8 id[static 32])
{
  guint8 of_cert[32];
  size_t len = sizeof of_cert;
  return gnutls_x509_crt_get_key_id (cert, GNUTLS_KEYID_USE_SHA256, of_cert, &len) == 0 &&
      memcmp (of_cert, id, sizeof of_cert) == 0;
}

/* Puts the key's certificate first. */
static gboolean
find_own (VisitorCredential *self, GError **error)
{
  guint8 id[32];
  if (!own_key_id (self, id))
    return TRUE; /* the first has to be it, and who verifies a signature will see */
  for (unsigned int i = 0; i < self->n_certs; i++) {
    if (!cert_has_key (self->certs[i], id))
      continue;
    gnutls_x509_crt_t own = self->certs[i];
    self->certs[i] = self->certs[0];
    self->certs[0] = own;
    return TRUE;
  }
  return refuse (
      error, VISITOR_ERROR_KEY_MISMATCH, _ ("None of the certificates belongs to the key."));
}

static gboolean
check_time (gnutls_x509_crt_t cert, GError **error)
{
  time_t from = gnutls_x509_crt_get_activation_time (cert);
  time_t to = gnutls_x509_crt_get_expiration_time (cert);
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  if (now >= from && now <= to)
    return TRUE;
  g_autoptr (GDateTime) moment = g_date_time_new_from_unix_local (now < from ? from : to);
  g_autofree char *text = g_date_time_format (moment, "%x");
  g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_CERTIFICATE_EXPIRED,
      now < from ? _ ("It is valid from %s on.") : _ ("It was valid until %s."), text);
  return FALSE;
}

static gboolean
is_self_issued (gnutls_x509_crt_t cert)
{
  return gnutls_x509_crt_check_issuer (cert, cert) != 0;
}

/* Roots stay here: the gateway has its own, or does not believe ours. */
static void
drop_roots (VisitorCredential *self)
{
  unsigned int kept = 1;
  for (unsigned int i = 1; i < self->n_certs; i++) {
    if (is_self_issued (self->certs[i]) || kept >= CHAIN_MAX_CERTS)
      gnutls_x509_crt_deinit (self->certs[i]);
    else
      self->certs[kept++] = self->certs[i];
  }
  self->n_certs = kept;
}

static gboolean
check_strength (VisitorCredential *self, GError **error)
{
  unsigned int bits = 0;
  int pk = gnutls_x509_crt_get_pk_algorithm (self->certs[0], &bits); /* a token may not tell */
  switch (pk) {
  case GNUTLS_PK_RSA:
  case GNUTLS_PK_RSA_PSS:
    return bits >= RSA_MIN_BITS ||
        refuse (error, VISITOR_ERROR_CERTIFICATE_UNUSABLE,
            _ ("The RSA key is shorter than 2048 bits."));
  case GNUTLS_PK_ECDSA:
    return bits >= EC_MIN_BITS ||
        refuse (error, VISITOR_ERROR_CERTIFICATE_UNUSABLE,
            _ ("The elliptic curve of the key is shorter than 256 bits."));
  case GNUTLS_PK_EDDSA_ED25519: return TRUE;
  default: break;
  }
  return refuse (
      error, VISITOR_ERROR_CERTIFICATE_UNUSABLE, _ ("The key is neither RSA, ECDSA nor Ed25519."));
}

/* Opens the key and looks at the certificate. secret_or_null is what was typed: TRUE with *ret_need not
 * READY says that without it nothing can be done. May block; see visitor_credential_unlock_async (). Errors:
 * PASSPHRASE_WRONG, PIN_WRONG, PIN_LOCKED, TOKEN_MISSING, KEY_MISMATCH, CERTIFICATE_EXPIRED,
 * CERTIFICATE_UNUSABLE. */
gboolean
visitor_credential_unlock (VisitorCredential *self, Secret *secret_or_null,
    VisitorCredentialNeed *ret_need, GError **error)
{
  *ret_need = VISITOR_CREDENTIAL_READY;
  close_key (self);
  gboolean ok = self->key_file != NULL
      ? credential_open_file (self, secret_or_null, ret_need, error)
      : credential_open_token (self, secret_or_null, ret_need, error);
  if (ok && *ret_need != VISITOR_CREDENTIAL_READY) {
    close_key (self);
    return TRUE;
  }
  ok = ok && read_site_certs (self, error) && find_own (self, error) &&
      check_time (self->certs[0], error) && check_strength (self, error);
  if (ok)
    drop_roots (self);
  else
    close_key (self);
  return ok;
}

typedef struct {
  VisitorCredential *credential; /* owned */
  Secret *secret; /* owned, or NULL */
  VisitorCredentialNeed need;
} Unlocking;

static void
unlocking_free (gpointer data)
{
  Unlocking *unlocking = data;
  visitor_credential_unref (unlocking->credential);
  g_clear_pointer (&unlocking->secret, secret_unref);
  g_free (unlocking);
}

static void
unlock_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Unlocking *unlocking = data;
  GError *error = NULL;
  if (visitor_credential_unlock (
          unlocking->credential, unlocking->secret, &unlocking->need, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* As visitor_credential_unlock (), in a thread. One thing at a time for each credential. */
void
visitor_credential_unlock_async (VisitorCredential *credential, Secret *secret_or_null,
    GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  Unlocking *unlocking = g_new0 (Unlocking, 1);
  unlocking->credential = visitor_credential_ref (credential);
  unlocking->secret = secret_or_null != NULL ? secret_ref (secret_or_null) : NULL;
  g_task_set_task_data (task, unlocking, unlocking_free);
  g_task_run_in_thread (task, unlock_in_thread);
}

gboolean
visitor_credential_unlock_finish (
    GAsyncResult *result, VisitorCredentialNeed *ret_need, GError **error)
{
  const Unlocking *unlocking = g_task_get_task_data (G_TASK (result));
  *ret_need = unlocking->need;
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* What is locked, for a person: the name of the key's file, or of the token. */
const char *
visitor_credential_get_label (VisitorCredential *self)
{
  return self->label;
}

/* TRUE if the token will lock after one more wrong PIN. */
gboolean
visitor_credential_is_last_try (VisitorCredential *self)
{
  return self->last_try;
}
