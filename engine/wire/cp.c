/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The Configuration payload (RFC 7296 section 3.15): attributes as type and value. */
#include "wire/cp.h"

#include "base/cursor.h"

/* Reads its body; values are borrowed. Attributes behind the IKE_MAX_ATTRIBUTESth are left out: a
 * gateway that sends more has nothing useful to say. */
bool
ike_cp_payload_parse (Slice body, IkeCpPayload *ret_cp)
{
  Cursor c = cursor_of (body);
  ret_cp->n = 0;
  ret_cp->cfg_type = cursor_u8 (&c);
  cursor_skip (&c, 3);
  while (cursor_left (&c) > 0) {
    IkeAttribute attribute = { .type = cursor_u16 (&c) & 0x7fff };
    uint16_t length = cursor_u16 (&c);
    attribute.value = cursor_slice (&c, length);
    if (!c.failed && ret_cp->n < IKE_MAX_ATTRIBUTES)
      ret_cp->attributes[ret_cp->n++] = attribute;
  }
  return cursor_done (&c);
}

void
ike_cp_payload_write (IkeChain *chain, const IkeCpPayload *cp)
{
  Reserved payload = ike_chain_begin (chain, IKE_PAYLOAD_CP);
  builder_u8 (&chain->b, cp->cfg_type);
  builder_zeros (&chain->b, 3);
  for (size_t i = 0; i < cp->n; i++) {
    builder_u16 (&chain->b, cp->attributes[i].type);
    Reserved length = builder_reserve_u16 (&chain->b, LENGTH_COUNTS_BODY);
    builder_slice (&chain->b, cp->attributes[i].value);
    builder_fill (&chain->b, length);
  }
  ike_chain_end (chain, payload);
}
