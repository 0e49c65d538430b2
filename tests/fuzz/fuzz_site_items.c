/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A site in somebody's table of strings: names and values end with a zero octet each. What is accepted
 * comes back as the same table. */
#include <string.h>

#include "fuzz.h"
#include "site/items.h"

static GHashTable *
read_table (const uint8_t *data, size_t size)
{
  GHashTable *items = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  const char *at = (const char *) data, *end = at + size;
  while (at < end) {
    size_t len = strnlen (at, (size_t) (end - at));
    char *name = g_strndup (at, len);
    at += len + (at + len < end);
    len = strnlen (at, (size_t) (end - at));
    g_hash_table_insert (items, name, g_strndup (at, len));
    at += len + (at + len < end);
  }
  return items;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GHashTable) items = read_table (data, size);
  g_autofree char *key_file = NULL, *key_file_again = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (Site) site = site_from_items (items, "office", &key_file, &error);
  g_assert ((site == NULL) == (error != NULL));
  g_assert (site != NULL || key_file == NULL);
  if (site == NULL)
    return 0;
  g_assert (key_file == NULL || (key_file[0] == '/' && strchr (key_file, '\n') == NULL));
  g_assert (site->key == NULL || strchr (site->key, '/') == NULL || site_key_is_uri (site->key));
  g_autoptr (GHashTable) table = site_to_items (site, key_file);
  g_autoptr (Site) again = site_from_items (table, site->name, &key_file_again, &error);
  g_assert (again != NULL);
  g_assert (g_strcmp0 (key_file, key_file_again) == 0);
  g_autoptr (GHashTable) table_again = site_to_items (again, key_file_again);
  g_assert (g_hash_table_size (table) == g_hash_table_size (table_again));
  return 0;
}
