/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/inet.h"

#include <glib.h>
#include <netinet/in.h>
#include <string.h>

static void
test_parse (void)
{
  static const struct {
    const char *text;
    const char *formatted; /* NULL: refused */
    bool unicast;
  } rows[] = {
    { "192.0.2.1", "192.0.2.1", true },
    { "10.0.0.0", "10.0.0.0", true },
    { "0.0.0.0", "0.0.0.0", false },
    { "127.0.0.1", "127.0.0.1", false },
    { "224.0.0.1", "224.0.0.1", false },
    { "255.255.255.255", "255.255.255.255", false },
    { "2001:DB8::0:1", "2001:db8::1", true },
    { "fe80::1", "fe80::1", true },
    { "::", "::", false },
    { "::1", "::1", false },
    { "ff02::1", "ff02::1", false },
    { "::ffff:192.0.2.1", "::ffff:192.0.2.1", true },
    { "", NULL },
    { "192.0.2", NULL },
    { "192.0.2.256", NULL },
    { "192.0.2.01", NULL },
    { " 192.0.2.1", NULL },
    { "192.0.2.1 ", NULL },
    { "192.0.2.1/32", NULL },
    { "[::1]", NULL },
    { "fe80::1%lo", NULL },
    { "1::2::3", NULL },
    { "example.com", NULL },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    InetAddr addr;
    char buf[INET_ADDR_STRLEN];
    g_test_message ("row %" G_GSIZE_FORMAT ": %s", i, rows[i].text);
    g_assert_true (inet_addr_parse (rows[i].text, &addr) == (rows[i].formatted != NULL));
    if (rows[i].formatted == NULL)
      continue;
    g_assert_cmpstr (inet_addr_format (&addr, buf), ==, rows[i].formatted);
    g_assert_true (inet_addr_is_unicast (&addr) == rows[i].unicast);
  }
}

static void
test_from_bytes (void)
{
  static const uint8_t bytes[17] = { 192, 0, 2, 1 };
  InetAddr addr;
  g_assert_true (inet_addr_from_bytes (INET_V4, SLICE (bytes, 4), &addr));
  g_assert_true (inet_addr_from_bytes (INET_V6, SLICE (bytes, 16), &addr));
  g_assert_false (inet_addr_from_bytes (INET_V4, SLICE (bytes, 3), &addr));
  g_assert_false (inet_addr_from_bytes (INET_V4, SLICE (bytes, 16), &addr));
  g_assert_false (inet_addr_from_bytes (INET_V6, SLICE (bytes, 17), &addr));
  g_assert_false (inet_addr_from_bytes (INET_NONE, SLICE (bytes, 0), &addr));
  char buf[INET_ADDR_STRLEN];
  g_assert_cmpstr (inet_addr_format (&(InetAddr){ 0 }, buf), ==, "-");
}

static void
test_local (void)
{
  static const struct {
    const char *prefix;
    bool local;
  } rows[] = { { "0.0.0.0/0", false }, { "0.0.0.0/5", false }, { "0.0.0.0/8", true },
    { "127.0.0.0/8", true }, { "126.0.0.0/7", false }, { "127.1.0.0/16", true },
    { "192.0.0.0/2", false }, { "224.0.0.0/3", true }, { "239.1.2.3", true },
    { "255.255.255.255", true }, { "169.254.0.0/16", false }, { "10.0.0.0/8", false },
    { "::/0", false }, { "::", true }, { "::1", true }, { "::/126", false }, { "fe80::/10", true },
    { "fe80::1", true }, { "fe00::/7", false }, { "ff02::/16", true }, { "fd01::/64", false } };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    InetPrefix prefix;
    g_test_message ("%s", rows[i].prefix);
    g_assert_true (inet_prefix_parse (rows[i].prefix, &prefix));
    g_assert_true (inet_prefix_stays_local (&prefix) == rows[i].local);
  }
}

