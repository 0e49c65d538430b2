/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two datapaths, one in the place of the gateway, with mirrored SAs and a stream between them. Their
 * TUNs are socketpairs of packets, whose other ends are "programs". */
#include <errno.h>
#include <glib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "datapath/datapath.h"

#define MTU 1400

typedef struct {
  Datapath *datapath;
  FrameStream *frames;
  int program; /* the other end of its TUN */
} End;

typedef struct {
  End client, gateway;
} Pair;

static EspSa *
sa_new (uint32_t spi_client, uint32_t spi_gateway, bool is_client)
{
  uint8_t a[36], b[36];
  memset (a, (int) spi_client, sizeof a);
  memset (b, (int) spi_gateway, sizeof b);
  g_autoptr (Secret) to_client = secret_new (a, sizeof a);
  g_autoptr (Secret) to_gateway = secret_new (b, sizeof b);
  TrafficSelector selectors[] = { traffic_selector_any (INET_V4), traffic_selector_any (INET_V6) };
  EspSaParams params = {
    .encr = ENCR_AES_GCM_16,
    .key_bits = 256,
    .spi_in = is_client ? spi_client : spi_gateway,
    .spi_out = is_client ? spi_gateway : spi_client,
    .encr_in = is_client ? to_client : to_gateway,
    .encr_out = is_client ? to_gateway : to_client,
    .local_ts = selectors,
    .n_local_ts = 2,
    .remote_ts = selectors,
    .n_remote_ts = 2,
  };
  g_autoptr (GError) error = NULL;
  EspSa *sa = esp_sa_new (&params, &error);
  g_assert_no_error (error);
  return sa;
}

static void
end_init (End *end, int stream)
{
  int tun[2];
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, tun), ==, 0);
  end->datapath = datapath_new (MTU);
  datapath_set_tun (end->datapath, tun[0]);
  end->program = tun[1];
  end->frames = frame_stream_new (link_tcp_new (stream), true);
}

static void
end_clear (End *end)
{
  datapath_free (end->datapath);
  frame_stream_free (end->frames);
  close (end->program);
}

static void
add_children (Pair *pair, uint32_t spi_client, uint32_t spi_gateway)
{
  datapath_add_child (pair->client.datapath, sa_new (spi_client, spi_gateway, true));
  datapath_add_child (pair->gateway.datapath, sa_new (spi_client, spi_gateway, false));
}

static void
pair_init (Pair *pair)
{
  int stream[2];
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, stream), ==, 0);
  end_init (&pair->client, stream[0]);
  end_init (&pair->gateway, stream[1]);
  add_children (pair, 0x11111111, 0x22222222);
  /* Only a client's stream begins with the prefix, which a client's decoder does not expect. */
  uint8_t prefix[STREAM_PREFIX_LEN];
  for (unsigned int i = 0; i < 2; i++) {
    End *from = i == 0 ? &pair->client : &pair->gateway;
    g_assert_cmpint (frame_stream_flush (from->frames, NULL), ==, LINK_DONE);
    g_assert_cmpint (recv (stream[1 - i], prefix, sizeof prefix, 0), ==, STREAM_PREFIX_LEN);
  }
}

static void
pair_clear (Pair *pair)
{
  end_clear (&pair->client);
  end_clear (&pair->gateway);
}

/* An IPv4 packet of len octets, UDP without ports that matter, told apart by `number`. */
static void
make_packet (uint8_t *packet, size_t len, uint32_t number)
{
  memset (packet, (int) number, len);
  const uint8_t header[28] = { 0x45, 0, (uint8_t) (len >> 8), (uint8_t) len, 0, 0, 0, 0, 64, 17, 0,
    0, 10, 3, 0, 1, 10, 1, 0, 10, 0, 1, 0, 2, (uint8_t) ((len - 20) >> 8), (uint8_t) (len - 20), 0,
    0 };
  memcpy (packet, header, sizeof header);
  memcpy (packet + 28, &number, sizeof number);
}

static void
write_packet (End *end, size_t len, uint32_t number)
{
  uint8_t packet[2000];
  make_packet (packet, len, number);
  g_assert_cmpint (write (end->program, packet, len), ==, (ssize_t) len);
}

