/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "client/site-item.h"

G_BEGIN_DECLS

#define VISITOR_TYPE_SITE_MODEL (visitor_site_model_get_type ())
G_DECLARE_FINAL_TYPE (VisitorSiteModel, visitor_site_model, VISITOR, SITE_MODEL, GObject)

VisitorSiteModel *visitor_site_model_new (SiteStore *store, GError **error);
SiteStore *visitor_site_model_get_store (VisitorSiteModel *self);

VisitorSiteItem *visitor_site_model_find (VisitorSiteModel *self, const char *id);
VisitorSiteItem *visitor_site_model_find_name (VisitorSiteModel *self, const char *name);
gboolean visitor_site_model_get_position (
    VisitorSiteModel *self, VisitorSiteItem *item, guint *ret_position);

VisitorSiteItem *
visitor_site_model_add (VisitorSiteModel *self, Site *site, const Secret *key, GError **error);
gboolean
visitor_site_model_save (VisitorSiteModel *self, VisitorSiteItem *item, Site *site, GError **error);
gboolean visitor_site_model_save_with_key (
    VisitorSiteModel *self, VisitorSiteItem *item, Site *site, const Secret *key, GError **error);
VisitorSiteItem *
visitor_site_model_duplicate (VisitorSiteModel *self, VisitorSiteItem *item, GError **error);
gboolean visitor_site_model_move (VisitorSiteModel *self, guint from, guint to, GError **error);

void visitor_site_model_remove (VisitorSiteModel *self, VisitorSiteItem *item);
void visitor_site_model_restore (VisitorSiteModel *self, VisitorSiteItem *item);
gboolean visitor_site_model_finish_removals (VisitorSiteModel *self, GError **error);
gboolean visitor_site_model_is_forgetting (VisitorSiteModel *self);

G_END_DECLS
