/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gtk/gtk.h>

typedef struct _EditorFileButton EditorFileButton;
typedef void (*EditorFileFunc) (const char *path, gpointer user_data);

/* What is offered before all files. */
typedef struct {
  const char *name; /* to be translated */
  const char *const *patterns;
} EditorFileFilter;

extern const EditorFileFilter editor_certificate_files;
extern const EditorFileFilter editor_key_files;

EditorFileButton *editor_file_button_new (
    const char *title, const EditorFileFilter *filter, EditorFileFunc chosen, gpointer user_data);
void editor_file_button_free (EditorFileButton *self);
GtkWidget *editor_file_button_get_widget (EditorFileButton *self);
