/* SPDX-License-Identifier: GPL-2.0-or-later */
/* World: what a connector meets on the loopback. One port where somebody listens and one where nobody does, and a
 * host that hands out sockets, or does not. The ports are the test's from its beginning to its end, also where
 * nobody listens: another test that runs meanwhile cannot have them. */
#include "world.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct {
  unsigned int number;
  InetFamily family;
  int type;
  SocketReadyFunc ready;
  void *ready_data;
} Pending;

static gboolean
hand_out (void *user_data)
{
  Fixture *f = user_data;
  if (f->pending->len == 0)
    return G_SOURCE_REMOVE;
  Pending p = g_array_index (f->pending, Pending, 0);
  g_array_remove_index (f->pending, 0);
  int family = p.family == INET_V6 ? AF_INET6 : AF_INET;
  p.ready (f->refuse ? -1 : socket (family, p.type | SOCK_NONBLOCK, 0), p.ready_data);
  return G_SOURCE_REMOVE;
}

/* SocketSource: the host, which hands out from the main loop. */
unsigned int
world_want (void *user, InetFamily family, int type, SocketReadyFunc ready, void *ready_data)
{
  Fixture *f = user;
  Pending p = { ++f->asked, family, type, ready, ready_data };
  f->datagrams += type == SOCK_DGRAM;
  g_array_append_val (f->pending, p);
  g_idle_add (hand_out, f);
  return p.number;
}

void
world_cancel (void *user, unsigned int number)
{
  Fixture *f = user;
  for (guint i = 0; i < f->pending->len; i++) {
    if (g_array_index (f->pending, Pending, i).number == number) {
      g_array_remove_index (f->pending, i);
      return;
    }
  }
  g_assert_not_reached ();
}

/* What it says when it hands out none. Borrowed. */
const GError *
world_refusal (void *user)
{
  return ((Fixture *) user)->refusal;
}

/* ConnectorDoneFunc: notes what came of a round, and ends world_run (). */
void
world_done (Link *link, const GError *error, void *user_data)
{
  Fixture *f = user_data;
  f->done++;
  f->link = link;
  f->code = error != NULL ? (VisitorError) error->code : VISITOR_ERROR_N_CODES;
  g_assert_true ((link == NULL) == (error != NULL));
  g_main_loop_quit (f->loop);
}

/* A socket bound to the port, 0 for any, of 127.0.0.`host`; -1 where it is somebody else's. */
static int
take_port (uint8_t host, uint16_t port)
{
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_in at = {
    .sin_family = AF_INET,
    .sin_port = htons (port),
    .sin_addr = { htonl (0x7f000000u | host) },
  };
  if (bind (fd, (struct sockaddr *) &at, sizeof at) == 0)
    return fd;
  g_assert_cmpint (errno, ==, EADDRINUSE);
  close (fd);
  return -1;
}

/* One port of the first n hosts of the loopback. That it is named makes it stay when world_deafen () is called. */
static uint16_t
take_ports (int *ret_fds, uint8_t n)
{
  for (;;) {
    struct sockaddr_in at;
    socklen_t len = sizeof at;
    int any = take_port (1, 0);
    g_assert_cmpint (getsockname (any, (struct sockaddr *) &at, &len), ==, 0);
    close (any);
    uint16_t port = ntohs (at.sin_port);
    uint8_t taken = 0;
    while (taken < n && (ret_fds[taken] = take_port ((uint8_t) (taken + 1), port)) >= 0)
      taken++;
    if (taken == n)
      return port;
    while (taken > 0)
      close (ret_fds[--taken]);
  }
}

/* Somebody listens there. */
void
world_listen (int fd)
{
  g_assert_cmpint (listen (fd, 5), ==, 0);
}

/* And not any more; the port stays taken, and refuses. */
void
world_deafen (int fd)
{
  g_assert_cmpint (shutdown (fd, SHUT_RDWR), ==, 0);
}

uint16_t
world_port_of_peer (Link *link)
{
  struct sockaddr_in peer;
  socklen_t len = sizeof peer;
  g_assert_cmpint (getpeername (link_fd (link), (struct sockaddr *) &peer, &len), ==, 0);
  return ntohs (peer.sin_port);
}

void
world_set_up (World *w, const void *data)
{
  InetAddr loopback;
  g_assert_true (inet_addr_parse ("127.0.0.1", &loopback));
  w->f.loop = g_main_loop_new (NULL, FALSE);
  w->f.pending = g_array_new (FALSE, FALSE, sizeof (Pending));
  int fds[3];
  w->open_port = take_ports (fds, 3);
  w->open = fds[0];
  w->beside[0] = fds[1];
  w->beside[1] = fds[2];
  world_listen (w->open);
  w->closed_port = take_ports (&w->closed, 1);
  w->none = g_array_new (FALSE, FALSE, sizeof (InetAddr));
  w->loopback = g_array_new (FALSE, FALSE, sizeof (InetAddr));
  g_array_append_val (w->loopback, loopback);
}

void
world_tear_down (World *w, const void *data)
{
  link_free (w->f.link);
  g_main_loop_unref (w->f.loop);
  g_array_unref (w->f.pending);
  g_array_unref (w->none);
  g_array_unref (w->loopback);
  close (w->open);
  close (w->closed);
  close (w->beside[0]);
  close (w->beside[1]);
}

/* To those entry points, with hosts as what /etc/hosts has for the first. */
Connector *
world_connector (World *w, EntryPoint *entries, size_t n, GArray *hosts)
{
  entries[0].hosts = hosts;
  ConnectorConfig config = {
    .entries = entries,
    .n_entries = n,
    .nameservers = w->none,
    .sockets = { .want = world_want, .cancel = world_cancel, .user = &w->f },
  };
  return connector_new (&config, world_done, &w->f);
}

/* One round, to its end. */
void
world_run (World *w, Connector *c)
{
  g_clear_pointer (&w->f.link, link_free);
  connector_start (c);
  g_main_loop_run (w->f.loop);
}

/* The address at the other end, to be freed. */
char *
world_peer_of (Link *link)
{
  struct sockaddr_storage peer;
  socklen_t len = sizeof peer;
  InetAddr addr;
  uint16_t port;
  char text[INET_ADDR_STRLEN];
  g_assert_cmpint (getpeername (link_fd (link), (struct sockaddr *) &peer, &len), ==, 0);
  g_assert_true (inet_addr_from_sockaddr ((struct sockaddr *) &peer, &addr, &port));
  return g_strdup (inet_addr_format (&addr, text));
}

GArray *
world_addresses (const char *first, const char *second)
{
  GArray *list = g_array_new (FALSE, FALSE, sizeof (InetAddr));
  InetAddr addr[2];
  g_assert_true (inet_addr_parse (first, &addr[0]) && inet_addr_parse (second, &addr[1]));
  g_array_append_vals (list, addr, 2);
  return list;
}

/* user_data: GArray of Attempt, which grows. */
void
world_note_attempt (const Attempt *attempt, void *user_data)
{
  g_array_append_val ((GArray *) user_data, *attempt);
}
