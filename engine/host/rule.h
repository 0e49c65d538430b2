/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

#include "base/inet.h"

gboolean rule_add (InetFamily family, guint priority, guint table, GError **error);
gboolean rule_remove (InetFamily family, guint priority, guint table, GError **error);
gboolean rule_block (InetFamily family, guint priority, GError **error);
gboolean rule_unblock (InetFamily family, guint priority, GError **error);
gboolean rule_hold_source (const InetAddr *addr, guint priority, GError **error);
gboolean rule_release_source (const InetAddr *addr, guint priority, GError **error);
gboolean rule_is_free (guint priority, guint table, gboolean *ret_free, GError **error);
