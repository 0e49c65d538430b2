/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>

#include "base/slice.h"

typedef struct {
  uint8_t *data;
  size_t size;
  size_t len;
  bool failed;
} Builder;

typedef enum {
  LENGTH_COUNTS_BODY,
  LENGTH_COUNTS_ITSELF,
} LengthRule;

/* A length field that is filled in when what it covers has been written. */
typedef struct {
  size_t at;
  size_t octets;
  size_t from;
} Reserved;

Builder builder_init (void *data, size_t size);

void builder_u8 (Builder *b, uint8_t value);
void builder_u16 (Builder *b, uint16_t value);
void builder_u32 (Builder *b, uint32_t value);
void builder_u64 (Builder *b, uint64_t value);
void builder_bytes (Builder *b, const void *data, size_t len);
void builder_slice (Builder *b, Slice slice);
void builder_zeros (Builder *b, size_t n);
uint8_t *builder_space (Builder *b, size_t n);

Reserved builder_reserve_u8 (Builder *b, LengthRule rule);
Reserved builder_reserve_u16 (Builder *b, LengthRule rule);
Reserved builder_reserve_u16_from (Builder *b, size_t from);
void builder_fill (Builder *b, Reserved length);
void builder_patch_u8 (Builder *b, size_t at, uint8_t value);
void builder_patch_u32 (Builder *b, size_t at, uint32_t value);

bool builder_ok (const Builder *b);
Slice builder_result (const Builder *b);
