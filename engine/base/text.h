/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/slice.h"

bool text_is_unsafe_char (gunichar c);
char *text_one_line (Slice octets, size_t max_len);
