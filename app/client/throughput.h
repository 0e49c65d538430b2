/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define VISITOR_THROUGHPUT_SECONDS 60

/* Octets a second. */
typedef struct {
  double in;
  double out;
} VisitorRate;

#define VISITOR_TYPE_THROUGHPUT (visitor_throughput_get_type ())
G_DECLARE_FINAL_TYPE (VisitorThroughput, visitor_throughput, VISITOR, THROUGHPUT, GObject)

VisitorThroughput *visitor_throughput_new (void);

void
visitor_throughput_add (VisitorThroughput *self, gint64 now, guint64 octets_in, guint64 octets_out);
void visitor_throughput_clear (VisitorThroughput *self);

const VisitorRate *visitor_throughput_get_rates (VisitorThroughput *self, guint *ret_n);
VisitorRate visitor_throughput_get_current (VisitorThroughput *self);
double visitor_throughput_get_peak (VisitorThroughput *self);
guint64 visitor_throughput_get_total_in (VisitorThroughput *self);
guint64 visitor_throughput_get_total_out (VisitorThroughput *self);

G_END_DECLS
