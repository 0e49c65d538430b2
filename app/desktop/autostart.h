/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

gboolean visitor_autostart_is_set (const char *config_dir);
gboolean visitor_autostart_set (const char *config_dir, gboolean wanted, GError **error);
gboolean visitor_autostart_follow (GSettings *settings, const char *config_dir, GError **error);

G_END_DECLS
