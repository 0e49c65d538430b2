/* SPDX-License-Identifier: GPL-2.0-or-later */
/* By what a worker's sockets go out, for each kind of site and socket. */
#include "service/socket-binding.h"

#include <sys/socket.h>

#define SITE(more) "[site]\naddress=gw\n" more "[sign-in]\nmethod=psk\nuser=anna\n"

static void
test_of_site (void)
{
  static const struct {
    const char *site;
    gboolean resolver_is_local;
    int type;
    const char *interface;
    InetFamily source;
    bool stays_here;
  } rows[] = {
    { SITE (""), TRUE, SOCK_DGRAM, NULL, INET_NONE, false },
    { SITE (""), TRUE, SOCK_STREAM, NULL, INET_NONE, false },
    { SITE ("interface=eth1\n"), FALSE, SOCK_STREAM, "eth1", INET_NONE, false },
    { SITE ("interface=eth1\n"), FALSE, SOCK_DGRAM, "eth1", INET_NONE, false },
    { SITE ("interface=eth1\n"), TRUE, SOCK_STREAM, "eth1", INET_NONE, false },
    { SITE ("interface=eth1\n"), TRUE, SOCK_DGRAM, "eth1", INET_NONE, true },
    /* there a datagram may be the gateway's */
    { SITE ("interface=eth1\ntransport=udp\n"), TRUE, SOCK_DGRAM, "eth1", INET_NONE, false },
    { SITE ("interface=eth1\ntransport=auto\n"), TRUE, SOCK_DGRAM, "eth1", INET_NONE, false },
    /* the resolver is reached from any address of this machine */
    { SITE ("source=192.0.2.9\n"), TRUE, SOCK_DGRAM, NULL, INET_V4, false },
    { SITE ("source=2001:db8::9\ninterface=eth1\n"), FALSE, SOCK_STREAM, "eth1", INET_V6, false },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (Site) site = site_parse (rows[i].site, -1, NULL, NULL, &error);
    g_assert_no_error (error);
    HostSocketBinding binding;
    socket_binding_of_site (&binding, site, rows[i].resolver_is_local, rows[i].type);
    g_test_message ("row %" G_GSIZE_FORMAT, i);
    g_assert_cmpstr (binding.interface, ==, rows[i].interface);
    g_assert_cmpint (binding.source.family, ==, rows[i].source);
    g_assert_true (binding.stays_here == rows[i].stays_here);
    g_assert_cmpuint (binding.device, ==, 0);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/service/socket-binding/of-site", test_of_site);
  return g_test_run ();
}
