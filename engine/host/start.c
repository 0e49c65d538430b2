/* SPDX-License-Identifier: GPL-2.0-or-later */
/* HostStart: the body of MESSAGE_START, which is the same whoever runs the worker. */
#include "host/start.h"

#include "host/resolv.h"

/* What a file in the form of /etc/hosts has for names, an array of strings. Transfer: full. */
GVariant *
host_start_hosts (const char *hosts_file, const GPtrArray *names)
{
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{sas}"));
  for (guint i = 0; i < names->len; i++) {
    const char *name = names->pdata[i];
    g_auto (GStrv) found = host_resolv_hosts (hosts_file, name);
    if (found[0] != NULL)
      g_variant_builder_add (&builder, "{s^as}", name, found);
  }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

/* Floating. */
GVariant *
host_start_message (const HostStart *start)
{
  GVariantDict body;
  g_variant_dict_init (&body, NULL);
  g_variant_dict_insert (&body, "site", "s", start->site_text);
  g_variant_dict_insert (&body, "nameservers", "^as", start->nameservers);
  g_variant_dict_insert_value (&body, "hosts", start->hosts);
  if (start->last_good != NULL)
    g_variant_dict_insert_value (&body, "last-good", start->last_good);
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
