/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "host/way-memory.h"

#define USER 1000
#define HOME "wlan0 192.168.1.1 02:00:00:00:00:01"
#define HOTEL "wlan0 10.0.0.1 02:00:00:00:00:02"

static void
for_each_network_and_user (void)
{
  g_autoptr (WayMemory) memory = way_memory_new (NULL);
  g_assert_true (way_memory_note (memory, USER, "vpn", HOME, "UDP", 10));
  g_assert_true (way_memory_note (memory, USER, "vpn", HOTEL, "TLS", 20));
  g_assert_cmpstr (way_memory_get (memory, USER, "vpn", HOME, 30), ==, "UDP");
  g_assert_cmpstr (way_memory_get (memory, USER, "vpn", HOTEL, 30), ==, "TLS");
  g_assert_null (way_memory_get (memory, USER, "other", HOME, 30));
  g_assert_null (way_memory_get (memory, USER + 1, "vpn", HOME, 30));
  g_assert_null (way_memory_get (memory, USER, "vpn", "eth0 10.0.0.1 -", 30));
}

/* The file is written when something is new, not with every status. */
static void
what_is_new (void)
{
  g_autoptr (WayMemory) memory = way_memory_new (NULL);
  g_assert_true (way_memory_note (memory, USER, "vpn", HOME, "UDP", 10));
  g_assert_false (way_memory_note (memory, USER, "vpn", HOME, "UDP", 20));
  g_assert_true (way_memory_note (memory, USER, "vpn", HOME, "TLS", 30));
  g_assert_cmpstr (way_memory_get (memory, USER, "vpn", HOME, 40), ==, "TLS");
  g_assert_true (way_memory_note (memory, USER, "vpn", HOME, "TLS", 40 + WAY_MEMORY_AGE));
  g_assert_false (way_memory_note (memory, USER, "vpn", HOME, "pigeon", 50));
  g_assert_false (way_memory_note (memory, USER, "vpn", HOME, "UDP\nx", 50));
}

static void
too_old (void)
{
  g_autoptr (WayMemory) memory = way_memory_new (NULL);
  way_memory_note (memory, USER, "vpn", HOME, "UDP", 10);
  g_assert_nonnull (way_memory_get (memory, USER, "vpn", HOME, 10 + WAY_MEMORY_AGE));
  g_assert_null (way_memory_get (memory, USER, "vpn", HOME, 11 + WAY_MEMORY_AGE));
  g_assert_null (way_memory_get (memory, USER, "vpn", HOME, 9)); /* the clock was wrong then */
}

static void
over_a_restart (void)
{
  g_autoptr (WayMemory) memory = way_memory_new (NULL);
  way_memory_note (memory, USER, "vpn", HOME, "UDP", 10);
  way_memory_note (memory, USER, "vpn", HOTEL, "TLS", 20);
  g_autofree char *text = way_memory_to_text (memory);
  g_assert_null (strstr (text, "vpn"));
  g_assert_null (strstr (text, "192.168"));
  g_autofree char *more = g_strconcat ("rubbish\n", "a UDP 1\n", text, "x y\n", NULL);
  g_autoptr (WayMemory) again = way_memory_new (more);
  g_autofree char *same = way_memory_to_text (again);
  g_assert_cmpstr (same, ==, text);
  g_assert_cmpstr (way_memory_get (again, USER, "vpn", HOTEL, 30), ==, "TLS");
}

static void
bounded (void)
{
  g_autoptr (WayMemory) memory = way_memory_new (NULL);
  for (guint i = 0; i < 3 * WAY_MEMORY_MAX; i++) {
    g_autofree char *host = g_strdup_printf ("vpn%u", i);
    way_memory_note (memory, USER, host, HOME, "UDP", i);
  }
  g_autofree char *text = way_memory_to_text (memory);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, WAY_MEMORY_MAX + 1);
  g_assert_null (way_memory_get (memory, USER, "vpn0", HOME, 200));
  g_assert_nonnull (way_memory_get (memory, USER, "vpn191", HOME, 200));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/host/way-memory/for-each-network-and-user", for_each_network_and_user);
  g_test_add_func ("/host/way-memory/what-is-new", what_is_new);
  g_test_add_func ("/host/way-memory/too-old", too_old);
  g_test_add_func ("/host/way-memory/over-a-restart", over_a_restart);
  g_test_add_func ("/host/way-memory/bounded", bounded);
  return g_test_run ();
}
