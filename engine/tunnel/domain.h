/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>
#include <stdbool.h>

bool domain_is_valid (const char *text);
bool domain_may_be_claimed (const char *domain, const GPtrArray *allowed);
