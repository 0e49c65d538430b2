/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <adwaita.h>

#include "client/site-model.h"

G_BEGIN_DECLS

#define VISITOR_TYPE_SIDEBAR (visitor_sidebar_get_type ())
G_DECLARE_FINAL_TYPE (VisitorSidebar, visitor_sidebar, VISITOR, SIDEBAR, GtkWidget)

void visitor_sidebar_set_model (VisitorSidebar *self, VisitorSiteModel *model);
void visitor_sidebar_set_key_capture (VisitorSidebar *self, GtkWidget *widget);

VisitorSiteItem *visitor_sidebar_get_selected (VisitorSidebar *self);
void visitor_sidebar_select (VisitorSidebar *self, VisitorSiteItem *item);
GtkMenuButton *visitor_sidebar_get_menu_button (VisitorSidebar *self);
void visitor_sidebar_focus (VisitorSidebar *self);

void visitor_sidebar_search (VisitorSidebar *self);

G_END_DECLS
