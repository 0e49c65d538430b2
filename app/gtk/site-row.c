/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorSiteRow: a site in the list: its name, its address, and a dot for its state.
 *
 * The dot has another shape for each state, not only another colour, and a screen reader hears the state
 * as a word. Rows are recycled: one shows this site now and another later. */
#include "config.h"

#include "gtk/site-row.h"

#include <glib/gi18n-lib.h>

struct _VisitorSiteRow {
  GtkWidget parent_instance;

  /* template */
  GtkImage *dot;
  GtkLabel *name, *second;

  /* owned */
  VisitorSiteItem *item; /* or NULL */
};

G_DEFINE_FINAL_TYPE (VisitorSiteRow, visitor_site_row, GTK_TYPE_WIDGET)

typedef struct {
  const char *icon;
  const char *css_class;
} Dot;

static const Dot quiet = { "visitor-dot-empty-symbolic", "quiet" };
static const Dot busy = { "visitor-dot-half-symbolic", "busy" };
static const Dot connected = { "visitor-dot-full-symbolic", "connected" };
static const Dot troubled = { "dialog-warning-symbolic", "troubled" };

static const Dot *
dot_of (VisitorSiteItem *item)
{
  if (visitor_site_item_get_site (item) == NULL)
    return &troubled;
  switch (visitor_site_item_get_state (item)) {
  case VISITOR_STATE_CONNECTED: return &connected;
  case VISITOR_STATE_FAILED: return &troubled;
  case VISITOR_STATE_UNKNOWN:
  case VISITOR_STATE_LOOKING_FOR_GATEWAY:
  case VISITOR_STATE_SIGNING_IN:
  case VISITOR_STATE_SETTING_UP:
  case VISITOR_STATE_RECONNECTING:
  case VISITOR_STATE_WAITING_FOR_PORTAL:
  case VISITOR_STATE_DISCONNECTING: return &busy;
  case VISITOR_STATE_DISCONNECTED:
  case VISITOR_N_STATES: break;
  }
  return visitor_site_item_get_failure (item) != NULL ? &troubled : &quiet;
}

static void
show_dot (VisitorSiteRow *self)
{
  const Dot *const all[] = { &quiet, &busy, &connected, &troubled };
  const Dot *dot = dot_of (self->item);
  for (gsize i = 0; i < G_N_ELEMENTS (all); i++)
    gtk_widget_remove_css_class (GTK_WIDGET (self->dot), all[i]->css_class);
  gtk_widget_add_css_class (GTK_WIDGET (self->dot), dot->css_class);
  gtk_image_set_from_icon_name (self->dot, dot->icon);
}

/* What a screen reader says, of the row and of the cell round it, which is what has the focus. */
static void
speak (VisitorSiteRow *self, const char *words)
{
  GtkWidget *cell = gtk_widget_get_parent (GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  if (cell != NULL)
    gtk_accessible_update_property (
        GTK_ACCESSIBLE (cell), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
}

static void
update (VisitorSiteRow *self)
{
  gboolean usable = visitor_site_item_get_site (self->item) != NULL;
  const char *name = visitor_site_item_get_name (self->item);
  const char *address = visitor_site_item_get_address (self->item);
  const char *state =
      usable ? visitor_site_item_get_status_text (self->item) : _ ("This site cannot be used");
  gtk_label_set_text (self->name, name);
  gtk_label_set_text (self->second, usable ? address : state);
  /* Translators: what a screen reader says of a site: its name, its state, its address. */
  g_autofree char *spoken = g_strdup_printf (_ ("%s, %s, %s"), name, state, address);
  speak (self, spoken);
  show_dot (self);
}

static void
visitor_site_row_dispose (GObject *object)
{
  GtkWidget *child;
  visitor_site_row_set_item (VISITOR_SITE_ROW (object), NULL);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (visitor_site_row_parent_class)->dispose (object);
}

static void
visitor_site_row_class_init (VisitorSiteRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = visitor_site_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/visitorvpn/Visitor/site-row.ui");
  gtk_widget_class_bind_template_child (widget_class, VisitorSiteRow, dot);
  gtk_widget_class_bind_template_child (widget_class, VisitorSiteRow, name);
  gtk_widget_class_bind_template_child (widget_class, VisitorSiteRow, second);
}

static void
visitor_site_row_init (VisitorSiteRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
visitor_site_row_new (void)
{
  return g_object_new (VISITOR_TYPE_SITE_ROW, NULL);
}

void
visitor_site_row_set_item (VisitorSiteRow *self, VisitorSiteItem *item_or_null)
{
  if (self->item != NULL)
    g_signal_handlers_disconnect_by_data (self->item, self);
  g_set_object (&self->item, item_or_null);
  if (self->item == NULL)
    return;
  g_signal_connect_swapped (self->item, "notify", G_CALLBACK (update), self);
  update (self);
}

/* Borrowed; NULL in a row that shows nothing now. */
VisitorSiteItem *
visitor_site_row_get_item (VisitorSiteRow *self)
{
  return self->item;
}
