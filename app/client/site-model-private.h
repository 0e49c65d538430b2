/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "client/site-item-private.h"
#include "client/site-model.h"

/* What site-model.c and site-model-edit.c share. */

/* Hidden, and where it was. */
typedef struct {
  VisitorSiteItem *item; /* owned */
  guint position;
} Removal;

struct _VisitorSiteModel {
  GObject parent_instance;

  /* owned */
  SiteStore *store;
  GPtrArray *items; /* VisitorSiteItem */
  GArray *removals; /* Removal, the latest last */
  GFileMonitor *monitor; /* or NULL */
  GHashTable *touched; /* ids whose files have changed */

  /* state */
  gboolean order_touched;
  guint forgetting; /* passwords that the keyring has been told to forget */
  guint settle; /* source */
};

void site_model_insert (VisitorSiteModel *self, guint position, VisitorSiteItem *item);
void site_model_take_out (VisitorSiteModel *self, guint position);
VisitorSiteItem *site_model_find_hidden (VisitorSiteModel *self, const char *id, guint *ret_index);
void site_model_look_at_again (VisitorSiteModel *self, const char *id);
gboolean site_model_save_order (VisitorSiteModel *self, GError **error);
void site_model_emit_keyring_problem (VisitorSiteModel *self, const GError *error);
