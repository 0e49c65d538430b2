/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The Delete payload (RFC 7296 section 3.11). */
#include "wire/delete.h"

#include "base/cursor.h"

/* Reads its body. False if the SPI size is not that of the protocol or the count lies. */
bool
ike_delete_parse (Slice body, IkeDelete *ret_delete)
{
  Cursor c = cursor_of (body);
  IkeDelete delete = { .protocol = cursor_u8 (&c) };
  uint8_t spi_len = cursor_u8 (&c);
  uint16_t n = cursor_u16 (&c);
  bool is_ike = delete.protocol == IKE_PROTOCOL_IKE;
  if (c.failed || spi_len != (is_ike ? 0 : 4) || n > IKE_MAX_DELETED || (is_ike && n != 0))
    return false;
  for (delete.n = 0; delete.n < n; delete.n++)
    delete.spis[delete.n] = cursor_u32 (&c);
  if (!cursor_done (&c))
    return false;
  *ret_delete = delete;
  return true;
}

void
ike_delete_write (IkeChain *chain, const IkeDelete *delete)
{
  Reserved length = ike_chain_begin (chain, IKE_PAYLOAD_DELETE);
  builder_u8 (&chain->b, delete->protocol);
  builder_u8 (&chain->b, delete->protocol == IKE_PROTOCOL_IKE ? 0 : 4);
  builder_u16 (&chain->b, (uint16_t) delete->n);
  for (size_t i = 0; i < delete->n; i++)
    builder_u32 (&chain->b, delete->spis[i]);
  ike_chain_end (chain, length);
}
