/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sessions are played as columns of steps: who says what, and where it comes out. */
#include "gateway/session.h"

#include <glib.h>
#include <string.h>

#define SPI_I 0x1111222233334444
#define SPI_R 0x5555666677778888

typedef enum {
  OPEN, /* a stream names the session */
  CLOSE,
  ASKS, /* a stream carries a request with this message ID */
  ANSWERS, /* a stream carries a response */
  GATEWAY_ANSWERS, /* the IPsec gateway responds, encrypted */
  GATEWAY_ANSWERS_CLEAR,
  GATEWAY_ASKS,
} What;

typedef struct {
  What what;
  char stream; /* 'a' to 'f' */
  uint32_t id;
  const char *to; /* streams that get it, of what the gateway says */
  char attached; /* after it; '-' for none */
  char superseded; /* 0 for none */
} Step;

static char streams[256];

static Client *
client_of (char name)
{
  return (Client *) &streams[(uint8_t) name];
}

static char
name_of (const Client *client)
{
  return client == NULL ? '-' : (char) ((const char *) client - streams);
}

static void
gateway_says (Session *session, const Step *step, size_t i)
{
  const IkePeek peek = {
    .spi_i = SPI_I,
    .spi_r = SPI_R,
    .message_id = step->id,
    .exchange = step->what == GATEWAY_ANSWERS_CLEAR ? IKE_EXCHANGE_SA_INIT : 37,
    .is_response = step->what != GATEWAY_ASKS,
    .is_encrypted = step->what != GATEWAY_ANSWERS_CLEAR,
  };
  SessionRoute route;
  session_from_gateway (session, &peek, &route);
  char to[SESSION_MAX_STREAMS + 1] = "";
  for (size_t k = 0; k < route.n_to; k++)
    to[k] = name_of (route.to[k]);
  if (!g_str_equal (to, step->to))
    g_error ("step %zu: to \"%s\", not \"%s\"", i, to, step->to);
  g_assert_cmpint (name_of (route.superseded), ==, step->superseded ? step->superseded : '-');
}

static void
play (const Step *steps, size_t n)
{
  Session session = { 0 };
  SessionKey forgotten;
  g_assert_false (
      session_learn (&session, &(SessionKey){ .spi_i = SPI_I, .other = SPI_R }, &forgotten));
  for (size_t i = 0; i < n; i++) {
    const Step *step = &steps[i];
    Client *client = client_of (step->stream);
    const IkePeek peek = {
      .spi_i = SPI_I,
      .spi_r = SPI_R,
      .message_id = step->id,
      .is_response = step->what == ANSWERS,
      .is_encrypted = true,
    };
    switch (step->what) {
    case OPEN: g_assert_null (session_add_stream (&session, client)); break;
    case CLOSE: session_remove_stream (&session, client); break;
    case ASKS:
    case ANSWERS: session_from_client (&session, client, &peek); break;
    case GATEWAY_ANSWERS:
    case GATEWAY_ANSWERS_CLEAR:
    case GATEWAY_ASKS: gateway_says (&session, step, i); break;
    }
    if (name_of (session.attached) != step->attached)
      g_error ("step %zu: attached to %c, not %c", i, name_of (session.attached), step->attached);
  }
}

#define PLAY(...) \
  G_STMT_START \
  { \
    static const Step steps[] = { __VA_ARGS__ }; \
    play (steps, G_N_ELEMENTS (steps)); \
  } \
  G_STMT_END

static void
test_one_stream (void)
{
  PLAY ({ OPEN, 'a', 0, "", 'a' }, { ASKS, 'a', 0, "", 'a' },
      { GATEWAY_ANSWERS_CLEAR, 0, 0, "a", 'a' }, { ASKS, 'a', 1, "", 'a' },
      { GATEWAY_ANSWERS, 0, 1, "a", 'a' }, { GATEWAY_ASKS, 0, 0, "a", 'a' },
      { ANSWERS, 'a', 0, "", 'a' }, { CLOSE, 'a', 0, "", '-' }, { GATEWAY_ASKS, 0, 1, "", '-' });
}

static void
test_comes_back (void)
{
  PLAY ({ OPEN, 'a', 0, "", 'a' }, { CLOSE, 'a', 0, "", '-' }, { OPEN, 'b', 0, "", 'b' },
      { ASKS, 'b', 5, "", 'b' }, { GATEWAY_ANSWERS, 0, 5, "b", 'b' });
}

/* The old stream is dead, but nobody has noticed: a new request moves the session. */
static void
test_takes_over (void)
{
  PLAY ({ OPEN, 'a', 0, "", 'a' }, { ASKS, 'a', 4, "", 'a' }, { GATEWAY_ANSWERS, 0, 4, "a", 'a' },
      { OPEN, 'b', 0, "", 'a' }, { ASKS, 'b', 5, "", 'a' }, { GATEWAY_ASKS, 0, 0, "a", 'a' },
      { GATEWAY_ANSWERS, 0, 5, "b", 'b', 'a' }, { GATEWAY_ASKS, 0, 1, "b", 'b' },
      { CLOSE, 'a', 0, "", 'b' });
}

