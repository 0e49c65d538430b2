/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorSitePage: one site: whether it is connected, told from across the room, and why not, within
 * one click.
 *
 * It shows what the item says and follows it. What the buttons do are actions of the window; the signal
 * "failure-action" tells of the one beside a failure (VisitorErrorAction). */
#include "config.h"

#include "gtk/site-page.h"

#include <glib/gi18n-lib.h>

#include "client/portal.h"
#include "gtk/attempts-group.h"
#include "gtk/connect-button.h"
#include "gtk/connection-group.h"
#include "gtk/failure-bar.h"
#include "gtk/throughput-graph.h"

#define N_STEPS 3

struct _VisitorSitePage {
  GtkWidget parent_instance;

  /* template */
  VisitorFailureBar *failure_bar;
  GtkScrolledWindow *scroller;
  GtkLabel *name, *address, *state, *step;
  VisitorConnectButton *button;
  GtkBox *progress_box;
  GtkProgressBar *progress;
  GtkBox *facts, *tried;

  /* owned */
  VisitorSiteItem *item; /* or NULL */

  /* borrowed: in facts and in tried; NULL until there is something to say */
  VisitorThroughputGraph *graph;
  VisitorConnectionGroup *connection_group;
  VisitorAttemptsGroup *attempts;
};

