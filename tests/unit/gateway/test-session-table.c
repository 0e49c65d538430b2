/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gateway/session-table.h"

#define SECOND G_USEC_PER_SEC

static guint n_freed;

static void
free_entry (gpointer entry)
{
  n_freed++;
  g_free (entry);
}

static SessionTable *
new_table (void)
{
  n_freed = 0;
  return session_table_new (free_entry);
}

static SessionKey
key (uint64_t n)
{
  return (SessionKey){ .spi_i = n, .other = n + 1000 };
}

static SessionEntry *
add (SessionTable *table, uint64_t n)
{
  SessionEntry *entry = g_new0 (SessionEntry, 1);
  SessionKey k = key (n);
  session_table_add (table, entry);
  session_table_learn (table, entry, &k);
  return entry;
}

static SessionEntry *
find (SessionTable *table, uint64_t n)
{
  SessionKey k = key (n);
  return session_table_find (table, &k);
}

static void
test_found_by_every_key (void)
{
  g_autoptr (SessionTable) table = new_table ();
  SessionEntry *entry = add (table, 1);
  SessionKey second = key (2);
  session_table_learn (table, entry, &second);
  session_table_learn (table, entry, &second);
  g_assert_true (find (table, 1) == entry && find (table, 2) == entry);
  g_assert_null (find (table, 3));
  g_assert_cmpuint (entry->session.n_sas, ==, 2);
  for (uint64_t n = 3; n <= SESSION_MAX_KEYS + 1; n++) {
    SessionKey more = key (n);
    session_table_learn (table, entry, &more);
  }
  g_assert_null (find (table, 1));
  g_assert_true (find (table, SESSION_MAX_KEYS + 1) == entry);
}

static void
test_key_stays_with_its_owner (void)
{
  g_autoptr (SessionTable) table = new_table ();
  SessionEntry *owner = add (table, 1);
  SessionEntry *thief = add (table, 2);
  SessionKey stolen = key (1);
  session_table_learn (table, thief, &stolen);
  g_assert_true (find (table, 1) == owner);
  session_table_set_detached (table, thief, true, 0, 0);
  g_assert_cmpuint (n_freed, ==, 1);
  g_assert_true (find (table, 1) == owner);
}

static void
test_oldest_detached_goes_first (void)
{
  g_autoptr (SessionTable) table = new_table ();
  for (uint64_t n = 1; n <= 4; n++)
    add (table, n);
  session_table_set_detached (table, find (table, 2), true, 1 * SECOND, 2);
  session_table_set_detached (table, find (table, 1), true, 2 * SECOND, 2);
  session_table_set_detached (table, find (table, 3), true, 3 * SECOND, 2);
  g_assert_null (find (table, 2));
  g_assert_nonnull (find (table, 1));
  session_table_set_detached (table, find (table, 1), false, 4 * SECOND, 2);
  session_table_set_detached (table, find (table, 4), true, 5 * SECOND, 2);
  g_assert_cmpuint (session_table_n_detached (table), ==, 2);
  g_assert_cmpuint (session_table_size (table), ==, 3);
  g_assert_cmpuint (n_freed, ==, 1);
}

/* Whoever leaves one first request after the other behind pushes out nobody that is signed in. */
static void
test_half_open_goes_before_established (void)
{
  g_autoptr (SessionTable) table = new_table ();
  add (table, 1)->session.established = true;
  session_table_set_detached (table, find (table, 1), true, 1 * SECOND, 3);
  for (uint64_t n = 2; n <= 9; n++) {
    add (table, n);
    session_table_set_detached (table, find (table, n), true, (gint64) n * SECOND, 3);
  }
  g_assert_nonnull (find (table, 1));
  g_assert_nonnull (find (table, 8));
  g_assert_nonnull (find (table, 9));
  g_assert_cmpuint (session_table_size (table), ==, 3);

  /* Among those that are signed in it is the oldest, as ever. */
  for (uint64_t n = 11; n <= 13; n++) {
    add (table, n)->session.established = true;
    session_table_set_detached (table, find (table, n), true, (gint64) n * SECOND, 3);
  }
  g_assert_null (find (table, 9));
  g_assert_null (find (table, 1));
  g_assert_nonnull (find (table, 11));
  g_assert_cmpuint (session_table_n_detached (table), ==, 3);
}

static void
test_expires (void)
{
  g_autoptr (SessionTable) table = new_table ();
  SessionEntry *established = add (table, 1);
  SessionEntry *half_open = add (table, 2);
  add (table, 3);
  established->session.established = true;
  session_table_set_detached (table, established, true, 0, 9);
  session_table_set_detached (table, half_open, true, 0, 9);
  g_assert_cmpuint (session_table_expire (table, 59 * SECOND, 600 * SECOND, 60 * SECOND), ==, 0);
  g_assert_cmpuint (session_table_expire (table, 60 * SECOND, 600 * SECOND, 60 * SECOND), ==, 1);
  g_assert_null (find (table, 2));
  g_assert_cmpuint (session_table_expire (table, 599 * SECOND, 600 * SECOND, 60 * SECOND), ==, 0);
  g_assert_cmpuint (session_table_expire (table, 600 * SECOND, 600 * SECOND, 60 * SECOND), ==, 1);
  g_assert_nonnull (find (table, 3));
}

static void
test_nobody_could_find_it (void)
{
  g_autoptr (SessionTable) table = new_table ();
  SessionEntry *entry = g_new0 (SessionEntry, 1);
  session_table_add (table, entry);
  session_table_set_detached (table, entry, true, 0, 9);
  g_assert_cmpuint (n_freed, ==, 1);
  g_assert_cmpuint (session_table_n_detached (table), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session-table/found-by-every-key", test_found_by_every_key);
  g_test_add_func ("/session-table/key-stays-with-its-owner", test_key_stays_with_its_owner);
  g_test_add_func ("/session-table/oldest-detached-goes-first", test_oldest_detached_goes_first);
  g_test_add_func (
      "/session-table/half-open-goes-before-established", test_half_open_goes_before_established);
  g_test_add_func ("/session-table/expires", test_expires);
  g_test_add_func ("/session-table/nobody-could-find-it", test_nobody_could_find_it);
  return g_test_run ();
}
