/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "nm/editor/form.h"

typedef struct _EditorRow EditorRow;
typedef void (*EditorRowFunc) (EditorRow *row, gpointer user_data);

EditorRow *editor_row_new (const VisitorField *field, EditorForm *form, NMConnection *connection,
    EditorRowFunc edited, gpointer user_data);
void editor_row_free (EditorRow *row);

void editor_row_attach (EditorRow *row, GtkWidget *grid, int top);
void editor_row_update (EditorRow *row);
const VisitorField *editor_row_get_field (const EditorRow *row);
void editor_row_blame (EditorRow *row, const char *what_or_null);
void editor_row_put_secret (EditorRow *row, NMConnection *connection);
