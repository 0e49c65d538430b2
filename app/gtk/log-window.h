/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <adwaita.h>

#include "client/site-item.h"

G_BEGIN_DECLS

#define VISITOR_TYPE_LOG_WINDOW (visitor_log_window_get_type ())
G_DECLARE_FINAL_TYPE (VisitorLogWindow, visitor_log_window, VISITOR, LOG_WINDOW, AdwWindow)

GtkWindow *visitor_log_window_new (GtkWindow *parent, VisitorSiteItem *item);

G_END_DECLS
