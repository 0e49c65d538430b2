/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/algorithm.h"
#include "base/secret.h"
#include "base/slice.h"
#include "crypto/prf.h"

/* Authentication methods (RFC 7296 section 3.8, RFC 7427 section 3). */
typedef enum {
  IKE_AUTH_SHARED_KEY = 2,
  IKE_AUTH_DIGITAL_SIGNATURE = 14,
} IkeAuthWire;

/* What one side's AUTH covers, in the parts that are signed one behind the other. */
typedef struct {
  PrfId prf;
  Slice message; /* that side's IKE_SA_INIT message, as it was on the wire */
  Slice nonce; /* the other side's nonce */
  const Secret *sk_p; /* SK_pi or SK_pr */
  Slice id_body; /* that side's ID payload without generic header */
  Slice int_auth; /* of ike_int_auth_octets () */
} IkeAuthInput;

GBytes *ike_auth_octets (const IkeAuthInput *input);

void ike_auth_shared_key (
    const IkeAuthInput *input, const Secret *key, uint8_t ret_auth[static CRYPTO_PRF_MAX_LEN]);
bool ike_auth_verify_shared_key (const IkeAuthInput *input, const Secret *key, Slice auth);
bool
ike_auth_verify_signature (const IkeAuthInput *input, Slice cert_der, Slice auth, GError **error);
