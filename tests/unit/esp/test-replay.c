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
  g_test_add_func ("/esp/replay/rows", test_rows);
  g_test_add_func ("/esp/replay/check-changes-nothing", test_check_changes_nothing);
  g_test_add_func ("/esp/replay/random-against-model", test_random_against_model);
  return g_test_run ();
}
