/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Diagnosis, before the first way: the names of gateways and proxies are looked up, each by the server that the
 * worker would ask, and the network is asked whether it wants a sign-in on a web page first. */
#include "tunnel/diagnosis-private.h"

#include "tunnel/entries.h"
#include "tunnel/portal-ask.h"

void
diagnosis_name_free (gpointer data)
{
  DiagnosisName *name = data;
  dns_lookup_free (name->lookup);
  g_array_unref (name->addresses);
  g_free (name->host);
  g_free (name);
}

static GVariant *
literals (const InetAddr *addrs, size_t n)
{
  GVariantBuilder b;
  char text[INET_ADDR_STRLEN];
  g_variant_builder_init (&b, G_VARIANT_TYPE_STRING_ARRAY);
  for (size_t i = 0; i < n; i++)
    g_variant_builder_add (&b, "s", inet_addr_format (&addrs[i], text));
  return g_variant_builder_end (&b);
}

static const char *
verdict_word (DnsVerdict verdict)
{
  switch (verdict) {
  case DNS_ANSWER: return "found";
  case DNS_NO_NAME: return "no-name";
  case DNS_NO_DATA: return "no-address";
  case DNS_NOT_OURS:
  case DNS_TRUNCATED:
  case DNS_SERVER_FAILED:
  case DNS_MALFORMED: break;
  }
  return "no-answer";
}

static void
add_address (GArray *addresses, const InetAddr *addr)
{
  for (guint i = 0; i < addresses->len; i++) {
    if (inet_addr_compare (&g_array_index (addresses, InetAddr, i), addr) == 0)
      return;
  }
  g_array_append_val (addresses, *addr);
}

/* Addresses that were known without asking: from /etc/hosts, or the site. */
static void
take_known (DiagnosisName *name, const GArray *known, const char *source)
{
  if (known->len == 0)
    return;
  const InetAddr *addrs = (const InetAddr *) (const void *) known->data;
  for (guint i = 0; i < known->len; i++)
    add_address (name->addresses, &addrs[i]);
  GVariantDict dict;
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "kind", "s", "name");
  g_variant_dict_insert (&dict, "host", "s", name->host);
  g_variant_dict_insert (&dict, "source", "s", source);
  g_variant_dict_insert (&dict, "ms", "u", 0u);
  g_variant_dict_insert (&dict, "result", "s", "found");
  g_variant_dict_insert_value (&dict, "addresses", literals (addrs, known->len));
  diagnosis_tell (name->diagnosis, g_variant_dict_end (&dict));
}

static void
answered (InetFamily family, DnsVerdict verdict, const InetAddr *addrs, size_t n, void *user_data)
{
  DiagnosisName *name = user_data;
  const InetAddr *server = dns_lookup_server (name->lookup, family);
  char text[INET_ADDR_STRLEN];
  GVariantDict dict;
  name->ms = (guint32) ((g_get_monotonic_time () - name->began) / 1000);
  for (size_t i = 0; i < n; i++)
    add_address (name->addresses, &addrs[i]);
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "kind", "s", "name");
  g_variant_dict_insert (&dict, "host", "s", name->host);
  g_variant_dict_insert (&dict, "source", "s", "dns");
  g_variant_dict_insert (&dict, "family", "u", (guint32) family);
  if (server != NULL)
    g_variant_dict_insert (&dict, "server", "s", inet_addr_format (server, text));
  g_variant_dict_insert (&dict, "ms", "u", name->ms);
  g_variant_dict_insert (
      &dict, "result", "s", server != NULL ? verdict_word (verdict) : "no-server");
  g_variant_dict_insert_value (&dict, "addresses", literals (addrs, n));
  diagnosis_tell (name->diagnosis, g_variant_dict_end (&dict));
  if (--name->waiting == 0)
    alarm_set (name->diagnosis->alarm, 0);
}

const DiagnosisName *
diagnosis_find_name (const Diagnosis *self, const char *host)
{
  for (guint i = 0; i < self->names->len; i++) {
    const DiagnosisName *name = self->names->pdata[i];
    if (g_ascii_strcasecmp (name->host, host) == 0)
      return name;
  }
  return NULL;
}

/* Asks for a host, unless it is an address or was asked for already; is_site: it is that of the site's
 * address, which the site may know by itself. */
static void
add_name (Diagnosis *self, const char *host, bool is_site)
{
  InetAddr literal;
  if (inet_addr_parse (host, &literal) || diagnosis_find_name (self, host) != NULL)
    return;
  DiagnosisName *name = g_new0 (DiagnosisName, 1);
  name->diagnosis = self;
  name->host = g_strdup (host);
  name->addresses = g_array_new (FALSE, FALSE, sizeof (InetAddr));
  name->began = g_get_monotonic_time ();
  g_ptr_array_add (self->names, name);
  if (is_site && self->start->site->addresses->len > 0) {
    take_known (name, self->start->site->addresses, "site");
    return;
  }
  const GArray *hosts = g_hash_table_lookup (self->start->hosts, host);
  if (hosts != NULL)
    take_known (name, hosts, "hosts");
  SocketSource sockets = control_sockets (self->control);
  name->waiting = 2;
  name->lookup = dns_lookup_new (host, self->start->nameservers, &sockets, answered, name);
}

void
diagnosis_ask_for_names (Diagnosis *self)
{
  for (size_t i = 0; i < self->n_proxies; i++) {
    if (self->proxies[i].kind != PROXY_DIRECT) {
      add_name (self, self->proxies[i].host, false);
      continue;
    }
    for (guint n = 0; n < diagnosis_n_entries (self); n++)
      add_name (self, diagnosis_entry_at (self, n)->host, n == 0);
  }
  bool has_udp = site_has_udp (self->start->site);
  for (guint n = 0; has_udp && n < diagnosis_n_entries (self); n++)
    add_name (self, diagnosis_entry_at (self, n)->host, n == 0);
}

static void
tell_portal (Diagnosis *self, const char *result, const char *url)
{
  GVariantDict dict;
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "kind", "s", "portal");
  g_variant_dict_insert (&dict, "result", "s", result);
  if (url != NULL)
    g_variant_dict_insert (&dict, "url", "s", url);
  diagnosis_tell (self, g_variant_dict_end (&dict));
}

/* The probe goes last, for url is its. */
static void
portal_judged (PortalVerdict verdict, const char *url, void *user_data)
{
  Diagnosis *self = user_data;
  tell_portal (self, portal_verdict_to_string (verdict), url);
  g_clear_pointer (&self->portal, portal_probe_free);
  alarm_set (self->alarm, 0);
}

/* Where a network wants a sign-in on a web page first, whatever is found else is a consequence. A site may
 * want no question in the clear. */
void
diagnosis_ask_for_portal (Diagnosis *self)
{
  if (!portal_may_ask (self->start->site)) {
    tell_portal (self, "not-asked", NULL);
    return;
  }
  self->portal = portal_ask (self->start, entries_known (self->start), false,
      control_sockets (self->control), portal_judged, self);
}

bool
diagnosis_awaits_names (const Diagnosis *self)
{
  for (guint i = 0; i < self->names->len; i++) {
    if (((const DiagnosisName *) self->names->pdata[i])->waiting > 0)
      return true;
  }
  return false;
}