static void
expect_packet (End *end, size_t len, uint32_t number)
{
  uint8_t packet[2000], expected[2000];
  make_packet (expected, len, number);
  ssize_t n = read (end->program, packet, sizeof packet);
  g_assert_cmpmem (packet, (size_t) n, expected, len);
}

static void
expect_nothing (End *end)
{
  uint8_t packet[2000];
  g_assert_cmpint (read (end->program, packet, sizeof packet), ==, -1);
  g_assert_cmpint (errno, ==, EAGAIN);
}

static unsigned int
receive_all (End *end)
{
  unsigned int n = 0;
  uint8_t *body;
  size_t len;
  g_autoptr (GError) error = NULL;
  while (frame_stream_next (end->frames, &body, &len, &error) == FRAME_ESP) {
    (void) datapath_receive (end->datapath, body, len, false);
    n++;
  }
  g_assert_no_error (error);
  return n;
}

static void
test_both_ways (void)
{
  Pair pair;
  pair_init (&pair);
  static const size_t lengths[] = { 32, 33, 34, 35, 40, 100, 1399, 1400 };
  for (uint32_t i = 0; i < G_N_ELEMENTS (lengths); i++)
    write_packet (&pair.client, lengths[i], i);
  g_assert_cmpint (
      datapath_send (pair.client.datapath, pair.client.frames, 100, NULL), ==, DATAPATH_IDLE);
  g_assert_cmpuint (receive_all (&pair.gateway), ==, G_N_ELEMENTS (lengths));
  for (uint32_t i = 0; i < G_N_ELEMENTS (lengths); i++)
    expect_packet (&pair.gateway, lengths[i], i);

  write_packet (&pair.gateway, 500, 77);
  datapath_send (pair.gateway.datapath, pair.gateway.frames, 100, NULL);
  receive_all (&pair.client);
  expect_packet (&pair.client, 500, 77);
  const DatapathCounters *c = datapath_counters (pair.client.datapath);
  g_assert_cmpuint (c->packets_out, ==, G_N_ELEMENTS (lengths));
  g_assert_cmpuint (c->packets_in, ==, 1);
  g_assert_cmpuint (c->bytes_in, ==, 500);
  pair_clear (&pair);
}

static void
test_budget (void)
{
  Pair pair;
  pair_init (&pair);
  for (uint32_t i = 0; i < 5; i++)
    write_packet (&pair.client, 100, i);
  g_assert_cmpint (
      datapath_send (pair.client.datapath, pair.client.frames, 3, NULL), ==, DATAPATH_MORE);
  g_assert_cmpuint (receive_all (&pair.gateway), ==, 3);
  g_assert_cmpint (
      datapath_send (pair.client.datapath, pair.client.frames, 3, NULL), ==, DATAPATH_IDLE);
  g_assert_cmpuint (receive_all (&pair.gateway), ==, 2);
  pair_clear (&pair);
}

/* A stream that takes nothing stops the reading of the TUN, and no packet that was read is lost. */
static void
test_stalled (void)
{
  Pair pair;
  pair_init (&pair);
  uint32_t written = 0, got = 0;
  DatapathStatus status = DATAPATH_IDLE;
  while (status != DATAPATH_STALLED) {
    write_packet (&pair.client, 1000, written++);
    status = datapath_send (pair.client.datapath, pair.client.frames, 100, NULL);
    g_assert_cmpuint (written, <, 100000);
  }
  write_packet (&pair.client, 1000, written++);
  g_assert_cmpint (
      datapath_send (pair.client.datapath, pair.client.frames, 100, NULL), ==, DATAPATH_STALLED);
  while (got < written) {
    receive_all (&pair.gateway);
    uint8_t packet[2000];
    while (read (pair.gateway.program, packet, sizeof packet) > 0) {
      uint32_t number;
      memcpy (&number, packet + 28, sizeof number);
      g_assert_cmpuint (number, ==, got);
      got++;
    }
    datapath_send (pair.client.datapath, pair.client.frames, 100, NULL);
  }
  pair_clear (&pair);
}

