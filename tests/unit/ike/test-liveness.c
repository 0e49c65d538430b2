/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When the gateway is asked, and when its stream is given up: a column of moments, in milliseconds since the
 * last sign of life. */
#include "ike/liveness.h"

#include <glib.h>

#define MS INT64_C (1000)
#define NOT_ASKED -1

static const struct {
  const char *what;
  int64_t idle;
  bool has_sent;
  int64_t asked, now; /* ms after the last sign of life; before it where negative but NOT_ASKED */
  IkeLivenessVerdict verdict;
  int64_t next; /* ms, as the same; -1 = never */
} rows[] = {
  { "just heard", 7000, false, NOT_ASKED, 0, IKE_LIVENESS_FINE, 4000 },
  { "quiet on both sides", 7000, false, NOT_ASKED, 4000, IKE_LIVENESS_FINE, 7000 },
  { "we sent, and it is soon", 7000, true, NOT_ASKED, 3999, IKE_LIVENESS_FINE, 4000 },
  { "we sent, and nothing came", 7000, true, NOT_ASKED, 4000, IKE_LIVENESS_ASK, 4000 },
  { "quiet for too long", 7000, false, NOT_ASKED, 7000, IKE_LIVENESS_ASK, 7000 },
  { "asked, and it is soon", 7000, true, 4000, 11999, IKE_LIVENESS_FINE, 12000 },
  { "asked, and no answer", 7000, true, 4000, 12000, IKE_LIVENESS_SILENT, -1 },
  { "asked when idle, no answer", 7000, false, 7000, 15000, IKE_LIVENESS_SILENT, -1 },
  { "asked before packets came", 7000, false, -3000, 7999, IKE_LIVENESS_FINE, 8000 },
  { "asked before, and then silence", 7000, false, -3000, 8000, IKE_LIVENESS_SILENT, -1 },
  { "asked at once", 7000, false, 0, 8000, IKE_LIVENESS_SILENT, -1 },
  { "a short patience", 2000, true, NOT_ASKED, 2000, IKE_LIVENESS_ASK, 2000 },
  { "a long patience, and we sent", 60000, true, NOT_ASKED, 4000, IKE_LIVENESS_ASK, 4000 },
  { "a long patience", 60000, false, NOT_ASKED, 59999, IKE_LIVENESS_FINE, 60000 },
  { "years later", 7000, true, 4000, INT64_C (100000000000), IKE_LIVENESS_SILENT, -1 },
};

static void
test_rows (void)
{
  const int64_t heard = INT64_C (1000000000);
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_test_message ("%s", rows[i].what);
    IkeLiveness liveness = { .idle_us = rows[i].idle * MS };
    ike_liveness_begin (&liveness, heard - 10000 * MS);
    if (rows[i].asked != NOT_ASKED)
      ike_liveness_asked (&liveness, heard + rows[i].asked * MS);
    ike_liveness_heard (&liveness, heard);
    if (rows[i].has_sent)
      ike_liveness_sent (&liveness);
    bool is_asked = rows[i].asked != NOT_ASKED;
    int64_t now = heard + rows[i].now * MS;
    g_assert_cmpint (ike_liveness_judge (&liveness, is_asked, now), ==, rows[i].verdict);
    int64_t next = ike_liveness_next (&liveness, is_asked, now);
    g_assert_cmpint (next, ==, rows[i].next >= 0 ? heard + rows[i].next * MS : G_MAXINT64);
  }
}

/* A blackhole that opens at any moment is known within 15 seconds, whoever speaks or not. */
static void
test_promise (void)
{
  for (int sends = 0; sends <= 1; sends++) {
    IkeLiveness liveness = { .idle_us = IKE_LIVENESS_IDLE_US };
    ike_liveness_begin (&liveness, 0);
    if (sends)
      ike_liveness_sent (&liveness);
    int64_t now = 0;
    bool is_asked = false;
    for (IkeLivenessVerdict verdict = IKE_LIVENESS_FINE; verdict != IKE_LIVENESS_SILENT;) {
      now = ike_liveness_next (&liveness, is_asked, now);
      verdict = ike_liveness_judge (&liveness, is_asked, now);
      if (verdict == IKE_LIVENESS_ASK)
        ike_liveness_asked (&liveness, now);
      is_asked = is_asked || verdict == IKE_LIVENESS_ASK;
    }
    g_assert_cmpint (now, ==, (sends ? 12000 : 15000) * MS);
    g_assert_cmpint (
        ike_liveness_judge (&liveness, true, now + 3600000 * MS), ==, IKE_LIVENESS_FINE);
    ike_liveness_begin (&liveness, now);
    g_assert_cmpint (
        ike_liveness_judge (&liveness, true, now + 8000 * MS), ==, IKE_LIVENESS_SILENT);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ike/liveness/rows", test_rows);
  g_test_add_func ("/ike/liveness/promise", test_promise);
  return g_test_run ();
}
