/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The UDP link under a FrameStream, against real sockets on loopback. */
#include <errno.h>
#include <glib.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/inet.h"
#include "reach/frame.h"
#include "reach/link-udp.h"
#include "wire/message.h"

typedef struct {
  int gateway;
  FrameStream *frames;
} Pair;

static int
bound_socket (InetFamily family, struct sockaddr_storage *ret_addr, socklen_t *ret_len)
{
  InetAddr loopback;
  g_assert_true (inet_addr_parse (family == INET_V4 ? "127.0.0.1" : "::1", &loopback));
  *ret_len = inet_addr_to_sockaddr (&loopback, 0, ret_addr);
  int fd = socket (ret_addr->ss_family, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  g_assert_cmpint (bind (fd, (struct sockaddr *) ret_addr, *ret_len), ==, 0);
  g_assert_cmpint (getsockname (fd, (struct sockaddr *) ret_addr, ret_len), ==, 0);
  return fd;
}

static Pair
pair_new_over (InetFamily family)
{
  struct sockaddr_storage to, from;
  socklen_t to_len, from_len;
  Pair pair = { .gateway = bound_socket (family, &to, &to_len) };
  int fd = bound_socket (family, &from, &from_len);
  g_assert_cmpint (connect (fd, (struct sockaddr *) &to, to_len), ==, 0);
  g_assert_cmpint (connect (pair.gateway, (struct sockaddr *) &from, from_len), ==, 0);
  Link *link = link_udp_new (fd);
  g_assert_cmpint (link_open (link, NULL), ==, LINK_DONE);
  g_assert_true (link_has_datagrams (link));
  pair.frames = frame_stream_new (link, false);
  return pair;
}

static Pair
pair_new (void)
{
  return pair_new_over (INET_V4);
}

static void
pair_clear (Pair *pair)
{
  frame_stream_free (pair->frames);
  if (pair->gateway >= 0)
    close (pair->gateway);
}

/* Also on the loopback a datagram, and a word about one, may take a while. */
static void
wait_for (int fd, short events)
{
  struct pollfd p = { .fd = fd, .events = events };
  g_assert_cmpint (poll (&p, 1, -1), ==, 1);
}

/* The next datagram at the gateway, which must begin with what is given. */
static void
expect_datagram (const Pair *pair, const void *begin, size_t n, size_t len)
{
  uint8_t buf[4096];
  wait_for (pair->gateway, POLLIN);
  g_assert_cmpint (recv (pair->gateway, buf, sizeof buf, 0), ==, (ssize_t) len);
  g_assert_cmpmem (buf, n, begin, n);
}

/* The next frame, which comes. */
static FrameType
next_frame (Pair *pair, uint8_t **ret_body, size_t *ret_len)
{
  FrameType type;
  while ((type = frame_stream_next (pair->frames, ret_body, ret_len, NULL)) == FRAME_NONE)
    wait_for (link_fd (frame_stream_link (pair->frames)), POLLIN);
  return type;
}

static void
send_esp (Pair *pair, uint8_t spi, size_t len)
{
  uint8_t *space = frame_stream_esp_space (pair->frames, len);
  g_assert_nonnull (space);
  memset (space, spi, len);
  frame_stream_esp_commit (pair->frames, len);
}

/* A frame is a datagram: no prefix, no lengths; a hundred of them leave in order. */
static void
test_out (void)
{
  static const uint8_t marker[4];
  uint8_t message[IKE_HEADER_LEN] = { [18] = IKE_EXCHANGE_SA_INIT };
  Pair pair = pair_new ();
  g_assert_true (frame_stream_send_ike (pair.frames, SLICE (message, sizeof message), NULL));
  g_assert_cmpint (frame_stream_flush (pair.frames, NULL), ==, LINK_DONE);
  expect_datagram (&pair, marker, sizeof marker, sizeof message + sizeof marker);
  for (uint8_t i = 1; i <= 100; i++)
    send_esp (&pair, i, 100);
  g_assert_cmpint (frame_stream_flush (pair.frames, NULL), ==, LINK_DONE);
  for (uint8_t i = 1; i <= 100; i++)
    expect_datagram (&pair, &i, 1, 100);
  g_assert_true (frame_stream_is_flushed (pair.frames));
  pair_clear (&pair);
}

/* Nothing that anybody sends ends the link, and ESP is nothing before IKE has come. */
static void
test_in (void)
{
  static const uint8_t esp[64] = { 1, 2, 3, 4 }, ike[4 + IKE_HEADER_LEN], keepalive = 0xff;
  Pair pair = pair_new ();
  uint8_t *body;
  size_t len;
  for (int i = 0; i < 150; i++) /* as many as wait for being read, with what follows */
    (void) !write (pair.gateway, esp, sizeof esp);
  (void) !write (pair.gateway, &keepalive, 1);
  (void) !write (pair.gateway, "", 0);
  g_assert_cmpint (frame_stream_next (pair.frames, &body, &len, NULL), ==, FRAME_NONE);
  g_assert_false (frame_stream_was_heard (pair.frames));
  (void) !write (pair.gateway, ike, sizeof ike);
  (void) !write (pair.gateway, esp, sizeof esp);
  g_assert_cmpint (next_frame (&pair, &body, &len), ==, FRAME_IKE);
  g_assert_cmpuint (len, ==, IKE_HEADER_LEN);
  g_assert_cmpint (next_frame (&pair, &body, &len), ==, FRAME_ESP);
  g_assert_cmpmem (body, len, esp, sizeof esp);
  g_assert_true (frame_stream_was_heard (pair.frames));
  pair_clear (&pair);
}

static void
expect_marks (InetFamily family, int level, int option)
{
  static const uint8_t ike[4 + IKE_HEADER_LEN];
  static const struct {
    int tos;
    bool congested;
  } rows[] = { { 0, false }, { 3, true }, { 2, false }, { 1, false }, { 0xbb, true },
    { 0xb8, false } };
  Pair pair = pair_new_over (family);
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    uint8_t *body;
    size_t len;
    g_assert_cmpint (
        setsockopt (pair.gateway, level, option, &rows[i].tos, sizeof rows[i].tos), ==, 0);
    (void) !write (pair.gateway, ike, sizeof ike);
    g_assert_cmpint (next_frame (&pair, &body, &len), ==, FRAME_IKE);
    g_assert_cmpint (frame_stream_was_congested (pair.frames), ==, rows[i].congested);
  }
  pair_clear (&pair);
}

