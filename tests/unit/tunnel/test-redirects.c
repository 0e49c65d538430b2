/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Five redirections in three hundred seconds, and not one more. */
#include <glib.h>

#include "tunnel/redirects.h"

#define S G_USEC_PER_SEC

static void
test_cap (void)
{
  Redirects redirects = { 0 };
  for (int i = 0; i < 5; i++)
    g_assert_true (redirects_take (&redirects, i * S));
  for (int i = 0; i < 295; i++)
    g_assert_false (redirects_take (&redirects, (5 + i) * S));
  g_assert_true (redirects_take (&redirects, 300 * S));
  g_assert_false (redirects_take (&redirects, 300 * S));
  g_assert_true (redirects_take (&redirects, 301 * S));
}

/* One each minute and a half, for ever. */
static void
test_slow (void)
{
  Redirects redirects = { 0 };
  for (int i = 0; i < 1000; i++)
    g_assert_true (redirects_take (&redirects, i * 90 * (gint64) S));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tunnel/redirects/cap", test_cap);
  g_test_add_func ("/tunnel/redirects/slow", test_slow);
  return g_test_run ();
}
