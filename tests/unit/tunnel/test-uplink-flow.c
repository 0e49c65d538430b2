/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What moves on an uplink: bursts, frames that make no sense, and a TUN that goes. */
#include "uplink-world.h"

#include <sys/socket.h>
#include <unistd.h>

/* More than one wakeup takes, and more than TLS hands out at once: all of them come, in time. */
static void
test_burst (void)
{
  for (Transport t = 0; t < OVER_UDP; t++) {
    World w;
    world_init (&w, t, 1);
    world_connect (&w, false);
    world_speak (&w);
    world_answer (&w, 700);
    g_autofree char *many = g_strnfill (701, 'i');
    many[0] = 'u';
    world_run_until (&w, many);
    world_clear (&w);
  }
}

/* A hundred frames in a row that make no sense end a stream, which is cut at the wrong places; datagrams are not. */
static void
test_senseless (void)
{
  static const uint8_t nothing[IKE_HEADER_LEN];
  for (Transport t = 0; t < N_TRANSPORTS; t++) {
    World w;
    world_init (&w, t, 1);
    world_connect (&w, true);
    world_speak (&w);
    for (unsigned int i = 0; i < 99; i++)
      gateway_say (&w.gateway, SLICE (nothing, sizeof nothing));
    world_answer (&w, 1);
    for (unsigned int i = 0; i < 99; i++)
      gateway_say (&w.gateway, SLICE (nothing, sizeof nothing));
    g_autofree char *heard = g_strnfill (200, 'i');
    heard[0] = 'u';
    world_run_until (&w, heard);
    g_assert_true (uplink_is_up (w.uplink));
    for (unsigned int i = 0; i < 5; i++)
      gateway_say (&w.gateway, SLICE (nothing, sizeof nothing));
    g_autofree char *more = g_strconcat (heard, t == OVER_UDP ? "iiiii" : "id", NULL);
    world_run_until (&w, more);
    g_assert_cmpint (uplink_is_up (w.uplink), ==, t == OVER_UDP);
    if (t != OVER_UDP)
      g_assert_cmpint (w.code, ==, VISITOR_ERROR_PROTOCOL);
    world_clear (&w);
  }
}

/* The TUN goes: told once, whether a stream stands or not, and not by one that does not own it. */
static void
test_tun_lost (void)
{
  for (int stands = 0; stands <= 1; stands++) {
    World w;
    int fds[2];
    world_init (&w, OVER_TCP, 1);
    g_assert_cmpint (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, fds), ==, 0);
    if (stands)
      world_connect (&w, false);
    uplink_set_tun (w.uplink, fds[0]);
    uplink_allow_esp (w.uplink, true);
    uplink_own_tun (w.uplink, false);
    close (fds[1]);
    world_stays (&w);
    uplink_own_tun (w.uplink, true);
    world_run_until (&w, stands ? "ut" : "t");
    world_stays (&w);
    world_clear (&w);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tunnel/uplink-flow/burst", test_burst);
  g_test_add_func ("/tunnel/uplink-flow/senseless", test_senseless);
  g_test_add_func ("/tunnel/uplink-flow/tun-lost", test_tun_lost);
  return g_test_run ();
}
