/* SPDX-License-Identifier: GPL-2.0-or-later */
/* FrameStream over a real socketpair: framing does not depend on how TCP cuts the stream, nothing is
 * sent twice when the socket is full, and a server that is none of ours is told from a gateway. */
#include <fcntl.h>
#include <glib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "reach/frame.h"

typedef struct {
  FrameStream *frames;
  int peer;
} Pair;

static Pair
pair_new (bool knows_peer)
{
  int fds[2];
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), ==, 0);
  return (Pair){ .frames = frame_stream_new (link_tcp_new (fds[0]), knows_peer), .peer = fds[1] };
}

static void
pair_clear (Pair *pair)
{
  frame_stream_free (pair->frames);
  if (pair->peer >= 0)
    close (pair->peer);
}

static void
feed (Pair *pair, const void *data, size_t len)
{
  g_assert_cmpint (write (pair->peer, data, len), ==, (ssize_t) len);
}

/* Appends what can be had now to `log`: I and E for the frames, with their bodies' lengths. */
static FrameType
drain (Pair *pair, GString *log, GError **error)
{
  for (;;) {
    uint8_t *body;
    size_t len;
    FrameType type = frame_stream_next (pair->frames, &body, &len, error);
    if (type == FRAME_NONE || type == FRAME_BROKEN)
      return type;
    g_string_append_printf (log, "%c%zu ", type == FRAME_IKE ? 'I' : 'E', len);
    memset (body, 0, len); /* it is ours to write to */
  }
}

static const uint8_t three_frames[] = {
  0, 9, 0, 0, 0, 0, 'i', 'k', 'e', /* IKE */
  0, 2, /* empty */
  0, 3, 0xff, /* NAT keepalive */
  0, 12, 1, 2, 3, 4, 0, 0, 0, 1, 'x', 'y', /* ESP */
  0, 8, 0, 0, 0, 0, 'o', 'k', /* IKE */
};

static void
test_every_split (void)
{
  for (size_t at = 0; at <= sizeof three_frames; at++) {
    Pair pair = pair_new (false);
    g_autoptr (GString) log = g_string_new (NULL);
    feed (&pair, three_frames, at);
    g_assert_cmpint (drain (&pair, log, NULL), ==, FRAME_NONE);
    feed (&pair, three_frames + at, sizeof three_frames - at);
    g_assert_cmpint (drain (&pair, log, NULL), ==, FRAME_NONE);
    g_assert_cmpstr (log->str, ==, "I3 E10 I2 ");
    pair_clear (&pair);
  }
}

static void
test_octet_by_octet (void)
{
  Pair pair = pair_new (false);
  g_autoptr (GString) log = g_string_new (NULL);
  for (size_t i = 0; i < sizeof three_frames; i++) {
    feed (&pair, three_frames + i, 1);
    g_assert_cmpint (drain (&pair, log, NULL), ==, FRAME_NONE);
  }
  g_assert_cmpstr (log->str, ==, "I3 E10 I2 ");
  pair_clear (&pair);
}

static void
test_sends_prefix_once (void)
{
  Pair pair = pair_new (false);
  g_assert_true (frame_stream_send_ike (pair.frames, SLICE ((const uint8_t *) "ab", 2), NULL));
  g_assert_cmpint (frame_stream_flush (pair.frames, NULL), ==, LINK_DONE);
  uint8_t *space = frame_stream_esp_space (pair.frames, 100);
  memcpy (space, "\1\2\3\4....", 8);
  frame_stream_esp_commit (pair.frames, 8);
  g_assert_cmpint (frame_stream_flush (pair.frames, NULL), ==, LINK_DONE);

  static const uint8_t expected[] = "IKETCP\0\10\0\0\0\0ab\0\12\1\2\3\4....";
  uint8_t buf[100];
  ssize_t n = read (pair.peer, buf, sizeof buf);
  g_assert_cmpmem (buf, (size_t) n, expected, sizeof expected - 1);
  pair_clear (&pair);
}

/* The octets that come out are those that went in, in order, however full the socket was. */
static void
test_full_socket (void)
{
  Pair pair = pair_new (true);
  g_autoptr (GByteArray) sent = g_byte_array_new ();
  g_byte_array_append (sent, stream_prefix, STREAM_PREFIX_LEN);
  g_autoptr (GByteArray) got = g_byte_array_new ();
  unsigned int stalls = 0;
  for (unsigned int i = 0; i < 4000; i++) {
    uint8_t *space;
    while ((space = frame_stream_esp_space (pair.frames, 1000)) == NULL) {
      if (frame_stream_flush (pair.frames, NULL) == LINK_DONE)
        continue;
      stalls++;
      g_assert_false (frame_stream_can_take (pair.frames));
      uint8_t buf[5000];
      ssize_t n = read (pair.peer, buf, sizeof buf);
      g_assert_cmpint (n, >, 0);
      g_byte_array_append (got, buf, (guint) n);
    }
    memset (space, (int) i | 1, 1000);
    frame_stream_esp_commit (pair.frames, 1000);
    g_byte_array_append (sent, (const uint8_t[]){ 1002 >> 8, 1002 & 0xff }, 2);
    g_byte_array_append (sent, space, 1000);
  }
  for (ssize_t n = 1; n > 0 || !frame_stream_is_flushed (pair.frames);) {
    uint8_t buf[5000];
    (void) frame_stream_flush (pair.frames, NULL);
    n = read (pair.peer, buf, sizeof buf);
    if (n > 0)
      g_byte_array_append (got, buf, (guint) n);
  }
  g_assert_cmpuint (stalls, >, 0);
  g_assert_cmpmem (got->data, got->len, sent->data, sent->len);
  pair_clear (&pair);
}

