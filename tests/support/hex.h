/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

#include "base/slice.h"

GBytes *hex_to_bytes (const char *hex);
Slice hex_slice (const char *hex);
char *hex_from (Slice bytes);

#define assert_slice_is_hex(slice, hex) \
  G_STMT_START \
  { \
    g_autofree char *got_ = hex_from (slice); \
    g_autofree char *want_ = hex_from (hex_slice (hex)); \
    g_assert_cmpstr (got_, ==, want_); \
  } \
  G_STMT_END
