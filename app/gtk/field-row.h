/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <adwaita.h>

#include "client/site-form.h"

G_BEGIN_DECLS

#define VISITOR_TYPE_FIELD_ROW (visitor_field_row_get_type ())
G_DECLARE_FINAL_TYPE (VisitorFieldRow, visitor_field_row, VISITOR, FIELD_ROW, AdwEntryRow)

VisitorFieldRow *visitor_field_row_new (const char *title, const char *group, const char *key);

void visitor_field_row_attach (VisitorFieldRow *self, VisitorSiteForm *form);
gboolean visitor_field_row_is_for (VisitorFieldRow *self, const char *group, const char *key);
void visitor_field_row_show_problem (VisitorFieldRow *self, const char *what_or_null);
void visitor_field_row_check (VisitorFieldRow *self);

G_END_DECLS