/* During a rekey both SAs receive and the new one sends; the old one's packets that are still on the
 * way arrive. */
static void
test_rekey (void)
{
  Pair pair;
  pair_init (&pair);
  write_packet (&pair.client, 100, 1);
  datapath_send (pair.client.datapath, pair.client.frames, 100, NULL);
  add_children (&pair, 0x33333333, 0x44444444);
  write_packet (&pair.client, 100, 2);
  datapath_send (pair.client.datapath, pair.client.frames, 100, NULL);
  g_assert_cmpuint (receive_all (&pair.gateway), ==, 2);
  expect_packet (&pair.gateway, 100, 1);
  expect_packet (&pair.gateway, 100, 2);

  datapath_remove_child (pair.client.datapath, 0x11111111);
  datapath_remove_child (pair.gateway.datapath, 0x22222222);
  write_packet (&pair.gateway, 100, 3);
  datapath_send (pair.gateway.datapath, pair.gateway.frames, 100, NULL);
  receive_all (&pair.client);
  expect_packet (&pair.client, 100, 3);
  pair_clear (&pair);
}

/* True if what the client sends now passes through the CHILD_SA that the gateway has alone then. */
static bool
sends_with (Pair *pair, uint32_t spi_of_gateway, uint32_t number)
{
  uint32_t spis[DATAPATH_MAX_CHILDREN];
  uint64_t before = datapath_counters (pair->gateway.datapath)->drops[ESP_DROP_UNKNOWN_SPI];
  size_t n = datapath_list_children (pair->gateway.datapath, spis);
  for (size_t i = 0; i < n; i++) {
    if (spis[i] != spi_of_gateway)
      datapath_remove_child (pair->gateway.datapath, spis[i]);
  }
  write_packet (&pair->client, 100, number);
  datapath_send (pair->client.datapath, pair->client.frames, 100, NULL);
  receive_all (&pair->gateway);
  if (datapath_counters (pair->gateway.datapath)->drops[ESP_DROP_UNKNOWN_SPI] != before)
    return false;
  expect_packet (&pair->gateway, 100, number);
  return true;
}

/* What the gateway made by its rekey is received with, and not sent with before the gateway is known to
 * have it: because it deletes the old one, or because something comes through the new one. */
static void
test_inbound_first (gconstpointer something_comes)
{
  Pair pair;
  pair_init (&pair);
  datapath_add_inbound (pair.client.datapath, sa_new (0x33333333, 0x44444444, true));
  g_assert_true (sends_with (&pair, 0x22222222, 1));
  datapath_add_child (pair.gateway.datapath, sa_new (0x33333333, 0x44444444, false));
  if (something_comes != NULL) {
    write_packet (&pair.gateway, 100, 2);
    datapath_send (pair.gateway.datapath, pair.gateway.frames, 100, NULL);
    receive_all (&pair.client);
    expect_packet (&pair.client, 100, 2);
  } else {
    datapath_use_child (pair.client.datapath, 0x33333333);
  }
  datapath_use_child (pair.client.datapath, 0x11111111); /* which was in use: nothing changes */
  g_assert_true (sends_with (&pair, 0x44444444, 3));
  datapath_remove_child (pair.client.datapath, 0x11111111);
  g_assert_true (sends_with (&pair, 0x44444444, 4));
  pair_clear (&pair);
}

/* A gateway that rekeys again and again cannot make us keep more than the table holds; the oldest
 * goes, the newest is used. */
static void
test_many_children (void)
{
  Pair pair;
  pair_init (&pair);
  for (uint32_t i = 0; i < 3 * DATAPATH_MAX_CHILDREN; i++)
    add_children (&pair, 0x1000 + i, 0x2000 + i);
  write_packet (&pair.client, 100, 9);
  datapath_send (pair.client.datapath, pair.client.frames, 100, NULL);
  receive_all (&pair.gateway);
  expect_packet (&pair.gateway, 100, 9);
  pair_clear (&pair);
}

