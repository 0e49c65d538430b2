/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Start: the body of MESSAGE_START as a value. */
#include "tunnel/start.h"

/* The address literals among texts; what is none is left out, for the host read it from a file that people
 * edit. */
static GArray *
addresses_of (const char *const *texts)
{
  GArray *list = g_array_new (FALSE, FALSE, sizeof (InetAddr));
  for (size_t i = 0; texts[i] != NULL; i++) {
    InetAddr addr;
    if (inet_addr_parse (texts[i], &addr))
      g_array_append_val (list, addr);
  }
  return list;
}

static GArray *
addresses (GVariant *body, const char *key)
{
  static const char *const none[] = { NULL };
  g_autofree const char **texts = NULL;
  bool any = g_variant_lookup (body, key, "^a&s", &texts);
  return addresses_of (any ? texts : none);
}

/* The same for each of several names. */
static GHashTable *
addresses_by_name (GVariant *body, const char *key)
{
  GHashTable *all =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_array_unref);
  g_autoptr (GVariant) names = g_variant_lookup_value (body, key, G_VARIANT_TYPE ("a{sas}"));
  GVariantIter iter;
  const char *name;
  const char **texts;
  if (names == NULL)
    return all;
  g_variant_iter_init (&iter, names);
  while (g_variant_iter_next (&iter, "{&s^a&s}", &name, &texts)) {
    g_hash_table_insert (all, g_strdup (name), addresses_of (texts));
    g_free (texts);
  }
  return all;
}

/* Reads an a{sv}; fails where it has no site, or one that site_parse () refuses. */
Start *
start_parse (GVariant *body, GError **error)
{
  const char *text;
  if (!g_variant_lookup (body, "site", "&s", &text)) {
    g_set_error_literal (
        error, VISITOR_ERROR, VISITOR_ERROR_INVALID_REQUEST, "the host sent no site");
    return NULL;
  }
  g_autoptr (Site) site = site_parse (text, -1, NULL, NULL, error);
  if (site == NULL)
    return NULL;

  const char *last_transport = "";
  g_variant_lookup (body, "last-transport", "&s", &last_transport);
  guint32 level = G_LOG_LEVEL_INFO;
  gboolean diagnose = FALSE;
  g_variant_lookup (body, "diagnose", "b", &diagnose);
  g_variant_lookup (body, "log-level", "u", &level);
  guint32 connectivity = CONNECTIVITY_UNKNOWN;
  gboolean waits = FALSE, no_network = FALSE;
  g_variant_lookup (body, "no-network", "b", &no_network);
  g_variant_lookup (body, "connectivity", "u", &connectivity);
  g_variant_lookup (body, "waits-for-portal", "b", &waits);
  Start *start = g_new0 (Start, 1);
  start->site = g_steal_pointer (&site);
  start->nameservers = addresses (body, "nameservers");
  start->hosts = addresses_by_name (body, "hosts");
  start->last_good = addresses_by_name (body, "last-good");
  start->last_way = ladder_way_from_string (last_transport);
  start->proxies = g_variant_lookup_value (body, "proxies", G_VARIANT_TYPE_STRING_ARRAY);
  start->waits_for_portal = waits;
  start->no_network = no_network;
  start->connectivity = (Connectivity) connectivity;
  start->diagnose = diagnose;
  start->log_level = (GLogLevelFlags) level;
  return start;
}

void
start_free (Start *start)
{
  if (start == NULL)
    return;
  site_free (start->site);
  g_array_unref (start->nameservers);
  g_hash_table_unref (start->hosts);
  g_hash_table_unref (start->last_good);
  g_clear_pointer (&start->proxies, g_variant_unref);
  g_free (start);
}
