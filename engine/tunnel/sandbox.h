/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

gboolean sandbox_enter (GError **error);
