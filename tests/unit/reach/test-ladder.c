/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ladder by tables: a clock that is turned, what is told, and what it wants done. */
#include <glib.h>

#include "reach/ladder.h"

#define MS 1000

/* At `ms` the ladder is told something of `way`, and then asked until it waits: the ways that it starts, "u"
 * and "s", "." for a wait, "b" for what is believed and "x" for the end; and when it wants to be asked again. */
typedef enum {
  FAILED,
  REFUSED,
  SENT_ON,
} Told;

typedef struct {
  int ms;
  LadderWay way;
  const char *says;
  int until_ms; /* -1: never by itself */
  Told told;
} Step;

static const struct {
  const char *what;
  LadderWay last;
  bool may_udp;
  Step steps[6];
} cases[] = {
  { "an unknown network", LADDER_NONE, true,
      { { 0, 0, "u.", 300 }, { 299, 0, ".", 300 }, { 300, 0, "s.", -1 }, { 5000, 0, ".", -1 } } },
  { "UDP worked before", LADDER_UDP, true, { { 0, 0, "u.", 300 }, { 300, 0, "s.", -1 } } },
  { "TLS worked before", LADDER_STREAM, true, { { 0, 0, "us.", -1 } } },
  { "UDP is refused at once", LADDER_NONE, true,
      { { 0, 0, "u.", 300 }, { 20, LADDER_UDP, "s.", -1 }, { 400, LADDER_STREAM, "x", -1 } } },
  { "UDP is silent for long", LADDER_NONE, true,
      { { 0, 0, "u.", 300 }, { 300, 0, "s.", -1 }, { 3500, LADDER_UDP, ".", -1 },
          { 9000, LADDER_STREAM, "x", -1 } } },
  { "TLS fails, UDP is still waited for", LADDER_NONE, true,
      { { 0, 0, "u.", 300 }, { 300, 0, "s.", -1 }, { 500, LADDER_STREAM, ".", -1 },
          { 3500, LADDER_UDP, "x", -1 } } },
  { "UDP is refused by whoever, and TLS is heard", LADDER_NONE, true,
      { { 0, 0, "u.", 300 }, { 20, LADDER_UDP, "s.", -1, REFUSED }, { 400, 0, ".", -1 } } },
  { "UDP is refused, TLS is not to be had, and no better answer comes", LADDER_NONE, true,
      { { 0, 0, "u.", 300 }, { 20, LADDER_UDP, "s.", -1, REFUSED }, { 400, LADDER_STREAM, ".", -1 },
          { 3500, LADDER_UDP, "x", -1 } } },
  { "UDP is refused, and then by the gateway itself", LADDER_NONE, true,
      { { 0, 0, "u.", 300 }, { 20, LADDER_UDP, "s.", -1, REFUSED },
          { 400, LADDER_STREAM, "x", -1, REFUSED } } },
  { "the gateway refuses, UDP is not heard yet", LADDER_STREAM, true,
      { { 0, 0, "us.", -1 }, { 100, LADDER_STREAM, ".", -1, REFUSED },
          { 120, LADDER_STREAM, ".", -1 }, { 900, LADDER_UDP, "x", -1, REFUSED } } },
  { "the gateway refuses, and UDP is silent", LADDER_STREAM, true,
      { { 0, 0, "us.", -1 }, { 100, LADDER_STREAM, ".", -1, REFUSED },
          { 3500, LADDER_UDP, "x", -1 } } },
  { "UDP sends us on, and TLS is slow", LADDER_NONE, true,
      { { 0, 0, "u.", 300 }, { 20, LADDER_UDP, "s.", 3520, SENT_ON }, { 3519, 0, ".", 3520 },
          { 3520, 0, "b", -1 } } },
  { "UDP sends us on, and TLS is not to be had", LADDER_STREAM, true,
      { { 0, 0, "us.", -1 }, { 20, LADDER_UDP, ".", 3520, SENT_ON },
          { 100, LADDER_STREAM, "b", -1 } } },
  { "TLS was not to be had before UDP sends us on", LADDER_STREAM, true,
      { { 0, 0, "us.", -1 }, { 20, LADDER_STREAM, ".", -1 },
          { 100, LADDER_UDP, "b", -1, SENT_ON } } },
  { "UDP sends us on, and the gateway itself says no", LADDER_NONE, true,
      { { 0, 0, "u.", 300 }, { 20, LADDER_UDP, "s.", 3520, SENT_ON },
          { 400, LADDER_STREAM, "x", -1, REFUSED } } },
  { "UDP is refused, and then sends us on", LADDER_STREAM, true,
      { { 0, 0, "us.", -1 }, { 20, LADDER_UDP, ".", -1, REFUSED },
          { 30, LADDER_UDP, ".", 3530, SENT_ON }, { 3530, 0, "b", -1 } } },
  { "through a proxy", LADDER_UDP, false, { { 0, 0, "s.", -1 }, { 100, LADDER_STREAM, "x", -1 } } },
};

