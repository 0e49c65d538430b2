/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cursor: a bounded reader of bytes from outside, big-endian as all of IKE and ESP.
 *
 * The first read past the end sets `failed`; from then on every read yields zero and an empty slice
 * and moves nothing. So a parser reads a whole structure without a check between and asks
 * cursor_done () once at its end: nothing failed and no byte is left over. Slices point into the
 * input; nothing is copied or allocated. Not thread-safe, but cursors share no state. */
#include "base/cursor.h"

#include <string.h>

/* A cursor over len octets at data, which it borrows. */
Cursor
cursor_init (const void *data, size_t len)
{
  return (Cursor){ .data = data, .len = len };
}

Cursor
cursor_of (Slice slice)
{
  return cursor_init (slice.data, slice.len);
}

/* Octets not read yet; 0 once the cursor has failed. */
size_t
cursor_left (const Cursor *c)
{
  return c->failed ? 0 : c->len - c->pos;
}

/* True if nothing failed and every octet was read. */
bool
cursor_done (const Cursor *c)
{
  return !c->failed && c->pos == c->len;
}

/* Makes the cursor fail, for a value that was read but may not stand there. */
void
cursor_fail (Cursor *c)
{
  c->failed = true;
}

/* The next n octets, borrowed from the input; empty (data NULL) if there are fewer. */
Slice
cursor_slice (Cursor *c, size_t n)
{
  if (c->failed || n > c->len - c->pos) {
    c->failed = true;
    return SLICE (NULL, 0);
  }
  Slice s = SLICE (c->data + c->pos, n);
  c->pos += n;
  return s;
}

/* Everything that is left. */
Slice
cursor_rest (Cursor *c)
{
  return cursor_slice (c, cursor_left (c));
}

/* A cursor over the next n octets; born failed if there are fewer. */
Cursor
cursor_sub (Cursor *c, size_t n)
{
  Cursor sub = cursor_of (cursor_slice (c, n));
  sub.failed = c->failed;
  return sub;
}

/* Copies the next n octets to ret_bytes, which is written only on success. */
bool
cursor_copy (Cursor *c, void *ret_bytes, size_t n)
{
  Slice s = cursor_slice (c, n);
  if (c->failed)
    return false;
  if (n > 0)
    memcpy (ret_bytes, s.data, n);
  return true;
}

void
cursor_skip (Cursor *c, size_t n)
{
  (void) cursor_slice (c, n);
}

static uint64_t
read_uint (Cursor *c, size_t octets)
{
  Slice s = cursor_slice (c, octets);
  uint64_t value = 0;
  for (size_t i = 0; i < s.len; i++)
    value = value << 8 | s.data[i];
  return value;
}

uint8_t
cursor_u8 (Cursor *c)
{
  return (uint8_t) read_uint (c, 1);
}

uint16_t
cursor_u16 (Cursor *c)
{
  return (uint16_t) read_uint (c, 2);
}

uint32_t
cursor_u32 (Cursor *c)
{
  return (uint32_t) read_uint (c, 4);
}

uint64_t
cursor_u64 (Cursor *c)
{
  return read_uint (c, 8);
}
