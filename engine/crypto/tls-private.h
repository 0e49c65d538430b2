/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>

#include "crypto/signer.h"
#include "crypto/tls.h"

struct _TlsServerCredentials {
  gatomicrefcount refs;
  gnutls_certificate_credentials_t certificate;
  gnutls_datum_t ticket_key;
};

gnutls_session_t tls_stream_library (const TlsStream *stream);

/* tls-signer.c */
typedef struct _TlsSigner TlsSigner;

TlsSigner *tls_signer_new (gnutls_session_t session, const CryptoSigner *signer, int *ret_code);
void tls_signer_free (TlsSigner *signer);
void tls_signer_note (TlsSigner *signer, unsigned int type, const gnutls_datum_t *message);
void tls_signer_show (const TlsSigner *signer, const struct gnutls_cert_retr_st *wanted,
    gnutls_pcert_st **ret_chain, unsigned int *ret_n, gnutls_privkey_t *ret_key);
