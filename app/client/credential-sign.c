/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorCredential, at work: what an open key can do, and doing it. */
#include "client/credential-private.h"

/* RSA-PSS keys may be bound to one hash. */
static gboolean
pss_allows (const VisitorCredential *self, gnutls_digest_algorithm_t hash)
{
  gnutls_x509_spki_t spki;
  gnutls_digest_algorithm_t bound;
  unsigned int salt;
  gboolean allows = TRUE;
  if (gnutls_x509_spki_init (&spki) < 0)
    return FALSE;
  if (gnutls_privkey_get_spki (self->private_key, spki, 0) == 0 &&
      gnutls_x509_spki_get_rsa_pss_params (spki, &bound, &salt) == 0)
    allows = bound == hash;
  gnutls_x509_spki_deinit (spki);
  return allows;
}

static void
add (GVariantBuilder *list, SignatureScheme scheme)
{
  g_variant_builder_add (list, "s", signature_scheme_to_string (scheme));
}

static void
add_three (GVariantBuilder *list, SignatureScheme sha256)
{
  for (unsigned int i = 0; i < 3; i++)
    add (list, (SignatureScheme) (sha256 + i));
}

static void
add_rsa (VisitorCredential *self, GVariantBuilder *list)
{
  gboolean pss = !credential_token_lacks_pss (self);
  if (pss && self->padding == SITE_RSA_PSS)
    add_three (list, SIGNATURE_RSA_PSS_SHA256);
  add_three (list, SIGNATURE_RSA_PKCS1_SHA256);
  if (pss && self->padding == SITE_RSA_PKCS1)
    add_three (list, SIGNATURE_RSA_PSS_SHA256);
}

static void
add_rsa_pss (const VisitorCredential *self, GVariantBuilder *list)
{
  static const gnutls_digest_algorithm_t hashes[] = { GNUTLS_DIG_SHA256, GNUTLS_DIG_SHA384,
    GNUTLS_DIG_SHA512 };
  for (unsigned int i = 0; i < G_N_ELEMENTS (hashes); i++) {
    if (pss_allows (self, hashes[i]))
      add (list, (SignatureScheme) (SIGNATURE_RSA_PSS_SHA256 + i));
  }
}

/* The hash as long as the curve first. */
static void
add_ecdsa (unsigned int bits, GVariantBuilder *list)
{
  SignatureScheme best = bits > 384 ? SIGNATURE_ECDSA_SHA512
      : bits > 256                  ? SIGNATURE_ECDSA_SHA384
                                    : SIGNATURE_ECDSA_SHA256;
  add (list, best);
  for (unsigned int i = SIGNATURE_ECDSA_SHA512; i >= SIGNATURE_ECDSA_SHA256; i--) {
    if (i != best)
      add (list, (SignatureScheme) i);
  }
}

static GVariant *
schemes (VisitorCredential *self)
{
  GVariantBuilder list;
  unsigned int bits = 0;
  int pk = gnutls_x509_crt_get_pk_algorithm (self->certs[0], &bits);
  g_variant_builder_init (&list, G_VARIANT_TYPE ("as"));
  if (pk == GNUTLS_PK_RSA)
    add_rsa (self, &list);
  else if (pk == GNUTLS_PK_RSA_PSS)
    add_rsa_pss (self, &list);
  else if (pk == GNUTLS_PK_ECDSA)
    add_ecdsa (bits, &list);
  else
    add (&list, SIGNATURE_ED25519);
  return g_variant_builder_end (&list);
}

/* An open credential as Agent1.GetCertificate answers it, (aayas). Floating. */
GVariant *
visitor_credential_to_variant (VisitorCredential *self)
{
  GVariantBuilder chain;
  g_variant_builder_init (&chain, G_VARIANT_TYPE ("aay"));
  for (unsigned int i = 0; i < self->n_certs; i++) {
    gnutls_datum_t der;
    if (gnutls_x509_crt_export2 (self->certs[i], GNUTLS_X509_FMT_DER, &der) < 0)
      continue;
    g_variant_builder_add_value (
        &chain, g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, der.data, der.size, 1));
    gnutls_free (der.data);
  }
  return g_variant_new ("(@aay@as)", g_variant_builder_end (&chain), schemes (self));
}

