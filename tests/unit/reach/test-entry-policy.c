/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which entry point a round begins at, when the others are probed and when one is gone back to: a story for
 * each case, the clock turned by hand. */
#include <glib.h>

#include "reach/entry-policy.h"

#define S (INT64_C (1) * 1000000)
#define NOT_AT_ALL (-1)

typedef enum {
  END,
  STANDS, /* a stream at `entry` */
  WELL, /* a probe finds `entry` */
  NOBODY, /* a probe finds nobody */
  WELL_EVERY_5, /* probes find `entry` from here on, every 5 s, up to the second `until` */
  BEGINS, /* a round that begins now must begin at `entry` */
  PROBES, /* the next probe must be at the second `until` */
  MOVES, /* an SA that is up must be moved to `entry` now */
  STAYS, /* it must not be moved */
  BROKEN, /* the move broke off */
  STRANGE, /* the gateway there did not know the SA */
  SA_OVER,
} What;

typedef struct {
  int at; /* second */
  What what;
  size_t entry;
  int until;
} Line;

typedef struct {
  const char *name;
  EntryOrder order;
  Line lines[24];
} Case;

static const Case cases[] = {
  { "the first of the list, and nothing is probed there", ENTRY_PRIMARY_BACKUP,
      { { 0, BEGINS, 0 }, { 0, PROBES, 0, NOT_AT_ALL }, { 1, STANDS, 0 }, { 2, BEGINS, 0 },
          { 2, PROBES, 0, NOT_AT_ALL } } },
  { "at a backup it stays, and those before it are probed", ENTRY_PRIMARY_BACKUP,
      { { 10, STANDS, 1 }, { 10, BEGINS, 1 }, { 10, PROBES, 0, 15 } } },
  { "probes that find nobody become rare", ENTRY_PRIMARY_BACKUP,
      { { 0, STANDS, 1 }, { 5, NOBODY }, { 5, PROBES, 0, 10 }, { 10, NOBODY },
          { 10, PROBES, 0, 20 }, { 20, NOBODY }, { 20, PROBES, 0, 40 }, { 40, NOBODY },
          { 40, PROBES, 0, 80 }, { 80, NOBODY }, { 80, PROBES, 0, 160 }, { 160, NOBODY },
          { 160, PROBES, 0, 320 }, { 320, NOBODY }, { 320, PROBES, 0, 620 }, { 620, NOBODY },
          { 620, PROBES, 0, 920 } } },
  { "it goes back after 20 s without a break, with the next stream or by a move",
      ENTRY_PRIMARY_BACKUP,
      { { 0, STANDS, 1 }, { 5, WELL_EVERY_5, 0, 20 }, { 20, BEGINS, 1 }, { 20, STAYS },
          { 20, PROBES, 0, 25 }, { 25, WELL, 0 }, { 25, BEGINS, 0 }, { 25, MOVES, 0 },
          { 25, PROBES, 0, 30 }, { 26, STANDS, 0 }, { 26, BEGINS, 0 }, { 26, STAYS },
          { 26, PROBES, 0, NOT_AT_ALL } } },
  { "a move for which there is no time now is offered again", ENTRY_PRIMARY_BACKUP,
      { { 0, STANDS, 1 }, { 5, WELL_EVERY_5, 0, 25 }, { 25, MOVES, 0 }, { 30, WELL, 0 },
          { 30, MOVES, 0 }, { 30, PROBES, 0, 35 } } },
  { "a move that broke off is put off for a minute, then for two; a stream goes back before that",
      ENTRY_PRIMARY_BACKUP,
      { { 0, STANDS, 1 }, { 5, WELL_EVERY_5, 0, 25 }, { 25, MOVES, 0 }, { 26, BROKEN },
          { 30, WELL, 0 }, { 30, STAYS }, { 30, BEGINS, 0 }, { 30, PROBES, 0, 90 }, { 85, WELL, 0 },
          { 85, STAYS }, { 86, MOVES, 0 }, { 86, BROKEN }, { 146, WELL, 0 }, { 205, STAYS },
          { 206, MOVES, 0 } } },
  { "a gateway that does not know the SA is not asked again for an hour, then for two, and no "
    "stream "
    "goes there instead",
      ENTRY_PRIMARY_BACKUP,
      { { 0, STANDS, 1 }, { 5, WELL_EVERY_5, 0, 25 }, { 25, MOVES, 0 }, { 30, STRANGE },
          { 30, WELL, 0 }, { 30, STAYS }, { 30, BEGINS, 1 }, { 30, PROBES, 0, 90 },
          { 60, WELL_EVERY_5, 0, 3625 }, { 3629, STAYS }, { 3629, BEGINS, 1 }, { 3630, MOVES, 0 },
          { 3630, STRANGE }, { 3635, WELL_EVERY_5, 0, 10825 }, { 10829, STAYS },
          { 10829, BEGINS, 1 }, { 10830, MOVES, 0 } } },
  { "what it did not know is over: the next sign-in begins there", ENTRY_PRIMARY_BACKUP,
      { { 0, STANDS, 1 }, { 5, WELL_EVERY_5, 0, 25 }, { 25, STRANGE }, { 26, BEGINS, 1 },
          { 27, SA_OVER }, { 27, BEGINS, 0 }, { 27, MOVES, 0 }, { 28, STANDS, 0 },
          { 28, STAYS } } },
  { "another backup: whoever did not know the SA there may know it here", ENTRY_PRIMARY_BACKUP,
      { { 0, STANDS, 1 }, { 5, WELL_EVERY_5, 0, 25 }, { 25, STRANGE }, { 30, STANDS, 2 },
          { 35, WELL_EVERY_5, 0, 55 }, { 55, MOVES, 0 } } },
  { "a failure where nobody is well any more changes nothing", ENTRY_PRIMARY_BACKUP,
      { { 0, STANDS, 1 }, { 5, WELL_EVERY_5, 0, 25 }, { 26, NOBODY }, { 26, STAYS }, { 27, BROKEN },
          { 27, BEGINS, 1 }, { 86, STAYS } } },
  { "a break begins the count anew", ENTRY_PRIMARY_BACKUP,
      { { 0, STANDS, 1 }, { 5, WELL_EVERY_5, 0, 20 }, { 25, NOBODY }, { 30, WELL_EVERY_5, 0, 45 },
          { 45, BEGINS, 1 }, { 50, WELL, 0 }, { 50, BEGINS, 0 } } },
  { "one that was well for long is not any more", ENTRY_PRIMARY_BACKUP,
      { { 0, STANDS, 1 }, { 5, WELL_EVERY_5, 0, 25 }, { 25, BEGINS, 0 }, { 85, NOBODY },
          { 85, BEGINS, 1 }, { 85, PROBES, 0, 90 } } },
  { "what was seen before a machine slept says nothing", ENTRY_PRIMARY_BACKUP,
      { { 0, STANDS, 1 }, { 5, WELL_EVERY_5, 0, 25 }, { 145, BEGINS, 0 }, { 146, BEGINS, 1 },
          { 3600, WELL, 0 }, { 3600, BEGINS, 1 }, { 3605, WELL_EVERY_5, 0, 3620 },
          { 3620, BEGINS, 0 } } },
  { "it is not the first of the list that is well: that one is as good", ENTRY_PRIMARY_BACKUP,
      { { 0, STANDS, 2 }, { 5, WELL_EVERY_5, 1, 25 }, { 25, BEGINS, 1 }, { 30, STANDS, 1 },
          { 30, PROBES, 0, 35 }, { 35, WELL_EVERY_5, 0, 55 }, { 55, BEGINS, 0 },
          { 55, MOVES, 0 } } },
  { "another is found: it has been well for no time yet", ENTRY_PRIMARY_BACKUP,
      { { 0, STANDS, 2 }, { 5, WELL_EVERY_5, 1, 20 }, { 25, WELL, 0 }, { 25, BEGINS, 2 },
          { 30, WELL_EVERY_5, 0, 45 }, { 45, BEGINS, 0 } } },
  { "a return that does not hold doubles the time, again and again", ENTRY_PRIMARY_BACKUP,
      { { 0, STANDS, 1 }, { 5, WELL_EVERY_5, 0, 25 }, { 25, STANDS, 0 }, { 30, STANDS, 1 },
          { 35, WELL_EVERY_5, 0, 70 }, { 70, BEGINS, 1 }, { 75, WELL, 0 }, { 75, BEGINS, 0 },
          { 75, STANDS, 0 }, { 80, STANDS, 1 }, { 85, WELL_EVERY_5, 0, 160 }, { 160, BEGINS, 1 },
          { 165, WELL, 0 }, { 165, BEGINS, 0 } } },
  { "a return that has held for ten minutes is forgiven", ENTRY_PRIMARY_BACKUP,
      { { 0, STANDS, 1 }, { 5, WELL_EVERY_5, 0, 25 }, { 25, STANDS, 0 }, { 30, STANDS, 1 },
          { 35, WELL_EVERY_5, 0, 75 }, { 75, STANDS, 0 }, { 675, STANDS, 1 },
          { 680, WELL_EVERY_5, 0, 700 }, { 700, BEGINS, 0 } } },
  { "by chance: the one that was had last, and no other is looked at", ENTRY_STICKY,
      { { 0, BEGINS, 0 }, { 1, STANDS, 2 }, { 1, BEGINS, 2 }, { 1, PROBES, 0, NOT_AT_ALL },
          { 9, WELL, 0 }, { 9, BEGINS, 2 }, { 99, WELL, 0 }, { 99, STAYS } } },
  { "the first to respond: likewise", ENTRY_FIRST_TO_RESPOND,
      { { 0, STANDS, 1 }, { 1, BEGINS, 1 }, { 1, PROBES, 0, NOT_AT_ALL } } },
};

