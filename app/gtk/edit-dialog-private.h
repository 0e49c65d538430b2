/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "gtk/edit-dialog.h"
#include "gtk/edit-fields.h"
#include "gtk/key-row.h"
#include "gtk/way-pages.h"

/* What edit-dialog.c and edit-pages.c share. */
struct _VisitorEditDialog {
  AdwWindow parent_instance;

  /* template */
  GtkButton *save;
  AdwToastOverlay *toasts;
  VisitorFieldRow *address;
  VisitorFieldRow *name;
  VisitorFileRow *authority;
  AdwComboRow *method;
  VisitorFieldRow *user;
  VisitorKeyRow *key;
  VisitorFileRow *certificate;
  AdwActionRow *saved;
  GtkButton *forget;
  AdwExpanderRow *advanced;
  AdwLeaflet *leaflet;
  GtkWidget *main;
  AdwActionRow *transport, *proxy, *entry_points;

  /* owned */
  VisitorSiteForm *form;
  GCancellable *cancellable; /* of what is asked of the keyring */
  char *id; /* of a site that is there; or NULL */
  GPtrArray *fields; /* VisitorFieldRow, borrowed */
  GPtrArray *files; /* VisitorFileRow, borrowed */

  /* borrowed */
  GtkWidget *ways[VISITOR_N_WAYS]; /* pages of leaflet */

  /* state */
  VisitorFieldRow *blamed; /* that says what is wrong between fields; or NULL */
  VisitorWay chosen; /* the page that is being opened */
  guint opening, hiding; /* sources */
};

/* edit-pages.c */
void edit_pages_make (VisitorEditDialog *self, VisitorEditFunc edited);
void edit_pages_open (VisitorEditDialog *self, AdwActionRow *row);
void edit_pages_go_back (GtkWidget *widget, const char *action, GVariant *parameter);
void edit_pages_turn_to (VisitorEditDialog *self, GtkWidget *field);
void edit_pages_update (VisitorEditDialog *self);
gboolean edit_pages_blame_entry_point (VisitorEditDialog *self);
VisitorFieldRow *edit_pages_find_field (VisitorEditDialog *self, const VisitorSiteProblem *problem);
