/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RFC 8305 as a table: what is told, and what must be decided, at which millisecond. */
#include <glib.h>

#include "reach/happy.h"

#define MS 1000
#define FOREVER (-1)

typedef enum {
  END,
  KNOWN, /* an address is known beforehand */
  WORKED, /* likewise, and it is what worked last time */
  ANSWER, /* DNS answers for the family of addr; family = addr's, or as given without one */
  NO_ANSWER_4,
  NO_ANSWER_6,
  FAILS, /* the attempt to addr fails */
  WINS, /* the attempt to addr succeeds: the others are given up */
  STARTS, /* the decision must be: connect to addr */
  RESOLVES,
  GIVES_UP, /* on addr */
  WAITS, /* until the millisecond `until`, or FOREVER */
  EXHAUSTED,
} What;

typedef struct {
  int at; /* milliseconds */
  What what;
  const char *addr;
  int until;
} Line;

typedef struct {
  const char *name;
  bool may_resolve;
  Line lines[24];
} Case;

#define A "192.0.2.1"
#define B "192.0.2.2"
#define C "192.0.2.3"
#define X "2001:db8::1"
#define Y "2001:db8::2"

static const Case cases[] = {
  { "a literal is tried at once and for ten seconds", false,
      { { 0, KNOWN, A }, { 0, STARTS, A }, { 0, WAITS, NULL, 10000 }, { 10000, GIVES_UP, A },
          { 10000, EXHAUSTED } } },
  { "nothing known, nothing found", true,
      { { 0, RESOLVES }, { 0, WAITS, NULL, FOREVER }, { 5, NO_ANSWER_6 },
          { 5, WAITS, NULL, FOREVER }, { 6, NO_ANSWER_4 }, { 6, EXHAUSTED } } },
  { "AAAA first: no waiting for A", true,
      { { 0, RESOLVES }, { 0, WAITS, NULL, FOREVER }, { 7, ANSWER, X }, { 7, STARTS, X },
          { 7, WAITS, NULL, 10007 } } },
  { "A first: AAAA has 50 ms to come, and comes", true,
      { { 0, RESOLVES }, { 10, ANSWER, A }, { 10, WAITS, NULL, 60 }, { 30, ANSWER, X },
          { 30, STARTS, X }, { 30, WAITS, NULL, 280 }, { 280, STARTS, A } } },
  { "A first: AAAA comes too late to be first", true,
      { { 0, RESOLVES }, { 10, ANSWER, A }, { 10, WAITS, NULL, 60 }, { 60, STARTS, A },
          { 80, ANSWER, X }, { 80, WAITS, NULL, 310 }, { 310, STARTS, X } } },
  { "A first: AAAA says no, so no waiting", true,
      { { 0, RESOLVES }, { 10, ANSWER, A }, { 10, WAITS, NULL, 60 }, { 12, NO_ANSWER_6 },
          { 12, STARTS, A } } },
  { "a blackholed IPv6 costs 250 ms (R12)", true,
      { { 0, RESOLVES }, { 5, ANSWER, X }, { 5, STARTS, X }, { 6, ANSWER, A },
          { 6, WAITS, NULL, 255 }, { 254, WAITS, NULL, 255 }, { 255, STARTS, A },
          { 255, WAITS, NULL, 10005 } } },
  { "the families take turns, IPv6 first", false,
      { { 0, KNOWN, A }, { 0, KNOWN, B }, { 0, KNOWN, X }, { 0, KNOWN, Y }, { 0, STARTS, X },
          { 250, STARTS, A }, { 500, STARTS, Y }, { 750, STARTS, B } } },
  { "what worked last time is first, be it IPv4", false,
      { { 0, WORKED, B }, { 0, KNOWN, A }, { 0, KNOWN, X }, { 0, STARTS, B }, { 250, STARTS, X },
          { 500, STARTS, A } } },
  { "a failure lets the next begin at once", false,
      { { 0, KNOWN, A }, { 0, KNOWN, B }, { 0, STARTS, A }, { 0, WAITS, NULL, 250 },
          { 20, FAILS, A }, { 20, STARTS, B }, { 30, FAILS, B }, { 30, EXHAUSTED } } },
  { "an old failure while another is under way does not hurry", false,
      { { 0, KNOWN, A }, { 0, KNOWN, B }, { 0, KNOWN, C }, { 0, STARTS, A }, { 250, STARTS, B },
          { 300, FAILS, A }, { 300, WAITS, NULL, 500 }, { 500, STARTS, C } } },
  { "the last good address goes before DNS, and DNS is asked when it does not answer (R11)", true,
      { { 0, KNOWN, A }, { 0, STARTS, A }, { 0, WAITS, NULL, 250 }, { 250, RESOLVES },
          { 260, ANSWER, B }, { 260, NO_ANSWER_6 }, { 500, STARTS, B } } },
  { "the last good address refuses: DNS is asked at once", true,
      { { 0, KNOWN, A }, { 0, STARTS, A }, { 30, FAILS, A }, { 30, RESOLVES },
          { 31, WAITS, NULL, FOREVER } } },
  { "an address that failed is not tried again when DNS repeats it", true,
      { { 0, KNOWN, A }, { 0, STARTS, A }, { 30, FAILS, A }, { 30, RESOLVES }, { 40, ANSWER, A },
          { 40, NO_ANSWER_6 }, { 40, EXHAUSTED } } },
  { "the winner is of no use: the others have their turn, also who was given up for it", false,
      { { 0, KNOWN, A }, { 0, KNOWN, B }, { 0, KNOWN, C }, { 0, STARTS, A }, { 250, STARTS, B },
          { 260, WINS, B }, { 400, FAILS, B }, { 400, STARTS, A }, { 400, WAITS, NULL, 650 },
          { 410, FAILS, A }, { 410, STARTS, C }, { 420, FAILS, C }, { 420, EXHAUSTED } } },
  { "an address that was remembered is of no use: DNS is asked", true,
      { { 0, KNOWN, A }, { 0, STARTS, A }, { 10, WINS, A }, { 90, FAILS, A }, { 90, RESOLVES },
          { 95, ANSWER, A }, { 95, NO_ANSWER_6 }, { 95, EXHAUSTED } } },
  { "no DNS for a host that must not be asked for", false, { { 0, EXHAUSTED } } },
};

