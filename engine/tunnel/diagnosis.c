/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Diagnosis: what a worker does that is told to find out what is in the way, instead of connecting. Every name
 * is looked up, then every way that the site and its proxies allow is gone to its end, several at a time,
 * whether or not another has worked; each finding is told as it comes (MESSAGE_FINDING), and then it is over.
 * Nothing is configured, nobody signs in; what a proxy wants to know may be asked for. */
#include "tunnel/diagnosis.h"

#include <string.h>

#include "base/names.h"
#include "reach/alarm.h"
#include "reach/dns.h"
#include "reach/portal-probe.h"
#include "tunnel/diagnosis-way.h"
#include "tunnel/entries.h"
#include "tunnel/proxy-secrets.h"
#include "tunnel/site-trust.h"

#define MAX_WAYS 32
#define WAYS_AT_A_TIME 4

/* A host name that is asked for. */
typedef struct {
  Diagnosis *diagnosis; /* borrowed */
  char *host;
  DnsLookup *lookup;
  gint64 began;
  guint waiting; /* families */
  GArray *addresses; /* InetAddr */
  guint32 ms; /* until the last answer */
} Name;

/* A way that waits to be gone. */
typedef struct {
  Proxy proxy;
  const SiteAddress *entry; /* of the site */
  AttemptTransport transport;
  InetAddr address;
  guint32 looked_for_ms; /* where there is no address */
} Plan;

struct _Diagnosis {
  Start *start; /* owned */
  const CryptoTrust *system; /* borrowed */
  Control *control; /* borrowed */
  SessionOverFunc over;
  void *user_data;

  CryptoTrust *proxy_trust;
  ProxySecrets *proxy_secrets;
  Proxy proxies[PROXY_LIST_MAX];
  size_t n_proxies;
  PortalProbe *portal; /* while the network is asked for one */
  GPtrArray *names; /* Name, owned */
  GArray *plans; /* Plan */
  GPtrArray *ways; /* DiagnosisWay, owned, those that were begun */
  guint next_plan, running;
  Alarm *alarm; /* the next step */
  bool planned, is_over;
};

static void
name_free (gpointer data)
{
  Name *name = data;
  dns_lookup_free (name->lookup);
  g_array_unref (name->addresses);
  g_free (name->host);
  g_free (name);
}

static const SiteAddress *
entry_at (const Diagnosis *self, guint i)
{
  const Site *site = self->start->site;
  return i == 0 ? &site->address : &g_array_index (site->entry_points, SiteAddress, i - 1);
}

static guint
n_entries (const Diagnosis *self)
{
  return 1 + self->start->site->entry_points->len;
}

static void
tell (Diagnosis *self, GVariant *finding)
{
  control_send (self->control, MESSAGE_FINDING, finding);
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
take_known (Name *name, const GArray *known, const char *source)
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
  tell (name->diagnosis, g_variant_dict_end (&dict));
}

static void
answered (InetFamily family, DnsVerdict verdict, const InetAddr *addrs, size_t n, void *user_data)
{
  Name *name = user_data;
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
  tell (name->diagnosis, g_variant_dict_end (&dict));
  if (--name->waiting == 0)
    alarm_set (name->diagnosis->alarm, 0);
}

static Name *
find_name (const Diagnosis *self, const char *host)
{
  for (guint i = 0; i < self->names->len; i++) {
    Name *name = self->names->pdata[i];
    if (g_ascii_strcasecmp (name->host, host) == 0)
      return name;
  }
  return NULL;
}

/* Asks for a host, unless it is an address or was asked for already; is_site: it is that of the site's
 * address, of which more is known. */
static void
add_name (Diagnosis *self, const char *host, bool is_site)
{
  InetAddr literal;
  if (inet_addr_parse (host, &literal) || find_name (self, host) != NULL)
    return;
  Name *name = g_new0 (Name, 1);
  name->diagnosis = self;
  name->host = g_strdup (host);
  name->addresses = g_array_new (FALSE, FALSE, sizeof (InetAddr));
  name->began = g_get_monotonic_time ();
  g_ptr_array_add (self->names, name);
  if (is_site && self->start->site->addresses->len > 0) {
    take_known (name, self->start->site->addresses, "site");
    return;
  }
  if (is_site)
    take_known (name, entries_known (self->start), "hosts");
  SocketSource sockets = control_sockets (self->control);
  name->waiting = 2;
  name->lookup = dns_lookup_new (host, self->start->nameservers, &sockets, answered, name);
}

static void
ask_for_names (Diagnosis *self)
{
  for (size_t i = 0; i < self->n_proxies; i++) {
    if (self->proxies[i].kind != PROXY_DIRECT) {
      add_name (self, self->proxies[i].host, false);
      continue;
    }
    for (guint n = 0; n < n_entries (self); n++)
      add_name (self, entry_at (self, n)->host, n == 0);
  }
  bool has_udp = self->start->site->transport == SITE_TRANSPORT_UDP ||
      self->start->site->transport == SITE_TRANSPORT_AUTO;
  for (guint n = 0; has_udp && n < n_entries (self); n++)
    add_name (self, entry_at (self, n)->host, n == 0);
}

