/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <adwaita.h>

#include "client/site-form.h"

G_BEGIN_DECLS

#define VISITOR_TYPE_EDIT_DIALOG (visitor_edit_dialog_get_type ())
G_DECLARE_FINAL_TYPE (VisitorEditDialog, visitor_edit_dialog, VISITOR, EDIT_DIALOG, AdwWindow)

GtkWindow *visitor_edit_dialog_new (GtkWindow *parent, const Site *site_or_null);
GtkWindow *
visitor_edit_dialog_new_from (GtkWindow *parent, const Site *draft, const Secret *key_or_null);
void visitor_edit_dialog_set_id (VisitorEditDialog *self, const char *id);
void visitor_edit_dialog_set_address (VisitorEditDialog *self, const char *address);
void visitor_edit_dialog_show_error (VisitorEditDialog *self, const GError *error);

G_END_DECLS
