/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "esp/replay.h"

#include <glib.h>

/* Each row feeds one number to one window, in order, and says whether it may pass. */
static const struct {
  uint32_t seq;
  bool passes;
} rows[] = {
  { 0, false },
  { 1, true },
  { 1, false },
  { 3, true },
  { 2, true },
  { 2, false },
  { 3, false },
  { REPLAY_WINDOW, true },
  { 4, true },
  { 1, false },
  { REPLAY_WINDOW + 1, true },
  { 5, true },
  { REPLAY_WINDOW + 1, false },
  { REPLAY_WINDOW + 5, true },
  { 5, false },
  { 6, true },
  { 6, false },
  { 3 * REPLAY_WINDOW, true },
  { 2 * REPLAY_WINDOW, false },
  { 2 * REPLAY_WINDOW + 1, true },
  { 2 * REPLAY_WINDOW + 1, false },
  { 3 * REPLAY_WINDOW - 1, true },
  { 3 * REPLAY_WINDOW - 1, false },
  { 1000000, true },
  { 1000000 - REPLAY_WINDOW, false },
  { 1000000 - REPLAY_WINDOW + 1, true },
  { UINT32_MAX, true },
  { UINT32_MAX, false },
  { UINT32_MAX - 1, true },
  { UINT32_MAX - REPLAY_WINDOW + 1, true },
  { UINT32_MAX - REPLAY_WINDOW, false },
  { 1000000, false },
};

/* Which number is meant by a low half, at both sides of each edge of RFC 4303 appendix A2.2. */
#define W REPLAY_WINDOW
#define E (UINT64_C (1) << 32)
static const struct {
  uint64_t highest;
  uint32_t low;
  uint64_t seq;
} infer_rows[] = {
  /* at the beginning nothing lies behind 0 */
  { 0, 1, 1 },
  { 0, 0, 0 },
  { 0, UINT32_MAX, UINT32_MAX },
  { 5, UINT32_MAX, UINT32_MAX },
  { W - 2, 0, 0 },
  { W - 2, UINT32_MAX, UINT32_MAX },
  /* the window within one epoch */
  { W - 1, 0, 0 },
  { W, 0, E },
  { W, 1, 1 },
  { 100000, 100000 - W + 1, 100000 - W + 1 },
  { 100000, 100000 - W, E + 100000 - W },
  { 100000, UINT32_MAX, UINT32_MAX },
  { UINT32_MAX, UINT32_MAX, UINT32_MAX },
  { UINT32_MAX, UINT32_MAX - W + 1, UINT32_MAX - W + 1 },
  { UINT32_MAX, UINT32_MAX - W, E + UINT32_MAX - W },
  { UINT32_MAX, 0, E },
  /* the window over two epochs */
  { E, 0, E },
  { E, 1, E + 1 },
  { E, UINT32_MAX, UINT32_MAX },
  { E, UINT32_MAX - W + 2, UINT32_MAX - W + 2 },
  { E, UINT32_MAX - W + 1, E + UINT32_MAX - W + 1 },
  { E + W - 2, UINT32_MAX, UINT32_MAX },
  { E + W - 2, UINT32_MAX - 1, E + UINT32_MAX - 1 },
  { E + W - 1, UINT32_MAX, E + UINT32_MAX },
  { E + W - 1, 0, E },
  { E + W, 0, 2 * E },
  { 7 * E + 3, UINT32_MAX - 5, 7 * E - 6 },
  /* the end: what would be 2^64 comes out as a number that is long gone */
  { UINT64_MAX, UINT32_MAX, UINT64_MAX },
  { UINT64_MAX, 0, 0 },
};

static void
test_infer (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (infer_rows); i++) {
    const ReplayWindow w = { .highest = infer_rows[i].highest };
    g_test_message ("row %zu", i);
    g_assert_cmphex (replay_infer (&w, infer_rows[i].low), ==, infer_rows[i].seq);
  }
  const ReplayWindow last = { .highest = UINT64_MAX };
  g_assert_false (replay_check (&last, replay_infer (&last, 0)));
  g_assert_false (replay_check (&last, replay_infer (&last, 1)));
}

static void
test_rows (void)
{
  ReplayWindow w = { 0 };
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_test_message ("row %zu: %u", i, rows[i].seq);
    bool passes = replay_check (&w, rows[i].seq);
    g_assert_cmpint (passes, ==, rows[i].passes);
    if (passes)
      replay_commit (&w, rows[i].seq);
  }
}

/* A check alone must not move the window: the packet may still fail authentication. */
static void
test_check_changes_nothing (void)
{
  ReplayWindow w = { 0 };
  g_assert_true (replay_check (&w, 900000));
  g_assert_true (replay_check (&w, 900000));
  g_assert_true (replay_check (&w, 1));
}

/* Against a model that remembers everything. */
static void
test_random_against_model (void)
{
  enum { N = 40000 };
  g_autofree bool *seen = g_new0 (bool, N);
  ReplayWindow w = { 0 };
  uint32_t highest = 0;
  for (int i = 0; i < 200000; i++) {
    int32_t low = MAX (1, (int32_t) highest - 2 * REPLAY_WINDOW);
    uint32_t seq = (uint32_t) g_test_rand_int_range (low, MIN (N, (int32_t) highest + 700));
    bool expected = !seen[seq] && (seq > highest || highest - seq < REPLAY_WINDOW);
    g_assert_cmpint (replay_check (&w, seq), ==, expected);
    if (!expected)
      continue;
    replay_commit (&w, seq);
    seen[seq] = true;
    highest = MAX (highest, seq);
    if (highest >= N - 1)
      break;
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/esp/replay/infer", test_infer);
  g_test_add_func ("/esp/replay/rows", test_rows);
  g_test_add_func ("/esp/replay/check-changes-nothing", test_check_changes_nothing);
  g_test_add_func ("/esp/replay/random-against-model", test_random_against_model);
  return g_test_run ();
}