static const char *
ask (Ladder *ladder, int ms, GString *said, int *ret_until)
{
  g_string_truncate (said, 0);
  for (;;) {
    LadderStep step = ladder_next (ladder, (int64_t) ms * MS);
    *ret_until = -1;
    switch (step.action) {
    case LADDER_START: g_string_append_c (said, step.way == LADDER_UDP ? 'u' : 's'); break;
    case LADDER_WAIT:
      g_string_append_c (said, '.');
      if (step.until != INT64_MAX)
        *ret_until = (int) (step.until / MS);
      return said->str;
    case LADDER_BELIEVE: g_string_append_c (said, 'b'); return said->str;
    case LADDER_EXHAUSTED: g_string_append_c (said, 'x'); return said->str;
    }
  }
}

static void
tell (Ladder *ladder, const Step *step)
{
  static void (*const told[]) (Ladder * ladder, LadderWay way, int64_t now) = {
    [FAILED] = ladder_failed,
    [REFUSED] = ladder_refused,
    [SENT_ON] = ladder_sent_on,
  };
  if (step->way != LADDER_NONE)
    told[step->told](ladder, step->way, (int64_t) step->ms * MS);
  if (step->way != LADDER_NONE && step->told == FAILED)
    g_assert_true (ladder_is_over (ladder, step->way));
}

static void
test_race (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GString) said = g_string_new (NULL);
    Ladder ladder;
    ladder_init (&ladder, cases[i].last, cases[i].may_udp, 0);
    for (const Step *step = cases[i].steps; step->says != NULL; step++) {
      int until;
      g_test_message ("%s, at %d ms", cases[i].what, step->ms);
      tell (&ladder, step);
      g_assert_cmpstr (ask (&ladder, step->ms, said, &until), ==, step->says);
      g_assert_cmpint (until, ==, step->until_ms);
    }
  }
}

static void
test_after (void)
{
  static const struct {
    LadderWay way;
    bool was_up, may_udp;
    LadderWay next;
  } rows[] = {
    { LADDER_UDP, true, true, LADDER_STREAM },
    { LADDER_UDP, false, true, LADDER_STREAM },
    { LADDER_STREAM, true, true, LADDER_STREAM },
    { LADDER_STREAM, false, true, LADDER_UDP },
    { LADDER_STREAM, false, false, LADDER_STREAM },
    { LADDER_UDP, false, false, LADDER_STREAM },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpint (ladder_after (rows[i].way, rows[i].was_up, rows[i].may_udp), ==, rows[i].next);
}

/* What happens at which second, and when UDP is tried next; -1: not by itself. */
static void
test_return (void)
{
  static const struct {
    int s;
    void (*what) (LadderReturn *r, int64_t now);
    int at;
  } rows[] = {
    { 100, ladder_return_on_stream, 110 },
    { 105, ladder_return_on_stream, 110 }, /* made again: the same moment stands */
    { 110, ladder_return_failed, 130 },
    { 115, ladder_return_on_stream, 130 },
    { 130, ladder_return_failed, 170 },
    { 240, ladder_return_on_udp, -1 },
    { 300, ladder_return_on_udp, -1 },
    { 400, ladder_return_udp_lost, 480 }, /* it did not last */
    { 401, ladder_return_on_stream, 480 },
    { 560, ladder_return_on_udp, -1 },
    { 1160, ladder_return_udp_lost, 1170 }, /* it did */
    { 1170, ladder_return_failed, 1190 },
    { 1200, ladder_return_anew, 1201 },
    { 1205, ladder_return_on_stream, 1201 },
    { 1206, ladder_return_failed, 1216 },
    { 1216, ladder_return_failed, 1236 },
  };
  LadderReturn r = { .pause = 0 };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_test_message ("at %d s", rows[i].s);
    rows[i].what (&r, (int64_t) rows[i].s * 1000 * MS);
    int64_t at = rows[i].at < 0 ? INT64_MAX : (int64_t) rows[i].at * 1000 * MS;
    g_assert_cmpint (r.at, ==, at);
  }
  for (int i = 0; i < 50; i++)
    ladder_return_failed (&r, 0);
  g_assert_cmpint (r.at, ==, LADDER_LONGEST_RETURN_US);
}

static void
test_names (void)
{
  for (int way = LADDER_NONE; way < LADDER_N_WAYS; way++)
    g_assert_cmpint (
        ladder_way_from_string (ladder_way_to_string ((LadderWay) way)), ==, (LadderWay) way);
  g_assert_cmpint (ladder_way_from_string ("pigeon"), ==, LADDER_NONE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/reach/ladder/race", test_race);
  g_test_add_func ("/reach/ladder/after", test_after);
  g_test_add_func ("/reach/ladder/return", test_return);
  g_test_add_func ("/reach/ladder/names", test_names);
  return g_test_run ();
}
