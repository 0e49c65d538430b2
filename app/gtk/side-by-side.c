/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorSideBySide: children of equal width side by side, or stacked where there is no room for that. */
#include "gtk/side-by-side.h"

#define SPACING 12

struct _VisitorSideBySide {
  GtkLayoutManager parent_instance;
};

G_DEFINE_FINAL_TYPE (VisitorSideBySide, visitor_side_by_side, GTK_TYPE_LAYOUT_MANAGER)

typedef struct {
  int n; /* children that are shown */
  int min, natural; /* width of the widest */
} Widths;

static GtkWidget *
next_shown (GtkWidget *child)
{
  while (child != NULL && !gtk_widget_should_layout (child))
    child = gtk_widget_get_next_sibling (child);
  return child;
}

static Widths
measure_widths (GtkWidget *widget)
{
  Widths widths = { 0 };
  for (GtkWidget *child = next_shown (gtk_widget_get_first_child (widget)); child != NULL;
       child = next_shown (gtk_widget_get_next_sibling (child))) {
    int min, natural;
    gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &min, &natural, NULL, NULL);
    widths.min = MAX (widths.min, min);
    widths.natural = MAX (widths.natural, natural);
    widths.n++;
  }
  return widths;
}

static int
in_a_row (const Widths *widths, int each)
{
  return widths->n * each + MAX (widths->n - 1, 0) * SPACING;
}

static gboolean
fits_in_a_row (const Widths *widths, int width)
{
  return width < 0 || width >= in_a_row (widths, widths->min);
}

static int
width_of_each (const Widths *widths, int width)
{
  if (width < 0)
    return -1;
  if (!fits_in_a_row (widths, width) || widths->n == 0)
    return width;
  return (width - (widths->n - 1) * SPACING) / widths->n;
}

static GtkSizeRequestMode
visitor_side_by_side_get_request_mode (GtkLayoutManager *manager, GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
visitor_side_by_side_measure (GtkLayoutManager *manager, GtkWidget *widget,
    GtkOrientation orientation, int for_size, int *min, int *natural, int *min_baseline,
    int *natural_baseline)
{
  Widths widths = measure_widths (widget);
  *min = *natural = 0;
  if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    *min = widths.min;
    *natural = in_a_row (&widths, widths.natural);
    return;
  }
  gboolean stacked = !fits_in_a_row (&widths, for_size);
  int each = width_of_each (&widths, for_size);
  for (GtkWidget *child = next_shown (gtk_widget_get_first_child (widget)); child != NULL;
       child = next_shown (gtk_widget_get_next_sibling (child))) {
    int child_min, child_natural;
    gtk_widget_measure (child, orientation, each, &child_min, &child_natural, NULL, NULL);
    *min = stacked ? *min + child_min : MAX (*min, child_min);
    *natural = stacked ? *natural + child_natural : MAX (*natural, child_natural);
  }
  if (stacked) {
    *min += (widths.n - 1) * SPACING;
    *natural += (widths.n - 1) * SPACING;
  }
}

static void
visitor_side_by_side_allocate (
    GtkLayoutManager *manager, GtkWidget *widget, int width, int height, int baseline)
{
  Widths widths = measure_widths (widget);
  gboolean stacked = !fits_in_a_row (&widths, width);
  gboolean from_right = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  int each = width_of_each (&widths, width), at = 0;
  for (GtkWidget *child = next_shown (gtk_widget_get_first_child (widget)); child != NULL;
       child = next_shown (gtk_widget_get_next_sibling (child))) {
    int own = height;
    if (stacked)
      gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, each, NULL, &own, NULL, NULL);
    GtkAllocation place = { 0, at, each, own };
    if (!stacked)
      place = (GtkAllocation){ from_right ? width - at - each : at, 0, each, own };
    gtk_widget_size_allocate (child, &place, -1);
    at += (stacked ? own : each) + SPACING;
  }
}

static void
visitor_side_by_side_class_init (VisitorSideBySideClass *klass)
{
  GtkLayoutManagerClass *manager_class = GTK_LAYOUT_MANAGER_CLASS (klass);
  manager_class->get_request_mode = visitor_side_by_side_get_request_mode;
  manager_class->measure = visitor_side_by_side_measure;
  manager_class->allocate = visitor_side_by_side_allocate;
}

static void
visitor_side_by_side_init (VisitorSideBySide *self)
{
}
