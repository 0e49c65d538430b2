/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define VISITOR_TYPE_COPY_ROW (visitor_copy_row_get_type ())
G_DECLARE_FINAL_TYPE (VisitorCopyRow, visitor_copy_row, VISITOR, COPY_ROW, AdwActionRow)

void visitor_copy_row_set_value (VisitorCopyRow *self, const char *value_or_null);

G_END_DECLS
