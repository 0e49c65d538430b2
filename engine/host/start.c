/* SPDX-License-Identifier: GPL-2.0-or-later */
/* HostStart: the body of MESSAGE_START, which is the same whoever runs the worker. */
#include "host/start.h"

/* Floating. */
GVariant *
host_start_message (const HostStart *start)
{
  GVariantDict body;
  g_variant_dict_init (&body, NULL);
  g_variant_dict_insert (&body, "site", "s", start->site_text);
  g_variant_dict_insert (&body, "nameservers", "^as", start->nameservers);
  g_variant_dict_insert (&body, "hosts", "^as", start->hosts);
  g_variant_dict_insert (&body, "last-good", "^as", start->last_good);
  if (start->last_transport != NULL)
    g_variant_dict_insert (&body, "last-transport", "s", start->last_transport);
  if (start->proxies != NULL)
    g_variant_dict_insert (&body, "proxies", "^as", start->proxies);
  g_variant_dict_insert (&body, "waits-for-portal", "b", start->waits_for_portal);
  g_variant_dict_insert (&body, "connectivity", "u", (guint32) start->connectivity);
  if (start->diagnose)
    g_variant_dict_insert (&body, "diagnose", "b", TRUE);
  g_variant_dict_insert (&body, "log-level", "u", (guint32) start->log_level);
  return g_variant_dict_end (&body);
}