static void
portal_judged (PortalVerdict verdict, const char *url, void *user_data)
{
  Diagnosis *self = user_data;
  GVariantDict dict;
  g_clear_pointer (&self->portal, portal_probe_free);
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "kind", "s", "portal");
  g_variant_dict_insert (&dict, "result", "s", portal_verdict_to_string (verdict));
  if (url != NULL)
    g_variant_dict_insert (&dict, "url", "s", url);
  tell (self, g_variant_dict_end (&dict));
  alarm_set (self->alarm, 0);
}

/* Where a network wants a sign-in on a web page first, whatever is found else is a consequence. */
static void
ask_for_portal (Diagnosis *self)
{
  const Site *site = self->start->site;
  const PortalProbeConfig config = {
    .question = { .host = site->address.host, .tls_name = site_tls_name (site) },
    .port = PORTAL_PORT,
    .nameservers = self->start->nameservers,
    .hosts = entries_known (self->start),
    .sockets = control_sockets (self->control),
  };
  self->portal = portal_probe_new (&config, portal_judged, self);
}

static bool
awaits_names (const Diagnosis *self)
{
  for (guint i = 0; i < self->names->len; i++) {
    if (((const Name *) self->names->pdata[i])->waiting > 0)
      return true;
  }
  return false;
}

static void
plan (Diagnosis *self, AttemptTransport transport, const Proxy *proxy, const SiteAddress *entry)
{
  Plan way = { .proxy = *proxy, .entry = entry, .transport = transport };
  const Name *name = proxy->kind == PROXY_DIRECT ? find_name (self, entry->host) : NULL;
  if (proxy->kind == PROXY_DIRECT)
    (void) inet_addr_parse (entry->host, &way.address);
  if (name == NULL || name->addresses->len == 0) {
    way.looked_for_ms = name != NULL ? name->ms : 0;
    g_array_append_val (self->plans, way);
    return;
  }
  for (guint i = 0; i < name->addresses->len; i++) {
    way.address = g_array_index (name->addresses, InetAddr, i);
    g_array_append_val (self->plans, way);
  }
}

/* UDP goes through no proxy. */
static void
plan_datagrams (Diagnosis *self)
{
  const Proxy none = { .kind = PROXY_DIRECT };
  for (guint n = 0; n < n_entries (self); n++)
    plan (self, ATTEMPT_OVER_UDP, &none, entry_at (self, n));
}

static void
plan_streams (Diagnosis *self, AttemptTransport transport)
{
  for (size_t i = 0; i < self->n_proxies; i++) {
    for (guint n = 0; n < n_entries (self); n++)
      plan (self, transport, &self->proxies[i], entry_at (self, n));
  }
}

/* Every transport that the site has, every proxy with every entry point and, where we choose it, every address
 * of that. */
static void
plan_ways (Diagnosis *self)
{
  self->planned = true;
  switch (self->start->site->transport) {
  case SITE_TRANSPORT_TLS: plan_streams (self, ATTEMPT_OVER_TLS); break;
  case SITE_TRANSPORT_TCP: plan_streams (self, ATTEMPT_OVER_TCP); break;
  case SITE_TRANSPORT_UDP: plan_datagrams (self); break;
  case SITE_TRANSPORT_AUTO:
    plan_datagrams (self);
    plan_streams (self, ATTEMPT_OVER_TLS);
    break;
  }
  if (self->plans->len > MAX_WAYS)
    g_array_set_size (self->plans, MAX_WAYS);
}

/* Where UDP comes beside TLS the entry point's port is that of TLS. */
static uint16_t
port_of (const Diagnosis *self, const Plan *way)
{
  bool beside = self->start->site->transport == SITE_TRANSPORT_AUTO;
  return way->transport == ATTEMPT_OVER_UDP && beside ? VISITOR_IKE_PORT : way->entry->port;
}

/* The way that ends at its first step. */
static void
tell_nameless (Diagnosis *self, const Plan *way, guint32 number)
{
  Attempt attempt;
  GVariantDict dict;
  attempt_init (&attempt, &way->proxy, way->entry->host, port_of (self, way));
  attempt.number = number;
  attempt.transport = way->transport;
  attempt.stage = ATTEMPT_LOOKUP;
  attempt.stage_ms[ATTEMPT_LOOKUP] = attempt.ms = way->looked_for_ms;
  attempt.code = VISITOR_ERROR_NAME_NOT_FOUND;
  attempt_set_detail (&attempt, "no address is known for the name");
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "kind", "s", "way");
  g_variant_dict_insert_value (&dict, "attempt", attempt_to_variant (&attempt));
  tell (self, g_variant_dict_end (&dict));
}

static void
way_ended (GVariant *finding, void *user_data)
{
  Diagnosis *self = user_data;
  tell (self, finding);
  self->running--;
  alarm_set (self->alarm, 0);
}

