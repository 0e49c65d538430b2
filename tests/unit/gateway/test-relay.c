/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A client and a relay between two sockets of ours: the far end of the client's stream, and the UDP port of
 * an IPsec gateway. The loop runs in a thread until the test has seen what it waits for; what a minute brings
 * is asked for afterwards, by the time that client_tick () is given. */
#include "gateway/relay.h"

#include <arpa/inet.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/builder.h"
#include "gateway/ike-peek.h"

#define SPI_I 0x1111222233334444
#define SPI_R 0x5555666677778888
#define PATIENCE_S 30
#define STREAMS 500
#define EXCHANGE_AUTH 35
#define PAYLOAD_SA 33
#define PAYLOAD_SK 46

typedef struct {
  Loop *loop;
  Relay *relay;
  ClientShared shared;
  Client *client;
  LoopWatch end; /* an eventfd: written to, the loop ends */
  int stream, udp; /* ours */
  bool closed;
} Place;

static void
on_message (void *user, Client *client, bool is_ike, Slice body)
{
  Place *place = user;
  relay_message (place->relay, client, is_ike, body);
}

static void
on_closed (void *user, Client *client, const char *reason)
{
  Place *place = user;
  relay_client_closed (place->relay, client);
  place->closed = true;
}

static void
on_end (void *user, uint32_t events)
{
  Place *place = user;
  loop_quit (place->loop);
}

static void
wait_at_most (int fd)
{
  const struct timeval patience = { .tv_sec = PATIENCE_S };
  g_assert_cmpint (setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience), ==, 0);
}

static Endpoint
open_udp (Place *place)
{
  struct sockaddr_in own = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t len = sizeof own;
  place->udp = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (bind (place->udp, (struct sockaddr *) &own, len), ==, 0);
  g_assert_cmpint (getsockname (place->udp, (struct sockaddr *) &own, &len), ==, 0);
  wait_at_most (place->udp);
  return (Endpoint){ .addr = { .family = INET_V4, .bytes = { 127, 0, 0, 1 } },
    .port = ntohs (own.sin_port) };
}

static Client *
new_client (Place *place, int *ret_far_end)
{
  const Endpoint peer = { .addr = { .family = INET_V4, .bytes = { 192, 0, 2, 1 } }, .port = 7 };
  int pair[2];
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), ==, 0);
  Client *client = client_new (&place->shared, pair[1], &peer);
  g_assert_nonnull (client);
  *ret_far_end = pair[0];
  return client;
}

static void
place_init (Place *place)
{
  *place = (Place){ .loop = loop_new (NULL) };
  const GatewayConfig config = {
    .target = open_udp (place),
    .max_detached_sessions = 9,
    .session_timeout = 600,
  };
  place->relay = relay_new (place->loop);
  relay_set_config (place->relay, &config);
  place->shared = (ClientShared){
    .loop = place->loop,
    .events = { on_message, on_closed, place },
    .plain_streams = true,
  };
  place->client = new_client (place, &place->stream);
  wait_at_most (place->stream);
  place->end = (LoopWatch){
    .fd = eventfd (0, EFD_CLOEXEC), .events = EPOLLIN, .ready = on_end, .user = place
  };
  g_assert_true (loop_add (place->loop, &place->end, NULL));
}

static void
place_clear (Place *place)
{
  if (!place->closed)
    client_close (place->client, "the test ends");
  relay_free (place->relay);
  g_free (place->shared.spare);
  loop_remove (place->loop, &place->end);
  close (place->end.fd);
  close (place->stream);
  close (place->udp);
  loop_free (place->loop);
}

static gpointer
run (gpointer user)
{
  Place *place = user;
  g_assert_true (loop_run (place->loop, NULL));
  return NULL;
}

static void
stop (Place *place, GThread *thread)
{
  const uint64_t one = 1;
  g_assert_cmpint (write (place->end.fd, &one, sizeof one), ==, sizeof one);
  g_thread_join (thread);
}

