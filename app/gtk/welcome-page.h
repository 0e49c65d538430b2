/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define VISITOR_TYPE_WELCOME_PAGE (visitor_welcome_page_get_type ())
G_DECLARE_FINAL_TYPE (VisitorWelcomePage, visitor_welcome_page, VISITOR, WELCOME_PAGE, GtkWidget)

VisitorWelcomePage *visitor_welcome_page_new (void);
GtkMenuButton *visitor_welcome_page_get_menu_button (VisitorWelcomePage *self);

G_END_DECLS