static void
test_prefix (void)
{
  static const struct {
    const char *text;
    const char *formatted; /* NULL: refused */
    bool canonical;
    const char *inside, *outside;
  } rows[] = {
    { "10.0.0.0/8", "10.0.0.0/8", true, "10.255.255.255", "11.0.0.0" },
    { "10.0.0.1/8", "10.0.0.1/8", false, "10.2.3.4", "9.255.255.255" },
    { "192.0.2.128/25", "192.0.2.128/25", true, "192.0.2.200", "192.0.2.127" },
    { "192.0.2.1", "192.0.2.1/32", true, "192.0.2.1", "192.0.2.2" },
    { "0.0.0.0/0", "0.0.0.0/0", true, "255.1.2.3", "::" },
    { "2001:db8::/32", "2001:db8::/32", true, "2001:db8:ffff::", "2001:db9::" },
    { "2001:db8::/33", "2001:db8::/33", true, "2001:db8:7fff::", "2001:db8:8000::" },
    { "::/0", "::/0", true, "2001:db8::1", "10.0.0.1" },
    { "::1", "::1/128", true, "::1", "::2" },
    { "10.0.0.0/33", NULL },
    { "::/129", NULL },
    { "10.0.0.0/", NULL },
    { "10.0.0.0/-1", NULL },
    { "10.0.0.0/8/8", NULL },
    { "10.0.0.0/ 8", NULL },
    { "/8", NULL },
    { "", NULL },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    InetPrefix prefix;
    InetAddr addr;
    char buf[INET_PREFIX_STRLEN];
    g_test_message ("row %" G_GSIZE_FORMAT ": %s", i, rows[i].text);
    g_assert_true (inet_prefix_parse (rows[i].text, &prefix) == (rows[i].formatted != NULL));
    if (rows[i].formatted == NULL)
      continue;
    g_assert_cmpstr (inet_prefix_format (&prefix, buf), ==, rows[i].formatted);
    g_assert_true (inet_prefix_is_canonical (&prefix) == rows[i].canonical);
    g_assert_true (inet_addr_parse (rows[i].inside, &addr));
    g_assert_true (inet_prefix_contains (&prefix, &addr));
    g_assert_true (inet_addr_parse (rows[i].outside, &addr));
    g_assert_false (inet_prefix_contains (&prefix, &addr));
  }
}

static void
test_compare (void)
{
  static const char *const ascending[] = { "0.0.0.0", "10.0.0.1", "192.0.2.1", "::", "::1",
    "fe80::" };
  for (gsize i = 0; i < G_N_ELEMENTS (ascending); i++) {
    for (gsize j = 0; j < G_N_ELEMENTS (ascending); j++) {
      InetAddr a, b;
      g_assert_true (inet_addr_parse (ascending[i], &a));
      g_assert_true (inet_addr_parse (ascending[j], &b));
      int order = inet_addr_compare (&a, &b);
      g_assert_true (i < j ? order < 0 : i > j ? order > 0 : order == 0);
    }
  }
}

static void
test_sockaddr (void)
{
  static const char *const texts[] = { "192.0.2.1", "2001:db8::1" };
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    InetAddr addr, again;
    struct sockaddr_storage storage;
    uint16_t port;
    g_assert_true (inet_addr_parse (texts[i], &addr));
    socklen_t len = inet_addr_to_sockaddr (&addr, 4500, &storage);
    g_assert_cmpuint (len, ==, i == 0 ? sizeof (struct sockaddr_in) : sizeof (struct sockaddr_in6));
    g_assert_true (inet_addr_from_sockaddr ((struct sockaddr *) &storage, &again, &port));
    g_assert_cmpint (inet_addr_compare (&addr, &again), ==, 0);
    g_assert_cmpuint (port, ==, 4500);
  }
  InetAddr mapped;
  struct sockaddr_storage storage;
  uint16_t port = 7;
  g_assert_true (inet_addr_parse ("::ffff:192.0.2.1", &mapped));
  inet_addr_to_sockaddr (&mapped, 1, &storage);
  g_assert_true (inet_addr_from_sockaddr ((struct sockaddr *) &storage, &mapped, &port));
  g_assert_cmpuint (mapped.family, ==, INET_V4);
  storage.ss_family = AF_UNIX;
  g_assert_false (inet_addr_from_sockaddr ((struct sockaddr *) &storage, &mapped, &port));
  g_assert_cmpuint (port, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/inet/parse", test_parse);
  g_test_add_func ("/base/inet/from-bytes", test_from_bytes);
  g_test_add_func ("/base/inet/prefix", test_prefix);
  g_test_add_func ("/base/inet/local", test_local);
  g_test_add_func ("/base/inet/compare", test_compare);
  g_test_add_func ("/base/inet/sockaddr", test_sockaddr);
  return g_test_run ();
}
