/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "client/throughput.h"

#define SECOND G_USEC_PER_SEC

static void
on_changed (VisitorThroughput *throughput, gpointer n)
{
  ++*(guint *) n;
}

static void
test_rates (void)
{
  static const struct {
    double at; /* seconds */
    guint64 in, out;
    guint n; /* samples there are then */
    double rate_in, rate_out;
  } cases[] = {
    { 10, 5000, 100, 0, 0, 0 }, /* what went before nobody looked at */
    { 11, 6000, 150, 1, 1000, 50 },
    { 11.2, 7000, 150, 1, 1000, 50 }, /* too soon to be a second of its own */
    { 12, 8000, 150, 2, 2000, 0 }, { 15, 14000, 450, 5, 2000, 100 }, /* nobody looked for a while */
    { 16, 100, 10, 0, 0, 0 }, /* another connection */
    { 17, 200, 10, 1, 100, 0 }, { 1000, 983200, 10, 60, 1000, 0 }, /* the machine slept */
  };
  guint told = 0;
  g_autoptr (VisitorThroughput) throughput = visitor_throughput_new ();
  g_signal_connect (throughput, "changed", G_CALLBACK (on_changed), &told);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    guint n;
    visitor_throughput_add (throughput, (gint64) (cases[i].at * SECOND), cases[i].in, cases[i].out);
    visitor_throughput_get_rates (throughput, &n);
    VisitorRate rate = visitor_throughput_get_current (throughput);
    g_test_message ("case %u", i);
    g_assert_cmpuint (n, ==, cases[i].n);
    g_assert_cmpfloat_with_epsilon (rate.in, cases[i].rate_in, 0.01);
    g_assert_cmpfloat_with_epsilon (rate.out, cases[i].rate_out, 0.01);
  }
  g_assert_cmpuint (told, ==, G_N_ELEMENTS (cases)); /* one too soon; one cleared and begun */
  g_assert_cmpuint (visitor_throughput_get_total_in (throughput), ==, 983200);
}

static void
test_history (void)
{
  g_autoptr (VisitorThroughput) throughput = visitor_throughput_new ();
  guint64 total = 0;
  for (guint i = 0; i <= 100; i++) {
    total += i == 50 ? 700 : i;
    visitor_throughput_add (throughput, i * SECOND, total, 0);
  }
  guint n;
  const VisitorRate *rates = visitor_throughput_get_rates (throughput, &n);
  g_assert_cmpuint (n, ==, VISITOR_THROUGHPUT_SECONDS);
  g_assert_cmpfloat_with_epsilon (rates[0].in, 41, 0.01);
  g_assert_cmpfloat_with_epsilon (rates[59].in, 100, 0.01);
  g_assert_cmpfloat_with_epsilon (visitor_throughput_get_peak (throughput), 700, 0.01);
  visitor_throughput_clear (throughput);
  visitor_throughput_get_rates (throughput, &n);
  g_assert_cmpuint (n, ==, 0);
  g_assert_cmpfloat (visitor_throughput_get_peak (throughput), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/throughput/rates", test_rates);
  g_test_add_func ("/client/throughput/history", test_history);
  return g_test_run ();
}
