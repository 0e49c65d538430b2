/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's tables as they look on machines, and what of them is a network. */
#include "host/network-id.h"

#define HEAD "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
#define WIFI "wlan0\t00000000\t0101A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0\n"
#define CABLE "eth0\t00000000\t0102000A\t0003\t0\t0\t100\t00000000\t0\t0\t0\n"
#define LINK "eth0\t0002000A\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0\n"
#define HALF "tun0\t00000000\t0100000A\t0003\t0\t0\t0\t00000080\t0\t0\t0\n"
#define DOWN "eth9\t00000000\t0102000A\t0002\t0\t0\t1\t00000000\t0\t0\t0\n"
#define DIRECT "ppp0\t00000000\t00000000\t0001\t0\t0\t1\t00000000\t0\t0\t0\n"
#define ARP_HEAD "IP address       HW type     Flags       HW address            Mask     Device\n"
#define ARP_WIFI "192.168.1.1      0x1         0x2         02:00:00:00:00:01     *        wlan0\n"
#define ARP_OTHER "192.168.1.1      0x1         0x2         02:00:00:00:00:09     *        eth5\n"
#define V6_ZEROS "00000000000000000000000000000000"
#define V6_ROUTER "fe800000000000000200000000000001"
#define V6(router, metric, device) \
  V6_ZEROS " 00 " V6_ZEROS " 00 " router " " metric " 00000001 00000000 00450003 " device "\n"

static const struct {
  const char *routes, *neighbours, *routes6;
  const char *id; /* NULL: no network */
} rows[] = {
  { HEAD WIFI, ARP_HEAD ARP_WIFI, "", "wlan0 192.168.1.1 02:00:00:00:00:01" },
  { HEAD WIFI, ARP_HEAD ARP_OTHER, "", "wlan0 192.168.1.1 -" },
  { HEAD WIFI LINK CABLE, ARP_HEAD ARP_WIFI, "", "eth0 10.0.2.1 -" },
  { HEAD CABLE WIFI, ARP_HEAD, V6 (V6_ROUTER, "00000064", "eth0"), "eth0 10.0.2.1 -" },
  { HEAD HALF DOWN DIRECT LINK, ARP_HEAD, "", NULL },
  { "", "", "", NULL },
  { HEAD, ARP_HEAD, V6 (V6_ROUTER, "00000400", "eth1") V6 (V6_ROUTER, "00000064", "eth0"),
      "eth0 " V6_ROUTER },
  { HEAD, ARP_HEAD, V6 (V6_ZEROS, "00000001", "visitor0"), NULL }, /* a tunnel has no router */
  { HEAD "wlan0\t00000000\n"
         "wlan0\tx\ty\t3\t0\t0\t1\t0\n",
      "\n\n1\n", "0 0 0\n", NULL },
};

static void
test_table (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *id = network_id (rows[i].routes, rows[i].neighbours, rows[i].routes6);
    g_test_message ("row %" G_GSIZE_FORMAT, i);
    g_assert_cmpstr (id, ==, rows[i].id);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/host/network-id/table", test_table);
  return g_test_run ();
}
