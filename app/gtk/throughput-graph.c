/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorThroughputGraph: what went through a connection in the last minute.
 *
 * Two lines over one axis: received, filled and in the accent colour; sent, dashed and in its lighter
 * twin, so that they are told apart without colours too. It listens only while it can be seen. Time
 * runs to the right in every language, as on the axis of any chart. */
#include "config.h"

#include "gtk/throughput-graph.h"

#include <glib/gi18n-lib.h>

#define LEAST_CEILING 1000.0 /* octets a second: silence is a line at the bottom, not noise */
#define LINE_WIDTH 2.0
#define AXIS_ROOM 20 /* below the lines, for what stands at the ends of the time */

struct _VisitorThroughputGraph {
  GtkWidget parent_instance;

  /* template */
  GtkDrawingArea *plot, *in_swatch, *out_swatch;
  GtkLabel *in_label, *out_label;

  /* owned */
  VisitorThroughput *throughput;
  gulong changed;
};

G_DEFINE_FINAL_TYPE (VisitorThroughputGraph, visitor_throughput_graph, GTK_TYPE_WIDGET)

typedef enum {
  LINE_IN,
  LINE_OUT,
} Line;

static GdkRGBA
color_of (GtkWidget *widget, Line line)
{
  GtkStyleContext *style = gtk_widget_get_style_context (widget);
  GdkRGBA color;
  if (!gtk_style_context_lookup_color (style, "accent_color", &color))
    gtk_style_context_get_color (style, &color);
  if (line == LINE_OUT)
    color.alpha *= 0.6f;
  return color;
}

static void
set_line (cairo_t *cr, GtkWidget *widget, Line line)
{
  static const double dashes[] = { 4, 3 };
  GdkRGBA color = color_of (widget, line);
  gdk_cairo_set_source_rgba (cr, &color);
  cairo_set_line_width (cr, LINE_WIDTH);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_dash (cr, dashes, line == LINE_OUT ? G_N_ELEMENTS (dashes) : 0, 0);
}

static char *
rate_text (double rate)
{
  g_autofree char *size = g_format_size ((guint64) rate);
  /* Translators: a rate, such as "1.2 MB/s". */
  return g_strdup_printf (_ ("%s/s"), size);
}

static void
draw_text (cairo_t *cr, GtkWidget *widget, const char *text, double x, double y, double align)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (widget, text);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();
  pango_attr_list_insert (attributes, pango_attr_scale_new (PANGO_SCALE_SMALL));
  pango_layout_set_attributes (layout, attributes);
  int width;
  pango_layout_get_pixel_size (layout, &width, NULL);
  cairo_move_to (cr, x - align * width, y);
  pango_cairo_show_layout (cr, layout);
}

static void
draw_axis (cairo_t *cr, GtkWidget *widget, int width, double height, double ceiling)
{
  GdkRGBA color;
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
  color.alpha *= 0.15f;
  gdk_cairo_set_source_rgba (cr, &color);
  cairo_set_line_width (cr, 1);
  for (int i = 0; i <= 2; i++) {
    double y = (double) (int) (height * i / 2) + 0.5;
    cairo_move_to (cr, 0, y);
    cairo_line_to (cr, width, y);
  }
  cairo_stroke (cr);
  color.alpha *= 4;
  gdk_cairo_set_source_rgba (cr, &color);
  g_autofree char *top = rate_text (ceiling);
  g_autofree char *half = rate_text (ceiling / 2);
  draw_text (cr, widget, top, 0, 2, 0);
  draw_text (cr, widget, half, 0, height / 2 + 2, 0);
  draw_text (cr, widget, _ ("60 s ago"), 0, height + 2, 0);
  draw_text (cr, widget, _ ("now"), width, height + 2, 1);
}

static double
value_of (const VisitorRate *rate, Line line)
{
  return line == LINE_IN ? rate->in : rate->out;
}

/* The newest second stands at the right; a history that is short leaves the left empty. */
static void
trace (cairo_t *cr, const VisitorRate *rates, guint n, Line line, int width, double height,
    double ceiling)
{
  double step = (double) width / (VISITOR_THROUGHPUT_SECONDS - 1);
  for (guint i = 0; i < n; i++) {
    double x = width - step * (n - 1 - i);
    double y = height - value_of (&rates[i], line) / ceiling * (height - LINE_WIDTH);
    cairo_line_to (cr, x, MIN (y, height - LINE_WIDTH / 2));
  }
}

static void
fill_below (cairo_t *cr, guint n, int width, double height)
{
  double step = (double) width / (VISITOR_THROUGHPUT_SECONDS - 1);
  cairo_path_t *path = cairo_copy_path (cr);
  cairo_line_to (cr, width, height);
  cairo_line_to (cr, width - step * (n - 1), height);
  cairo_close_path (cr);
  cairo_push_group (cr);
  cairo_fill (cr);
  cairo_pop_group_to_source (cr);
  cairo_paint_with_alpha (cr, 0.15);
  cairo_new_path (cr);
  cairo_append_path (cr, path);
  cairo_path_destroy (path);
}

