/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

#include "crypto/cipher.h"
#include "wire/message.h"

/* Where the encrypted part of a message stands, and what it says of itself in the clear. */
typedef struct {
  size_t content_at; /* of the IV; all before it is authenticated too */
  uint8_t first; /* type of the first payload inside; of a fragment, only in number 1 */
  bool is_fragment;
  uint16_t number, total; /* 1 of 1 where it is no fragment */
} IkeSealed;

bool ike_sealed_parse (const IkeHeader *header, Slice message, IkeSealed *ret_sealed);
bool ike_sealed_open (CryptoCipher *cipher, const IkeSealed *sealed, uint8_t *message, size_t len,
    Slice *ret_content);

GBytes *
ike_sk_seal (CryptoCipher *cipher, uint64_t counter, IkeHeader *header, const IkeChain *chain);
GBytes *ike_skf_seal (CryptoCipher *cipher, uint64_t counter, IkeHeader *header,
    const IkeSealed *fragment, Slice content);
size_t ike_skf_room (const CryptoCipher *cipher, size_t max_len);
GBytes *ike_clear_write (IkeHeader *header, const IkeChain *chain);
