/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The axis of the throughput graph ends at a number that people read easily. */
#include "gtk/throughput-graph.h"

static void
axis_is_round_and_holds_the_peak (void)
{
  static const struct {
    double peak, ceiling;
  } cases[] = {
    { 0, 1e3 },
    { 999, 1e3 },
    { 1e3, 1e3 },
    { 1001, 2e3 },
    { 2001, 5e3 },
    { 5001, 1e4 },
    { 1.2e6, 2e6 },
    { 4.9e8, 5e8 },
    { 1.1e10, 2e10 },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpfloat (visitor_throughput_graph_ceiling (cases[i].peak), ==, cases[i].ceiling);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gtk/throughput-graph/axis", axis_is_round_and_holds_the_peak);
  return g_test_run ();
}