static void
draw_plot (GtkDrawingArea *area, cairo_t *cr, int width, int full_height, gpointer user_data)
{
  VisitorThroughputGraph *self = VISITOR_THROUGHPUT_GRAPH (user_data);
  GtkWidget *widget = GTK_WIDGET (area);
  double height = full_height - AXIS_ROOM;
  double peak = 0;
  guint n = 0;
  const VisitorRate *rates = NULL;
  if (self->throughput != NULL) {
    rates = visitor_throughput_get_rates (self->throughput, &n);
    peak = visitor_throughput_get_peak (self->throughput);
  }
  double ceiling = visitor_throughput_graph_ceiling (peak);
  if (n > 1) {
    trace (cr, rates, n, LINE_IN, width, height, ceiling);
    set_line (cr, widget, LINE_IN);
    fill_below (cr, n, width, height);
    set_line (cr, widget, LINE_IN);
    cairo_stroke (cr);
    trace (cr, rates, n, LINE_OUT, width, height, ceiling);
    set_line (cr, widget, LINE_OUT);
    cairo_stroke (cr);
    cairo_set_dash (cr, NULL, 0, 0);
  }
  draw_axis (cr, widget, width, height, ceiling);
}

static void
draw_swatch (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer user_data)
{
  set_line (cr, GTK_WIDGET (area), (Line) GPOINTER_TO_INT (user_data));
  cairo_move_to (cr, 0, height / 2.0);
  cairo_line_to (cr, width, height / 2.0);
  cairo_stroke (cr);
}

static void
update (VisitorThroughputGraph *self)
{
  VisitorRate rate = { 0, 0 };
  if (self->throughput != NULL)
    rate = visitor_throughput_get_current (self->throughput);
  g_autofree char *in = rate_text (rate.in);
  g_autofree char *out = rate_text (rate.out);
  g_autofree char *received = g_strdup_printf (_ ("Receiving %s"), in);
  g_autofree char *sent = g_strdup_printf (_ ("Sending %s"), out);
  g_autofree char *both = g_strdup_printf (_ ("Receiving %s, sending %s"), in, out);
  gtk_label_set_text (self->in_label, received);
  gtk_label_set_text (self->out_label, sent);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, both, -1);
  gtk_widget_queue_draw (GTK_WIDGET (self->plot));
}

static void
listen_while_mapped (VisitorThroughputGraph *self)
{
  if (self->throughput == NULL || self->changed != 0)
    return;
  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  self->changed = g_signal_connect_swapped (self->throughput, "changed", G_CALLBACK (update), self);
  update (self);
}

static void
stop_listening (VisitorThroughputGraph *self)
{
  if (self->changed != 0)
    g_clear_signal_handler (&self->changed, self->throughput);
}

static void
visitor_throughput_graph_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (visitor_throughput_graph_parent_class)->map (widget);
  listen_while_mapped (VISITOR_THROUGHPUT_GRAPH (widget));
}

static void
visitor_throughput_graph_unmap (GtkWidget *widget)
{
  stop_listening (VISITOR_THROUGHPUT_GRAPH (widget));
  GTK_WIDGET_CLASS (visitor_throughput_graph_parent_class)->unmap (widget);
}

static void
visitor_throughput_graph_dispose (GObject *object)
{
  VisitorThroughputGraph *self = VISITOR_THROUGHPUT_GRAPH (object);
  GtkWidget *child;
  stop_listening (self);
  g_clear_object (&self->throughput);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (visitor_throughput_graph_parent_class)->dispose (object);
}

static void
visitor_throughput_graph_class_init (VisitorThroughputGraphClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = visitor_throughput_graph_dispose;
  widget_class->map = visitor_throughput_graph_map;
  widget_class->unmap = visitor_throughput_graph_unmap;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/visitorvpn/Visitor/throughput-graph.ui");
  gtk_widget_class_bind_template_child (widget_class, VisitorThroughputGraph, plot);
  gtk_widget_class_bind_template_child (widget_class, VisitorThroughputGraph, in_swatch);
  gtk_widget_class_bind_template_child (widget_class, VisitorThroughputGraph, out_swatch);
  gtk_widget_class_bind_template_child (widget_class, VisitorThroughputGraph, in_label);
  gtk_widget_class_bind_template_child (widget_class, VisitorThroughputGraph, out_label);
}

static void
visitor_throughput_graph_init (VisitorThroughputGraph *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_drawing_area_set_draw_func (self->plot, draw_plot, self, NULL);
  gtk_drawing_area_set_draw_func (self->in_swatch, draw_swatch, GINT_TO_POINTER (LINE_IN), NULL);
  gtk_drawing_area_set_draw_func (self->out_swatch, draw_swatch, GINT_TO_POINTER (LINE_OUT), NULL);
  update (self);
}

void
visitor_throughput_graph_set_throughput (
    VisitorThroughputGraph *self, VisitorThroughput *throughput_or_null)
{
  if (self->throughput == throughput_or_null)
    return;
  stop_listening (self);
  g_set_object (&self->throughput, throughput_or_null);
  listen_while_mapped (self);
}

/* The top of the axis: the least of 1, 2 or 5 times a power of ten that the peak fits below. */
double
visitor_throughput_graph_ceiling (double peak)
{
  static const double steps[] = { 1, 2, 5 };
  double decade = LEAST_CEILING;
  for (;;) {
    for (gsize i = 0; i < G_N_ELEMENTS (steps); i++) {
      if (peak <= steps[i] * decade)
        return steps[i] * decade;
    }
    decade *= 10;
  }
}
