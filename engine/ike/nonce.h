/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/slice.h"
#include "wire/message.h"

#define IKE_NONCE_LEN 32
#define IKE_MIN_NONCE_LEN 16
#define IKE_MAX_NONCE_LEN 256

/* RFC 7296 sections 2.10 and 3.9. */
typedef struct {
  size_t len;
  uint8_t data[IKE_MAX_NONCE_LEN];
} IkeNonce;

Slice ike_nonce_slice (const IkeNonce *nonce);
int ike_nonce_compare (const IkeNonce *a, const IkeNonce *b);
bool ike_nonce_read (const IkePayloads *payloads, IkeNonce *ret_nonce);
