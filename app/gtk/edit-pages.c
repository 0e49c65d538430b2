/* SPDX-License-Identifier: GPL-2.0-or-later */
/* EditPages: how one gets about in the dialog of a site: from the site to a page about the way to its gateway
 * and back, and to the field that is wrong. */
#include "gtk/edit-dialog-private.h"

/* What is not seen is not there for those who cannot see, either. */
static gboolean
hide_rest (gpointer user_data)
{
  VisitorEditDialog *self = user_data;
  GtkWidget *shown = adw_leaflet_get_visible_child (self->leaflet);
  self->hiding = 0;
  for (int way = 0; way < VISITOR_N_WAYS; way++)
    gtk_widget_set_visible (self->ways[way], self->ways[way] == shown);
  gtk_widget_set_visible (self->main, self->main == shown);
  return G_SOURCE_REMOVE;
}

/* Not before the click that led here is over, and the page has slid in. */
static void
hide_rest_soon (VisitorEditDialog *self)
{
  if (gtk_widget_in_destruction (GTK_WIDGET (self)))
    return;
  if (self->hiding == 0 && !adw_leaflet_get_child_transition_running (self->leaflet))
    self->hiding = g_idle_add (hide_rest, self);
}

static void
turn_to (VisitorEditDialog *self, GtkWidget *page)
{
  gtk_widget_set_visible (page, TRUE);
  adw_leaflet_set_visible_child (self->leaflet, page);
  hide_rest_soon (self);
}

static gboolean
open_chosen (gpointer user_data)
{
  VisitorEditDialog *self = user_data;
  self->opening = 0;
  turn_to (self, self->ways[self->chosen]);
  gtk_widget_child_focus (self->ways[self->chosen], GTK_DIR_TAB_FORWARD);
  return G_SOURCE_REMOVE;
}

/* The page of one of the rows; not before the click is over, for the row goes with it. */
void
edit_pages_open (VisitorEditDialog *self, AdwActionRow *row)
{
  self->chosen = row == self->transport ? VISITOR_WAY_TRANSPORT
      : row == self->proxy              ? VISITOR_WAY_PROXY
                                        : VISITOR_WAY_ENTRY_POINTS;
  if (self->opening == 0)
    self->opening = g_idle_add (open_chosen, self);
}

/* From a page to the site, and from there out. */
void
edit_pages_go_back (GtkWidget *widget, const char *action, GVariant *parameter)
{
  VisitorEditDialog *self = VISITOR_EDIT_DIALOG (widget);
  if (adw_leaflet_get_visible_child (self->leaflet) == self->main)
    gtk_window_close (GTK_WINDOW (self));
  else
    turn_to (self, self->main);
}

/* Turns to the page that has the field, or is it. */
void
edit_pages_turn_to (VisitorEditDialog *self, GtkWidget *field)
{
  GtkWidget *page = self->main;
  for (int way = 0; way < VISITOR_N_WAYS; way++) {
    if (field == self->ways[way] || gtk_widget_is_ancestor (field, self->ways[way]))
      page = self->ways[way];
  }
  turn_to (self, page);
}

/* TRUE if one of the entry points is wrong, which is then shown. */
gboolean
edit_pages_blame_entry_point (VisitorEditDialog *self)
{
  GtkWidget *list =
      g_object_get_data (G_OBJECT (self->ways[VISITOR_WAY_ENTRY_POINTS]), "addresses");
  if (!visitor_address_list_has_problem (VISITOR_ADDRESS_LIST (list)))
    return FALSE;
  edit_pages_turn_to (self, list);
  visitor_address_list_focus_problem (VISITOR_ADDRESS_LIST (list));
  return TRUE;
}

/* Makes the pages; edited is called after each change. Their fields are still to be attached. */
void
edit_pages_make (VisitorEditDialog *self, VisitorEditFunc edited)
{
  for (int way = 0; way < VISITOR_N_WAYS; way++) {
    self->ways[way] = visitor_way_page_new (
        (VisitorWay) way, self->form, self->fields, self->files, edited, self);
    gtk_widget_set_visible (self->ways[way], FALSE);
    adw_leaflet_append (self->leaflet, self->ways[way]);
  }
  g_signal_connect_object (self->leaflet, "notify::child-transition-running",
      G_CALLBACK (hide_rest_soon), self, G_CONNECT_SWAPPED);
}

/* The field of the key that problem is about; NULL: there is none. */
VisitorFieldRow *
edit_pages_find_field (VisitorEditDialog *self, const VisitorSiteProblem *problem)
{
  for (guint i = 0; i < self->fields->len; i++) {
    VisitorFieldRow *row = g_ptr_array_index (self->fields, i);
    if (visitor_field_row_is_for (row, problem->group, problem->key))
      return row;
  }
  return NULL;
}

/* What the rows of the pages say in a few words, and which fields make sense. */
void
edit_pages_update (VisitorEditDialog *self)
{
  AdwActionRow *const rows[VISITOR_N_WAYS] = { [VISITOR_WAY_TRANSPORT] = self->transport,
    [VISITOR_WAY_PROXY] = self->proxy,
    [VISITOR_WAY_ENTRY_POINTS] = self->entry_points };
  for (int way = 0; way < VISITOR_N_WAYS; way++) {
    g_autofree char *summary = visitor_way_summary ((VisitorWay) way, self->form);
    adw_action_row_set_subtitle (rows[way], summary);
  }
  g_autofree char *mode = visitor_site_form_get (self->form, "proxy", "mode");
  const VisitorSiteProblem uri = { .group = (char *) "proxy", .key = (char *) "uri" };
  gtk_widget_set_visible (
      GTK_WIDGET (edit_pages_find_field (self, &uri)), g_str_equal (mode, "manual"));
}
