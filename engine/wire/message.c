/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An IKE message as header and chain of payloads (RFC 7296 sections 3.1 and 3.2). */
#include "wire/message.h"

#include "base/cursor.h"

#define FLAG_INITIATOR 0x08
#define FLAG_RESPONSE 0x20
#define VERSION 0x20
#define CRITICAL 0x80

/* Reads the header; false unless its Length is that of the message. */
bool
ike_header_parse (Slice message, IkeHeader *ret_header)
{
  Cursor c = cursor_of (message);
  IkeHeader header = { .spi_i = cursor_u64 (&c), .spi_r = cursor_u64 (&c) };
  header.first_payload = cursor_u8 (&c);
  header.major = cursor_u8 (&c) >> 4;
  header.exchange = cursor_u8 (&c);
  uint8_t flags = cursor_u8 (&c);
  header.message_id = cursor_u32 (&c);
  uint32_t length = cursor_u32 (&c);
  header.is_initiator = (flags & FLAG_INITIATOR) != 0;
  header.is_response = (flags & FLAG_RESPONSE) != 0;
  if (c.failed || length != message.len)
    return false;
  *ret_header = header;
  return true;
}

/* Writes a header; *ret_length is to be filled when the whole message stands behind it. */
void
ike_header_write (Builder *b, const IkeHeader *header, Reserved *ret_length)
{
  builder_u64 (b, header->spi_i);
  builder_u64 (b, header->spi_r);
  builder_u8 (b, header->first_payload);
  builder_u8 (b, VERSION);
  builder_u8 (b, header->exchange);
  builder_u8 (b,
      (uint8_t) ((header->is_initiator ? FLAG_INITIATOR : 0) |
          (header->is_response ? FLAG_RESPONSE : 0)));
  builder_u32 (b, header->message_id);
  builder_u16 (b, 0); /* the upper half of Length: a message of ours stays below 64 KiB */
  *ret_length = builder_reserve_u16_from (b, 0);
}

static bool
is_known (uint8_t type)
{
  return type >= IKE_PAYLOAD_SA && type <= IKE_PAYLOAD_EAP;
}

/* Cuts a chain into payloads. Types that we do not know are left out; if one of them is critical its
 * type goes to *ret_critical. *ret_payloads is written only with IKE_PARSE_OK. */
IkeParse
ike_payloads_parse (uint8_t first, Slice chain, IkePayloads *ret_payloads, uint8_t *ret_critical)
{
  IkePayloads payloads = { .n = 0 };
  Cursor c = cursor_of (chain);
  uint8_t type = first;
  for (size_t i = 0; type != IKE_PAYLOAD_NONE; i++) {
    uint8_t next = cursor_u8 (&c), flags = cursor_u8 (&c);
    uint16_t length = cursor_u16 (&c);
    if (length < 4)
      cursor_fail (&c);
    Slice body = cursor_slice (&c, (size_t) length - 4);
    if (c.failed || i >= IKE_MAX_PAYLOADS || type == IKE_PAYLOAD_SK || type == IKE_PAYLOAD_SKF)
      return IKE_PARSE_SYNTAX;
    if (is_known (type)) {
      payloads.at[payloads.n++] = (IkePayload){ .type = type, .body = body };
    } else if ((flags & CRITICAL) != 0) {
      *ret_critical = type;
      return IKE_PARSE_CRITICAL;
    }
    type = next;
  }
  if (!cursor_done (&c))
    return IKE_PARSE_SYNTAX;
  *ret_payloads = payloads;
  return IKE_PARSE_OK;
}

/* The body of the first payload of that type. */
bool
ike_payloads_find (const IkePayloads *payloads, IkePayloadType type, Slice *ret_body)
{
  for (size_t i = 0; i < payloads->n; i++) {
    if (payloads->at[i].type == type) {
      *ret_body = payloads->at[i].body;
      return true;
    }
  }
  return false;
}

size_t
ike_payloads_count (const IkePayloads *payloads, IkePayloadType type)
{
  size_t n = 0;
  for (size_t i = 0; i < payloads->n; i++)
    n += payloads->at[i].type == type;
  return n;
}

/* Protocol ID, SPI Size, Notify Message Type, SPI, data (section 3.10). */
bool
ike_notify_parse (Slice body, IkeNotify *ret_notify)
{
  Cursor c = cursor_of (body);
  IkeNotify notify = { .protocol = cursor_u8 (&c) };
  uint8_t spi_len = cursor_u8 (&c);
  notify.type = cursor_u16 (&c);
  notify.spi = cursor_slice (&c, spi_len);
  notify.data = cursor_rest (&c);
  if (c.failed)
    return false;
  *ret_notify = notify;
  return true;
}

/* The first notification of that type. */
bool
ike_payloads_notify (const IkePayloads *payloads, uint16_t type, IkeNotify *ret_notify)
{
  for (size_t i = 0; i < payloads->n; i++) {
    IkeNotify notify;
    if (payloads->at[i].type == IKE_PAYLOAD_NOTIFY &&
        ike_notify_parse (payloads->at[i].body, &notify) && notify.type == type) {
      *ret_notify = notify;
      return true;
    }
  }
  return false;
}

/* The first notification that reports an error. */
bool
ike_payloads_error (const IkePayloads *payloads, IkeNotify *ret_notify)
{
  for (size_t i = 0; i < payloads->n; i++) {
    IkeNotify notify;
    if (payloads->at[i].type == IKE_PAYLOAD_NOTIFY &&
        ike_notify_parse (payloads->at[i].body, &notify) && notify.type < IKE_NOTIFY_FIRST_STATUS) {
      *ret_notify = notify;
      return true;
    }
  }
  return false;
}

/* An empty chain in size octets at buf. */
IkeChain
ike_chain_init (void *buf, size_t size)
{
  return (IkeChain){ .b = builder_init (buf, size), .next_at = SIZE_MAX };
}

/* Begins a payload; its body is then written to chain->b, and ike_chain_end () closes it. */
Reserved
ike_chain_begin (IkeChain *chain, IkePayloadType type)
{
  if (chain->next_at == SIZE_MAX)
    chain->first = (uint8_t) type;
  else
    builder_patch_u8 (&chain->b, chain->next_at, (uint8_t) type);
  size_t from = chain->next_at = chain->b.len;
  builder_u8 (&chain->b, IKE_PAYLOAD_NONE);
  builder_u8 (&chain->b, 0);
  return builder_reserve_u16_from (&chain->b, from);
}

void
ike_chain_end (IkeChain *chain, Reserved length)
{
  builder_fill (&chain->b, length);
}

/* A payload whose body is there already. */
void
ike_chain_payload (IkeChain *chain, IkePayloadType type, Slice body)
{
  Reserved length = ike_chain_begin (chain, type);
  builder_slice (&chain->b, body);
  ike_chain_end (chain, length);
}

void
ike_chain_notify (IkeChain *chain, IkeProtocol protocol, Slice spi, IkeNotifyType type, Slice data)
{
  Reserved length = ike_chain_begin (chain, IKE_PAYLOAD_NOTIFY);
  builder_u8 (&chain->b, (uint8_t) protocol);
  builder_u8 (&chain->b, (uint8_t) spi.len);
  builder_u16 (&chain->b, (uint16_t) type);
  builder_slice (&chain->b, spi);
  builder_slice (&chain->b, data);
  ike_chain_end (chain, length);
}
