/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IntAuth (RFC 9242 section 3.3.2): what was said between IKE_SA_INIT and IKE_AUTH becomes part of what
 * AUTH covers, so that nobody who broke the first keys can have changed it.
 *
 * Each message counts as if it had been sent whole and in the clear: the IKE header and the Encrypted
 * payload's header with lengths that leave out IV, padding and ICV, and the payloads inside. */
#include "ike/int-auth.h"

#include <string.h>

static void
put_message_id (IkeIntAuth *auth, size_t at)
{
  Builder b = builder_init (auth->octets, sizeof auth->octets);
  builder_space (&b, at);
  builder_u32 (&b, ++auth->n + 1);
  auth->len = b.len;
}

/* Counts one message, the request before its response, with the SK_pi or SK_pr of the keys that it was
 * sealed with. */
void
ike_int_auth_add (IkeIntAuth *auth, PrfId prf, const Secret *sk_p, const IkeHeader *header,
    uint8_t first, Slice chain)
{
  uint8_t clear[IKE_HEADER_LEN + 4], mac[CRYPTO_PRF_MAX_LEN];
  Builder b = builder_init (clear, sizeof clear);
  Reserved length;
  IkeHeader whole = *header;
  whole.first_payload = IKE_PAYLOAD_SK;
  ike_header_write (&b, &whole, &length);
  builder_u8 (&b, first);
  builder_u8 (&b, 0);
  builder_u16 (&b, (uint16_t) (4 + chain.len));
  builder_patch_u32 (&b, IKE_HEADER_LEN - 4, (uint32_t) (sizeof clear + chain.len));
  size_t mac_len = crypto_prf_len (prf);
  uint8_t *sum = auth->octets + (header->is_response ? mac_len : 0);
  const Slice parts[] = { SLICE (sum, auth->n > 0 ? mac_len : 0), builder_result (&b), chain };
  crypto_prf (prf, secret_slice (sk_p), parts, G_N_ELEMENTS (parts), mac);
  memcpy (sum, mac, mac_len);
  if (header->is_response)
    put_message_id (auth, 2 * mac_len);
}

/* What AUTH covers; empty where there was no IKE_INTERMEDIATE. IKE_AUTH follows it at once, so that its
 * message ID is the next. Borrowed. */
Slice
ike_int_auth_octets (const IkeIntAuth *auth)
{
  return SLICE (auth->octets, auth->len);
}
