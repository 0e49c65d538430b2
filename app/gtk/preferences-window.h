/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <adwaita.h>

#include "desktop/tray.h"

G_BEGIN_DECLS

#define VISITOR_TYPE_PREFERENCES_WINDOW (visitor_preferences_window_get_type ())
G_DECLARE_FINAL_TYPE (VisitorPreferencesWindow, visitor_preferences_window, VISITOR,
    PREFERENCES_WINDOW, AdwPreferencesWindow)

VisitorPreferencesWindow *visitor_preferences_window_new (
    GtkWindow *parent, GSettings *settings, GListModel *sites, VisitorTray *tray_or_null);

G_END_DECLS
