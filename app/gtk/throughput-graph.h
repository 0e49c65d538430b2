/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <adwaita.h>

#include "client/throughput.h"

G_BEGIN_DECLS

#define VISITOR_TYPE_THROUGHPUT_GRAPH (visitor_throughput_graph_get_type ())
G_DECLARE_FINAL_TYPE (
    VisitorThroughputGraph, visitor_throughput_graph, VISITOR, THROUGHPUT_GRAPH, GtkWidget)

void visitor_throughput_graph_set_throughput (
    VisitorThroughputGraph *self, VisitorThroughput *throughput_or_null);

double visitor_throughput_graph_ceiling (double peak);

G_END_DECLS
