/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Start: the body of MESSAGE_START as a value. */
#include "tunnel/start.h"

/* The address literals under `key`; what is none is left out, for the host read it from a file that
 * people edit. */
static GArray *
addresses (GVariant *body, const char *key)
{
  GArray *list = g_array_new (FALSE, FALSE, sizeof (InetAddr));
  g_autofree const char **texts = NULL;
  if (!g_variant_lookup (body, key, "^a&s", &texts))
    return list;
  for (size_t i = 0; texts[i] != NULL; i++) {
    InetAddr addr;
    if (inet_addr_parse (texts[i], &addr))
      g_array_append_val (list, addr);
  }
  return list;
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
  gboolean waits = FALSE;
  g_variant_lookup (body, "connectivity", "u", &connectivity);
  g_variant_lookup (body, "waits-for-portal", "b", &waits);
  Start *start = g_new0 (Start, 1);
  start->site = g_steal_pointer (&site);
  start->nameservers = addresses (body, "nameservers");
  start->hosts = addresses (body, "hosts");
  start->last_good = addresses (body, "last-good");
  start->last_way = ladder_way_from_string (last_transport);
  start->proxies = g_variant_lookup_value (body, "proxies", G_VARIANT_TYPE_STRING_ARRAY);
  start->waits_for_portal = waits;
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
  g_array_unref (start->hosts);
  g_array_unref (start->last_good);
  g_clear_pointer (&start->proxies, g_variant_unref);
  g_free (start);
}
