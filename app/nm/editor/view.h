/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <NetworkManager.h>
#include <gtk/gtk.h>

typedef struct _EditorView EditorView;
typedef void (*EditorViewFunc) (gpointer user_data);

EditorView *editor_view_new (NMConnection *connection, EditorViewFunc changed, gpointer user_data);
void editor_view_free (EditorView *view);
GtkWidget *editor_view_get_widget (EditorView *view);
gboolean editor_view_finish (EditorView *view, NMConnection *connection, GError **error);