/* Non-ESP marker and header of an IKE message of one payload, which is empty. */
static Slice
message (uint8_t *buf, size_t size, uint8_t exchange, bool is_response, uint8_t payload)
{
  Builder b = builder_init (buf, size);
  builder_zeros (&b, STREAM_MARKER_LEN);
  builder_u64 (&b, SPI_I);
  builder_u64 (&b, is_response || exchange != IKE_EXCHANGE_SA_INIT ? SPI_R : 0);
  builder_u8 (&b, payload);
  builder_u8 (&b, 0x20);
  builder_u8 (&b, exchange);
  builder_u8 (&b, is_response ? 0x20 : 0x08);
  builder_u32 (&b, exchange == IKE_EXCHANGE_SA_INIT ? 0 : 1);
  builder_u32 (&b, 32);
  builder_u8 (&b, 0);
  builder_u8 (&b, 0);
  builder_u16 (&b, 4);
  return builder_result (&b);
}

/* One exchange through client and relay, and back. */
static void
exchange (Place *place, bool is_first, uint8_t exchange, uint8_t payload)
{
  uint8_t buf[64], frame[64];
  Slice request = message (buf, sizeof buf, exchange, false, payload);
  Builder b = builder_init (frame, sizeof frame);
  if (is_first)
    builder_slice (&b, SLICE (stream_prefix, STREAM_PREFIX_LEN));
  builder_u16 (&b, (uint16_t) (STREAM_LENGTH_LEN + request.len));
  builder_slice (&b, request);
  Slice octets = builder_result (&b);
  g_assert_cmpint (send (place->stream, octets.data, octets.len, 0), ==, octets.len);

  uint8_t seen[64];
  struct sockaddr_in from;
  socklen_t from_len = sizeof from;
  ssize_t n = recvfrom (place->udp, seen, sizeof seen, 0, (struct sockaddr *) &from, &from_len);
  g_assert_cmpmem (seen, n, request.data, request.len);
  Slice response = message (buf, sizeof buf, exchange, true, payload);
  g_assert_cmpint (
      sendto (place->udp, response.data, response.len, 0, (struct sockaddr *) &from, from_len), ==,
      response.len);
  n = recv (place->stream, seen, sizeof seen, 0);
  g_assert_cmpint (n, ==, STREAM_LENGTH_LEN + response.len);
  g_assert_cmpmem (seen + STREAM_LENGTH_LEN, n - STREAM_LENGTH_LEN, response.data, response.len);
}

static const struct {
  const char *name;
  bool signs_in;
  bool stays;
} rows[] = {
  { "answers in clear", false, false },
  { "an encrypted answer", true, true },
};

/* Anybody gets an answer to IKE_SA_INIT. To hold a place for that for ever would let a few addresses fill
 * the gateway once and for all. */
static void
test_a_place_is_for_who_is_answered_encrypted (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_test_message ("%s", rows[i].name);
    Place place;
    place_init (&place);
    GThread *thread = g_thread_new ("loop", run, &place);
    exchange (&place, true, IKE_EXCHANGE_SA_INIT, PAYLOAD_SA);
    if (rows[i].signs_in)
      exchange (&place, false, EXCHANGE_AUTH, PAYLOAD_SK);
    stop (&place, thread);

    gint64 now = g_get_monotonic_time ();
    client_tick (place.client, now + 50 * G_USEC_PER_SEC);
    g_assert_false (place.closed);
    client_tick (place.client, now + 61 * G_USEC_PER_SEC);
    g_assert_cmpint (place.closed, ==, !rows[i].stays);
    place_clear (&place);
  }
}

