/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define VISITOR_TYPE_TRAY (visitor_tray_get_type ())
G_DECLARE_FINAL_TYPE (VisitorTray, visitor_tray, VISITOR, TRAY, GObject)

VisitorTray *visitor_tray_new (GDBusConnection *bus, GListModel *items, GActionGroup *actions);
void visitor_tray_set_enabled (VisitorTray *self, gboolean enabled);
gboolean visitor_tray_is_shown (VisitorTray *self);

G_END_DECLS
