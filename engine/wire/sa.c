/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The Security Association payload (RFC 7296 section 3.3): proposals, their transforms, and the one
 * attribute that exists, Key Length. What is acceptable is decided in engine/ike. */
#include "wire/sa.h"

#include "base/cursor.h"

#define ATTRIBUTE_SHORT 0x8000
#define ATTRIBUTE_KEY_LENGTH 14
#define LAST 0
#define MORE_PROPOSALS 2
#define MORE_TRANSFORMS 3

/* Attributes: type with the AF bit, then a value or a length and so many octets. */
static void
parse_attributes (Cursor *c, IkeTransform *transform)
{
  while (cursor_left (c) > 0) {
    uint16_t type = cursor_u16 (c), value = cursor_u16 (c);
    if (type == (ATTRIBUTE_SHORT | ATTRIBUTE_KEY_LENGTH)) {
      transform->key_bits = value;
    } else {
      transform->has_unknown = true;
      if ((type & ATTRIBUTE_SHORT) == 0)
        cursor_skip (c, value);
    }
  }
}

/* One transform; *ret_more is false for the last. */
static bool
parse_transform (Cursor *c, IkeTransform *ret_transform, bool *ret_more)
{
  uint8_t more = cursor_u8 (c);
  cursor_skip (c, 1);
  uint16_t length = cursor_u16 (c);
  if (length < 8)
    cursor_fail (c);
  Cursor in = cursor_sub (c, (size_t) length - 4);
  IkeTransform transform = { .type = cursor_u8 (&in) };
  cursor_skip (&in, 1);
  transform.id = cursor_u16 (&in);
  parse_attributes (&in, &transform);
  *ret_transform = transform;
  *ret_more = more == MORE_TRANSFORMS;
  return cursor_done (&in) && (more == MORE_TRANSFORMS || more == LAST);
}

/* *ret_fits is false where it has more transforms than we keep: then it is not to be chosen, as one that
 * we did not see may ask for what we cannot. */
static bool
parse_proposal (Cursor *c, IkeProposal *proposal, bool *ret_more, bool *ret_fits)
{
  uint8_t more = cursor_u8 (c);
  cursor_skip (c, 1);
  uint16_t length = cursor_u16 (c);
  if (length < 8)
    cursor_fail (c);
  Cursor in = cursor_sub (c, (size_t) length - 4);
  proposal->number = cursor_u8 (&in);
  proposal->protocol = cursor_u8 (&in);
  uint8_t spi_len = cursor_u8 (&in), n = cursor_u8 (&in);
  proposal->spi = cursor_slice (&in, spi_len);
  if (in.failed || n == 0)
    return false;
  proposal->n = 0;
  for (unsigned int i = 0; i < n; i++) {
    IkeTransform transform;
    bool more_transforms;
    if (!parse_transform (&in, &transform, &more_transforms) || more_transforms != (i + 1 < n))
      return false;
    if (proposal->n < IKE_MAX_TRANSFORMS)
      proposal->transforms[proposal->n++] = transform;
  }
  *ret_fits = n <= IKE_MAX_TRANSFORMS;
  *ret_more = more == MORE_PROPOSALS;
  return cursor_done (&in) && (more == MORE_PROPOSALS || more == LAST);
}

/* Reads the body of an SA payload; SPIs are borrowed from it. Proposals that do not fit are left out, be
 * they too many or one too long: a gateway may offer whatever it can do (RFC 7296 section 3.3 has no
 * limit), and so there may be none left. *ret_sa is of no use on failure. */
bool
ike_sa_payload_parse (Slice body, IkeSaPayload *ret_sa)
{
  Cursor c = cursor_of (body);
  bool more = true;
  ret_sa->n = 0;
  while (more) {
    IkeProposal proposal;
    bool fits;
    if (!parse_proposal (&c, &proposal, &more, &fits))
      return false;
    if (fits && ret_sa->n < IKE_MAX_PROPOSALS)
      ret_sa->proposals[ret_sa->n++] = proposal;
  }
  return cursor_done (&c);
}

static void
write_transform (Builder *b, const IkeTransform *transform, bool is_last)
{
  size_t from = b->len;
  builder_u8 (b, is_last ? LAST : MORE_TRANSFORMS);
  builder_u8 (b, 0);
  Reserved length = builder_reserve_u16_from (b, from);
  builder_u8 (b, transform->type);
  builder_u8 (b, 0);
  builder_u16 (b, transform->id);
  if (transform->key_bits > 0) {
    builder_u16 (b, ATTRIBUTE_SHORT | ATTRIBUTE_KEY_LENGTH);
    builder_u16 (b, transform->key_bits);
  }
  builder_fill (b, length);
}

/* Writes an SA payload of n proposals with the numbers that they carry. */
void
ike_sa_payload_write (IkeChain *chain, const IkeProposal *proposals, size_t n)
{
  Builder *b = &chain->b;
  Reserved payload = ike_chain_begin (chain, IKE_PAYLOAD_SA);
  for (size_t i = 0; i < n; i++) {
    const IkeProposal *proposal = &proposals[i];
    size_t from = b->len;
    builder_u8 (b, i + 1 < n ? MORE_PROPOSALS : LAST);
    builder_u8 (b, 0);
    Reserved length = builder_reserve_u16_from (b, from);
    builder_u8 (b, proposal->number);
    builder_u8 (b, proposal->protocol);
    builder_u8 (b, (uint8_t) proposal->spi.len);
    builder_u8 (b, (uint8_t) proposal->n);
    builder_slice (b, proposal->spi);
    for (size_t t = 0; t < proposal->n; t++)
      write_transform (b, &proposal->transforms[t], t + 1 == proposal->n);
    builder_fill (b, length);
  }
  ike_chain_end (chain, payload);
}
