/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <adwaita.h>

#include "site/site.h"

G_BEGIN_DECLS

/* error: why it was not written; NULL: it was. remark: what whoever gets the file has to know, or NULL. Not
 * called where the person has cancelled. */
typedef void (*VisitorExportFunc) (const GError *error, const char *remark, gpointer user_data);

void visitor_export_site (
    GtkWindow *parent, const Site *site, VisitorExportFunc done, gpointer user_data);

G_END_DECLS
