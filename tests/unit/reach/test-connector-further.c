/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the gateway itself says that it is: when those are tried, and how often. */
#include <unistd.h>

#include "world.h"

/* What the gateway names besides is tried behind the site's entry points, at the port that was used last;
 * what it sends us to is tried first, and the site's again where that fails. */
static void
test_further (World *w, const void *data)
{
  static const char *const loopback[] = { "127.0.0.1", NULL },
                           *const other[] = { "127.0.0.2", NULL };
  static const char *const none[] = { NULL };
  EntryPoint entries[] = { { .host = (char *) "127.0.0.3", .port = w->closed_port } };
  g_autoptr (Connector) c = world_connector (w, entries, 1, w->none);
  entries[0].port = w->open_port; /* the connector has its own copy */
  world_run (w, c);
  g_assert_cmpint (w->f.code, ==, VISITOR_ERROR_REFUSED);
  g_assert_cmpuint (w->f.asked, ==, 1);
  connector_set_further (c, loopback, CONNECTOR_BEHIND);
  world_run (w, c);
  g_assert_cmpint (w->f.code, ==, VISITOR_ERROR_REFUSED);
  g_assert_cmpuint (w->f.asked, ==, 3);
  connector_set_further (c, none, CONNECTOR_BEHIND);
  world_run (w, c);
  g_assert_cmpuint (w->f.asked, ==, 4);

  EntryPoint open[] = { { .host = (char *) "127.0.0.1", .port = w->open_port } };
  g_autoptr (Connector) d = world_connector (w, open, 1, w->none);
  world_run (w, d);
  connector_set_further (d, other, CONNECTOR_FIRST);
  g_assert_cmpuint (w->f.asked, ==, 5);
  world_run (w, d); /* nobody listens there */
  g_assert_cmpuint (world_port_of_peer (w->f.link), ==, w->open_port);
  g_assert_cmpuint (w->f.asked, ==, 7);
  connector_set_further (d, loopback, CONNECTOR_FIRST);
  world_run (w, d);
  g_assert_cmpuint (world_port_of_peer (w->f.link), ==, w->open_port);
  connector_set_further (d, none, CONNECTOR_BEHIND);
  world_run (w, d);
  g_assert_cmpuint (w->f.asked, ==, 9);
  connector_set_further (d, other, CONNECTOR_ONLY);
  world_run (w, d);
  g_assert_null (w->f.link);
  g_assert_cmpint (w->f.code, ==, VISITOR_ERROR_REFUSED);
  g_assert_cmpuint (w->f.asked, ==, 10);
}

/* The address behind the site's name is tried once in a round, however often the gateway names it. */
static void
test_further_known (World *w, const void *data)
{
  static const char *const hosts[] = { "127.0.0.1", "127.0.0.2", NULL };
  EntryPoint entry = { .host = (char *) "gw.test", .port = w->open_port };
  g_autoptr (Connector) c = world_connector (w, &entry, 1, w->loopback);
  world_run (w, c);
  g_assert_nonnull (w->f.link);
  g_assert_cmpuint (w->f.asked, ==, 1);
  connector_set_further (c, hosts, CONNECTOR_BEHIND);
  world_deafen (w->open);
  world_run (w, c);
  g_assert_cmpint (w->f.code, ==, VISITOR_ERROR_REFUSED);
  g_assert_cmpuint (w->f.asked, ==, 3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, test) \
  g_test_add ("/reach/connector-further/" name, World, NULL, world_set_up, test, world_tear_down)
  ADD ("further", test_further);
  ADD ("further, known already", test_further_known);
  return g_test_run ();
}
