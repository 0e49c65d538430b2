/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is remembered of gateways: for whom, for how long, over a restart, and by which clock. */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/gateway-facts-file.h"

#define USER 1000
#define HOME "wlan0 192.168.1.1 02:00:00:00:00:01"
#define HOTEL "wlan0 10.0.0.1 02:00:00:00:00:02"
#define DAY (24 * 60 * 60)

static void
expect (const GatewayFacts *facts, uid_t uid, const char *host, gint64 now, const char *wanted)
{
  g_auto (GStrv) addresses = gateway_facts_addresses (facts, uid, host, now);
  g_autofree char *found = g_strjoinv (" ", addresses);
  g_assert_cmpstr (found, ==, wanted);
}

static void
newest_first (void)
{
  g_autoptr (GatewayFacts) facts = gateway_facts_new (NULL, 0);
  gateway_facts_note_address (facts, USER, "vpn", "192.0.2.1", 1);
  gateway_facts_note_address (facts, USER, "vpn", "2001:db8::1", 2);
  gateway_facts_note_address (facts, USER, "vpn", "192.0.2.1", 3);
  expect (facts, USER, "vpn", 4, "192.0.2.1 2001:db8::1");
  expect (facts, USER, "other", 4, "");
}

static void
a_day_old_is_too_old (void)
{
  g_autoptr (GatewayFacts) facts = gateway_facts_new (NULL, 0);
  gateway_facts_note_address (facts, USER, "vpn", "192.0.2.1", 10);
  expect (facts, USER, "vpn", 10 + GATEWAY_FACTS_ADDRESS_AGE, "192.0.2.1");
  expect (facts, USER, "vpn", 11 + GATEWAY_FACTS_ADDRESS_AGE, "");
}

static void
each_user_for_himself (void)
{
  g_autoptr (GatewayFacts) facts = gateway_facts_new (NULL, 0);
  gateway_facts_note_address (facts, USER, "vpn", "192.0.2.1", 1);
  expect (facts, USER + 1, "vpn", 2, "");
}

static void
what_is_no_address_is_ignored (void)
{
  g_autoptr (GatewayFacts) facts = gateway_facts_new (NULL, 0);
  gateway_facts_note_address (facts, USER, "vpn", "vpn.example.com", 1);
  gateway_facts_note_address (facts, USER, "vpn", "192.0.2.1\n192.0.2.2", 1);
  gateway_facts_note_address (facts, USER, "vpn", "", 1);
  expect (facts, USER, "vpn", 2, "");
}

static void
bounded (void)
{
  g_autoptr (GatewayFacts) facts = gateway_facts_new (NULL, 0);
  for (guint i = 0; i < GATEWAY_FACTS_ADDRESSES_OF_ONE + 2; i++) {
    g_autofree char *address = g_strdup_printf ("192.0.2.%u", i);
    gateway_facts_note_address (facts, USER, "vpn", address, i);
  }
  g_auto (GStrv) addresses = gateway_facts_addresses (facts, USER, "vpn", 9);
  g_assert_cmpuint (g_strv_length (addresses), ==, GATEWAY_FACTS_ADDRESSES_OF_ONE);
  for (guint i = 0; i < GATEWAY_FACTS_ADDRESSES; i++) {
    g_autofree char *host = g_strdup_printf ("host-%u", i);
    gateway_facts_note_address (facts, USER, host, "192.0.2.1", 100 + i);
  }
  expect (facts, USER, "vpn", 200, "");
  expect (facts, USER, "host-0", 200, "192.0.2.1");
}

