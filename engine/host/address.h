/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

#include "base/inet.h"

gboolean address_add (const char *device, const InetAddr *addr, GError **error);
gboolean address_remove (const char *device, const InetAddr *addr, GError **error);
gboolean address_is_of_network (const InetAddr *addr);
gboolean address_family_exists (InetFamily family);
gboolean address_family_is_usable (InetFamily family);
