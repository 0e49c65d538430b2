/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The body of MESSAGE_STATUS: how the connection stands and what went through it. */
#include "tunnel/status.h"

static void
insert_string (GVariantDict *dict, const char *key, const char *text)
{
  if (text != NULL)
    g_variant_dict_insert (dict, key, "s", text);
}

static char *
gateway_text (const Uplink *uplink)
{
  IkePath path;
  char addr[INET_ADDR_STRLEN];
  if (!uplink_path (uplink, &path))
    return NULL;
  if (uplink_proxy (uplink) != NULL) /* whose address path.remote is */
    return host_port_format (uplink_entry (uplink)->host, uplink_entry (uplink)->port);
  inet_addr_format (&path.remote, addr);
  return g_strdup_printf (
      path.remote.family == INET_V6 ? "[%s]:%u" : "%s:%u", addr, path.remote_port);
}

/* The entry point that the stream goes to, as the site writes it. */
static char *
entry_text (const Uplink *uplink)
{
  const EntryPoint *entry = uplink_entry (uplink);
  return entry != NULL ? host_port_format (entry->host, entry->port) : NULL;
}

static GVariant *
counters_variant (const StatusParts *parts)
{
  const DatapathCounters *c = parts->counters;
  GVariantBuilder b;
  g_variant_builder_init (&b, G_VARIANT_TYPE ("a{st}"));
  g_variant_builder_add (&b, "{st}", "bytes-in", c->bytes_in);
  g_variant_builder_add (&b, "{st}", "bytes-out", c->bytes_out);
  g_variant_builder_add (&b, "{st}", "packets-in", c->packets_in);
  g_variant_builder_add (&b, "{st}", "packets-out", c->packets_out);
  g_variant_builder_add (&b, "{st}", "reconnects", parts->reconnects);
  g_variant_builder_add (&b, "{st}", "rekeys", parts->rekeys);
  g_variant_builder_add (&b, "{st}", "ike-rekeys", parts->ike_rekeys);
  g_variant_builder_add (&b, "{st}", "sign-ins", parts->sign_ins);
  for (unsigned int i = 0; i < ESP_N_VERDICTS; i++) {
    if (i == ESP_PASS || c->drops[i] == 0)
      continue;
    g_autofree char *key = g_strconcat ("drop-", esp_verdict_to_string ((EspVerdict) i), NULL);
    g_variant_builder_add (&b, "{st}", key, c->drops[i]);
  }
  return g_variant_builder_end (&b);
}

/* Floating. What is not known at the moment (no stream, no SA) is left out. */
GVariant *
status_build (const StatusParts *parts)
{
  g_autofree char *stream = uplink_describe (parts->uplink);
  g_autofree char *gateway = gateway_text (parts->uplink);
  g_autofree char *entry = entry_text (parts->uplink);
  g_autofree char *proxy =
      uplink_proxy (parts->uplink) != NULL ? proxy_format (uplink_proxy (parts->uplink)) : NULL;
  g_autofree char *ike = parts->ike != NULL ? ike_session_describe_ike (parts->ike) : NULL;
  g_autofree char *child = parts->ike != NULL ? ike_session_describe_child (parts->ike) : NULL;
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  insert_string (&dict, "transport", uplink_transport (parts->uplink));
  insert_string (&dict, "stream", stream);
  insert_string (&dict, "gateway", gateway);
  insert_string (&dict, "entry", entry);
  insert_string (&dict, "proxy", proxy);
  insert_string (&dict, "sent-to", parts->sent_to);
  insert_string (&dict, "ike", ike);
  insert_string (&dict, "child", child);
  g_variant_dict_insert_value (&dict, "counters", counters_variant (parts));
  return g_variant_dict_end (&dict);
}
