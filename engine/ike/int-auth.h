/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "crypto/prf.h"
#include "wire/message.h"

/* What both sides have said in IKE_INTERMEDIATE so far, as AUTH will cover it: IntAuth_i | IntAuth_r |
 * the message ID of the first IKE_AUTH. All zero: nothing. */
typedef struct {
  uint32_t n; /* exchanges */
  uint8_t octets[2 * CRYPTO_PRF_MAX_LEN + 4];
  size_t len; /* of the octets; 0 before the first exchange is over */
} IkeIntAuth;

void ike_int_auth_add (IkeIntAuth *auth, PrfId prf, const Secret *sk_p, const IkeHeader *header,
    uint8_t first, Slice chain);
Slice ike_int_auth_octets (const IkeIntAuth *auth);
