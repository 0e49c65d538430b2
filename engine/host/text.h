/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

char *host_text_escape (const char *text);
gboolean host_text_is_plain (const char *text, gsize max_len);
