/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The monitor against the kernel, in a namespace of its own: what it tells, how often, and what it keeps to itself.
 * Needs root. */
#include "host/network-monitor.h"

#include <net/if.h>

#include "host/worker-path.h"
#include "machine.h"

/* The kernel tells of a link's carrier a second late at times. */
#define QUIET_MS 1500

typedef struct {
  guint told, differed;
} Talk;

static void
on_changed (const NetworkSnapshot *before, const NetworkSnapshot *after, gpointer user_data)
{
  Talk *talk = user_data;
  talk->told++;
  talk->differed += !network_snapshot_equal (before, after);
}

static gboolean
on_time (gpointer over)
{
  *(gboolean *) over = TRUE;
  return G_SOURCE_REMOVE;
}

/* Runs until something is told. */
static void
run (Talk *talk)
{
  for (guint told = talk->told; talk->told == told;)
    g_main_context_iteration (NULL, TRUE);
}

static void
run_for (guint ms)
{
  gboolean over = FALSE;
  g_timeout_add (ms, on_time, &over);
  while (!over)
    g_main_context_iteration (NULL, TRUE);
}

/* Runs until nothing has been told for a while. */
static void
settle (Talk *talk)
{
  guint told;
  do {
    told = talk->told;
    run_for (QUIET_MS);
  } while (talk->told != told);
}

static NetworkMonitor *
begin (Talk *talk)
{
  g_autoptr (GError) error = NULL;
  *talk = (Talk){ 0 };
  NetworkMonitor *monitor = network_monitor_new (on_changed, talk, &error);
  g_assert_no_error (error);
  return monitor;
}

/* What happens in one go is told once, as it ends. */
static void
burst (void)
{
  Talk talk;
  g_autoptr (NetworkMonitor) monitor = begin (&talk);
  guint device = if_nametoindex ("up0");
  g_assert_cmpuint (
      network_snapshot_default_device (network_monitor_now (monitor), INET_V4), ==, device);
  g_assert_cmpuint (
      network_snapshot_default_device (network_monitor_now (monitor), INET_V6), ==, device);
  machine_run ("ip link set up0 down");
  machine_run ("ip link set up0 up");
  machine_run ("ip link set up0 down");
  run (&talk);
  g_assert_cmpuint (talk.told, ==, 1);
  g_assert_cmpuint (network_monitor_now (monitor)->defaults->len, ==, 0);
  g_assert_cmpuint (network_monitor_now (monitor)->addresses->len, ==, 0);
  machine_run ("ip link set up0 up");
  machine_run ("ip route add default via 192.0.2.1");
  while (network_monitor_now (monitor)->defaults->len == 0)
    run (&talk);
  g_assert_cmpuint (
      network_snapshot_default_device (network_monitor_now (monitor), INET_V4), ==, device);
}

/* Tunnels of ours, their tables, and a lease that is renewed are no change; what follows them is one. */
static void
unmoved (void)
{
  Talk talk;
  g_autoptr (NetworkMonitor) monitor = begin (&talk);
  machine_run ("ip tuntap add visitor3 mode tun");
  machine_run ("ip addr add 10.3.0.1/32 dev visitor3");
  machine_run ("ip link set visitor3 up");
  machine_run ("ip route add default dev up0 table 22089");
  machine_run ("ip addr change 192.0.2.10/24 dev up0 valid_lft 3600 preferred_lft 3600");
  machine_run ("ip link set lo down");
  machine_run ("ip link set lo up");
  settle (&talk);
  g_assert_cmpuint (talk.told, >, 0);
  g_assert_cmpuint (talk.differed, ==, 0);
  guint told = talk.told;
  machine_run ("ip route add 10.9.0.0/16 dev up0 table 22089");
  run_for (500);
  g_assert_cmpuint (talk.told, ==, told); /* it did not even look */
  machine_run ("ip addr add 192.0.2.11/24 dev up0");
  while (talk.differed == 0)
    run (&talk);
  machine_run ("ip addr del 192.0.2.11/24 dev up0");
  machine_run ("ip link del visitor3");
}