static void
for_each_network_and_user (void)
{
  g_autoptr (GatewayFacts) facts = gateway_facts_new (NULL, 0);
  g_assert_true (gateway_facts_note_way (facts, USER, "vpn", HOME, "UDP", 10));
  g_assert_true (gateway_facts_note_way (facts, USER, "vpn", HOTEL, "TLS", 20));
  g_assert_cmpstr (gateway_facts_way (facts, USER, "vpn", HOME, 30), ==, "UDP");
  g_assert_cmpstr (gateway_facts_way (facts, USER, "vpn", HOTEL, 30), ==, "TLS");
  g_assert_null (gateway_facts_way (facts, USER, "other", HOME, 30));
  g_assert_null (gateway_facts_way (facts, USER + 1, "vpn", HOME, 30));
  g_assert_null (gateway_facts_way (facts, USER, "vpn", "eth0 10.0.0.1 -", 30));
}

/* The file is written when something is new, not with every status. */
static void
what_is_new (void)
{
  g_autoptr (GatewayFacts) facts = gateway_facts_new (NULL, 0);
  g_assert_true (gateway_facts_note_way (facts, USER, "vpn", HOME, "UDP", 10));
  g_assert_false (gateway_facts_note_way (facts, USER, "vpn", HOME, "UDP", 20));
  g_assert_true (gateway_facts_note_way (facts, USER, "vpn", HOME, "TLS", 30));
  g_assert_cmpstr (gateway_facts_way (facts, USER, "vpn", HOME, 40), ==, "TLS");
  /* in time, however long one connection lasts */
  for (gint64 now = 40; now < 40 + GATEWAY_FACTS_WAY_AGE; now += 3600) {
    gateway_facts_note_way (facts, USER, "vpn", HOME, "TLS", now);
    g_autofree char *text = gateway_facts_to_text (facts);
    g_autoptr (GatewayFacts) again = gateway_facts_new (text, now);
    g_assert_cmpstr (gateway_facts_way (again, USER, "vpn", HOME, now), ==, "TLS");
  }
  g_assert_false (gateway_facts_note_way (facts, USER, "vpn", HOME, "pigeon", 50));
  g_assert_false (gateway_facts_note_way (facts, USER, "vpn", HOME, "UDP\nx", 50));
}

static void
ways_grow_old (void)
{
  g_autoptr (GatewayFacts) facts = gateway_facts_new (NULL, 0);
  gateway_facts_note_way (facts, USER, "vpn", HOME, "UDP", 10);
  g_assert_nonnull (gateway_facts_way (facts, USER, "vpn", HOME, 10 + GATEWAY_FACTS_WAY_AGE));
  g_assert_null (gateway_facts_way (facts, USER, "vpn", HOME, 11 + GATEWAY_FACTS_WAY_AGE));
}

static void
ways_are_bounded (void)
{
  g_autoptr (GatewayFacts) facts = gateway_facts_new (NULL, 0);
  for (guint i = 0; i < 3 * GATEWAY_FACTS_WAYS; i++) {
    g_autofree char *host = g_strdup_printf ("vpn%u", i);
    gateway_facts_note_way (facts, USER, host, HOME, "UDP", i);
  }
  g_autofree char *text = gateway_facts_to_text (facts);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, GATEWAY_FACTS_WAYS + 1);
  g_assert_null (gateway_facts_way (facts, USER, "vpn0", HOME, 200));
  g_assert_nonnull (gateway_facts_way (facts, USER, "vpn191", HOME, 200));
}

/* Kept when something is new, and from time to time where nothing is: a connection may last for days before
 * the engine dies. */
static void
kept_in_time (void)
{
  g_autoptr (GatewayFacts) facts = gateway_facts_new (NULL, 0);
  g_autofree char *kept = NULL;
  guint times = 0;
  for (gint64 now = 0; now <= 3 * DAY; now += 5) {
    if (!gateway_facts_note_address (facts, USER, "vpn", "192.0.2.1", now))
      continue;
    times++;
    g_free (kept);
    kept = gateway_facts_to_text (facts);
  }
  g_assert_cmpuint (times, >, 24);
  g_assert_cmpuint (times, <, 100);
  g_autoptr (GatewayFacts) again = gateway_facts_new (kept, 3 * DAY + DAY / 2);
  expect (again, USER, "vpn", 3 * DAY + DAY / 2, "192.0.2.1");
}

