/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "gtk/sidebar.h"
#include "gtk/site-row.h"

/* What sidebar.c and sidebar-rows.c share. */
struct _VisitorSidebar {
  GtkWidget parent_instance;

  /* template */
  AdwHeaderBar *header;
  GtkSearchBar *search_bar;
  GtkSearchEntry *search_entry;
  GtkStack *stack;
  GtkListView *list;
  GMenuModel *row_menu, *add_menu, *primary_menu;
  GtkMenuButton *add_button;
  GtkMenuButton *menu_button;

  /* owned */
  VisitorSiteModel *model;
  GtkFilterListModel *filtered;
  GtkSingleSelection *selection;
  GtkFilter *filter;
  char *needle; /* what is searched, letter case folded; NULL: nothing */

  /* borrowed */
  GtkPopover *menu; /* of the row that was clicked, our child; NULL until one was */
};

/* sidebar-rows.c */
void visitor_sidebar_set_up_rows (VisitorSidebar *self);
void visitor_sidebar_open_menu (VisitorSidebar *self, GtkWidget *at, double x, double y);
gboolean visitor_sidebar_move_selected (VisitorSidebar *self, int by);

/* sidebar.c */
void visitor_sidebar_choose (VisitorSidebar *self);
