/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SessionTable: finds a session again when its client comes back on a new stream; pure.
 * A session without a stream waits for its client; how long, and how many may wait, is bounded. Where there
 * are too many the one that has waited longest goes, but none that the IPsec gateway has taken up while
 * there is one that it has not: anybody can leave those behind, as many as he likes. */
#include "gateway/session-table.h"

struct _SessionTable {
  GHashTable *by_key; /* SessionKey* inside the value's session -> SessionEntry* */
  GHashTable *entries; /* owned: SessionEntry* */
  GQueue half_open,
      established; /* SessionEntry.link, without a stream, the longest waiting first */
};

/* The SPIs are random, so any eight octets of them make a good hash. */
static guint
key_hash (gconstpointer p)
{
  const SessionKey *key = p;
  uint64_t mixed = key->spi_i ^ (key->other * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15));
  return (guint) (mixed >> 32) ^ (guint) mixed;
}

static gboolean
key_equal (gconstpointer a, gconstpointer b)
{
  return session_key_equal (a, b);
}

/* entry_free is called for a SessionEntry that leaves the table for whatever reason. */
SessionTable *
session_table_new (GDestroyNotify entry_free)
{
  SessionTable *table = g_new0 (SessionTable, 1);
  table->by_key = g_hash_table_new_full (key_hash, key_equal, g_free, NULL);
  table->entries = g_hash_table_new_full (NULL, NULL, entry_free, NULL);
  g_queue_init (&table->half_open);
  g_queue_init (&table->established);
  return table;
}

void
session_table_free (SessionTable *table)
{
  g_hash_table_unref (table->by_key);
  g_hash_table_unref (table->entries);
  g_free (table);
}

/* The session of that key, or NULL. */
SessionEntry *
session_table_find (SessionTable *table, const SessionKey *key)
{
  return g_hash_table_lookup (table->by_key, key);
}

/* Takes ownership of an entry, whose session knows no key yet. */
void
session_table_add (SessionTable *table, SessionEntry *entry)
{
  entry->link.data = entry;
  g_hash_table_add (table->entries, entry);
}

/* Makes the session known by one more key. A key that belongs to another session stays there: what
 * one client says must not take away what another is found by. */
void
session_table_learn (SessionTable *table, SessionEntry *entry, const SessionKey *key)
{
  if (g_hash_table_contains (table->by_key, key))
    return;
  SessionKey forgotten;
  if (session_learn (&entry->session, key, &forgotten))
    g_hash_table_remove (table->by_key, &forgotten);
  g_hash_table_insert (table->by_key, g_memdup2 (key, sizeof *key), entry);
}

static void
drop (SessionTable *table, SessionEntry *entry)
{
  if (entry->waits_in != NULL)
    g_queue_unlink (entry->waits_in, &entry->link);
  for (size_t i = 0; i < entry->session.n_sas; i++)
    g_hash_table_remove (table->by_key, &entry->session.sas[i].key);
  g_hash_table_remove (table->entries, entry);
}

/* Notes that the session lost its last stream, or got one again. A session that nobody could find
 * again is dropped at once; so is the one over max_detached that can best be spared. */
void
session_table_set_detached (
    SessionTable *table, SessionEntry *entry, bool detached, gint64 now, guint max_detached)
{
  if ((entry->waits_in != NULL) == detached)
    return;
  if (!detached) {
    g_queue_unlink (g_steal_pointer (&entry->waits_in), &entry->link);
    return;
  }
  entry->waits_in = entry->session.established ? &table->established : &table->half_open;
  entry->detached_at = now;
  g_queue_push_tail_link (entry->waits_in, &entry->link);
  if (entry->session.n_sas == 0)
    drop (table, entry);
  while (session_table_n_detached (table) > max_detached)
    drop (table,
        g_queue_peek_head (table->half_open.length > 0 ? &table->half_open : &table->established));
}

static guint
expire (
    SessionTable *table, GQueue *queue, gint64 now, gint64 keep_established, gint64 keep_half_open)
{
  guint n = 0;
  GList *next;
  for (GList *at = queue->head; at != NULL; at = next) {
    next = at->next;
    SessionEntry *entry = at->data;
    gint64 keep = entry->session.established ? keep_established : keep_half_open;
    if (now - entry->detached_at < keep)
      continue;
    drop (table, entry);
    n++;
  }
  return n;
}

/* Drops the sessions that have waited long enough (microseconds); returns how many. */
guint
session_table_expire (
    SessionTable *table, gint64 now, gint64 keep_established, gint64 keep_half_open)
{
  return expire (table, &table->half_open, now, keep_established, keep_half_open) +
      expire (table, &table->established, now, keep_established, keep_half_open);
}

guint
session_table_size (const SessionTable *table)
{
  return g_hash_table_size (table->entries);
}

guint
session_table_n_detached (const SessionTable *table)
{
  return table->half_open.length + table->established.length;
}
