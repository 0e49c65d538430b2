/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "gtk/edit-fields.h"

G_BEGIN_DECLS

/* A word of site.conf(5), what it is called, and what it means for whoever chooses it. */
typedef struct {
  const char *word;
  const char *title; /* to be translated, as all that follows */
  const char *meaning;
} VisitorChoice;

GtkWidget *visitor_choice_group_new (const char *title, VisitorSiteForm *form, const char *group,
    const char *key, const VisitorChoice *choices, VisitorEditFunc edited, gpointer user_data);

G_END_DECLS
