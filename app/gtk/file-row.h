/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <adwaita.h>

#include "client/site-form.h"

G_BEGIN_DECLS

#define VISITOR_TYPE_FILE_ROW (visitor_file_row_get_type ())
G_DECLARE_FINAL_TYPE (VisitorFileRow, visitor_file_row, VISITOR, FILE_ROW, AdwActionRow)

VisitorFileRow *
visitor_file_row_new (const char *title, const char *group, const char *key, const char *nothing);
void visitor_file_row_attach (VisitorFileRow *self, VisitorSiteForm *form);

G_END_DECLS
