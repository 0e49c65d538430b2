/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Diagnosis: what a worker does that is told to find out what is in the way, instead of connecting. Every name
 * is looked up, then every way that the site and its proxies allow is gone to its end, several at a time,
 * whether or not another has worked; each finding is told as it comes (MESSAGE_FINDING), and then it is over.
 * Nothing is configured, nobody signs in; what a proxy wants to know may be asked for. */
#include "tunnel/diagnosis-private.h"

#include "base/names.h"
#include "tunnel/site-trust.h"

#define MAX_WAYS 32
#define WAYS_AT_A_TIME 4

const SiteAddress *
diagnosis_entry_at (const Diagnosis *self, guint i)
{
  const Site *site = self->start->site;
  return i == 0 ? &site->address : &g_array_index (site->entry_points, SiteAddress, i - 1);
}

guint
diagnosis_n_entries (const Diagnosis *self)
{
  return 1 + self->start->site->entry_points->len;
}

void
diagnosis_tell (Diagnosis *self, GVariant *finding)
{
  control_send (self->control, MESSAGE_FINDING, finding);
}

static void
plan (Diagnosis *self, AttemptTransport transport, const Proxy *proxy, const SiteAddress *entry)
{
  Plan way = { .proxy = *proxy, .entry = entry, .transport = transport };
  const DiagnosisName *name =
      proxy->kind == PROXY_DIRECT ? diagnosis_find_name (self, entry->host) : NULL;
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
  for (guint n = 0; n < diagnosis_n_entries (self); n++)
    plan (self, ATTEMPT_OVER_UDP, &none, diagnosis_entry_at (self, n));
}

static void
plan_streams (Diagnosis *self, AttemptTransport transport)
{
  for (size_t i = 0; i < self->n_proxies; i++) {
    for (guint n = 0; n < diagnosis_n_entries (self); n++)
      plan (self, transport, &self->proxies[i], diagnosis_entry_at (self, n));
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
  return way->transport == ATTEMPT_OVER_UDP && beside ? VISITOR_IKE_PORT
                                                      : site_port (self->start->site, way->entry);
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
  diagnosis_tell (self, g_variant_dict_end (&dict));
}

static void
way_ended (GVariant *finding, void *user_data)
{
  Diagnosis *self = user_data;
  diagnosis_tell (self, finding);
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
  if (self->is_over || self->portal != NULL || diagnosis_awaits_names (self))
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
  self->names = g_ptr_array_new_with_free_func (diagnosis_name_free);
  self->plans = g_array_new (FALSE, FALSE, sizeof (Plan));
  self->ways = g_ptr_array_new_with_free_func ((GDestroyNotify) diagnosis_way_free);
  self->alarm = alarm_new (step, self);
  choose_proxies (self);
  diagnosis_ask_for_names (self);
  diagnosis_ask_for_portal (self);
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