/* However many packets wait, IKE finds room. */
static void
test_ike_behind_full_batch (void)
{
  Pair pair = pair_new (true);
  while (frame_stream_esp_space (pair.frames, 1400) != NULL)
    frame_stream_esp_commit (pair.frames, 1400);
  uint8_t message[3000] = { 0 };
  g_assert_true (frame_stream_send_ike (pair.frames, SLICE (message, sizeof message), NULL));
  g_assert_null (frame_stream_esp_space (pair.frames, 40));

  g_autoptr (GError) error = NULL;
  while (frame_stream_send_ike (pair.frames, SLICE (message, sizeof message), &error))
    ;
  g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_STREAM_CLOSED);
  pair_clear (&pair);
}

typedef struct {
  const char *name;
  const char *data;
  size_t len;
  bool closes;
  bool knows_peer;
  VisitorError code; /* VISITOR_ERROR_N_CODES: no error */
} Stranger;

#define TEXT(text) text, sizeof text - 1

static const Stranger strangers[] = {
  { "web server", TEXT ("HTTP/1.1 400 Bad Request\r\n\r\n"), false, false,
      VISITOR_ERROR_NOT_VISITOR_MODE },
  { "SSH server", TEXT ("SSH-2.0-x\r\n"), false, false, VISITOR_ERROR_NOT_VISITOR_MODE },
  { "ESP before any IKE", TEXT ("\0\12\1\2\3\4...."), false, false,
      VISITOR_ERROR_NOT_VISITOR_MODE },
  { "closes at once", TEXT (""), true, false, VISITOR_ERROR_NOT_VISITOR_MODE },
  { "closes after a part of a frame", TEXT ("\0\100\0\0"), true, false,
      VISITOR_ERROR_NOT_VISITOR_MODE },
  { "length 0", TEXT ("\0\0"), false, false, VISITOR_ERROR_NOT_VISITOR_MODE },
  { "length 1", TEXT ("\0\1"), false, false, VISITOR_ERROR_NOT_VISITOR_MODE },
  { "keepalive first", TEXT ("\0\3\377\0\2\0\10\0\0\0\0ok"), false, false, VISITOR_ERROR_N_CODES },
  { "known gateway: ESP may be first", TEXT ("\0\12\1\2\3\4...."), false, true,
      VISITOR_ERROR_N_CODES },
  { "known gateway: closes at once", TEXT (""), true, true, VISITOR_ERROR_STREAM_CLOSED },
  { "known gateway: length 0", TEXT ("\0\0"), false, true, VISITOR_ERROR_PROTOCOL },
};

static void
test_stranger (const void *data)
{
  const Stranger *s = data;
  Pair pair = pair_new (s->knows_peer);
  feed (&pair, s->data, s->len);
  if (s->closes) {
    close (pair.peer);
    pair.peer = -1;
  }
  g_autoptr (GString) log = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  FrameType type = drain (&pair, log, &error);
  if (s->code == VISITOR_ERROR_N_CODES) {
    g_assert_cmpint (type, ==, FRAME_NONE);
    g_assert_no_error (error);
  } else {
    g_assert_cmpint (type, ==, FRAME_BROKEN);
    g_assert_error (error, VISITOR_ERROR, (int) s->code);
  }
  pair_clear (&pair);
}

/* A write is often the first to meet a server that closed. */
static void
test_write_to_closed (void)
{
  Pair pair = pair_new (false);
  close (pair.peer);
  pair.peer = -1;
  g_autoptr (GError) error = NULL;
  g_assert_cmpint (frame_stream_flush (pair.frames, &error), ==, LINK_FAILED);
  g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_NOT_VISITOR_MODE);
  pair_clear (&pair);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/reach/frame/every split", test_every_split);
  g_test_add_func ("/reach/frame/octet by octet", test_octet_by_octet);
  g_test_add_func ("/reach/frame/prefix once", test_sends_prefix_once);
  g_test_add_func ("/reach/frame/full socket", test_full_socket);
  g_test_add_func ("/reach/frame/IKE behind a full batch", test_ike_behind_full_batch);
  for (size_t i = 0; i < G_N_ELEMENTS (strangers); i++) {
    g_autofree char *path = g_strdup_printf ("/reach/frame/stranger/%s", strangers[i].name);
    g_test_add_data_func (path, strangers + i, test_stranger);
  }
  g_test_add_func ("/reach/frame/write to a closed stream", test_write_to_closed);
  return g_test_run ();
}
