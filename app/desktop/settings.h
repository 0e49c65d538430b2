/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The keys of data/desktop/org.visitorvpn.Visitor.gschema.xml, which says what each means. */
#define VISITOR_SETTING_NOTIFY "notify"
#define VISITOR_SETTING_TRAY "tray"
#define VISITOR_SETTING_START_AT_LOGIN "start-at-login"
#define VISITOR_SETTING_CONNECT_AT_LOGIN "connect-at-login"
#define VISITOR_SETTING_WINDOW_WIDTH "window-width"
#define VISITOR_SETTING_WINDOW_HEIGHT "window-height"
#define VISITOR_SETTING_WINDOW_MAXIMIZED "window-maximized"

GSettings *visitor_settings_new (void);
gboolean visitor_settings_connects_at_login (GSettings *settings, const char *site);
void visitor_settings_set_connects_at_login (GSettings *settings, const char *site, gboolean yes);

G_END_DECLS