/* A clock that jumps ahead makes us forget; one that was ahead is borne with for a day, and not for ever. */
static void
clock_jumps (void)
{
  g_autoptr (GatewayFacts) facts = gateway_facts_new (NULL, 0);
  gint64 now = 100 * DAY;
  gateway_facts_note_address (facts, USER, "vpn", "192.0.2.1", now);
  gateway_facts_note_way (facts, USER, "vpn", HOME, "TLS", now);
  g_autofree char *text = gateway_facts_to_text (facts);
  static const struct {
    gint64 later;
    gboolean knows_address, knows_way;
  } rows[] = {
    { 0, TRUE, TRUE },
    { DAY, TRUE, TRUE },
    { DAY + 1, FALSE, TRUE },
    { GATEWAY_FACTS_WAY_AGE, FALSE, TRUE },
    { GATEWAY_FACTS_WAY_AGE + 1, FALSE, FALSE },
    { -3600, TRUE, TRUE },
    { -DAY, TRUE, TRUE },
    { -DAY - 1, FALSE, FALSE },
    { -100 * DAY, FALSE, FALSE },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    gint64 then = now + rows[i].later;
    g_autoptr (GatewayFacts) again = gateway_facts_new (text, then);
    const GatewayFacts *both[] = { facts, again };
    for (guint j = 0; j < G_N_ELEMENTS (both); j++) {
      expect (both[j], USER, "vpn", then, rows[i].knows_address ? "192.0.2.1" : "");
      g_assert_cmpstr (gateway_facts_way (both[j], USER, "vpn", HOME, then), ==,
          rows[i].knows_way ? "TLS" : NULL);
    }
  }
  /* what is noted after the jump counts, and is kept at once */
  g_assert_true (gateway_facts_note_address (facts, USER, "vpn", "192.0.2.1", 1));
  expect (facts, USER, "vpn", 1, "192.0.2.1");
}

static void
over_a_restart (void)
{
  g_autoptr (GatewayFacts) facts = gateway_facts_new (NULL, 0);
  gateway_facts_note_way (facts, USER, "vpn", HOME, "UDP", 10);
  gateway_facts_note_way (facts, USER, "vpn", HOTEL, "TLS", 20);
  gateway_facts_note_address (facts, USER, "vpn", "192.0.2.1", 30);
  gateway_facts_note_address (facts, USER, "vpn", "2001:db8::1", 40);
  g_autofree char *text = gateway_facts_to_text (facts);
  g_assert_null (strstr (text, "vpn"));
  g_assert_null (strstr (text, "192.168"));
  g_autoptr (GatewayFacts) again = gateway_facts_new (text, 50);
  g_autofree char *same = gateway_facts_to_text (again);
  g_assert_cmpstr (same, ==, text);
  g_assert_cmpstr (gateway_facts_way (again, USER, "vpn", HOTEL, 50), ==, "TLS");
  expect (again, USER, "vpn", 50, "2001:db8::1 192.0.2.1");
  expect (again, USER + 1, "vpn", 50, "");
}

#define D "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

