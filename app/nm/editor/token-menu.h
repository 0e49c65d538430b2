/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gtk/gtk.h>

typedef struct _EditorTokenMenu EditorTokenMenu;
typedef void (*EditorTokenFunc) (const char *uri, gpointer user_data);

EditorTokenMenu *editor_token_menu_new (EditorTokenFunc chosen, gpointer user_data);
void editor_token_menu_free (EditorTokenMenu *menu);
GtkWidget *editor_token_menu_get_button (EditorTokenMenu *menu);
void editor_token_menu_look (EditorTokenMenu *menu);
