/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <adwaita.h>

#include "client/site-item.h"

G_BEGIN_DECLS

#define VISITOR_TYPE_SITE_PAGE (visitor_site_page_get_type ())
G_DECLARE_FINAL_TYPE (VisitorSitePage, visitor_site_page, VISITOR, SITE_PAGE, GtkWidget)

void visitor_site_page_set_item (VisitorSitePage *self, VisitorSiteItem *item_or_null);
void visitor_site_page_focus (VisitorSitePage *self);

G_END_DECLS