static void
finish (Diagnosis *self, const GError *error)
{
  if (self->is_over)
    return;
  self->is_over = true;
  alarm_set (self->alarm, ALARM_OFF);
  if (error != NULL)
    control_send (self->control, MESSAGE_FAILED,
        g_variant_new ("(ss)", visitor_error_name ((VisitorError) error->code), error->message));
  else
    control_send (self->control, MESSAGE_CLOSED, NULL);
  self->over (self->user_data);
}

static bool
begin_way (Diagnosis *self, const Plan *way, guint32 number, GError **error)
{
  if (way->proxy.kind == PROXY_DIRECT && way->address.family == INET_NONE) {
    tell_nameless (self, way, number);
    return true;
  }
  const DiagnosisWayConfig config = {
    .site = self->start->site,
    .system = self->system,
    .proxy_trust = self->proxy_trust,
    .nameservers = self->start->nameservers,
    .asker = proxy_secrets_asker (self->proxy_secrets),
    .sockets = control_sockets (self->control),
    .number = number,
    .proxy = way->proxy,
    .host = way->entry->host,
    .port = port_of (self, way),
    .address = way->address,
    .transport = way->transport,
  };
  DiagnosisWay *begun = diagnosis_way_new (&config, way_ended, self, error);
  if (begun == NULL)
    return false;
  g_ptr_array_add (self->ways, begun);
  self->running++;
  return true;
}

static void
step (void *user_data)
{
  Diagnosis *self = user_data;
  if (self->is_over || self->portal != NULL || awaits_names (self))
    return;
  if (!self->planned)
    plan_ways (self);
  while (self->next_plan < self->plans->len && self->running < WAYS_AT_A_TIME) {
    g_autoptr (GError) error = NULL;
    const Plan *way = &g_array_index (self->plans, Plan, self->next_plan);
    if (!begin_way (self, way, ++self->next_plan, &error)) {
      finish (self, error);
      return;
    }
  }
  if (self->running == 0 && self->next_plan == self->plans->len)
    finish (self, NULL);
}

static void
choose_proxies (Diagnosis *self)
{
  const Site *site = self->start->site;
  const char *const manual[] = { site->proxy_uri, NULL };
  g_autofree const char **automatic =
      self->start->proxies != NULL ? g_variant_get_strv (self->start->proxies, NULL) : NULL;
  if (site->proxy_mode == SITE_PROXY_MANUAL)
    self->n_proxies = proxy_list_parse (manual, self->proxies);
  else if (site->proxy_mode == SITE_PROXY_AUTOMATIC && automatic != NULL)
    self->n_proxies = proxy_list_parse (automatic, self->proxies);
  if (self->n_proxies > 0)
    return;
  self->proxies[0] = (Proxy){ .kind = PROXY_DIRECT };
  self->n_proxies = 1;
}

/* Ends it at once; what was found so far is told. */
void
diagnosis_stop (Diagnosis *diagnosis)
{
  finish (diagnosis, NULL);
}

/* A message of the host. */
void
diagnosis_received (Diagnosis *diagnosis, Message *message)
{
  if (message->type == MESSAGE_PROXY_SECRET)
    proxy_secrets_answered (diagnosis->proxy_secrets, message->body);
  else if (message->type == MESSAGE_DISCONNECT)
    diagnosis_stop (diagnosis);
  else
    g_debug ("the host sent \"%s\" to a diagnosis", message_type_to_string (message->type));
}

/* Begins; takes `start` on success, the others as session_new () has them. */
Diagnosis *
diagnosis_new (Start *start, const CryptoTrust *system, Control *control, SessionOverFunc over,
    void *user_data, GError **error)
{
  g_autoptr (CryptoTrust) proxy_trust = site_trust_for_proxy (start->site, system, error);
  if (proxy_trust == NULL)
    return NULL;
  Diagnosis *self = g_new0 (Diagnosis, 1);
  self->start = start;
  self->system = system;
  self->control = control;
  self->over = over;
  self->user_data = user_data;
  self->proxy_trust = g_steal_pointer (&proxy_trust);
  self->proxy_secrets = proxy_secrets_new (start->site, control);
  self->names = g_ptr_array_new_with_free_func (name_free);
  self->plans = g_array_new (FALSE, FALSE, sizeof (Plan));
  self->ways = g_ptr_array_new_with_free_func ((GDestroyNotify) diagnosis_way_free);
  self->alarm = alarm_new (step, self);
  choose_proxies (self);
  ask_for_names (self);
  ask_for_portal (self);
  alarm_set (self->alarm, 0);
  return self;
}

/* Not from inside any call of the diagnosis's, `over` included. */
void
diagnosis_free (Diagnosis *diagnosis)
{
  if (diagnosis == NULL)
    return;
  portal_probe_free (diagnosis->portal);
  g_ptr_array_unref (diagnosis->ways);
  g_ptr_array_unref (diagnosis->names);
  g_array_unref (diagnosis->plans);
  alarm_free (diagnosis->alarm);
  proxy_secrets_free (diagnosis->proxy_secrets);
  crypto_trust_free (diagnosis->proxy_trust);
  start_free (diagnosis->start);
  g_free (diagnosis);
}
