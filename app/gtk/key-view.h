/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <adwaita.h>

#include "site/site.h"

G_BEGIN_DECLS

#define VISITOR_TYPE_KEY_VIEW (visitor_key_view_get_type ())
G_DECLARE_FINAL_TYPE (VisitorKeyView, visitor_key_view, VISITOR, KEY_VIEW, GtkBox)

GtkWidget *visitor_key_view_new (const char *caption, const SitePin *key);
void visitor_key_view_set_key (VisitorKeyView *self, const SitePin *key);

G_END_DECLS
