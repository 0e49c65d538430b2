/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <adwaita.h>

#include "client/site-form.h"

G_BEGIN_DECLS

#define VISITOR_TYPE_KEY_ROW (visitor_key_row_get_type ())
G_DECLARE_FINAL_TYPE (VisitorKeyRow, visitor_key_row, VISITOR, KEY_ROW, AdwActionRow)

void visitor_key_row_attach (VisitorKeyRow *self, VisitorSiteForm *form);

G_END_DECLS
