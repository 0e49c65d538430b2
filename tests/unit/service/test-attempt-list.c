/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A connection keeps the last ways that were tried, in the order in which they ended. */
#include "service/attempt-list.h"

static void
add (AttemptList *list, uint32_t number)
{
  const Proxy none = { .kind = PROXY_DIRECT };
  Attempt attempt;
  attempt_init (&attempt, &none, "gw.example.test", 443);
  attempt.number = number;
  attempt.worked = true;
  attempt_list_add (list, &attempt);
}

static guint32
number_at (GVariant *list, gsize i)
{
  g_autoptr (GVariant) child = g_variant_get_child_value (list, i);
  Attempt attempt;
  g_assert_true (attempt_from_variant (child, &attempt));
  return attempt.number;
}

static void
keeps_the_last (void)
{
  g_autoptr (AttemptList) list = attempt_list_new ();
  g_autoptr (GVariant) none = g_variant_ref_sink (attempt_list_to_variant (list));
  g_assert_cmpuint (g_variant_n_children (none), ==, 0);
  add (list, 2); /* began after the first, and ended before it */
  add (list, 1);
  g_autoptr (GVariant) two = g_variant_ref_sink (attempt_list_to_variant (list));
  g_assert_cmpuint (number_at (two, 0), ==, 2);
  g_assert_cmpuint (number_at (two, 1), ==, 1);
  for (uint32_t number = 3; number <= 40; number++)
    add (list, number);
  g_autoptr (GVariant) full = g_variant_ref_sink (attempt_list_to_variant (list));
  g_assert_cmpuint (g_variant_n_children (full), ==, ATTEMPTS_KEPT);
  g_assert_cmpuint (number_at (full, 0), ==, 9);
  g_assert_cmpuint (number_at (full, ATTEMPTS_KEPT - 1), ==, 40);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/service/attempt-list/keeps-the-last", keeps_the_last);
  return g_test_run ();
}