static void
play (EntryPolicy *policy, const Line *line)
{
  int64_t now = line->at * S;
  switch (line->what) {
  case STANDS: entry_policy_stands (policy, line->entry, now); break;
  case WELL: entry_policy_probed (policy, line->entry, now); break;
  case NOBODY: entry_policy_probed (policy, ENTRY_NONE, now); break;
  case WELL_EVERY_5:
    for (; now <= line->until * S; now += 5 * S)
      entry_policy_probed (policy, line->entry, now);
    break;
  case BEGINS: g_assert_cmpuint (entry_policy_first (policy, now), ==, line->entry); break;
  case PROBES:
    g_assert_cmpint (entry_policy_next_probe (policy), ==,
        line->until == NOT_AT_ALL ? INT64_MAX : line->until * S);
    break;
  case MOVES: g_assert_cmpuint (entry_policy_move (policy, now), ==, line->entry); break;
  case STAYS: g_assert_cmpuint (entry_policy_move (policy, now), ==, ENTRY_NONE); break;
  case BROKEN: entry_policy_move_failed (policy, ENTRY_BROKEN, now); break;
  case STRANGE: entry_policy_move_failed (policy, ENTRY_STRANGE, now); break;
  case SA_OVER: entry_policy_sa_over (policy); break;
  case END: break;
  }
}

