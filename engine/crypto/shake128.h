/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <nettle/sha3.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
  struct sha3_state state;
  size_t at; /* octets of the block that are taken or given */
} Shake128;

void shake128_init (Shake128 *shake);
void shake128_absorb (Shake128 *shake, const uint8_t *message, size_t len);
void shake128_finish (Shake128 *shake);
void shake128_squeeze (Shake128 *shake, uint8_t *ret_octets, size_t len);
