/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gateway/send-queue.h"

#include <glib.h>
#include <string.h>

#include "wire/stream.h"

static uint8_t datagram[70000];

static bool
push (SendQueue *queue, bool is_ike, size_t len)
{
  memset (datagram, is_ike ? 0 : 'e', STREAM_MARKER_LEN);
  return send_queue_push (queue, SLICE (datagram, len), is_ike);
}

static void
test_frames (void)
{
  SendQueue queue = { 0 };
  memset (datagram, 'x', 100);
  g_assert_true (push (&queue, false, 10));
  g_assert_true (push (&queue, true, 40));
  static const uint8_t wanted[] = { 0, 12, 'e', 'e', 'e', 'e', 'x', 'x', 'x', 'x', 'x', 'x', 0, 42,
    0, 0, 0, 0, 'x' };
  Slice waiting = send_queue_peek (&queue);
  g_assert_cmpuint (waiting.len, ==, 12 + 42);
  g_assert_cmpmem (waiting.data, sizeof wanted, wanted, sizeof wanted);
  send_queue_consume (&queue, 12);
  g_assert_cmpint (send_queue_peek (&queue).data[1], ==, 42);
  send_queue_consume (&queue, 42);
  g_assert_null (queue.data);
}

/* Whoever does not read loses ESP first, and never costs more than the queue. */
static void
test_full (void)
{
  SendQueue queue = { 0 };
  size_t n_esp = 0, n_ike = 0;
  while (push (&queue, false, 1398))
    n_esp++;
  g_assert_cmpuint (n_esp, ==, SEND_QUEUE_MAX_ESP / 1400);
  while (push (&queue, true, 1398))
    n_ike++;
  g_assert_cmpuint (n_ike, >=, (SEND_QUEUE_MAX - SEND_QUEUE_MAX_ESP) / 1400);
  g_assert_cmpuint (send_queue_len (&queue), <=, SEND_QUEUE_MAX);
  send_queue_consume (&queue, 20000);
  g_assert_true (push (&queue, false, 1398));
  send_queue_clear (&queue);
  g_assert_cmpuint (send_queue_len (&queue), ==, 0);
}

static void
test_sizes (void)
{
  SendQueue queue = { 0 };
  g_assert_true (push (&queue, false, 65507));
  g_assert_false (push (&queue, false, 8));
  send_queue_clear (&queue);
  g_assert_true (push (&queue, true, 65507));
  send_queue_clear (&queue);
  g_assert_false (push (&queue, false, 65535));
  send_queue_clear (&queue);
}

/* Every octet comes out, in order, whatever is pushed and taken between. */
static void
test_order (void)
{
  SendQueue queue = { 0 };
  g_autoptr (GByteArray) in = g_byte_array_new ();
  g_autoptr (GByteArray) out = g_byte_array_new ();
  uint32_t state = 1;
  for (int i = 0; i < 20000; i++) {
    state = state * 1664525 + 1013904223;
    size_t len = 8 + (state >> 8) % 1500;
    memset (datagram, 1 + i % 250, len);
    if (send_queue_push (&queue, SLICE (datagram, len), false)) {
      const uint8_t length[2] = { (uint8_t) ((len + 2) >> 8), (uint8_t) (len + 2) };
      g_byte_array_append (in, length, 2);
      g_byte_array_append (in, datagram, (guint) len);
    }
    Slice waiting = send_queue_peek (&queue);
    size_t take = MIN (waiting.len, (state >> 16) % 2500);
    g_byte_array_append (out, waiting.data, (guint) take);
    send_queue_consume (&queue, take);
  }
  Slice rest = send_queue_peek (&queue);
  if (rest.len > 0)
    g_byte_array_append (out, rest.data, (guint) rest.len);
  g_assert_cmpmem (in->data, in->len, out->data, out->len);
  send_queue_clear (&queue);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/send-queue/frames", test_frames);
  g_test_add_func ("/send-queue/full", test_full);
  g_test_add_func ("/send-queue/sizes", test_sizes);
  g_test_add_func ("/send-queue/order", test_order);
  return g_test_run ();
}