static void
test_case (const void *data)
{
  const Case *c = data;
  EntryPolicy policy;
  entry_policy_init (&policy, c->order);
  for (size_t i = 0; i < G_N_ELEMENTS (c->lines) && c->lines[i].what != END; i++) {
    g_test_message ("line %zu", i);
    play (&policy, c->lines + i);
  }
}

/* However often it fails, after an hour of being well it is believed. */
static void
test_bounded (void)
{
  EntryPolicy policy;
  entry_policy_init (&policy, ENTRY_PRIMARY_BACKUP);
  for (int64_t now = 0; now < 100 * S; now += 2 * S) {
    entry_policy_stands (&policy, 1, now);
    entry_policy_stands (&policy, 0, now + S);
  }
  entry_policy_stands (&policy, 1, 100 * S);
  g_assert_cmpint (policy.must_be_well, ==, ENTRY_WELL_MAX_US);
}

/* However often a move fails, it is tried again after an hour, or a day. */
static void
test_moves_bounded (void)
{
  EntryPolicy policy;
  entry_policy_init (&policy, ENTRY_PRIMARY_BACKUP);
  entry_policy_stands (&policy, 1, 0);
  for (int i = 0; i < 100; i++)
    entry_policy_move_failed (&policy, ENTRY_BROKEN, 0);
  g_assert_cmpint (policy.may_move_at, ==, ENTRY_BROKEN_MAX_US);
  for (int i = 0; i < 100; i++)
    entry_policy_move_failed (&policy, ENTRY_STRANGE, 0);
  g_assert_cmpint (policy.may_move_at, ==, ENTRY_STRANGE_MAX_US);
}

static void
test_delay (void)
{
  static const struct {
    size_t place;
    bool first_is_known, through_proxy;
    int64_t ms;
  } rows[] = {
    { 0, false, false, 0 },
    { 1, false, false, 10 },
    { 7, false, false, 70 },
    { 8, false, false, 2000 },
    { 17, false, false, 4010 },
    { 0, true, false, 0 },
    { 1, true, false, 2010 },
    { 8, true, false, 4000 },
    { 0, false, true, 0 },
    { 1, false, true, 50 },
    { 3, false, true, 150 },
    { 4, false, true, 2000 },
    { 9, false, true, 4050 },
    { 0, true, true, 0 },
    { 1, true, true, 2050 },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpint (
        entry_policy_delay (rows[i].place, rows[i].first_is_known, rows[i].through_proxy), ==,
        rows[i].ms * 1000);
}

static uint32_t next_random;

static void
fixed_random (void *buf, size_t len)
{
  g_assert_cmpuint (len, ==, sizeof next_random);
  *(uint32_t *) buf = next_random++;
}

/* Every place once, in an order that chance alone decides: with 4 of them all 24 come about. */
static void
test_shuffle (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (next_random = 0; next_random < 3000; next_random++) {
    size_t places[] = { 0, 1, 2, 3 };
    unsigned int all = 0;
    entry_policy_shuffle (places, 4, fixed_random);
    for (size_t i = 0; i < 4; i++)
      all |= 1u << places[i];
    g_assert_cmpuint (all, ==, 15);
    g_hash_table_add (
        seen, g_strdup_printf ("%zu%zu%zu%zu", places[0], places[1], places[2], places[3]));
  }
  g_assert_cmpuint (g_hash_table_size (seen), >, 1);
  size_t one = 7;
  entry_policy_shuffle (&one, 1, fixed_random);
  g_assert_cmpuint (one, ==, 7);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strdup_printf ("/reach/entry-policy/%s", cases[i].name);
    g_test_add_data_func (path, cases + i, test_case);
  }
  g_test_add_func ("/reach/entry-policy/bounded", test_bounded);
  g_test_add_func ("/reach/entry-policy/moves bounded", test_moves_bounded);
  g_test_add_func ("/reach/entry-policy/delay", test_delay);
  g_test_add_func ("/reach/entry-policy/shuffle", test_shuffle);
  return g_test_run ();
}
