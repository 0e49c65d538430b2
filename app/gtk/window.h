/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "gtk/application.h"

G_BEGIN_DECLS

#define VISITOR_TYPE_WINDOW (visitor_window_get_type ())
G_DECLARE_FINAL_TYPE (VisitorWindow, visitor_window, VISITOR, WINDOW, AdwApplicationWindow)

VisitorWindow *visitor_window_new (VisitorApplication *application);

G_END_DECLS
