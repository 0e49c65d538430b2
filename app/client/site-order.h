/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

#define VISITOR_SITE_ORDER_FILE "order"

char **visitor_site_order_load (const char *directory);
gboolean visitor_site_order_save (const char *directory, const char *const *ids, GError **error);
