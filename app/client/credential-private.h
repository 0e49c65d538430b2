/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gnutls/abstract.h>
#include <gnutls/x509.h>

#include "client/credential.h"

#define CREDENTIAL_MAX_CERTS (2 * CHAIN_MAX_CERTS) /* read; fewer go out */

/* What credential.c, credential-file.c and credential-token.c share. One thread at a time is at work on
 * it: a GTask, and nobody looks before that is done. */
struct _VisitorCredential {
  gatomicrefcount refs;
  char *key; /* the site's: a file beside it, or a URI */
  char *certificate_pem; /* NULL: it is with the key */
  SiteRsaPadding padding;
  Secret *key_file; /* NULL with a URI */
  char *label; /* what the person is asked for: the file, or the token's name */

  /* once it is open */
  gnutls_privkey_t private_key;
  gnutls_x509_crt_t certs[CREDENTIAL_MAX_CERTS]; /* our own first, when it is ready */
  unsigned int n_certs;
  Secret *pin; /* that was right; some tokens want it for each signature */

  /* what the token said of its PIN */
  Secret *offered_pin; /* borrowed, while the token is asked */
  gboolean pin_asked, pin_refused, last_try;
};

gboolean credential_fail (GError **error, VisitorError code, const char *what, int gnutls_code);

/* credential-file.c */
gboolean credential_open_file (VisitorCredential *self, const Secret *passphrase_or_null,
    VisitorCredentialNeed *ret_need, GError **error);

/* credential-token.c */
gboolean credential_open_token (
    VisitorCredential *self, Secret *pin_or_null, VisitorCredentialNeed *ret_need, GError **error);
gboolean credential_token_lacks_pss (VisitorCredential *self);
int credential_token_sign_problem (VisitorCredential *self, int code, GError **error);
