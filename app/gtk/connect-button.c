/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorConnectButton: the one large round thing on a site's page.
 *
 * Its door is shut or ajar, and a ring runs round it: thin while there is no connection, full with one;
 * below the door stands what a click does.
 * On the way there an arc turns, where animations are wanted; else it stands still. */
#include "config.h"

#include "gtk/connect-button.h"

#include <glib/gi18n-lib.h>

#define RING_WIDTH 6.0f
#define RING_GAP 6.0f
#define TURN_SECONDS 1.6

struct _VisitorConnectButton {
  GtkButton parent_instance;

  /* template */
  GtkImage *image;
  GtkLabel *verb;

  /* state */
  VisitorState state;
  guint tick; /* 0: nothing turns */
};

G_DEFINE_FINAL_TYPE (VisitorConnectButton, visitor_connect_button, GTK_TYPE_BUTTON)

/* How the button looks in a state, and what pressing it does. */
typedef struct {
  const char *icon;
  const char *css_class;
  const char *verb;
  gboolean turns;
} Face;

static Face
face_of (VisitorState state)
{
  switch (state) {
  case VISITOR_STATE_LOOKING_FOR_GATEWAY:
  case VISITOR_STATE_SIGNING_IN:
  case VISITOR_STATE_SETTING_UP:
  case VISITOR_STATE_WAITING_FOR_PORTAL:
    return (Face){ "visitor-door-shut-symbolic", "busy", N_ ("Cancel"), TRUE };
  case VISITOR_STATE_CONNECTED:
    return (Face){ "visitor-door-ajar-symbolic", "connected", N_ ("Disconnect"), FALSE };
  case VISITOR_STATE_RECONNECTING:
    return (Face){ "visitor-door-ajar-symbolic", "busy", N_ ("Disconnect"), TRUE };
  case VISITOR_STATE_DISCONNECTING:
    return (Face){ "visitor-door-shut-symbolic", "busy", N_ ("Disconnecting"), TRUE };
  case VISITOR_STATE_FAILED:
    return (Face){ "visitor-door-shut-symbolic", "failed", N_ ("Connect"), FALSE };
  case VISITOR_STATE_UNKNOWN:
    return (Face){ "visitor-door-shut-symbolic", "busy", N_ ("Disconnect"), FALSE };
  case VISITOR_STATE_DISCONNECTED:
  case VISITOR_N_STATES: break;
  }
  return (Face){ "visitor-door-shut-symbolic", NULL, N_ ("Connect"), FALSE };
}

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  gtk_widget_queue_draw (widget);
  return G_SOURCE_CONTINUE;
}

/* Frames are asked for only while something turns that can be seen. */
static void
update_tick (VisitorConnectButton *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  gboolean turns = face_of (self->state).turns && gtk_widget_get_mapped (widget) &&
      adw_get_enable_animations (widget);
  if (turns && self->tick == 0)
    self->tick = gtk_widget_add_tick_callback (widget, on_tick, NULL, NULL);
  else if (!turns && self->tick != 0) {
    gtk_widget_remove_tick_callback (widget, self->tick);
    self->tick = 0;
  }
  gtk_widget_queue_draw (widget);
}

static double
turn (VisitorConnectButton *self)
{
  if (self->tick == 0)
    return 0;
  gint64 now = gdk_frame_clock_get_frame_time (gtk_widget_get_frame_clock (GTK_WIDGET (self)));
  double seconds = (double) now / G_USEC_PER_SEC;
  return (seconds / TURN_SECONDS - (double) (gint64) (seconds / TURN_SECONDS)) * 2 * G_PI;
}

static void
draw_arc (cairo_t *cr, double radius, double from, double to, const GdkRGBA *color, double alpha)
{
  GdkRGBA shade = *color;
  shade.alpha *= (float) alpha;
  gdk_cairo_set_source_rgba (cr, &shade);
  cairo_new_path (cr);
  cairo_arc (cr, 0, 0, radius, from, to);
  cairo_stroke (cr);
}

static void
draw_ring (VisitorConnectButton *self, cairo_t *cr, double radius)
{
  GtkStyleContext *style = gtk_widget_get_style_context (GTK_WIDGET (self));
  GdkRGBA text, accent;
  gtk_style_context_get_color (style, &text);
  if (!gtk_style_context_lookup_color (style, "accent_color", &accent))
    accent = text;
  cairo_set_line_width (cr, RING_WIDTH);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  gboolean connected = self->state == VISITOR_STATE_CONNECTED;
  gboolean turns = face_of (self->state).turns;
  draw_arc (cr, radius, 0, 2 * G_PI, connected ? &accent : &text, connected ? 1 : 0.12);
  if (turns) {
    double start = turn (self) - G_PI / 2;
    draw_arc (cr, radius, start, start + G_PI / 2, &accent, 1);
  }
}

static void
visitor_connect_button_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  GTK_WIDGET_CLASS (visitor_connect_button_parent_class)->snapshot (widget, snapshot);
  float size = (float) gtk_widget_get_width (widget);
  float out = RING_GAP + RING_WIDTH;
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (-out, -out, size + 2 * out, size + 2 * out);
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &bounds);
  cairo_translate (cr, size / 2, size / 2);
  draw_ring (VISITOR_CONNECT_BUTTON (widget), cr, size / 2 + RING_GAP + RING_WIDTH / 2);
  cairo_destroy (cr);
}

static void
visitor_connect_button_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (visitor_connect_button_parent_class)->map (widget);
  update_tick (VISITOR_CONNECT_BUTTON (widget));
}

static void
visitor_connect_button_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (visitor_connect_button_parent_class)->unmap (widget);
  update_tick (VISITOR_CONNECT_BUTTON (widget));
}

static void
visitor_connect_button_class_init (VisitorConnectButtonClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  widget_class->snapshot = visitor_connect_button_snapshot;
  widget_class->map = visitor_connect_button_map;
  widget_class->unmap = visitor_connect_button_unmap;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/visitorvpn/Visitor/connect-button.ui");
  gtk_widget_class_bind_template_child (widget_class, VisitorConnectButton, image);
  gtk_widget_class_bind_template_child (widget_class, VisitorConnectButton, verb);
}

static void
show_face (VisitorConnectButton *self)
{
  static const char *const classes[] = { "busy", "connected", "failed" };
  Face face = face_of (self->state);
  for (gsize i = 0; i < G_N_ELEMENTS (classes); i++)
    gtk_widget_remove_css_class (GTK_WIDGET (self), classes[i]);
  if (face.css_class != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self), face.css_class);
  gtk_image_set_from_icon_name (self->image, face.icon);
  gtk_label_set_text (self->verb, _ (face.verb));
  gtk_accessible_update_property (
      GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ (face.verb), -1);
  update_tick (self);
}

static void
visitor_connect_button_init (VisitorConnectButton *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->state = VISITOR_STATE_DISCONNECTED;
  show_face (self);
  g_signal_connect_object (gtk_widget_get_settings (GTK_WIDGET (self)),
      "notify::gtk-enable-animations", G_CALLBACK (update_tick), self, G_CONNECT_SWAPPED);
}

void
visitor_connect_button_set_state (VisitorConnectButton *self, VisitorState state)
{
  if (self->state == state)
    return;
  self->state = state;
  show_face (self);
}