/* The kernel's own answer sees what no snapshot has. */
static void
narrower_route (void)
{
  Talk talk;
  WorkerPath path = { 0 };
  InetAddr local, remote;
  g_autoptr (NetworkMonitor) monitor = begin (&talk);
  const NetworkSnapshot *now = network_monitor_now (monitor);
  g_assert_true (
      inet_addr_parse ("192.0.2.10", &local) && inet_addr_parse ("203.0.113.10", &remote));
  g_assert_cmpint (worker_path_judge (&path, now, now), ==, NETWORK_SAME);
  worker_path_stands (&path, &local, &remote, &(HostSocketBinding){ .device = 1 });
  g_assert_cmpint (worker_path_judge (&path, now, now), ==, NETWORK_SAME);
  static const char *const changes[] = {
    "ip route add 203.0.113.10/32 via 192.0.2.7", "ip route del 203.0.113.10/32",
    "ip route add 203.0.113.10/32 via 192.0.2.8 table 77", /* which is looked up by a rule of somebody's */
  };
  machine_run ("ip rule add lookup 77 priority 100");
  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++) {
    machine_run (changes[i]);
    run (&talk);
    now = network_monitor_now (monitor);
    g_assert_cmpuint (talk.told, ==, i + 1);
    g_assert_cmpuint (talk.differed, ==, 0);
    g_assert_cmpint (worker_path_judge (&path, now, now), ==, NETWORK_CHANGED);
    g_assert_cmpint (worker_path_judge (&path, now, now), ==, NETWORK_SAME); /* said once */
  }
  machine_run ("ip rule del lookup 77 priority 100");
  machine_run ("ip route del 203.0.113.10/32 table 77");
}

/* A way into a tunnel of ours is no way for the stream below it. */
static void
own_tunnel (void)
{
  WorkerPath path = { 0 };
  InetAddr local, remote;
  g_autoptr (NetworkSnapshot) none = network_snapshot_new ();
  g_assert_true (
      inet_addr_parse ("192.0.2.10", &local) && inet_addr_parse ("203.0.113.10", &remote));
  worker_path_stands (&path, &local, &remote, &(HostSocketBinding){ 0 });
  machine_run ("ip tuntap add nm-visitor5 mode tun");
  machine_run ("ip link set nm-visitor5 up");
  machine_run ("ip route add 203.0.113.0/24 dev nm-visitor5");
  g_assert_cmpint (worker_path_judge (&path, none, none), ==, NETWORK_NONE);
  machine_run ("ip link del nm-visitor5");
  g_assert_cmpint (worker_path_judge (&path, none, none), ==, NETWORK_CHANGED);
}

/* Where the site names the interface, or the address, a better network elsewhere is none. */
static void
bound (void)
{
  InetAddr local, remote;
  g_assert_true (
      inet_addr_parse ("192.0.2.10", &local) && inet_addr_parse ("203.0.113.10", &remote));
  const struct {
    HostSocketBinding binding;
    NetworkVerdict verdict; /* of a default route by another link, and of the link's own end */
    const char *end;
  } rows[] = {
    { { 0 }, NETWORK_CHANGED, NULL },
    { { .interface = "up0" }, NETWORK_SAME, "ip link set up0 down" },
    { { .source = local }, NETWORK_SAME, "ip addr del 192.0.2.10/24 dev up0" },
  };
  machine_run ("ip link set up0 up");
  machine_run ("ip route del default");
  machine_run ("ip route add default via 192.0.2.1 metric 9");
  machine_run ("ip link add other0 type veth peer name other1");
  machine_run ("ip link set other1 up");
  machine_run ("ip addr add 198.51.100.2/24 dev other0");
  machine_run ("ip rule add from 192.0.2.10 lookup 78 priority 99");
  machine_run ("ip route add default via 192.0.2.1 table 78");
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    WorkerPath path = { 0 };
    g_autoptr (NetworkSnapshot) some = network_snapshot_new ();
    const NetworkDefault any = { .device = 1, .family = INET_V4 };
    network_snapshot_add_default (some, &any);
    worker_path_stands (&path, &local, &remote, &rows[i].binding);
    machine_run ("ip link set other0 up");
    machine_run ("ip route add default via 198.51.100.1 metric 5");
    g_assert_cmpint (worker_path_judge (&path, some, some), ==, rows[i].verdict);
    if (rows[i].end != NULL) {
      machine_run (rows[i].end);
      g_assert_cmpint (worker_path_judge (&path, some, some), ==, NETWORK_GONE);
      machine_run ("ip addr replace 192.0.2.10/24 dev up0");
      machine_run ("ip link set up0 up");
      machine_run ("ip route replace default via 192.0.2.1 table 78");
      machine_run ("ip route replace default via 192.0.2.1 metric 9");
    }
    machine_run ("ip link set other0 down");
  }
  machine_run ("ip rule del priority 99");
  machine_run ("ip link del other0");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (!machine_enter ()) {
    g_print ("1..0 # SKIP needs root and /dev/net/tun\n");
    return 0;
  }
  g_test_add_func ("/host/network-monitor/burst", burst);
  g_test_add_func ("/host/network-monitor/unmoved", unmoved);
  g_test_add_func ("/host/network-monitor/narrower-route", narrower_route);
  g_test_add_func ("/host/network-monitor/own-tunnel", own_tunnel);
  g_test_add_func ("/host/network-monitor/bound", bound);
  return g_test_run ();
}
