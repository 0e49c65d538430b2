/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

#include "base/error.h"

int tun_create (const char *name, guint mtu, GError **error);
gboolean tun_delete (const char *name, GError **error);
gboolean tun_name_is_free (const char *name);
guint tun_index (const char *name);
gboolean tun_name_of (int fd, char *ret_name);