static void
test_drops (void)
{
  Pair pair;
  pair_init (&pair);
  uint8_t unknown[40] = { 9, 9, 9, 9, 0, 0, 0, 1 };
  g_assert_cmpint (datapath_receive (pair.client.datapath, unknown, sizeof unknown, false), ==,
      ESP_DROP_UNKNOWN_SPI);
  g_assert_cmpint (datapath_receive (pair.client.datapath, unknown, 3, false), ==, ESP_DROP_SHORT);

  write_packet (&pair.client, 100, 1);
  datapath_send (pair.client.datapath, pair.client.frames, 100, NULL);
  uint8_t *body, copy[400];
  size_t len;
  g_assert_cmpint (frame_stream_next (pair.gateway.frames, &body, &len, NULL), ==, FRAME_ESP);
  memcpy (copy, body, len);
  copy[len - 1] ^= 1;
  g_assert_cmpint (datapath_receive (pair.gateway.datapath, copy, len, false), ==, ESP_DROP_AUTH);
  memcpy (copy, body, len);
  g_assert_cmpint (datapath_receive (pair.gateway.datapath, body, len, false), ==, ESP_PASS);
  g_assert_cmpint (datapath_receive (pair.gateway.datapath, copy, len, false), ==, ESP_DROP_REPLAY);
  expect_packet (&pair.gateway, 100, 1);
  expect_nothing (&pair.gateway);

  /* A router has marked it, and those inside do not know of that. */
  write_packet (&pair.client, 100, 2);
  datapath_send (pair.client.datapath, pair.client.frames, 100, NULL);
  g_assert_cmpint (frame_stream_next (pair.gateway.frames, &body, &len, NULL), ==, FRAME_ESP);
  g_assert_cmpint (
      datapath_receive (pair.gateway.datapath, body, len, true), ==, ESP_DROP_CONGESTION);
  expect_nothing (&pair.gateway);

  uint8_t rubbish[64] = { 0x20 };
  g_assert_cmpint (write (pair.client.program, rubbish, sizeof rubbish), ==, sizeof rubbish);
  datapath_send (pair.client.datapath, pair.client.frames, 100, NULL);
  g_assert_cmpuint (receive_all (&pair.gateway), ==, 0);

  const DatapathCounters *c = datapath_counters (pair.client.datapath);
  g_assert_cmpuint (c->drops[ESP_DROP_UNKNOWN_SPI], ==, 1);
  g_assert_cmpuint (c->drops[ESP_DROP_SHORT], ==, 1);
  g_assert_cmpuint (c->drops[ESP_DROP_INNER_MALFORMED], ==, 1);
  pair_clear (&pair);
}

/* Without an SA what programs send waits for one. */
static void
test_no_sa (void)
{
  Pair pair;
  pair_init (&pair);
  g_assert_true (datapath_can_send (pair.client.datapath));
  datapath_clear_children (pair.client.datapath);
  g_assert_false (datapath_can_send (pair.client.datapath));
  write_packet (&pair.client, 100, 1);
  g_assert_cmpint (
      datapath_send (pair.client.datapath, pair.client.frames, 100, NULL), ==, DATAPATH_IDLE);
  add_children (&pair, 0x55555555, 0x66666666);
  g_assert_true (datapath_can_send (pair.client.datapath));
  datapath_send (pair.client.datapath, pair.client.frames, 100, NULL);
  receive_all (&pair.gateway);
  expect_packet (&pair.gateway, 100, 1);
  datapath_set_tun (pair.client.datapath, -1);
  g_assert_false (datapath_can_send (pair.client.datapath));
  pair_clear (&pair);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/datapath/both ways", test_both_ways);
  g_test_add_func ("/datapath/budget", test_budget);
  g_test_add_func ("/datapath/stalled", test_stalled);
  g_test_add_func ("/datapath/rekey", test_rekey);
  g_test_add_data_func ("/datapath/inbound first/deleted", NULL, test_inbound_first);
  g_test_add_data_func ("/datapath/inbound first/used", "", test_inbound_first);
  g_test_add_func ("/datapath/many children", test_many_children);
  g_test_add_func ("/datapath/drops", test_drops);
  g_test_add_func ("/datapath/no SA", test_no_sa);
  return g_test_run ();
}
