/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IkePeek: the header of an IKE message, all that the relay ever reads of it. The relay holds no
 * key, so nothing here is proven; session.c says what may be concluded from it. */
#include "gateway/ike-peek.h"

#include "base/cursor.h"

#define FLAG_RESPONSE 0x20
#define PAYLOAD_SK 46
#define PAYLOAD_SKF 53 /* RFC 7383 */

/* Reads the header of a message without its non-ESP marker. False if it is shorter than a header,
 * has no initiator's SPI, or is not as long as it says. */
bool
ike_peek (Slice message, IkePeek *ret_peek)
{
  Cursor c = cursor_of (message);
  IkePeek peek = { 0 };
  peek.spi_i = cursor_u64 (&c);
  peek.spi_r = cursor_u64 (&c);
  uint8_t first_payload = cursor_u8 (&c);
  cursor_skip (&c, 1); /* version: the IPsec gateway answers for it */
  peek.exchange = cursor_u8 (&c);
  peek.is_response = (cursor_u8 (&c) & FLAG_RESPONSE) != 0;
  peek.message_id = cursor_u32 (&c);
  uint32_t length = cursor_u32 (&c);
  peek.is_encrypted = first_payload == PAYLOAD_SK || first_payload == PAYLOAD_SKF;

  cursor_rest (&c);
  if (!cursor_done (&c) || length != message.len || peek.spi_i == 0)
    return false;
  *ret_peek = peek;
  return true;
}
