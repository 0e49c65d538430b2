/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "client/live.h"
#include "desktop/tray.h"

G_BEGIN_DECLS

#define VISITOR_TYPE_PRESENCE (visitor_presence_get_type ())
G_DECLARE_FINAL_TYPE (VisitorPresence, visitor_presence, VISITOR, PRESENCE, GObject)

VisitorPresence *visitor_presence_new (
    GtkApplication *application, VisitorSiteModel *model, VisitorLive *live, GSettings *settings);
VisitorTray *visitor_presence_get_tray (VisitorPresence *self);
gboolean visitor_presence_connect_at_login (VisitorPresence *self);
void visitor_presence_tell_question (VisitorPresence *self, VisitorSiteItem *item);

G_END_DECLS
