/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

#include "base/inet.h"

gboolean route_add (
    const char *device, guint table, const InetPrefix *to, const InetAddr *source, GError **error);
gboolean route_remove (const char *device, guint table, const InetPrefix *to, GError **error);
gboolean route_device_towards (const InetAddr *to, guint *ret_index, GError **error);
gboolean route_table_is_free (guint table, gboolean *ret_free, GError **error);
