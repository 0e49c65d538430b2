/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

void json_append (GString *json, GVariant *value);
void json_append_string (GString *json, const char *text);