enum {
  FAILURE_ACTION,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (VisitorSitePage, visitor_site_page, GTK_TYPE_WIDGET)

static void
on_failure_action (VisitorSitePage *self, guint action)
{
  g_signal_emit (self, signals[FAILURE_ACTION], 0, action);
}

/* 1 to N_STEPS on the way to a connection; else 0. */
static guint
step_of (VisitorState state)
{
  switch (state) {
  case VISITOR_STATE_LOOKING_FOR_GATEWAY: return 1;
  case VISITOR_STATE_SIGNING_IN: return 2;
  case VISITOR_STATE_SETTING_UP: return 3;
  case VISITOR_STATE_UNKNOWN:
  case VISITOR_STATE_CONNECTED:
  case VISITOR_STATE_RECONNECTING:
  case VISITOR_STATE_WAITING_FOR_PORTAL:
  case VISITOR_STATE_DISCONNECTING:
  case VISITOR_STATE_DISCONNECTED:
  case VISITOR_STATE_FAILED:
  case VISITOR_N_STATES: break;
  }
  return 0;
}

static void
show_progress (VisitorSitePage *self, VisitorState state)
{
  guint step = step_of (state);
  gtk_widget_set_visible (GTK_WIDGET (self->progress_box), step > 0);
  if (step == 0)
    return;
  /* Translators: which step of how many on the way to a connection. */
  g_autofree char *text = g_strdup_printf (_ ("Step %u of %u"), step, N_STEPS);
  gtk_label_set_text (self->step, text);
  gtk_progress_bar_set_fraction (self->progress, (step - 0.5) / N_STEPS);
}

static gboolean
is_behind_portal (void)
{
  return g_network_monitor_get_connectivity (g_network_monitor_get_default ()) ==
      G_NETWORK_CONNECTIVITY_PORTAL;
}

static void
show_failure (VisitorSitePage *self)
{
  const char *problem = visitor_site_item_get_problem (self->item);
  const GError *failure = visitor_site_item_get_failure (self->item);
  gboolean usable = visitor_site_item_get_site (self->item) != NULL;
  if (visitor_site_item_get_state (self->item) == VISITOR_STATE_WAITING_FOR_PORTAL)
    visitor_failure_bar_show_action (self->failure_bar, visitor_portal_sentence (),
        visitor_portal_advice (visitor_site_item_get_connection (self->item)),
        VISITOR_ERROR_ACTION_OPEN_PORTAL);
  else if (problem != NULL)
    visitor_failure_bar_show_text (self->failure_bar,
        usable ? _ ("The file of this site is not quite right.") : _ ("This site cannot be used."),
        problem, NULL);
  else if (failure != NULL && !g_error_matches (failure, VISITOR_ERROR, VISITOR_ERROR_CANCELLED))
    visitor_failure_bar_show (self->failure_bar, failure,
        visitor_error_action ((VisitorError) failure->code, is_behind_portal ()));
  else
    visitor_failure_bar_hide (self->failure_bar);
}

static void
show_state (VisitorSitePage *self, VisitorState state)
{
  const char *text = visitor_site_item_get_status_text (self->item);
  if (g_strcmp0 (gtk_label_get_text (self->state), text) != 0) {
    gtk_label_set_text (self->state, text);
    gtk_accessible_update_property (
        GTK_ACCESSIBLE (self->state), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  }
  visitor_connect_button_set_state (self->button, state);
}

/* Most of what the page has is about a connection that stands: it is made with the first one. */
static void
make_facts (VisitorSitePage *self)
{
  self->graph = g_object_new (VISITOR_TYPE_THROUGHPUT_GRAPH, NULL);
  self->connection_group = g_object_new (VISITOR_TYPE_CONNECTION_GROUP, NULL);
  gtk_box_append (self->facts, GTK_WIDGET (self->graph));
  gtk_box_append (self->facts, GTK_WIDGET (self->connection_group));
}

/* Of a connection that stands, also while it is made anew. */
static void
show_connection (VisitorSitePage *self, VisitorState state)
{
  gboolean stands = state == VISITOR_STATE_CONNECTED || state == VISITOR_STATE_RECONNECTING ||
      (state == VISITOR_STATE_WAITING_FOR_PORTAL &&
          visitor_connection_was_up (visitor_site_item_get_connection (self->item)));
  if (stands && self->graph == NULL)
    make_facts (self);
  gtk_widget_set_visible (GTK_WIDGET (self->facts), stands);
  if (self->graph == NULL)
    return;
  visitor_throughput_graph_set_throughput (
      self->graph, stands ? visitor_site_item_get_throughput (self->item) : NULL);
  visitor_connection_group_set_connection (
      self->connection_group, stands ? visitor_site_item_get_connection (self->item) : NULL);
}

/* Of what is under way, stands or has failed; made with the first connection that there is. */
static void
show_attempts (VisitorSitePage *self)
{
  VisitorConnection *connection = visitor_site_item_get_connection (self->item);
  if (connection != NULL && self->attempts == NULL) {
    self->attempts = g_object_new (VISITOR_TYPE_ATTEMPTS_GROUP, NULL);
    gtk_box_append (self->tried, GTK_WIDGET (self->attempts));
    g_object_bind_property (
        self->attempts, "visible", self->tried, "visible", G_BINDING_SYNC_CREATE);
  }
  if (self->attempts != NULL)
    visitor_attempts_group_set_connection (self->attempts, connection);
}

static void
update (VisitorSitePage *self)
{
  VisitorState state = visitor_site_item_get_state (self->item);
  gtk_label_set_text (self->name, visitor_site_item_get_name (self->item));
  gtk_label_set_text (self->address, visitor_site_item_get_address (self->item));
  show_state (self, state);
  show_progress (self, state);
  show_connection (self, state);
  show_attempts (self);
  show_failure (self);
}

static void
visitor_site_page_dispose (GObject *object)
{
  GtkWidget *child;
  visitor_site_page_set_item (VISITOR_SITE_PAGE (object), NULL);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (visitor_site_page_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/visitorvpn/Visitor/site-page.ui");
  gtk_widget_class_bind_template_child (widget_class, VisitorSitePage, failure_bar);
  gtk_widget_class_bind_template_child (widget_class, VisitorSitePage, scroller);
  gtk_widget_class_bind_template_child (widget_class, VisitorSitePage, name);
  gtk_widget_class_bind_template_child (widget_class, VisitorSitePage, address);
  gtk_widget_class_bind_template_child (widget_class, VisitorSitePage, button);
  gtk_widget_class_bind_template_child (widget_class, VisitorSitePage, state);
  gtk_widget_class_bind_template_child (widget_class, VisitorSitePage, progress_box);
  gtk_widget_class_bind_template_child (widget_class, VisitorSitePage, progress);
  gtk_widget_class_bind_template_child (widget_class, VisitorSitePage, step);
  gtk_widget_class_bind_template_child (widget_class, VisitorSitePage, facts);
  gtk_widget_class_bind_template_child (widget_class, VisitorSitePage, tried);
  gtk_widget_class_bind_template_callback (widget_class, on_failure_action);
}

static void
visitor_site_page_class_init (VisitorSitePageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = visitor_site_page_dispose;
  signals[FAILURE_ACTION] = g_signal_new ("failure-action", VISITOR_TYPE_SITE_PAGE,
      G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  g_type_ensure (VISITOR_TYPE_CONNECT_BUTTON);
  g_type_ensure (VISITOR_TYPE_FAILURE_BAR);
  bind_template (GTK_WIDGET_CLASS (klass));
}

static void
visitor_site_page_init (VisitorSitePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* Shows another site, from its top; without one the page stays as it was and follows nothing. */
void
visitor_site_page_set_item (VisitorSitePage *self, VisitorSiteItem *item_or_null)
{
  if (self->item == item_or_null)
    return;
  if (self->item != NULL)
    g_signal_handlers_disconnect_by_data (self->item, self);
  g_set_object (&self->item, item_or_null);
  if (self->item == NULL && self->attempts != NULL)
    visitor_attempts_group_set_connection (self->attempts, NULL);
  if (self->item == NULL) {
    if (self->graph != NULL) {
      visitor_throughput_graph_set_throughput (self->graph, NULL);
      visitor_connection_group_set_connection (self->connection_group, NULL);
    }
    return;
  }
  g_signal_connect_swapped (self->item, "notify", G_CALLBACK (update), self);
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->scroller), 0);
  update (self);
}

void
visitor_site_page_focus (VisitorSitePage *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->button));
}
