/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/last-good.h"

#define USER 1000

static void
expect (const LastGood *last_good, uid_t uid, const char *host, gint64 now, const char *wanted)
{
  g_auto (GStrv) addresses = last_good_get (last_good, uid, host, now);
  g_autofree char *found = g_strjoinv (" ", addresses);
  g_assert_cmpstr (found, ==, wanted);
}

static void
newest_first (void)
{
  g_autoptr (LastGood) last_good = last_good_new ();
  last_good_note (last_good, USER, "vpn", "192.0.2.1", 1);
  last_good_note (last_good, USER, "vpn", "2001:db8::1", 2);
  last_good_note (last_good, USER, "vpn", "192.0.2.1", 3);
  expect (last_good, USER, "vpn", 4, "192.0.2.1 2001:db8::1");
  expect (last_good, USER, "other", 4, "");
}

static void
a_day_old_is_too_old (void)
{
  g_autoptr (LastGood) last_good = last_good_new ();
  last_good_note (last_good, USER, "vpn", "192.0.2.1", 10);
  expect (last_good, USER, "vpn", 10 + LAST_GOOD_AGE, "192.0.2.1");
  expect (last_good, USER, "vpn", 11 + LAST_GOOD_AGE, "");
}

static void
each_user_for_himself (void)
{
  g_autoptr (LastGood) last_good = last_good_new ();
  last_good_note (last_good, USER, "vpn", "192.0.2.1", 1);
  expect (last_good, USER + 1, "vpn", 2, "");
}

static void
what_is_no_address_is_ignored (void)
{
  g_autoptr (LastGood) last_good = last_good_new ();
  last_good_note (last_good, USER, "vpn", "vpn.example.com", 1);
  last_good_note (last_good, USER, "vpn", "192.0.2.1\n192.0.2.2", 1);
  last_good_note (last_good, USER, "vpn", "", 1);
  expect (last_good, USER, "vpn", 2, "");
}

static void
bounded (void)
{
  g_autoptr (LastGood) last_good = last_good_new ();
  for (guint i = 0; i < LAST_GOOD_ADDRESSES + 2; i++) {
    g_autofree char *address = g_strdup_printf ("192.0.2.%u", i);
    last_good_note (last_good, USER, "vpn", address, i);
  }
  g_auto (GStrv) addresses = last_good_get (last_good, USER, "vpn", 9);
  g_assert_cmpuint (g_strv_length (addresses), ==, LAST_GOOD_ADDRESSES);
  for (guint i = 0; i < LAST_GOOD_HOSTS; i++) {
    g_autofree char *host = g_strdup_printf ("host-%u", i);
    last_good_note (last_good, USER, host, "192.0.2.1", 100 + i);
  }
  expect (last_good, USER, "vpn", 200, "");
  expect (last_good, USER, "host-0", 200, "192.0.2.1");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/last-good/newest-first", newest_first);
  g_test_add_func ("/last-good/a-day-old-is-too-old", a_day_old_is_too_old);
  g_test_add_func ("/last-good/each-user-for-himself", each_user_for_himself);
  g_test_add_func ("/last-good/what-is-no-address", what_is_no_address_is_ignored);
  g_test_add_func ("/last-good/bounded", bounded);
  return g_test_run ();
}
