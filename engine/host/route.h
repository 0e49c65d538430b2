/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

#include "base/inet.h"
#include "host/network.h"

gboolean route_add (
    const char *device, guint table, const InetPrefix *to, const InetAddr *source, GError **error);
gboolean route_remove (const char *device, guint table, const InetPrefix *to, GError **error);
gboolean route_towards (
    const InetAddr *to, guint device, const InetAddr *source, NetworkWay *ret_way, GError **error);
gboolean route_table_is_free (guint table, gboolean *ret_free, GError **error);