static gnutls_sign_algorithm_t
algorithm_of (SignatureScheme scheme, gboolean pss_key)
{
  switch (scheme) {
  case SIGNATURE_RSA_PSS_SHA256:
    return pss_key ? GNUTLS_SIGN_RSA_PSS_SHA256 : GNUTLS_SIGN_RSA_PSS_RSAE_SHA256;
  case SIGNATURE_RSA_PSS_SHA384:
    return pss_key ? GNUTLS_SIGN_RSA_PSS_SHA384 : GNUTLS_SIGN_RSA_PSS_RSAE_SHA384;
  case SIGNATURE_RSA_PSS_SHA512:
    return pss_key ? GNUTLS_SIGN_RSA_PSS_SHA512 : GNUTLS_SIGN_RSA_PSS_RSAE_SHA512;
  case SIGNATURE_RSA_PKCS1_SHA256: return GNUTLS_SIGN_RSA_SHA256;
  case SIGNATURE_RSA_PKCS1_SHA384: return GNUTLS_SIGN_RSA_SHA384;
  case SIGNATURE_RSA_PKCS1_SHA512: return GNUTLS_SIGN_RSA_SHA512;
  case SIGNATURE_ECDSA_SHA256: return GNUTLS_SIGN_ECDSA_SHA256;
  case SIGNATURE_ECDSA_SHA384: return GNUTLS_SIGN_ECDSA_SHA384;
  case SIGNATURE_ECDSA_SHA512: return GNUTLS_SIGN_ECDSA_SHA512;
  case SIGNATURE_ED25519: return GNUTLS_SIGN_EDDSA_ED25519;
  case SIGNATURE_NONE:
  case SIGNATURE_N_SCHEMES: break;
  }
  return GNUTLS_SIGN_UNKNOWN;
}

/* Signs octets with an open key. What they are is the caller's to know: see sign-form.h. May block. Errors:
 * INVALID_REQUEST (the key cannot do that, or is closed), and what a token says. Transfer: full. */
GBytes *
visitor_credential_sign (
    VisitorCredential *self, SignatureScheme scheme, Slice octets, GError **error)
{
  int pk = self->private_key != NULL ? gnutls_privkey_get_pk_algorithm (self->private_key, NULL)
                                     : GNUTLS_PK_UNKNOWN;
  gnutls_sign_algorithm_t algorithm = algorithm_of (scheme, pk == GNUTLS_PK_RSA_PSS);
  if (self->private_key == NULL || algorithm == GNUTLS_SIGN_UNKNOWN ||
      gnutls_sign_supports_pk_algorithm (algorithm, (gnutls_pk_algorithm_t) pk) == 0) {
    g_set_error_literal (
        error, VISITOR_ERROR, VISITOR_ERROR_INVALID_REQUEST, "The key does not sign like that");
    return NULL;
  }
  const gnutls_datum_t data = { (unsigned char *) octets.data, (unsigned int) octets.len };
  gnutls_datum_t signature;
  self->pin_asked = self->pin_refused = FALSE;
  int code = gnutls_privkey_sign_data2 (self->private_key, algorithm, 0, &data, &signature);
  if (code < 0 && site_key_is_uri (self->key))
    credential_token_sign_problem (self, code, error);
  else if (code < 0)
    credential_fail (error, VISITOR_ERROR_NO_SIGNATURE, self->label, code);
  if (code < 0)
    return NULL;
  GBytes *bytes = g_bytes_new (signature.data, signature.size);
  gnutls_free (signature.data);
  return bytes;
}

typedef struct {
  VisitorCredential *credential; /* owned */
  SignatureScheme scheme;
  GBytes *octets; /* owned */
} Signing;

static void
signing_free (gpointer data)
{
  Signing *signing = data;
  visitor_credential_unref (signing->credential);
  g_bytes_unref (signing->octets);
  g_free (signing);
}

static void
sign_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Signing *signing = data;
  GError *error = NULL;
  GBytes *signature = visitor_credential_sign (
      signing->credential, signing->scheme, slice_of_bytes (signing->octets), &error);
  if (signature != NULL)
    g_task_return_pointer (task, signature, (GDestroyNotify) g_bytes_unref);
  else
    g_task_return_error (task, error);
}

/* As visitor_credential_sign (), in a thread. One thing at a time for each credential. */
void
visitor_credential_sign_async (VisitorCredential *credential, SignatureScheme scheme,
    GBytes *octets, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  Signing *signing = g_new0 (Signing, 1);
  signing->credential = visitor_credential_ref (credential);
  signing->scheme = scheme;
  signing->octets = g_bytes_ref (octets);
  g_task_set_task_data (task, signing, signing_free);
  g_task_run_in_thread (task, sign_in_thread);
}

/* Transfer: full. */
GBytes *
visitor_credential_sign_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
