/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib.h>
#include <string.h>

#include "tunnel/backoff.h"

static void
lowest (void *buf, size_t len)
{
  memset (buf, 0, len);
}

static void
highest (void *buf, size_t len)
{
  memset (buf, 0xff, len);
}

/* Milliseconds between attempts that all fail at once, without jitter's luck either way. */
static void
test_steps (void)
{
  static const int low[] = { 0, 500, 750, 1500, 3000, 6000, 12000, 22500, 22500 };
  static const int high[] = { 0, 625, 1250, 2500, 5000, 10000, 20000, 37500, 37500 };
  Backoff a, b;
  backoff_init (&a, lowest, 1000);
  backoff_init (&b, highest, 1000);
  for (int64_t i = 0, now_a = 1000, now_b = 1000; i < (int64_t) G_N_ELEMENTS (low); i++) {
    int64_t at_a = backoff_next (&a, now_a), at_b = backoff_next (&b, now_b);
    g_assert_cmpint ((at_a - now_a) / 1000, ==, low[i]);
    g_assert_cmpint ((at_b - now_b) / 1000, ==, high[i]);
    now_a = at_a;
    now_b = at_b;
  }
}

/* After a success the next attempt is made at once, but never twice within half a second. */
static void
test_reset (void)
{
  Backoff b;
  backoff_init (&b, lowest, 0);
  for (unsigned int i = 0; i < 5; i++)
    backoff_next (&b, b.last);
  backoff_reset (&b);
  g_assert_cmpint (backoff_next (&b, b.last + 60000000), ==, b.last);
  int64_t begun = b.last;
  backoff_reset (&b);
  g_assert_cmpint (backoff_next (&b, begun + 20000), ==, begun + BACKOFF_FIRST_US);
}

/* Whatever was planned, for another network none of it holds. */
static void
test_hurry (void)
{
  Backoff b;
  int64_t now = 100000000;
  backoff_init (&b, highest, now);
  for (unsigned int i = 0; i < 9; i++)
    backoff_next (&b, now);
  g_assert_cmpint (b.last, >, now + 30000000);
  backoff_hurry (&b, now);
  g_assert_cmpint (backoff_next (&b, now), ==, now);
  g_assert_cmpint (backoff_next (&b, now), ==, now + 625000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tunnel/backoff/steps", test_steps);
  g_test_add_func ("/tunnel/backoff/reset", test_reset);
  g_test_add_func ("/tunnel/backoff/hurry", test_hurry);
  return g_test_run ();
}
