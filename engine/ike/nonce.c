/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Nonces (RFC 7296 sections 2.10 and 3.9). Ours have 32 octets: half of the largest PRF's key at least. */
#include "ike/nonce.h"

#include <glib.h>
#include <string.h>

/* The octets, borrowed. */
Slice
ike_nonce_slice (const IkeNonce *nonce)
{
  return SLICE (nonce->data, nonce->len);
}

/* Octet by octet, a prefix being lower: the order of section 2.8.1. */
int
ike_nonce_compare (const IkeNonce *a, const IkeNonce *b)
{
  int difference = memcmp (a->data, b->data, MIN (a->len, b->len));
  if (difference != 0)
    return difference;
  return a->len < b->len ? -1 : a->len > b->len;
}

/* Copies the peer's nonce; false unless there is one of 16 to 256 octets. */
bool
ike_nonce_read (const IkePayloads *payloads, IkeNonce *ret_nonce)
{
  Slice body;
  if (!ike_payloads_find (payloads, IKE_PAYLOAD_NONCE, &body) || body.len < IKE_MIN_NONCE_LEN ||
      body.len > IKE_MAX_NONCE_LEN)
    return false;
  memcpy (ret_nonce->data, body.data, body.len);
  ret_nonce->len = body.len;
  return true;
}
