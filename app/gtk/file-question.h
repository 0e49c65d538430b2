/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* file: borrowed. Not called where the person has chosen none. */
typedef void (*VisitorFileFunc) (GtkWidget *widget, GFile *file);

/* What files are looked for. */
typedef struct {
  const char *name; /* translated */
  const char *const *suffixes; /* without a dot; the last is NULL */
} VisitorFileKind;

void visitor_file_question_ask (GtkWidget *widget, const char *title, const char *accept,
    const VisitorFileKind *kind_or_null, VisitorFileFunc chosen);

G_END_DECLS
