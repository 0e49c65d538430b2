/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Entries: the entry points of a site as the connector wants them, with what the host knows of each. */
#include "tunnel/entries.h"

#include <string.h>

static void
entry_clear (void *data)
{
  EntryPoint *entry = data;
  g_clear_pointer (&entry->addresses, g_array_unref);
  g_clear_pointer (&entry->hosts, g_array_unref);
  g_clear_pointer (&entry->last_good, g_array_unref);
}

static GArray *
find (GHashTable *by_name, const char *name)
{
  GArray *found = g_hash_table_lookup (by_name, name);
  return found != NULL ? g_array_ref (found) : NULL;
}

/* The site's own addresses stand for the host of its `address`, at whatever port. */
static EntryPoint
entry_of (const Start *start, const SiteAddress *address)
{
  const Site *site = start->site;
  bool is_given = site->addresses->len > 0 && strcmp (address->host, site->address.host) == 0;
  return (EntryPoint){
    .host = address->host,
    .port = site_port (site, address),
    .addresses = is_given ? g_array_ref (site->addresses) : NULL,
    .hosts = find (start->hosts, address->host),
    .last_good = find (start->last_good, address->host),
  };
}

/* InetAddr: where the site's `address` is without a question to DNS, as far as that is known. Borrowed. */
const GArray *
entries_known (const Start *start)
{
  const GArray *hosts = g_hash_table_lookup (start->hosts, start->site->address.host);
  return start->site->addresses->len > 0 || hosts == NULL ? start->site->addresses : hosts;
}

/* How the connector is to choose among them. */
EntryOrder
entries_order (const Site *site)
{
  switch (site->entry_order) {
  case SITE_ENTRY_PRIMARY_BACKUP: return ENTRY_PRIMARY_BACKUP;
  case SITE_ENTRY_FIRST_TO_RESPOND: return ENTRY_FIRST_TO_RESPOND;
  case SITE_ENTRY_RANDOM: break; /* the order of the list is random, and it is kept */
  }
  return ENTRY_STICKY;
}

/* The list of EntryPoint in the order in which they are to be tried; their strings are the site's. Where the
 * site wants a random order it is chosen here, once for the connection. Transfer: full. */
GArray *
entries_new (const Start *start, CryptoRandomFunc random)
{
  const Site *site = start->site;
  size_t n = 1 + site->entry_points->len;
  g_autofree size_t *places = g_new (size_t, n);
  for (size_t i = 0; i < n; i++)
    places[i] = i;
  if (site->entry_order == SITE_ENTRY_RANDOM)
    entry_policy_shuffle (places, n, random);

  GArray *list = g_array_new (FALSE, FALSE, sizeof (EntryPoint));
  g_array_set_clear_func (list, entry_clear);
  for (size_t i = 0; i < n; i++) {
    const SiteAddress *address = places[i] == 0
        ? &site->address
        : &g_array_index (site->entry_points, SiteAddress, places[i] - 1);
    EntryPoint entry = entry_of (start, address);
    g_array_append_val (list, entry);
  }
  return list;
}
