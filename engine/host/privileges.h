/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

void privileges_clean_environment (void);
gboolean privileges_drop (GError **error);
