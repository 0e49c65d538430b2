/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

#include "base/secret.h"

char *site_file_read (
    int dir, const char *name, int open_flags, gsize max, gsize *ret_len, GError **error);
char *site_file_read_certificates (int dir, const char *name, GError **error);
Secret *site_file_read_key (int dir, const char *name, int open_flags, GError **error);
gboolean site_file_replace (int dir, const char *name, const char *data, gsize len, GError **error);
char *site_file_set_aside (int dir, const char *name, GError **error);
