/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

GArray *text_lines_new (void);
void text_lines_put (GArray *lines, guint depth, const char *label, char *value);
guint text_lines_width (const char *text);
char *text_lines_join (const GArray *lines, guint column);

G_END_DECLS
