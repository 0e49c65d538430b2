/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

/* Borrowed bytes: valid as long as whatever they were cut from. */
typedef struct {
  const uint8_t *data;
  size_t len;
} Slice;

#define SLICE(bytes, length) ((Slice){ .data = (bytes), .len = (length) })

/* All of bytes, borrowed from them. */
static inline Slice
slice_of_bytes (GBytes *bytes)
{
  gsize len;
  const uint8_t *data = g_bytes_get_data (bytes, &len);
  return SLICE (data, len);
}
