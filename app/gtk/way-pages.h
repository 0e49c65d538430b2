/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "gtk/address-list.h"
#include "gtk/edit-fields.h"

G_BEGIN_DECLS

/* The pages of a site's dialog about the way to the gateway. */
typedef enum {
  VISITOR_WAY_TRANSPORT,
  VISITOR_WAY_PROXY,
  VISITOR_WAY_ENTRY_POINTS,
  VISITOR_N_WAYS,
} VisitorWay;

GtkWidget *visitor_way_page_new (VisitorWay way, VisitorSiteForm *form, GPtrArray *ret_rows,
    GPtrArray *ret_files, VisitorEditFunc edited, gpointer user_data);
const char *visitor_way_title (VisitorWay way);
char *visitor_way_summary (VisitorWay way, VisitorSiteForm *form);

G_END_DECLS
