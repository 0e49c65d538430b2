/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

guint loop_limit (void);
void loop_wait_ms (guint ms);
