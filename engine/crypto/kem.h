/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

#include "base/secret.h"
#include "crypto/random.h"

/* Octets of ML-KEM-768, the one mechanism that there is. */
#define CRYPTO_KEM_PUBLIC_LEN 1184
#define CRYPTO_KEM_CIPHERTEXT_LEN 1088

typedef struct _CryptoKem CryptoKem;

CryptoKem *crypto_kem_new (CryptoRandomFunc random);
void crypto_kem_free (CryptoKem *kem);

Slice crypto_kem_public (const CryptoKem *kem);
Secret *crypto_kem_decapsulate (const CryptoKem *kem, Slice ciphertext, GError **error);

Secret *crypto_kem_encapsulate (Slice peer_public, CryptoRandomFunc random,
    uint8_t ret_ciphertext[static CRYPTO_KEM_CIPHERTEXT_LEN], GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CryptoKem, crypto_kem_free)
