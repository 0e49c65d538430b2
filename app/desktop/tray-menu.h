/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define VISITOR_TYPE_TRAY_MENU (visitor_tray_menu_get_type ())
G_DECLARE_FINAL_TYPE (VisitorTrayMenu, visitor_tray_menu, VISITOR, TRAY_MENU, GObject)

#define VISITOR_TRAY_MENU_PATH "/StatusNotifierItem/Menu"

VisitorTrayMenu *visitor_tray_menu_new (GListModel *items, GActionGroup *actions);
gboolean visitor_tray_menu_export (VisitorTrayMenu *self, GDBusConnection *bus, GError **error);
void visitor_tray_menu_unexport (VisitorTrayMenu *self);

G_END_DECLS
