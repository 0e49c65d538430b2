/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <adwaita.h>

#include "client/import.h"

G_BEGIN_DECLS

#define VISITOR_TYPE_IMPORT_DIALOG (visitor_import_dialog_get_type ())
G_DECLARE_FINAL_TYPE (VisitorImportDialog, visitor_import_dialog, VISITOR, IMPORT_DIALOG, AdwWindow)

GtkWindow *visitor_import_dialog_new (GtkWindow *parent, VisitorImport *import);
GtkWindow *
visitor_import_dialog_new_failed (GtkWindow *parent, const char *file_name, const GError *error);
void visitor_import_dialog_show_error (VisitorImportDialog *self, const GError *error);

G_END_DECLS