/* The lines that are written to standard error meanwhile. */
static guint
lines_of (void (*act) (Place *place), Place *place)
{
  int old = dup (STDERR_FILENO), file = memfd_create ("log", MFD_CLOEXEC);
  g_assert_true (old >= 0 && file >= 0 && dup2 (file, STDERR_FILENO) == STDERR_FILENO);
  act (place);
  g_assert_true (dup2 (old, STDERR_FILENO) == STDERR_FILENO);
  close (old);
  char buf[STREAMS * 100];
  ssize_t len = pread (file, buf, sizeof buf, 0);
  g_assert_true (len >= 0 && len < (ssize_t) sizeof buf);
  close (file);
  guint n = 0;
  for (ssize_t i = 0; i < len; i++)
    n += buf[i] == '\n';
  return n;
}

static void
send_first_requests (Place *place)
{
  for (int i = 0; i < STREAMS; i++) {
    uint8_t buf[64];
    int far_end;
    Client *client = new_client (place, &far_end);
    Slice request = message (buf, sizeof buf, IKE_EXCHANGE_SA_INIT, false, PAYLOAD_SA);
    buf[STREAM_MARKER_LEN] = (uint8_t) i;
    buf[STREAM_MARKER_LEN + 1] = (uint8_t) (i >> 8);
    relay_message (place->relay, client, true,
        SLICE (request.data + STREAM_MARKER_LEN, request.len - STREAM_MARKER_LEN));
    client_close (client, "the next one");
    close (far_end);
  }
}

/* Whoever opens one stream after the other does not fill the disk with it. A machine is slow indeed that
 * takes a second for ten of them. */
static void
test_log_of_many_sessions (void)
{
  Place place;
  place_init (&place);
  guint n = lines_of (send_first_requests, &place);
  g_assert_cmpuint (n, >, 0);
  g_assert_cmpuint (n, <, STREAMS / 2);
  place.closed = false;
  place_clear (&place);
}

/* As many as a socket takes at once. */
#define TINY_FRAMES 10000

typedef struct {
  Loop *loop;
  Client *flooder;
  guint n_flooded, n_before_other;
} Turns;

static void
count_message (void *user, Client *client, bool is_ike, Slice body)
{
  Turns *turns = user;
  if (client == turns->flooder) {
    if (++turns->n_flooded == TINY_FRAMES)
      loop_quit (turns->loop);
  } else {
    turns->n_before_other = turns->n_flooded;
  }
}

static void
ignore_closed (void *user, Client *client, const char *reason)
{
}

static void
send_frames (int fd, guint n)
{
  static const uint8_t frame[] = { 0, 7, 9, 9, 9, 9, 9 };
  g_autoptr (GByteArray) octets = g_byte_array_new ();
  g_byte_array_append (octets, stream_prefix, STREAM_PREFIX_LEN);
  for (guint i = 0; i < n; i++)
    g_byte_array_append (octets, frame, sizeof frame);
  g_assert_cmpint (send (fd, octets->data, octets->len, 0), ==, octets->len);
}

/* However many messages one client has to say, the others have their turn; and in the end all are said. */
static void
test_turns (void)
{
  g_autoptr (Loop) loop = loop_new (NULL);
  Turns turns = { .loop = loop };
  ClientShared shared = {
    .loop = loop,
    .events = { count_message, ignore_closed, &turns },
    .plain_streams = true,
  };
  Place place = { .shared = shared };
  int flood, other;
  turns.flooder = new_client (&place, &flood);
  Client *second = new_client (&place, &other);
  send_frames (flood, TINY_FRAMES);
  send_frames (other, 1);
  g_assert_true (loop_run (loop, NULL));
  g_assert_cmpuint (turns.n_flooded, ==, TINY_FRAMES);
  g_assert_cmpuint (turns.n_before_other, <, 1000);
  client_close (turns.flooder, "the test ends");
  client_close (second, "the test ends");
  g_free (place.shared.spare);
  close (flood);
  close (other);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/relay/a-place-is-for-who-is-answered-encrypted",
      test_a_place_is_for_who_is_answered_encrypted);
  g_test_add_func ("/relay/log-of-many-sessions", test_log_of_many_sessions);
  g_test_add_func ("/relay/turns", test_turns);
  return g_test_run ();
}
