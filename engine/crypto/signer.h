/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/signature-scheme.h"
#include "base/slice.h"

/* Our own certificate, and somebody who signs with its key: the key itself is in no process that
 * speaks to the network. */
typedef struct _CryptoSigner CryptoSigner;

/* Signs octets and returns when that is done, which may take seconds; NULL: it was refused. Transfer:
 * full. For TLS, whose handshake cannot wait otherwise; IKE_AUTH asks by an event. */
typedef GBytes *(*CryptoSignFunc) (void *user_data, SignatureScheme scheme, Slice octets);

CryptoSigner *crypto_signer_new (GPtrArray *chain, const SignatureScheme *schemes, size_t n_schemes,
    CryptoSignFunc sign, void *user_data, GError **error);
void crypto_signer_free (CryptoSigner *signer);

size_t crypto_signer_n_certs (const CryptoSigner *signer);
Slice crypto_signer_cert (const CryptoSigner *signer, size_t index);
const SignatureScheme *crypto_signer_schemes (const CryptoSigner *signer, size_t *ret_n);
SignatureScheme crypto_signer_choose (const CryptoSigner *signer, unsigned int hashes);
int crypto_signer_key (const CryptoSigner *signer, unsigned int *ret_bits);
GBytes *crypto_signer_sign (const CryptoSigner *signer, SignatureScheme scheme, Slice octets);
bool crypto_signer_made (const CryptoSigner *signer, SignatureScheme scheme,
    const Slice *signed_parts, size_t n_parts, Slice signature);

unsigned int signature_scheme_hash (SignatureScheme scheme);
Slice signature_scheme_identifier (SignatureScheme scheme);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CryptoSigner, crypto_signer_free)
