/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the difference between two moments of a machine's networks means for a stream: a column of cases. */
#include "host/network.h"

#include <string.h>

/* "1=192.0.2.2 2=10.0.0.5 | 1@100>192.0.2.1 2@600>10.0.0.1": addresses by device, then default routes by device,
 * metric and gateway. */
static NetworkSnapshot *
snapshot_of (const char *text)
{
  NetworkSnapshot *snapshot = network_snapshot_new ();
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  for (guint i = 0; words[i] != NULL; i++) {
    char *rest;
    guint device = (guint) strtoul (words[i], &rest, 10);
    InetAddr addr = { 0 };
    if (*rest == '=') {
      g_assert_true (inet_addr_parse (rest + 1, &addr));
      network_snapshot_add_address (snapshot, device, &addr);
    } else if (*rest == '@') {
      guint metric = (guint) strtoul (rest + 1, &rest, 10);
      g_assert_true (*rest == '>' && inet_addr_parse (rest + 1, &addr));
      const NetworkDefault route = { device, addr.family, addr, metric };
      network_snapshot_add_default (snapshot, &route);
    }
  }
  network_snapshot_sort (snapshot);
  return snapshot;
}

/* "1>192.0.2.1", "1" on the link, "" none. */
static NetworkWay
way_of (const char *text)
{
  NetworkWay way = { 0 };
  char *rest;
  way.device = (guint) strtoul (text, &rest, 10);
  if (*rest == '>')
    g_assert_true (inet_addr_parse (rest + 1, &way.gateway));
  return way;
}

#define WIFI "1=192.0.2.2 | 1@600>192.0.2.1"
#define BOTH "1=192.0.2.2 2=10.0.0.5 | 1@600>192.0.2.1 2@700>10.0.0.1"
#define CABLE_FIRST "1=192.0.2.2 2=10.0.0.5 | 1@600>192.0.2.1 2@100>10.0.0.1"
#define VIA_WIFI "1>192.0.2.1"
#define VIA_CABLE "2>10.0.0.1"

static const struct {
  const char *what;
  const char *before, *after;
  const char *source; /* "" = no stream stands */
  const char *way_before, *way_after;
  NetworkVerdict verdict;
} rows[] = {
  { "nothing is another", WIFI, WIFI, "192.0.2.2", VIA_WIFI, VIA_WIFI, NETWORK_SAME },
  { "nothing is another, no stream", WIFI, WIFI, "", VIA_WIFI, VIA_WIFI, NETWORK_SAME },
  { "one more network, behind the first", WIFI, BOTH, "192.0.2.2", VIA_WIFI, VIA_WIFI,
      NETWORK_SAME },
  { "one more network, and a stream is sought", WIFI, BOTH, "", VIA_WIFI, VIA_WIFI,
      NETWORK_CHANGED },
  { "a better one", WIFI, CABLE_FIRST, "192.0.2.2", VIA_WIFI, VIA_CABLE, NETWORK_CHANGED },
  { "another router", WIFI, "1=192.0.2.2 | 1@600>192.0.2.9", "192.0.2.2", VIA_WIFI, "1>192.0.2.9",
      NETWORK_CHANGED },
  { "the other one goes", BOTH, WIFI, "192.0.2.2", VIA_WIFI, VIA_WIFI, NETWORK_SAME },
  { "the network goes, another is there", BOTH, "2=10.0.0.5 | 2@700>10.0.0.1", "192.0.2.2",
      VIA_WIFI, VIA_CABLE, NETWORK_GONE },
  { "the address goes, the route stays", WIFI, "1=192.0.2.3 | 1@600>192.0.2.1", "192.0.2.2",
      VIA_WIFI, VIA_WIFI, NETWORK_GONE },
  { "one address more", WIFI, "1=192.0.2.2 1=192.0.2.3 | 1@600>192.0.2.1", "192.0.2.2", VIA_WIFI,
      VIA_WIFI, NETWORK_SAME },
  { "the last network goes", WIFI, "", "192.0.2.2", VIA_WIFI, "", NETWORK_NONE },
  { "the last network goes, no stream", WIFI, "", "", VIA_WIFI, "", NETWORK_NONE },
  { "the last network is away", "", "", "", "", "", NETWORK_NONE },
  { "the route vanishes, the address stays", WIFI, "1=192.0.2.2", "192.0.2.2", VIA_WIFI, "",
      NETWORK_NONE },
  { "no network before the first stream", "2=172.17.0.1", "2=172.17.0.1", "", "", "",
      NETWORK_NONE },
  { "a gateway on the link, before the first stream", "1=192.0.2.2", "1=192.0.2.2", "", "1", "1",
      NETWORK_SAME },
  { "the link of the gateway comes", "", "1=192.0.2.2", "", "", "1", NETWORK_CHANGED },
  { "the first network", "", WIFI, "", "", VIA_WIFI, NETWORK_CHANGED },
  { "the first, and nobody knows where to", "", WIFI, "", "", "", NETWORK_CHANGED },
  { "a gateway on the link needs no router", "1=192.0.2.2", "1=192.0.2.2", "192.0.2.2", "1", "1",
      NETWORK_SAME },
  { "a narrower route to the gateway", WIFI, WIFI, "192.0.2.2", VIA_WIFI, "2>10.0.0.1",
      NETWORK_CHANGED },
  { "IPv4 goes, IPv6 stays", "1=192.0.2.2 1=2001:db8::2 | 1@600>192.0.2.1 1@600>2001:db8::1",
      "1=2001:db8::2 | 1@600>2001:db8::1", "192.0.2.2", VIA_WIFI, "", NETWORK_GONE },
  { "IPv6 comes, the stream is IPv4's", WIFI,
      "1=192.0.2.2 1=2001:db8::2 | 1@600>192.0.2.1 1@600>2001:db8::1", "192.0.2.2", VIA_WIFI,
      VIA_WIFI, NETWORK_SAME },
  { "a stream inside this machine", WIFI, BOTH, "127.0.0.1", "7", "7", NETWORK_SAME },
};

