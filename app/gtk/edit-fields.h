/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <adwaita.h>

#include "client/site-fields.h"
#include "gtk/field-row.h"
#include "gtk/file-row.h"

G_BEGIN_DECLS

/* Called whenever the person has changed something. */
typedef void (*VisitorEditFunc) (gpointer user_data);

void visitor_edit_fields_add_advanced (AdwExpanderRow *expander, VisitorSiteForm *form,
    GPtrArray *ret_rows, GPtrArray *ret_files, VisitorEditFunc edited, gpointer user_data);
void visitor_edit_choice_attach (AdwComboRow *row, VisitorSiteForm *form, const char *group,
    const char *key, const VisitorFieldChoice *choices, VisitorEditFunc edited, gpointer user_data);

G_END_DECLS