/* A datagram that a router has marked is told apart, and no other one. */
static void
test_congested (void)
{
  expect_marks (INET_V4, IPPROTO_IP, IP_TOS);
}

static bool
has_v6 (void)
{
  struct sockaddr_in6 loopback = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };
  int fd = socket (AF_INET6, SOCK_DGRAM, 0);
  bool has = fd >= 0 && bind (fd, (struct sockaddr *) &loopback, sizeof loopback) == 0;
  if (fd >= 0)
    close (fd);
  return has;
}

static void
test_congested_v6 (void)
{
  if (has_v6 ())
    expect_marks (INET_V6, IPPROTO_IPV6, IPV6_TCLASS);
  else
    g_test_skip ("needs IPv6");
}

/* Sends until the link fails; returns how often it was told that the port is closed. What is sent next is
 * told, and does not go out. */
static unsigned int
send_until_refused (Pair *pair, GError **error)
{
  for (unsigned int told = 1;; told++) {
    send_esp (pair, 1, 100);
    g_assert_cmpint (frame_stream_flush (pair->frames, NULL), ==, LINK_DONE);
    wait_for (link_fd (frame_stream_link (pair->frames)), 0);
    send_esp (pair, 1, 100);
    if (frame_stream_flush (pair->frames, error) == LINK_FAILED)
      return told;
  }
}

/* The first word that the port is closed is believed as long as the gateway was never heard; afterwards it
 * takes a few such messages. */
static void
test_refused (void)
{
  static const uint8_t ike[4 + IKE_HEADER_LEN];
  for (int heard = 0; heard <= 1; heard++) {
    Pair pair = pair_new ();
    uint8_t *body;
    size_t len;
    g_autoptr (GError) error = NULL;
    if (heard) {
      (void) !write (pair.gateway, ike, sizeof ike);
      g_assert_cmpint (next_frame (&pair, &body, &len), ==, FRAME_IKE);
    }
    close (pair.gateway);
    pair.gateway = -1;
    unsigned int told = send_until_refused (&pair, &error);
    g_assert_cmpuint (told, ==, heard ? 4 : 1);
    g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_REFUSED);
    pair_clear (&pair);
  }
}

/* Twenty seconds after what was sent last, and not before. */
static void
test_keepalive (void)
{
  static const uint8_t keepalive = 0xff;
  Pair pair = pair_new ();
  uint8_t buf[8];
  Link *link = frame_stream_link (pair.frames);
  gint64 now = g_get_monotonic_time ();
  gint64 at = link_udp_keep_alive (link, now);
  g_assert_cmpint (at, >, now + 19 * G_USEC_PER_SEC);
  g_assert_cmpint (at, <=, now + 20 * G_USEC_PER_SEC);
  g_assert_cmpint (recv (pair.gateway, buf, sizeof buf, 0), ==, -1);
  g_assert_cmpint (link_udp_keep_alive (link, at), ==, at + 20 * G_USEC_PER_SEC);
  expect_datagram (&pair, &keepalive, 1, 1);
  g_assert_cmpint (link_udp_keep_alive (link, at + 1), ==, at + 20 * G_USEC_PER_SEC);
  g_assert_cmpint (recv (pair.gateway, buf, sizeof buf, 0), ==, -1);
  pair_clear (&pair);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/reach/link-udp/out", test_out);
  g_test_add_func ("/reach/link-udp/in", test_in);
  g_test_add_func ("/reach/link-udp/congested", test_congested);
  g_test_add_func ("/reach/link-udp/congested-v6", test_congested_v6);
  g_test_add_func ("/reach/link-udp/refused", test_refused);
  g_test_add_func ("/reach/link-udp/keepalive", test_keepalive);
  return g_test_run ();
}