/* One line each; what is not exactly such a one is passed over, and harms no other. */
static void
lines (void)
{
  static const struct {
    const char *line;
    gboolean good;
  } rows[] = {
    { "address " D " - 192.0.2.1 10", TRUE },
    { "address " D " - 2001:db8::1 10", TRUE },
    { "way " D " " D " TLS 10", TRUE },
    { "way " D " " D " UDP 0", TRUE },
    { "address " D " " D " 192.0.2.1 10", FALSE },
    { "way " D " - TLS 10", FALSE },
    { "way " D " " D " TCP 10", FALSE },
    { "way " D " " D " 192.0.2.1 10", FALSE },
    { "address " D " - TLS 10", FALSE },
    { "address " D " - vpn.example.com 10", FALSE },
    { "address " D " - 192.0.2.01 10", FALSE },
    { "address " D " - 2001:DB8::1 10", FALSE },
    { "address " D " - [2001:db8::1] 10", FALSE },
    { "address " D " - 192.0.2.1 -10", FALSE },
    { "address " D " - 192.0.2.1 010", FALSE },
    { "address " D " - 192.0.2.1 +10", FALSE },
    { "address " D " - 192.0.2.1 0x10", FALSE },
    { "address " D " - 192.0.2.1 ", FALSE },
    { "address " D " - 192.0.2.1", FALSE },
    { "address " D " - 192.0.2.1 9223372036854775807", FALSE },
    { "address " D " - 192.0.2.1 99999999999999999999", FALSE },
    { "address " D " - 192.0.2.1 10 ", FALSE },
    { "address " D " - 192.0.2.1 10 10", FALSE },
    { "address " D " - 192.0.2.1 10\r", FALSE },
    { " address " D " - 192.0.2.1 10", FALSE },
    { "address  " D " - 192.0.2.1 10", FALSE },
    { "Address " D " - 192.0.2.1 10", FALSE },
    { "address " D "0 - 192.0.2.1 10", FALSE },
    { "address 0" D " - 192.0.2.1 10", FALSE },
    { "address G0112233445566778899aabbccddeeff00112233445566778899aabbccddeeff - 192.0.2.1 10",
        FALSE },
    { "address A0112233445566778899aabbccddeeff00112233445566778899aabbccddeeff - 192.0.2.1 10",
        FALSE },
    { "", FALSE },
    { "rubbish", FALSE },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *among = g_strconcat (
        "way " D " " D " TLS 1\n", rows[i].line, "\naddress " D " - 192.0.2.9 1", NULL);
    g_autoptr (GatewayFacts) facts = gateway_facts_new (among, 10);
    g_autofree char *text = gateway_facts_to_text (facts);
    g_auto (GStrv) kept = g_strsplit (text, "\n", -1);
    g_test_message ("%s", rows[i].line);
    g_assert_cmpint (g_strv_contains ((const char *const *) kept, rows[i].line), ==,
        rows[i].good || *rows[i].line == '\0');
    g_assert_true (g_str_has_suffix (text, "address " D " - 192.0.2.9 1\n"));
  }
}

/* Of one key twice, the later line counts. */
static void
twice (void)
{
  g_autoptr (GatewayFacts) facts = gateway_facts_new ("way " D " " D " TLS 1\nway " D " " D
                                                      " UDP 2\naddress " D " - 192.0.2.1 1\n"
                                                      "address " D " - 192.0.2.1 2\n",
      10);
  g_autofree char *text = gateway_facts_to_text (facts);
  g_assert_cmpstr (text, ==, "way " D " " D " UDP 2\naddress " D " - 192.0.2.1 2\n");
}

static void
forgotten_with_its_site (void)
{
  g_autoptr (GatewayFacts) facts = gateway_facts_new (NULL, 0);
  gateway_facts_note_address (facts, USER, "vpn", "192.0.2.1", 10);
  gateway_facts_note_address (facts, USER, "vpn", "192.0.2.2", 11);
  gateway_facts_note_way (facts, USER, "vpn", HOME, "UDP", 12);
  gateway_facts_note_address (facts, USER, "other", "192.0.2.3", 13);
  gateway_facts_note_way (facts, USER + 1, "vpn", HOME, "TLS", 14);
  g_assert_true (gateway_facts_forget (facts, USER, "vpn"));
  g_assert_false (gateway_facts_forget (facts, USER, "vpn"));
  expect (facts, USER, "vpn", 15, "");
  g_assert_null (gateway_facts_way (facts, USER, "vpn", HOME, 15));
  expect (facts, USER, "other", 15, "192.0.2.3");
  g_assert_cmpstr (gateway_facts_way (facts, USER + 1, "vpn", HOME, 15), ==, "TLS");
}

static void
expect_file (const char *path, const char *wanted)
{
  g_autoptr (GatewayFacts) facts = gateway_facts_file_load (path);
  expect (facts, USER, "vpn", gateway_facts_file_clock (), wanted);
}

