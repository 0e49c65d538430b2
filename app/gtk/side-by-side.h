/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define VISITOR_TYPE_SIDE_BY_SIDE (visitor_side_by_side_get_type ())
G_DECLARE_FINAL_TYPE (
    VisitorSideBySide, visitor_side_by_side, VISITOR, SIDE_BY_SIDE, GtkLayoutManager)

G_END_DECLS