/* RFC 9329 section 6.1: the request that waited is sent again on the new stream. It gets its answer
 * there; the next one moves the session. */
static void
test_retransmits (void)
{
  PLAY ({ OPEN, 'a', 0, "", 'a' }, { ASKS, 'a', 4, "", 'a' }, { GATEWAY_ANSWERS, 0, 4, "a", 'a' },
      { OPEN, 'b', 0, "", 'a' }, { ASKS, 'b', 4, "", 'a' }, { GATEWAY_ANSWERS, 0, 4, "ab", 'a' },
      { ASKS, 'b', 5, "", 'a' }, { GATEWAY_ANSWERS, 0, 5, "b", 'b', 'a' });
}

/* Who has seen a header may replay it; the answer is what he has seen too. */
static void
test_replay_moves_nothing (void)
{
  PLAY ({ OPEN, 'a', 0, "", 'a' }, { ASKS, 'a', 1, "", 'a' }, { GATEWAY_ANSWERS, 0, 1, "a", 'a' },
      { ASKS, 'a', 2, "", 'a' }, { GATEWAY_ANSWERS, 0, 2, "a", 'a' }, { OPEN, 'x', 0, "", 'a' },
      { ASKS, 'x', 1, "", 'a' }, { GATEWAY_ANSWERS, 0, 1, "x", 'a' }, { ASKS, 'x', 9, "", 'a' },
      { GATEWAY_ANSWERS_CLEAR, 0, 9, "x", 'a' }, { GATEWAY_ASKS, 0, 0, "a", 'a' },
      { ASKS, 'a', 3, "", 'a' }, { ASKS, 'x', 3, "", 'a' }, { GATEWAY_ANSWERS, 0, 3, "ax", 'a' },
      /* What was said in clear has not worn out the numbers up to 9. */
      { OPEN, 'b', 0, "", 'a' }, { ASKS, 'b', 4, "", 'a' },
      { GATEWAY_ANSWERS, 0, 4, "b", 'b', 'a' });
}

static void
test_newest_follows (void)
{
  PLAY ({ OPEN, 'a', 0, "", 'a' }, { OPEN, 'b', 0, "", 'a' }, { OPEN, 'c', 0, "", 'a' },
      { CLOSE, 'b', 0, "", 'a' }, { CLOSE, 'a', 0, "", 'c' }, { CLOSE, 'a', 0, "", 'c' });
}

static void
test_too_many_streams (void)
{
  Session session = { 0 };
  for (char name = 'a'; name < 'a' + SESSION_MAX_STREAMS; name++)
    g_assert_null (session_add_stream (&session, client_of (name)));
  g_assert_cmpint (name_of (session_add_stream (&session, client_of ('x'))), ==, 'b');
  g_assert_cmpint (name_of (session.attached), ==, 'a');
  g_assert_cmpuint (session.n_streams, ==, SESSION_MAX_STREAMS);
}

static void
test_keys (void)
{
  Session session = { 0 };
  SessionKey forgotten = { 0 };
  for (uint64_t i = 1; i <= SESSION_MAX_KEYS; i++)
    g_assert_false (session_learn (&session, &(SessionKey){ .spi_i = i, .other = i }, &forgotten));
  g_assert_true (session_learn (&session, &(SessionKey){ .spi_i = 9, .other = 9 }, &forgotten));
  g_assert_cmpuint (forgotten.spi_i, ==, 1);
  g_assert_false (session_knows (&session, &(SessionKey){ .spi_i = 1, .other = 1 }));
  g_assert_true (session_knows (&session, &(SessionKey){ .spi_i = 9, .other = 9 }));
  g_assert_false (
      session_knows (&session, &(SessionKey){ .spi_i = 9, .other = 9, .half_open = true }));
}

static void
test_key_of_first_request (void)
{
  const uint8_t one[40] = { 1 }, two[40] = { 2 };
  const IkePeek peek = { .spi_i = SPI_I, .exchange = IKE_EXCHANGE_SA_INIT };
  SessionKey a = session_key_of (&peek, SLICE (one, sizeof one));
  SessionKey again = session_key_of (&peek, SLICE (one, sizeof one));
  SessionKey b = session_key_of (&peek, SLICE (two, sizeof two));
  g_assert_true (session_key_equal (&a, &again));
  g_assert_false (session_key_equal (&a, &b));
  const IkePeek open = { .spi_i = SPI_I, .spi_r = a.other };
  SessionKey forged = session_key_of (&open, SLICE (two, sizeof two));
  g_assert_false (session_key_equal (&a, &forged));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session/one-stream", test_one_stream);
  g_test_add_func ("/session/comes-back", test_comes_back);
  g_test_add_func ("/session/takes-over", test_takes_over);
  g_test_add_func ("/session/retransmits", test_retransmits);
  g_test_add_func ("/session/replay-moves-nothing", test_replay_moves_nothing);
  g_test_add_func ("/session/newest-follows", test_newest_follows);
  g_test_add_func ("/session/too-many-streams", test_too_many_streams);
  g_test_add_func ("/session/keys", test_keys);
  g_test_add_func ("/session/key-of-first-request", test_key_of_first_request);
  return g_test_run ();
}