static size_t
find (const Happy *h, const char *text)
{
  InetAddr addr;
  g_assert_true (inet_addr_parse (text, &addr));
  for (size_t i = 0; i < h->n; i++) {
    if (inet_addr_compare (&h->candidates[i].addr, &addr) == 0)
      return i;
  }
  g_error ("%s is no candidate", text);
}

static void
expect (Happy *h, const Line *line, HappyAction action)
{
  HappyStep step = happy_next (h, (int64_t) line->at * MS);
  g_assert_cmpint (step.action, ==, action);
  if (line->addr != NULL)
    g_assert_cmpuint (step.index, ==, find (h, line->addr));
  if (action == HAPPY_WAIT)
    g_assert_cmpint (
        step.until, ==, line->until == FOREVER ? INT64_MAX : (int64_t) line->until * MS);
}

static void
play (Happy *h, const Line *line)
{
  int64_t now = (int64_t) line->at * MS;
  InetAddr addr = { 0 };
  if (line->addr != NULL)
    g_assert_true (inet_addr_parse (line->addr, &addr));
  switch (line->what) {
  case KNOWN: happy_add (h, &addr); break;
  case WORKED:
    happy_add (h, &addr);
    h->remembers = true;
    break;
  case ANSWER: happy_answered (h, addr.family, &addr, 1, now); break;
  case NO_ANSWER_4: happy_answered (h, INET_V4, NULL, 0, now); break;
  case NO_ANSWER_6: happy_answered (h, INET_V6, NULL, 0, now); break;
  case FAILS: happy_failed (h, find (h, line->addr)); break;
  case WINS: happy_won (h, find (h, line->addr)); break;
  case STARTS: expect (h, line, HAPPY_START); break;
  case RESOLVES: expect (h, line, HAPPY_RESOLVE); break;
  case GIVES_UP: expect (h, line, HAPPY_GIVE_UP); break;
  case WAITS: expect (h, line, HAPPY_WAIT); break;
  case EXHAUSTED: expect (h, line, HAPPY_EXHAUSTED); break;
  case END: break;
  }
}

static void
test_case (const void *data)
{
  const Case *c = data;
  Happy h;
  happy_init (&h, c->may_resolve);
  for (size_t i = 0; i < G_N_ELEMENTS (c->lines) && c->lines[i].what != END; i++) {
    g_test_message ("line %zu", i);
    play (&h, c->lines + i);
  }
}

/* What is left is known before it is asked for; the winner counts as failed by then. */
static void
test_has_more (void)
{
  Happy h;
  InetAddr a, b;
  g_assert_true (inet_addr_parse (A, &a) && inet_addr_parse (B, &b));
  happy_init (&h, false);
  g_assert_false (happy_has_more (&h));
  happy_add (&h, &a);
  happy_add (&h, &b);
  g_assert_true (happy_has_more (&h));
  g_assert_cmpint (happy_next (&h, 0).action, ==, HAPPY_START);
  happy_won (&h, 0);
  happy_failed (&h, 0);
  g_assert_true (happy_has_more (&h));
  g_assert_cmpint (happy_next (&h, 0).action, ==, HAPPY_START);
  happy_won (&h, 1);
  happy_failed (&h, 1);
  g_assert_false (happy_has_more (&h));
  happy_init (&h, true);
  g_assert_true (happy_has_more (&h));
}

/* A resolver that answers with everything it has does not make us knock for ever. */
static void
test_bounded (void)
{
  Happy h;
  happy_init (&h, false);
  for (unsigned int i = 0; i < 1000; i++) {
    InetAddr addr = { .family = INET_V4, .bytes = { 10, 0, (uint8_t) (i >> 8), (uint8_t) i } };
    happy_add (&h, &addr);
  }
  unsigned int started = 0;
  for (int64_t now = 0; happy_next (&h, now).action != HAPPY_EXHAUSTED; now += 50 * MS)
    g_assert_cmpint (now, <, INT64_C (60) * 1000 * MS);
  for (size_t i = 0; i < h.n; i++)
    started += h.candidates[i].state == HAPPY_CANDIDATE_FAILED;
  g_assert_cmpuint (started, ==, HAPPY_MAX_CANDIDATES);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strdup_printf ("/reach/happy/%s", cases[i].name);
    g_test_add_data_func (path, cases + i, test_case);
  }
  g_test_add_func ("/reach/happy/has-more", test_has_more);
  g_test_add_func ("/reach/happy/bounded", test_bounded);
  return g_test_run ();
}
