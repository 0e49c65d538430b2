/* SPDX-License-Identifier: GPL-2.0-or-later */
/* LastGood: the addresses at which a gateway answered during the last day, newest first, so that a
 * tunnel can come back while the name server of the place is out of order.
 *
 * Kept for each user by himself: what one user's site led to is no advice for another. Pure: the time
 * is a parameter, microseconds of a clock that never goes back. */
#include "host/last-good.h"

#include "base/inet.h"

typedef struct {
  char *address;
  gint64 when;
} Entry;

struct _LastGood {
  GHashTable *hosts; /* owned "UID host" -> owned GQueue of owned Entry, newest first */
};

static void
entry_free (gpointer data)
{
  Entry *entry = data;
  g_free (entry->address);
  g_free (entry);
}

static void
entries_free (gpointer data)
{
  g_queue_free_full (data, entry_free);
}

static char *
key_of (uid_t uid, const char *host)
{
  return g_strdup_printf ("%u %s", uid, host);
}

LastGood *
last_good_new (void)
{
  LastGood *last_good = g_new0 (LastGood, 1);
  last_good->hosts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, entries_free);
  return last_good;
}

void
last_good_free (LastGood *last_good)
{
  g_hash_table_unref (last_good->hosts);
  g_free (last_good);
}

static void
forget_oldest_host (LastGood *last_good)
{
  GHashTableIter iter;
  gpointer key, value, oldest = NULL;
  gint64 when = G_MAXINT64;
  g_hash_table_iter_init (&iter, last_good->hosts);
  while (g_hash_table_iter_next (&iter, &key, &value)) {
    const Entry *newest = g_queue_peek_head (value);
    if (newest->when < when) {
      when = newest->when;
      oldest = key;
    }
  }
  g_hash_table_remove (last_good->hosts, oldest);
}

static void
drop_address (GQueue *entries, const char *address)
{
  for (GList *l = entries->head; l != NULL; l = l->next) {
    const Entry *entry = l->data;
    if (g_str_equal (entry->address, address)) {
      entry_free (l->data);
      g_queue_delete_link (entries, l);
      return;
    }
  }
}

/* Notes that address, a literal, answered for host at now. Anything that is no address is ignored:
 * it comes from the worker. */
void
last_good_note (LastGood *last_good, uid_t uid, const char *host, const char *address, gint64 now)
{
  InetAddr parsed;
  if (!inet_addr_parse (address, &parsed))
    return;
  char *key = key_of (uid, host);
  GQueue *entries = g_hash_table_lookup (last_good->hosts, key);
  if (entries == NULL) {
    if (g_hash_table_size (last_good->hosts) >= LAST_GOOD_HOSTS)
      forget_oldest_host (last_good);
    entries = g_queue_new ();
    g_hash_table_insert (last_good->hosts, key, entries);
  } else {
    g_free (key);
  }
  drop_address (entries, address);
  Entry *entry = g_new0 (Entry, 1);
  entry->address = g_strdup (address);
  entry->when = now;
  g_queue_push_head (entries, entry);
  if (g_queue_get_length (entries) > LAST_GOOD_ADDRESSES)
    entry_free (g_queue_pop_tail (entries));
}

/* What answered for host within LAST_GOOD_AGE before now, newest first; may be empty, never NULL.
 * Transfer: full. */
char **
last_good_get (const LastGood *last_good, uid_t uid, const char *host, gint64 now)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *key = key_of (uid, host);
  const GQueue *entries = g_hash_table_lookup (last_good->hosts, key);
  for (const GList *l = entries != NULL ? entries->head : NULL; l != NULL; l = l->next) {
    const Entry *entry = l->data;
    if (now - entry->when <= LAST_GOOD_AGE)
      g_strv_builder_add (builder, entry->address);
  }
  return g_strv_builder_end (builder);
}

/* The same for each of several hosts, as a{sas}; those of which nothing is known are left out. Transfer: full. */
GVariant *
last_good_get_all (const LastGood *last_good, uid_t uid, const GPtrArray *hosts, gint64 now)
{
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{sas}"));
  for (guint i = 0; i < hosts->len; i++) {
    g_auto (GStrv) addresses = last_good_get (last_good, uid, hosts->pdata[i], now);
    if (addresses[0] != NULL)
      g_variant_builder_add (&builder, "{s^as}", hosts->pdata[i], addresses);
  }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}
