/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/algorithm.h"
#include "base/slice.h"

#define CRYPTO_MAX_IV_LEN 16
#define CRYPTO_MAX_ICV_LEN 32

/* One direction of one SA: AEAD, or CBC with a MAC over it. */
typedef struct _CryptoCipher CryptoCipher;

bool crypto_cipher_supported (EncrId encr, unsigned int key_bits, IntegId integ);
size_t crypto_cipher_encr_key_len (EncrId encr, unsigned int key_bits);
size_t crypto_cipher_integ_key_len (IntegId integ);

CryptoCipher *crypto_cipher_new (EncrId encr, unsigned int key_bits, IntegId integ, Slice encr_key,
    Slice integ_key, GError **error);
void crypto_cipher_free (CryptoCipher *cipher);

bool crypto_cipher_is_aead (const CryptoCipher *cipher);
size_t crypto_cipher_iv_len (const CryptoCipher *cipher);
size_t crypto_cipher_icv_len (const CryptoCipher *cipher);
size_t crypto_cipher_block_len (const CryptoCipher *cipher);

void crypto_cipher_make_iv (CryptoCipher *cipher, uint64_t counter, uint8_t *ret_iv);
bool crypto_cipher_seal (CryptoCipher *cipher, Slice aad, const uint8_t *iv, uint8_t *data,
    size_t len, uint8_t *ret_icv);
bool crypto_cipher_seal_with_tail (CryptoCipher *cipher, Slice aad, Slice tail, const uint8_t *iv,
    uint8_t *data, size_t len, uint8_t *ret_icv);
bool crypto_cipher_open_with_tail (CryptoCipher *cipher, Slice aad, Slice tail, const uint8_t *iv,
    uint8_t *data, size_t len, const uint8_t *icv);
bool crypto_cipher_open (CryptoCipher *cipher, Slice aad, const uint8_t *iv, uint8_t *data,
    size_t len, const uint8_t *icv);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CryptoCipher, crypto_cipher_free)
