/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "client/live.h"
#include "client/site-model.h"
#include "gtk/application.h"

G_BEGIN_DECLS

#define VISITOR_TYPE_WINDOW (visitor_window_get_type ())
G_DECLARE_FINAL_TYPE (VisitorWindow, visitor_window, VISITOR, WINDOW, AdwApplicationWindow)

VisitorWindow *
visitor_window_new (VisitorApplication *application, VisitorSiteModel *model, VisitorLive *live);

void visitor_window_show_site (VisitorWindow *self, VisitorSiteItem *item);
void visitor_window_import_file (VisitorWindow *self, GFile *file);
void visitor_window_finish_removal (VisitorWindow *self);
void visitor_window_open_portal (VisitorWindow *self, VisitorSiteItem *item);

void visitor_window_ask_secret (VisitorWindow *self, VisitorSiteItem *item,
    VisitorSecretRequest *request, const GError *keyring_problem);
void
visitor_window_ask_trust (VisitorWindow *self, VisitorSiteItem *item, VisitorTrustRequest *request);

G_END_DECLS
