/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Datagrams to frames and back, and what is passed over on the way. */
#include <glib.h>
#include <string.h>

#include "wire/datagram.h"
#include "wire/message.h"

/* len octets behind the room that a datagram is received behind; made of `begin` and zeros. */
static size_t
to_frame (uint8_t *frame, const char *begin, size_t n, size_t len, bool marked, bool *ret_is_ike)
{
  size_t room = marked ? DATAGRAM_MARKED_ROOM : DATAGRAM_PLAIN_ROOM;
  memset (frame, 0xaa, room);
  memset (frame + room, 0x55, len);
  memcpy (frame + room, begin, n);
  return datagram_to_frame (frame, len, marked, ret_is_ike);
}

static void
test_received (void)
{
  static const struct {
    const char *what;
    const char *begin;
    size_t n, len;
    bool marked;
    size_t frame_len; /* 0: passed over */
    bool is_ike;
  } cases[] = {
    { "a keepalive", "\xff", 1, 1, true, 0, false },
    { "nothing", "", 0, 0, true, 0, false },
    { "a marker and nothing", "\0\0\0\0", 4, 4, true, 0, false },
    { "a marker and half a header", "\0\0\0\0", 4, 31, true, 0, false },
    { "IKE", "\0\0\0\0", 4, 32, true, 34, true },
    { "an SPI alone", "\1\2\3\4", 4, 4, true, 0, false },
    { "three octets", "\1\2\3", 3, 3, true, 0, false },
    { "ESP", "\1\2\3\4", 4, 40, true, 42, false },
    { "ESP with an SPI that begins with zeros", "\0\0\0\1", 4, 40, true, 42, false },
    { "IKE without marker", "\1", 1, 28, false, 34, true },
    { "too short without marker", "\1", 1, 27, false, 0, false },
    { "a keepalive without marker", "\xff", 1, 1, false, 0, false },
    { "the longest of IPv4", "\1\2\3\4", 4, 65507, true, 65509, false },
    { "more than a frame can hold", "\1\2\3\4", 4, 65534, true, 0, false },
  };
  g_autofree uint8_t *frame = g_malloc (70000);
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    bool is_ike = false;
    g_test_message ("%s", cases[i].what);
    size_t len =
        to_frame (frame, cases[i].begin, cases[i].n, cases[i].len, cases[i].marked, &is_ike);
    g_assert_cmpuint (len, ==, cases[i].frame_len);
    if (len == 0)
      continue;
    g_assert_cmpint (is_ike, ==, cases[i].is_ike);
    Datagram again;
    g_assert_true (datagram_of_frame (SLICE (frame, len), &again));
    g_assert_cmpuint (again.frame_len, ==, len);
    g_assert_cmpint (again.is_ike, ==, is_ike);
    g_assert_cmpuint (again.body.len, ==, cases[i].len + (cases[i].marked ? 0 : 4));
  }
}

static void
test_sent (void)
{
  static const struct {
    IkeExchange exchange;
    bool begins;
  } cases[] = {
    { IKE_EXCHANGE_SA_INIT, true },
    { IKE_EXCHANGE_SESSION_RESUME, true },
    { IKE_EXCHANGE_AUTH, false },
    { IKE_EXCHANGE_INTERMEDIATE, false },
    { IKE_EXCHANGE_INFORMATIONAL, false },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    uint8_t message[IKE_HEADER_LEN] = { [18] = (uint8_t) cases[i].exchange }, frames[128];
    size_t len = stream_write_ike (frames, sizeof frames, SLICE (message, sizeof message));
    Datagram datagram;
    g_assert_true (datagram_of_frame (SLICE (frames, len), &datagram));
    g_assert_true (datagram.is_ike);
    g_assert_cmpint (datagram.begins_sa, ==, cases[i].begins);
    for (size_t cut = 0; cut < len; cut++)
      g_assert_false (datagram_of_frame (SLICE (frames, cut), &datagram));
  }
  static const uint8_t bad[] = { 0, 1, 2 };
  Datagram datagram;
  g_assert_false (datagram_of_frame (SLICE (bad, sizeof bad), &datagram));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/datagram/received", test_received);
  g_test_add_func ("/wire/datagram/sent", test_sent);
  return g_test_run ();
}
