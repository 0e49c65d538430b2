/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

char *site_host_normalize (const char *text, GError **error);
char *site_name_normalize (const char *text, GError **error);
