/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/slice.h"

typedef struct _Secret Secret;

Secret *secret_new (const void *data, size_t len);
Secret *secret_new_empty (size_t len, uint8_t **ret_data);
Secret *secret_ref (Secret *secret);
void secret_unref (Secret *secret);

Slice secret_slice (const Secret *secret);
size_t secret_len (const Secret *secret);
bool secret_equal (const Secret *a, const Secret *b);

bool bytes_equal_secret (const void *a, const void *b, size_t len);
void bytes_wipe (void *data, size_t len);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Secret, secret_unref)
