/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The RFC 9329 stream: however it is cut, the same messages come out, and what may not stand in it is
 * told apart from what is merely dropped. */
#include <string.h>

#include "support/golden.h"
#include "support/hex.h"
#include "wire/stream.h"

#define PREFIX "494b45544350"

/* What a decoder said about a stream, as a line: `i3` is an IKE message of three octets, `e8` an ESP
 * packet of eight, `+` more wanted, `P` bad prefix, `L` bad length. */
static void
note (GString *said, StreamVerdict verdict, Slice body)
{
  switch (verdict) {
  case STREAM_MORE: break;
  case STREAM_IKE: g_string_append_printf (said, "i%zu ", body.len); break;
  case STREAM_ESP: g_string_append_printf (said, "e%zu ", body.len); break;
  case STREAM_BAD_PREFIX: g_string_append (said, "P"); break;
  case STREAM_BAD_LENGTH: g_string_append (said, "L"); break;
  }
}

/* Feeds the stream in pieces of `first` octets, then `rest` octets each. */
static char *
decode (Slice stream, bool server, size_t first, size_t rest)
{
  g_autofree StreamDecoder *d = g_new (StreamDecoder, 1);
  GString *said = g_string_new (NULL);
  size_t at = 0, piece = first;
  StreamVerdict verdict = STREAM_MORE;
  stream_decoder_init (d, server);
  while (verdict == STREAM_MORE && at < stream.len) {
    size_t size;
    uint8_t *space = stream_decoder_space (d, &size);
    g_assert_cmpuint (size, >, 0);
    size_t n = MIN (MIN (piece, size), stream.len - at);
    memcpy (space, stream.data + at, n);
    stream_decoder_filled (d, n);
    at += n;
    piece = rest;
    do {
      Slice body = SLICE (NULL, 0);
      verdict = stream_decoder_next (d, &body);
      note (said, verdict, body);
    } while (verdict == STREAM_IKE || verdict == STREAM_ESP);
  }
  return g_string_free (said, FALSE);
}

static const struct {
  const char *what;
  const char *hex;
  const char *server; /* said by a decoder that expects the prefix, NULL = not asked */
  const char *client; /* said by one that does not */
} rows[] = {
  { "nothing", "", "", "" },
  { "prefix alone", PREFIX, "", NULL },
  { "IKE", PREFIX "0009 00000000 aabbcc", "i3 ", NULL },
  { "IKE to the client", "0009 00000000 aabbcc", "P", "i3 " },
  { "ESP", PREFIX "000a 11223344 00000001", "e8 ", NULL },
  { "two messages", "0009 00000000 aabbcc 000a 11223344 00000001", NULL, "i3 e8 " },
  { "length 0", "0000", NULL, "L" },
  { "length 0 behind a message", "0007 00000000 01 0000 0007 00000000 01", NULL, "i1 L" },
  { "length 1", "0001", NULL, "L" },
  { "length 2: empty, ignored", "0002 0002 0007 00000000 01", NULL, "i1 " },
  { "length 3: keepalive, dropped", "0003ff 0003ff 0007 00000000 01", NULL, "i1 " },
  { "length 3 with something else", "000300 0003aa 0007 00000000 01", NULL, "i1 " },
  { "length 4: no SPI fits", "00040000 0007 00000000 01", NULL, "i1 " },
  { "length 5: no SPI fits", "0005000000 0005112233 0007 00000000 01", NULL, "i1 " },
  { "length 6: marker and nothing", "000600000000", NULL, "i0 " },
  { "length 6: an SPI and nothing", "000600000001", NULL, "e4 " },
  { "marker flipped", "0009 00000100 aabbcc", NULL, "e7 " },
  { "frame that never ends", "ffff 00000000 aabbcc", NULL, "" },
  { "prefix with one octet wrong", "494b45544351 0009 00000000 aabbcc", "P", NULL },
  { "prefix in lower case", "696b65746370", "P", NULL },
  { "prefix twice", PREFIX PREFIX, "", NULL }, /* a frame of 0x494b octets begins */
  { "HTTP", "474554202f20485454502f312e31", "P", NULL },
  { "TLS inside TLS", "1603010200010001fc0303", "P", NULL },
  { "prefix cut", "494b4554", "", NULL },
  { "first octet wrong", "00", "P", NULL },
};

/* Every row, cut at every place and in pieces of one octet. */
static void
test_rows (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    Slice stream = hex_slice (rows[i].hex);
    g_test_message ("%s", rows[i].what);
    for (size_t cut = 1; cut <= stream.len + 1; cut++) {
      for (int one = 0; one < 2; one++) {
        size_t rest = one ? 1 : SIZE_MAX;
        if (rows[i].server != NULL) {
          g_autofree char *said = decode (stream, true, cut, rest);
          g_assert_cmpstr (said, ==, rows[i].server);
        }
        if (rows[i].client != NULL) {
          g_autofree char *said = decode (stream, false, cut, rest);
          g_assert_cmpstr (said, ==, rows[i].client);
        }
      }
    }
  }
}

