/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "client/site-item.h"

/* For VisitorSiteModel and VisitorLive alone: the window only looks. */

/* What is on the way while the engine has no connection for it. */
typedef enum {
  VISITOR_ITEM_RESTS,
  VISITOR_ITEM_STARTS,
  VISITOR_ITEM_CANCELS,
} VisitorItemPhase;

VisitorSiteItem *visitor_site_item_new (SiteEntry *entry);
VisitorSiteItem *visitor_site_item_new_unlisted (const char *name);
void visitor_site_item_take_entry (VisitorSiteItem *self, SiteEntry *entry);

void visitor_site_item_set_phase (VisitorSiteItem *self, VisitorItemPhase phase);
VisitorItemPhase visitor_site_item_get_phase (VisitorSiteItem *self);
void visitor_site_item_set_connection (VisitorSiteItem *self, VisitorConnection *connection);
void visitor_site_item_set_failure (VisitorSiteItem *self, const GError *failure);
