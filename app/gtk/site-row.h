/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <adwaita.h>

#include "client/site-item.h"

G_BEGIN_DECLS

#define VISITOR_TYPE_SITE_ROW (visitor_site_row_get_type ())
G_DECLARE_FINAL_TYPE (VisitorSiteRow, visitor_site_row, VISITOR, SITE_ROW, GtkWidget)

GtkWidget *visitor_site_row_new (void);
void visitor_site_row_set_item (VisitorSiteRow *self, VisitorSiteItem *item_or_null);
VisitorSiteItem *visitor_site_row_get_item (VisitorSiteRow *self);

G_END_DECLS