/* What failed stays failed, whatever comes behind. */
static void
test_failure_sticks (void)
{
  static const char *const bad[] = { "0000", "0001", "58" };
  g_autofree StreamDecoder *d = g_new (StreamDecoder, 1);
  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++) {
    Slice octets = hex_slice (bad[i]), good = hex_slice ("0007 00000000 01"), body;
    size_t size;
    stream_decoder_init (d, i == 2);
    memcpy (stream_decoder_space (d, &size), octets.data, octets.len);
    stream_decoder_filled (d, octets.len);
    g_assert_cmpint (
        stream_decoder_next (d, &body), ==, i == 2 ? STREAM_BAD_PREFIX : STREAM_BAD_LENGTH);
    for (int again = 0; again < 3; again++) {
      memcpy (stream_decoder_space (d, &size), good.data, good.len);
      stream_decoder_filled (d, good.len);
      StreamVerdict verdict = stream_decoder_next (d, &body);
      g_assert_true (verdict == STREAM_BAD_LENGTH || verdict == STREAM_BAD_PREFIX);
    }
  }
}

/* Many of the longest frames, and many short ones, in pieces of several sizes: nothing is lost, the
 * decoder always has room, and the contents are what was sent. */
static void
test_long (void)
{
  static const size_t pieces[] = { 1, 7, 1448, 16384, 65535, SIZE_MAX };
  g_autoptr (GByteArray) stream = g_byte_array_new ();
  g_autoptr (GString) want = g_string_new (NULL);
  for (unsigned int i = 0; i < 12; i++) {
    size_t len = i % 3 == 2 ? 5 : 65535 - i;
    g_autofree uint8_t *frame = g_malloc (len);
    memset (frame, (int) (i + 1), len);
    frame[0] = (uint8_t) (len >> 8);
    frame[1] = (uint8_t) len;
    g_byte_array_append (stream, frame, (guint) len);
    if (len > 5)
      g_string_append_printf (want, "e%zu ", len - 2);
  }
  for (size_t i = 0; i < G_N_ELEMENTS (pieces); i++) {
    g_autofree char *said = decode (SLICE (stream->data, stream->len), false, pieces[i], pieces[i]);
    g_assert_cmpstr (said, ==, want->str);
  }
}

/* A hundred thousand empty frames in one read are walked, not recursed into, and say nothing. */
static void
test_empty_flood (void)
{
  g_autofree uint8_t *flood = g_malloc (200000);
  for (size_t i = 0; i < 200000; i += 2) {
    flood[i] = 0;
    flood[i + 1] = 2;
  }
  g_autofree char *said = decode (SLICE (flood, 200000), false, SIZE_MAX, SIZE_MAX);
  g_assert_cmpstr (said, ==, "");
}

/* What we write is what we read. */
static void
test_write (void)
{
  g_autofree uint8_t *buf = g_malloc (70000), *message = g_malloc0 (70000);
  memset (message, 0x5a, 70000);
  size_t longest = STREAM_MAX_BODY - STREAM_MARKER_LEN;
  g_assert_cmpuint (stream_write_ike (buf, 70000, SLICE (message, longest)), ==, 65535);
  g_assert_cmpuint (stream_frame_len (true, longest), ==, 65535);
  g_assert_cmpuint (stream_write_ike (buf, 70000, SLICE (message, longest + 1)), ==, 0);
  g_assert_cmpuint (stream_write_ike (buf, 65534, SLICE (message, longest)), ==, 0);
  g_assert_cmpuint (stream_write_ike (buf, 9, SLICE (message, 3)), ==, 9);
  assert_slice_is_hex (SLICE (buf, 9), "0009 00000000 5a5a5a");
  g_assert_true (stream_write_esp_header (buf, 8));
  assert_slice_is_hex (SLICE (buf, 2), "000a");
  g_assert_cmpuint (stream_frame_len (false, 8), ==, 10);
  g_assert_true (stream_write_esp_header (buf, STREAM_MAX_BODY));
  assert_slice_is_hex (SLICE (buf, 2), "ffff");
  g_assert_false (stream_write_esp_header (buf, STREAM_MAX_BODY + 1));
  assert_slice_is_hex (SLICE (stream_prefix, STREAM_PREFIX_LEN), PREFIX);
}

/* A recorded session, put into a stream and taken out of it. */
static void
test_recorded (void)
{
  g_autoptr (Golden) golden = golden_open ("eap");
  g_autoptr (GByteArray) stream = g_byte_array_new ();
  g_autoptr (GString) want = g_string_new (NULL);
  for (size_t i = 0; i < golden_n_messages (golden); i++) {
    GoldenMessage message = golden_message (golden, i);
    uint8_t frame[2048];
    size_t len = stream_frame_len (message.is_ike, message.body.len);
    g_assert_cmpuint (len, <=, sizeof frame);
    if (message.is_ike) {
      g_assert_cmpuint (stream_write_ike (frame, sizeof frame, message.body), ==, len);
    } else {
      memcpy (frame + STREAM_LENGTH_LEN, message.body.data, message.body.len);
      g_assert_true (stream_write_esp_header (frame, message.body.len));
    }
    g_byte_array_append (stream, frame, (guint) len);
    note (want, message.is_ike ? STREAM_IKE : STREAM_ESP, message.body);
  }
  for (size_t piece = 1; piece < 3000; piece = piece * 3 + 1) {
    g_autofree char *said = decode (SLICE (stream->data, stream->len), false, piece, piece);
    g_assert_cmpstr (said, ==, want->str);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stream/rows", test_rows);
  g_test_add_func ("/stream/failure-sticks", test_failure_sticks);
  g_test_add_func ("/stream/long", test_long);
  g_test_add_func ("/stream/empty-flood", test_empty_flood);
  g_test_add_func ("/stream/write", test_write);
  g_test_add_func ("/stream/recorded", test_recorded);
  return g_test_run ();
}
