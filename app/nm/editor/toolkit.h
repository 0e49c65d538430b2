/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gtk/gtk.h>

/* What GTK 3 and GTK 4 do not spell alike; the rest of the editor is one source, compiled with either. */

extern const gboolean toolkit_grid_is_read_backwards; /* by assistive technology */

void toolkit_append (GtkWidget *box, GtkWidget *child);
void toolkit_fill_expander (GtkWidget *expander, GtkWidget *child);
GtkWidget *toolkit_page (GtkWidget *child);
void toolkit_ignore_wheel (GtkWidget *combo);
GtkWidget *toolkit_icon_button (const char *icon_name);
GtkWidget *toolkit_menu_button (const char *icon_name);

const char *toolkit_get_text (GtkWidget *entry);
void toolkit_set_text (GtkWidget *entry, const char *text);

void toolkit_set_class (GtkWidget *widget, const char *name, gboolean has);
void toolkit_set_shown (GtkWidget *widget, gboolean shown);
GtkWindow *toolkit_window_of (GtkWidget *widget);

void toolkit_set_name (GtkWidget *widget, const char *name);
void toolkit_set_problem (GtkWidget *widget, const char *what_or_null);