static void
test_verdicts (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (NetworkSnapshot) before = snapshot_of (rows[i].before);
    g_autoptr (NetworkSnapshot) after = snapshot_of (rows[i].after);
    NetworkStream stream = { .before = way_of (rows[i].way_before),
      .after = way_of (rows[i].way_after) };
    g_test_message ("%s", rows[i].what);
    if (*rows[i].source != '\0')
      g_assert_true (inet_addr_parse (rows[i].source, &stream.source));
    g_assert_cmpstr (network_verdict_to_string (network_judge (before, after, &stream)), ==,
        network_verdict_to_string (rows[i].verdict));
  }
}

static void
test_equal (void)
{
  static const struct {
    const char *a, *b;
    gboolean equal;
  } pairs[] = {
    { "", "", TRUE },
    { BOTH, "2=10.0.0.5 1=192.0.2.2 | 2@700>10.0.0.1 1@600>192.0.2.1", TRUE }, /* in any order */
    { WIFI, BOTH, FALSE },
    { BOTH, CABLE_FIRST, FALSE },
    { WIFI, "1=192.0.2.2 1=fe80::1 | 1@600>192.0.2.1", TRUE }, /* what each link has */
    { WIFI, "2=192.0.2.2 | 1@600>192.0.2.1", FALSE },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (pairs); i++) {
    g_autoptr (NetworkSnapshot) a = snapshot_of (pairs[i].a);
    g_autoptr (NetworkSnapshot) b = snapshot_of (pairs[i].b);
    g_test_message ("%s / %s", pairs[i].a, pairs[i].b);
    g_assert_cmpint (network_snapshot_equal (a, b), ==, pairs[i].equal);
    g_assert_cmpint (network_snapshot_equal (b, a), ==, pairs[i].equal);
  }
}

static void
test_default_device (void)
{
  g_autoptr (NetworkSnapshot) snapshot = snapshot_of (CABLE_FIRST " 3@50>2001:db8::1");
  g_assert_cmpuint (network_snapshot_default_device (snapshot, INET_V4), ==, 2);
  g_assert_cmpuint (network_snapshot_default_device (snapshot, INET_V6), ==, 3);
  g_autoptr (NetworkSnapshot) none = snapshot_of ("1=192.0.2.2");
  g_assert_cmpuint (network_snapshot_default_device (none, INET_V4), ==, 0);
}

static void
test_our_devices (void)
{
  static const char *const ours[] = { "visitor0", "visitor15", "nm-visitor0", "nm-visitor63" };
  static const char *const others[] = { "visitor", "visitors0", "visitor0a", "wlan0", "nm-visitor",
    "xvisitor0", "" };
  for (gsize i = 0; i < G_N_ELEMENTS (ours); i++)
    g_assert_true (network_device_is_ours (ours[i]));
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    g_assert_false (network_device_is_ours (others[i]));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/host/network/verdicts", test_verdicts);
  g_test_add_func ("/host/network/equal", test_equal);
  g_test_add_func ("/host/network/default-device", test_default_device);
  g_test_add_func ("/host/network/our-devices", test_our_devices);
  return g_test_run ();
}