/* Nobody else reads or writes it; what somebody else may have written is not believed. */
static void
file (void)
{
  g_autofree char *folder = g_dir_make_tmp ("visitor-facts-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "facts", NULL);
  g_autofree char *link = g_build_filename (folder, "link", NULL);
  g_autoptr (GatewayFacts) facts = gateway_facts_new (NULL, 0);
  struct stat st;
  expect_file (path, "");
  gateway_facts_note_address (facts, USER, "vpn", "192.0.2.1", gateway_facts_file_clock ());
  gateway_facts_file_save (path, facts);
  g_assert_cmpint (stat (path, &st), ==, 0);
  g_assert_cmpint (st.st_mode & 07777, ==, 0600);
  expect_file (path, "192.0.2.1");

  g_assert_cmpint (chmod (path, 0620), ==, 0);
  expect_file (path, "");
  g_assert_cmpint (chmod (path, 0600), ==, 0);
  g_assert_cmpint (symlink ("facts", link), ==, 0);
  expect_file (link, "");
  expect_file (folder, "");

  /* a zero octet, and one octet too many */
  g_autofree char *text = gateway_facts_to_text (facts);
  gsize len = strlen (text);
  g_autofree char *zero = g_strconcat (text, "x", NULL);
  zero[len] = '\0';
  g_assert_true (g_file_set_contents_full (
      path, zero, (gssize) len + 1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  expect_file (path, "");
  for (gsize more = 0; more <= 1; more++) {
    g_autofree char *rest = g_strnfill (GATEWAY_FACTS_FILE_MAX - len + more, '\n');
    g_autofree char *large = g_strconcat (text, rest, NULL);
    g_assert_true (
        g_file_set_contents_full (path, large, -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
    expect_file (path, more == 0 ? "192.0.2.1" : "");
  }
  /* the largest that we write is small enough */
  for (guint i = 0; i < GATEWAY_FACTS_ADDRESSES + GATEWAY_FACTS_WAYS; i++) {
    g_autofree char *host = g_strdup_printf ("host-%u", i);
    gateway_facts_note_address (
        facts, USER, host, "2001:db8:1111:2222:3333:4444:5555:6666", G_MAXINT64 / 2);
    gateway_facts_note_way (facts, USER, host, HOME, "TLS", G_MAXINT64 / 2);
  }
  g_autofree char *largest = gateway_facts_to_text (facts);
  g_assert_cmpuint (strlen (largest), <=, GATEWAY_FACTS_FILE_MAX);
  g_unlink (link);
  g_unlink (path);
  g_rmdir (folder);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/host/gateway-facts/newest first", newest_first);
  g_test_add_func ("/host/gateway-facts/a day old is too old", a_day_old_is_too_old);
  g_test_add_func ("/host/gateway-facts/each user for himself", each_user_for_himself);
  g_test_add_func ("/host/gateway-facts/what is no address", what_is_no_address_is_ignored);
  g_test_add_func ("/host/gateway-facts/bounded", bounded);
  g_test_add_func ("/host/gateway-facts/ways for each network and user", for_each_network_and_user);
  g_test_add_func ("/host/gateway-facts/what is new", what_is_new);
  g_test_add_func ("/host/gateway-facts/ways grow old", ways_grow_old);
  g_test_add_func ("/host/gateway-facts/ways are bounded", ways_are_bounded);
  g_test_add_func ("/host/gateway-facts/kept in time", kept_in_time);
  g_test_add_func ("/host/gateway-facts/clock jumps", clock_jumps);
  g_test_add_func ("/host/gateway-facts/over a restart", over_a_restart);
  g_test_add_func ("/host/gateway-facts/lines", lines);
  g_test_add_func ("/host/gateway-facts/twice", twice);
  g_test_add_func ("/host/gateway-facts/forgotten with its site", forgotten_with_its_site);
  g_test_add_func ("/host/gateway-facts/file", file);
  return g_test_run ();
}
