/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Quick crash detection (RFC 6290) as token taker: a gateway that has lost our SA can say so, although
 * it has no key left to say it with, by the token that it gave us while it had. The token is good for
 * this once; nothing else that nobody has sealed is believed. */
#include "base/cursor.h"
#include "ike/moves.h"
#include "wire/legality.h"

#define MIN_TOKEN_LEN 16
#define MAX_TOKEN_LEN 128

/* QUICK_CRASH_DETECTION in IKE_AUTH, in the rekey of the IKE SA, or in a request that replaces the one
 * before (sections 4.1 to 4.4). */
void
ike_crash_take_token (IkeSa *sa, const IkePayloads *payloads)
{
  IkeNotify notify;
  if (!ike_payloads_notify (payloads, IKE_NOTIFY_QUICK_CRASH_DETECTION, &notify) ||
      notify.data.len < MIN_TOKEN_LEN || notify.data.len > MAX_TOKEN_LEN)
    return;
  g_clear_pointer (&sa->crash_token, secret_unref);
  sa->crash_token = secret_new (notify.data.data, notify.data.len);
}

/* True if a message, which claims to come from the peer of this SA and is not sealed, says that the SA
 * is gone and proves it: INVALID_IKE_SPI and the token (section 4.5). */
bool
ike_crash_is_told (const IkeSa *sa, const IkeHeader *header, Slice message)
{
  IkePayloads payloads;
  IkeNotify notify;
  uint8_t critical;
  Slice chain = SLICE (message.data + IKE_HEADER_LEN, message.len - IKE_HEADER_LEN);
  if (sa->crash_token == NULL || header->first_payload != IKE_PAYLOAD_NOTIFY ||
      ike_message_parse (header, header->first_payload, chain, &payloads, &critical) !=
          IKE_PARSE_OK ||
      !ike_payloads_notify (&payloads, IKE_NOTIFY_INVALID_IKE_SPI, &notify) ||
      !ike_payloads_notify (&payloads, IKE_NOTIFY_QUICK_CRASH_DETECTION, &notify))
    return false;
  Slice token = secret_slice (sa->crash_token);
  return notify.data.len == token.len &&
      bytes_equal_secret (notify.data.data, token.data, token.len);
}
