/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "client/connection.h"
#include "client/log-history.h"
#include "client/throughput.h"
#include "site/store.h"

G_BEGIN_DECLS

#define VISITOR_TYPE_SITE_ITEM (visitor_site_item_get_type ())
G_DECLARE_FINAL_TYPE (VisitorSiteItem, visitor_site_item, VISITOR, SITE_ITEM, GObject)

const char *visitor_site_item_get_id (VisitorSiteItem *self);
const char *visitor_site_item_get_name (VisitorSiteItem *self);
const char *visitor_site_item_get_address (VisitorSiteItem *self);
const char *visitor_site_item_get_problem (VisitorSiteItem *self);
const Site *visitor_site_item_get_site (VisitorSiteItem *self);

VisitorState visitor_site_item_get_state (VisitorSiteItem *self);
const char *visitor_site_item_get_status_text (VisitorSiteItem *self);
VisitorConnection *visitor_site_item_get_connection (VisitorSiteItem *self);
VisitorThroughput *visitor_site_item_get_throughput (VisitorSiteItem *self);
VisitorLogHistory *visitor_site_item_get_log (VisitorSiteItem *self);

const GError *visitor_site_item_get_failure (VisitorSiteItem *self);
const VisitorTrustQuestion *visitor_site_item_get_changed_key (VisitorSiteItem *self);
void visitor_site_item_dismiss_failure (VisitorSiteItem *self);

G_END_DECLS
