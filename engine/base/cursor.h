/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>

#include "base/slice.h"

typedef struct {
  const uint8_t *data;
  size_t len;
  size_t pos;
  bool failed;
} Cursor;

Cursor cursor_init (const void *data, size_t len);
Cursor cursor_of (Slice slice);

uint8_t cursor_u8 (Cursor *c);
uint16_t cursor_u16 (Cursor *c);
uint32_t cursor_u32 (Cursor *c);
uint64_t cursor_u64 (Cursor *c);
Slice cursor_slice (Cursor *c, size_t n);
Slice cursor_rest (Cursor *c);
Cursor cursor_sub (Cursor *c, size_t n);
bool cursor_copy (Cursor *c, void *ret_bytes, size_t n);
void cursor_skip (Cursor *c, size_t n);
void cursor_fail (Cursor *c);

size_t cursor_left (const Cursor *c);
bool cursor_done (const Cursor *c);
