/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

#include "crypto/cipher.h"
#include "wire/message.h"

GBytes *
ike_sk_seal (CryptoCipher *cipher, uint64_t counter, IkeHeader *header, const IkeChain *chain);
bool ike_sk_open (CryptoCipher *cipher, const IkeHeader *header, uint8_t *message, size_t len,
    uint8_t *ret_first, Slice *ret_chain);
GBytes *ike_clear_write (IkeHeader *header, const IkeChain *chain);
