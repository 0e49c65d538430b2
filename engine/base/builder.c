/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Builder: a bounded writer into memory of the caller, big-endian.
 *
 * The counterpart of Cursor: the first write past the end sets `failed`, later writes do nothing,
 * and the caller asks builder_ok () once. A length field is reserved before and filled after what it
 * counts has been written, so that no length is ever computed by hand. */
#include "base/builder.h"

#include <string.h>

/* A builder over size octets at data, which it borrows. */
Builder
builder_init (void *data, size_t size)
{
  return (Builder){ .data = data, .size = size };
}

/* True as long as everything fitted. */
bool
builder_ok (const Builder *b)
{
  return !b->failed;
}

/* What was written so far; empty if something did not fit. */
Slice
builder_result (const Builder *b)
{
  return b->failed ? SLICE (NULL, 0) : SLICE (b->data, b->len);
}

/* Room for n octets that the caller writes itself; NULL if they do not fit. */
uint8_t *
builder_space (Builder *b, size_t n)
{
  if (b->failed || n > b->size - b->len) {
    b->failed = true;
    return NULL;
  }
  uint8_t *space = b->data + b->len;
  b->len += n;
  return space;
}

void
builder_bytes (Builder *b, const void *data, size_t len)
{
  uint8_t *space = builder_space (b, len);
  if (space != NULL && len > 0)
    memcpy (space, data, len);
}

void
builder_slice (Builder *b, Slice slice)
{
  builder_bytes (b, slice.data, slice.len);
}

void
builder_zeros (Builder *b, size_t n)
{
  uint8_t *space = builder_space (b, n);
  if (space != NULL && n > 0)
    memset (space, 0, n);
}

static void
put_uint (uint8_t *to, uint64_t value, size_t octets)
{
  for (size_t i = 0; i < octets; i++)
    to[i] = (uint8_t) (value >> 8 * (octets - 1 - i));
}

static void
write_uint (Builder *b, uint64_t value, size_t octets)
{
  uint8_t *space = builder_space (b, octets);
  if (space != NULL)
    put_uint (space, value, octets);
}

void
builder_u8 (Builder *b, uint8_t value)
{
  write_uint (b, value, 1);
}

void
builder_u16 (Builder *b, uint16_t value)
{
  write_uint (b, value, 2);
}

void
builder_u32 (Builder *b, uint32_t value)
{
  write_uint (b, value, 4);
}

void
builder_u64 (Builder *b, uint64_t value)
{
  write_uint (b, value, 8);
}

static Reserved
reserve (Builder *b, size_t octets, LengthRule rule)
{
  Reserved length = { .at = b->len, .octets = octets };
  builder_zeros (b, octets);
  length.from = rule == LENGTH_COUNTS_ITSELF ? length.at : b->len;
  return length;
}

/* Reserves a length field of one octet, to be given to builder_fill (). */
Reserved
builder_reserve_u8 (Builder *b, LengthRule rule)
{
  return reserve (b, 1, rule);
}

Reserved
builder_reserve_u16 (Builder *b, LengthRule rule)
{
  return reserve (b, 2, rule);
}

/* A 16-bit length that counts from an earlier offset, as in a payload's generic header. */
Reserved
builder_reserve_u16_from (Builder *b, size_t from)
{
  Reserved length = reserve (b, 2, LENGTH_COUNTS_ITSELF);
  length.from = from;
  return length;
}

/* Writes into the reserved field how much has been written since; fails if the field is too small. */
void
builder_fill (Builder *b, Reserved length)
{
  if (b->failed)
    return;
  size_t n = b->len - length.from;
  if (n >> 8 * length.octets != 0) {
    b->failed = true;
    return;
  }
  put_uint (b->data + length.at, n, length.octets);
}

/* Overwrites one octet that was written before. */
void
builder_patch_u8 (Builder *b, size_t at, uint8_t value)
{
  if (b->failed || at >= b->len) {
    b->failed = true;
    return;
  }
  b->data[at] = value;
}

/* Overwrites four octets that were written before. */
void
builder_patch_u32 (Builder *b, size_t at, uint32_t value)
{
  if (b->failed || at > b->len || b->len - at < 4) {
    b->failed = true;
    return;
  }
  put_uint (b->data + at, value, 4);
}
