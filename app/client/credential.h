/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "base/secret.h"
#include "base/signature-scheme.h"
#include "base/slice.h"
#include "site/store.h"

G_BEGIN_DECLS

/* The user's certificate and its key, in a file or on a token. */
typedef struct _VisitorCredential VisitorCredential;

/* What has to be typed before the key can be used. */
typedef enum {
  VISITOR_CREDENTIAL_READY,
  VISITOR_CREDENTIAL_NEEDS_PASSPHRASE,
  VISITOR_CREDENTIAL_NEEDS_PIN,
} VisitorCredentialNeed;

VisitorCredential *visitor_credential_load (SiteStore *store, const Site *site, GError **error);
VisitorCredential *visitor_credential_new (const Site *site, const Secret *key_file);
VisitorCredential *visitor_credential_ref (VisitorCredential *credential);
void visitor_credential_unref (VisitorCredential *credential);

gboolean visitor_credential_unlock (VisitorCredential *credential, Secret *secret_or_null,
    VisitorCredentialNeed *ret_need, GError **error);
void visitor_credential_unlock_async (VisitorCredential *credential, Secret *secret_or_null,
    GAsyncReadyCallback callback, gpointer user_data);
gboolean visitor_credential_unlock_finish (
    GAsyncResult *result, VisitorCredentialNeed *ret_need, GError **error);

const char *visitor_credential_get_label (VisitorCredential *credential);
gboolean visitor_credential_is_last_try (VisitorCredential *credential);
GVariant *visitor_credential_to_variant (VisitorCredential *credential);

GBytes *visitor_credential_sign (
    VisitorCredential *credential, SignatureScheme scheme, Slice octets, GError **error);
void visitor_credential_sign_async (VisitorCredential *credential, SignatureScheme scheme,
    GBytes *octets, GAsyncReadyCallback callback, gpointer user_data);
GBytes *visitor_credential_sign_finish (GAsyncResult *result, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VisitorCredential, visitor_credential_unref)

G_END_DECLS
