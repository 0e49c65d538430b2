/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Borrowed bytes: valid as long as whatever they were cut from. */
typedef struct {
  const uint8_t *data;
  size_t len;
} Slice;

#define SLICE(bytes, length) ((Slice){ .data = (bytes), .len = (length) })
