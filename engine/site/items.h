/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

#include "site/site.h"

Site *site_from_items (GHashTable *items, const char *name, char **ret_key_file, GError **error);
GHashTable *site_to_items (const Site *site, const char *key_file_or_null);
char *site_to_text_with_key (const Site *site, const char *key_file_or_null);
