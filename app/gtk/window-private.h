/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "gtk/failure-bar.h"
#include "gtk/other-connections.h"
#include "gtk/sidebar.h"
#include "gtk/site-page.h"
#include "gtk/welcome-page.h"
#include "gtk/window.h"

/* What the files of the window share: window.c builds it, window-actions.c acts on the chosen site,
 * window-import.c takes in files, window-questions.c asks what a connection needs to know. */
struct _VisitorWindow {
  AdwApplicationWindow parent_instance;

  /* template */
  AdwToastOverlay *toasts;
  GtkStack *stack;
  AdwLeaflet *leaflet;
  VisitorSidebar *sidebar;
  GtkBox *page_pane;
  VisitorFailureBar *engine_bar;
  VisitorSitePage *page;
  VisitorOtherConnections *others;
  GtkMenuButton *site_menu_button;
  GMenuModel *site_menu;

  /* owned */
  VisitorSiteModel *model;
  VisitorLive *live;
  VisitorSiteItem *item; /* that the page shows, or NULL */
  VisitorSiteItem *removed; /* that can still be had back, or NULL */
  AdwToast *undo; /* while there is a removed site */

  /* borrowed */
  VisitorWelcomePage *welcome; /* in the stack; NULL until it is needed */
};

/* window.c */
void visitor_window_tell (VisitorWindow *self, const char *sentence);
void visitor_window_tell_error (VisitorWindow *self, const GError *error);

/* window-actions.c */
void visitor_window_add_actions (GtkWidgetClass *widget_class);
void visitor_window_update_actions (VisitorWindow *self);
void visitor_window_act_on_failure (VisitorWindow *self, guint action);
void visitor_window_new_site (VisitorWindow *self, const char *address_or_null);
void visitor_window_present_new_site (VisitorWindow *self, GtkWindow *dialog);

/* window-import.c */
void visitor_window_add_import_actions (GtkWidgetClass *widget_class);
void visitor_window_accept_drops (VisitorWindow *self);
void visitor_window_import_text (VisitorWindow *self, const char *text);

/* window-questions.c */
gboolean visitor_window_warn_of_key (VisitorWindow *self, VisitorSiteItem *item);
