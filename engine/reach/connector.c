/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Connector: brings up a link to the gateway, as often as one is needed. Proxies and entry points are
 * tried in the order of Ways, beginning with what worked last; at each the addresses race, of the proxy or
 * of the gateway, and on the connection that wins the proxy's link (whose own TLS comes first) and then
 * TLS are opened. Through a proxy the gateway's name is the proxy's to look up. It remembers what makes
 * the next time quicker: the address that answered (so that a reconnect needs no DNS), the TLS session, and
 * what a proxy wanted to know. Where a link fails at an address that was only remembered, the name is
 * looked up anew: the gateway may have moved, and somebody else be there. */
#include "reach/connector-private.h"

#include <string.h>

static size_t
current_index (const Connector *self)
{
  return (self->good_entry + self->way.entry) % self->entries->len;
}

/* Of the way that is being tried; borrowed. */
const EntryPoint *
connector_current_entry (const Connector *self)
{
  return self->entries->pdata[current_index (self)];
}

/* No proxy takes datagrams. */
const Proxy *
connector_current_proxy (const Connector *self)
{
  static const Proxy none = { .kind = PROXY_DIRECT };
  return self->config.udp ? &none : &self->proxies[self->way.proxy];
}

/* Of the gateway. */
uint16_t
connector_current_port (const Connector *self)
{
  bool own = !self->config.udp || self->config.udp_port == 0;
  return own ? connector_current_entry (self)->port : self->config.udp_port;
}

bool
connector_is_direct (const Connector *self)
{
  return connector_current_proxy (self)->kind == PROXY_DIRECT;
}

/* The way that is being tried works; addr: of its other end. */
void
connector_note_good (Connector *self, const InetAddr *addr)
{
  bool direct = connector_is_direct (self);
  self->good_entry = current_index (self);
  self->good_proxy = *connector_current_proxy (self);
  self->through_good = true;
  self->good_addr = direct ? *addr : (InetAddr){ 0 };
  self->good_proxy_addr = direct ? (InetAddr){ 0 } : *addr;
  self->only_first = false;
}

static void
entry_free (gpointer data)
{
  EntryPoint *entry = data;
  g_free (entry->host);
  g_free (entry);
}

static void
add_entry (Connector *self, const char *host, uint16_t port)
{
  EntryPoint *entry = g_new (EntryPoint, 1);
  *entry = (EntryPoint){ .host = g_strdup (host), .port = port };
  g_ptr_array_add (self->entries, entry);
}

static void
known_proxy_free (gpointer data)
{
  KnownProxy *known = data;
  proxy_auth_free (known->auth);
  g_free (known);
}

/* Ends what is under way; connector_start () begins anew. */
void
connector_stop (Connector *connector)
{
  g_clear_pointer (&connector->watch, fd_watch_free);
  alarm_set (connector->alarm, ALARM_OFF);
  if (connector->question != 0)
    connector->config.asker.cancel (connector->config.asker.user, connector->question);
  connector->question = 0;
  g_clear_pointer (&connector->race, race_free);
  g_clear_pointer (&connector->link, link_free);
  g_clear_pointer (&connector->record, attempt_record_free);
  g_clear_error (&connector->error);
  connector->from_memory = connector->again = connector->retry = connector->begun = false;
  connector->busy = false;
  connector->stage = STAGE_NONE;
}

static void
forget_silent (Connector *self)
{
  g_array_set_size (self->silent, 0);
  g_clear_error (&self->silent_error);
}

static void
finish (Connector *self)
{
  g_autoptr (Link) link = g_steal_pointer (&self->link);
  g_autoptr (GError) error = g_steal_pointer (&self->error);
  AttemptRecord *record = g_steal_pointer (&self->record);
  connector_stop (self);
  self->record = record;
  if (link == NULL && reach_error_rank (self->silent_error) >= reach_error_rank (error)) {
    g_clear_error (&error);
    error = g_steal_pointer (&self->silent_error);
  }
  if (link == NULL)
    forget_silent (self);
  if (link != NULL)
    self->done (g_steal_pointer (&link), NULL, self->user_data);
  else
    self->done (NULL, error, self->user_data);
}

static void
raced (Link *link, const GError *error, void *user_data)
{
  Connector *self = user_data;
  g_clear_pointer (&self->race, race_free);
  if (link != NULL) {
    connector_open_link (self, link);
    return;
  }
  GError *own = g_error_copy (error);
  if (!connector_is_direct (self))
    connector_name_place (self, &own, true);
  connector_fail_way (self, own);
}

static void
add_remembered (const Connector *self, GArray *known)
{
  if (!connector_is_direct (self)) {
    if (self->good_proxy_addr.family != INET_NONE &&
        proxy_equal (&self->good_proxy, connector_current_proxy (self)))
      g_array_append_val (known, self->good_proxy_addr);
    return;
  }
  if (self->good_addr.family != INET_NONE && current_index (self) == self->good_entry)
    g_array_append_val (known, self->good_addr);
  if (current_index (self) == 0)
    g_array_append_vals (known, self->config.last_good->data, self->config.last_good->len);
}

static AttemptTransport
transport_of (const Connector *self)
{
  if (self->config.udp)
    return ATTEMPT_OVER_UDP;
  return self->config.tls ? ATTEMPT_OVER_TLS : ATTEMPT_OVER_TCP;
}

static void
start_race (Connector *self)
{
  const EntryPoint *entry = connector_current_entry (self);
  const Proxy *proxy = connector_current_proxy (self);
  const char *host = connector_is_direct (self) ? entry->host : proxy->host;
  g_autoptr (GArray) known = g_array_new (FALSE, FALSE, sizeof (InetAddr));
  InetAddr literal;
  if (!self->again && !inet_addr_parse (host, &literal))
    add_remembered (self, known);
  if (self->record == NULL)
    self->record = attempts_begin (self->config.attempts, proxy, entry->host,
        connector_current_port (self), transport_of (self));
  self->from_memory = known->len > 0;
  self->again = self->retry = false;
  if (connector_is_direct (self) && current_index (self) == 0)
    g_array_append_vals (known, self->config.hosts->data, self->config.hosts->len);
  RaceConfig config = {
    .host = host,
    .port = connector_is_direct (self) ? connector_current_port (self) : proxy->port,
    .known = (const InetAddr *) (void *) known->data,
    .n_known = known->len,
    .nameservers = self->config.nameservers,
    .sockets = self->config.sockets,
    .record = self->record,
    .udp = self->config.udp,
    .silent = self->config.udp ? self->silent : NULL,
  };
  self->race = race_new (&config, raced, self);
}

static void
begin_round (Connector *self)
{
  Way first = { 0 };
  for (size_t i = 0; i < self->n_proxies && self->through_good && !self->config.udp; i++) {
    if (proxy_equal (&self->proxies[i], &self->good_proxy))
      first.proxy = i;
  }
  ways_begin (&self->ways, self->config.udp ? 1 : self->n_proxies,
      self->only_first ? 1 : self->entries->len, &first);
  self->begun = true;
}

static void
start_next_way (Connector *self)
{
  if (!self->begun)
    begin_round (self);
  if (!self->again && !self->retry) {
    self->requests = 0;
    if (!ways_next (&self->ways, &self->way)) {
      finish (self);
      return;
    }
  }
  start_race (self);
}

/* The alarm rings when a stage has ended, or has taken too long. */
static void
next_stage (void *user_data)
{
  Connector *self = user_data;
  switch (self->stage) {
  case STAGE_NONE: start_next_way (self); break;
  case STAGE_PROXY:
  case STAGE_TLS: connector_stage_timed_out (self); break;
  case STAGE_OPEN: finish (self); break;
  }
}

/* `config` is copied, what it points to is not, but for the entry points. */
Connector *
connector_new (const ConnectorConfig *config, ConnectorDoneFunc done, void *user_data)
{
  Connector *self = g_new0 (Connector, 1);
  self->config = *config;
  self->done = done;
  self->user_data = user_data;
  self->alarm = alarm_new (next_stage, self);
  self->entries = g_ptr_array_new_with_free_func (entry_free);
  for (size_t i = 0; i < config->n_entries; i++)
    add_entry (self, config->entries[i].host, config->entries[i].port);
  self->known = g_ptr_array_new_with_free_func (known_proxy_free);
  self->silent = g_array_new (FALSE, FALSE, sizeof (InetAddr));
  self->n_proxies = 1; /* PROXY_DIRECT */
  return self;
}

void
connector_free (Connector *connector)
{
  if (connector == NULL)
    return;
  connector_stop (connector);
  alarm_free (connector->alarm);
  g_clear_pointer (&connector->unvouched, g_bytes_unref);
  g_clear_pointer (&connector->resume, g_bytes_unref);
  g_ptr_array_unref (connector->entries);
  g_ptr_array_unref (connector->known);
  forget_silent (connector);
  g_array_unref (connector->silent);
  g_free (connector);
}

static void
take_next_proxies (Connector *self)
{
  if (self->n_next_proxies == 0)
    return;
  for (size_t i = 0; i < self->n_next_proxies; i++)
    self->proxies[i] = self->next_proxies[i];
  self->n_proxies = self->n_next_proxies;
  self->n_next_proxies = 0;
}

/* Looks for the gateway; `done` is called once, from the main loop, unless connector_stop () comes
 * before. */
void
connector_start (Connector *connector)
{
  connector_stop (connector);
  g_clear_pointer (&connector->unvouched, g_bytes_unref);
  take_next_proxies (connector);
  connector->busy = true;
  alarm_set (connector->alarm, 0);
}

/* After an attempt whose error says that nobody known has issued the server's certificate: that, in DER.
 * Else NULL. Borrowed until the next start. */
GBytes *
connector_unvouched_certificate (const Connector *connector)
{
  return connector->unvouched;
}

/* Whether the next links carry datagrams; that is, from the next start on. */
void
connector_set_udp (Connector *connector, bool udp)
{
  connector_stop (connector);
  connector->config.udp = udp;
}

/* Where the last link went nobody answers over UDP, and why that is known: the others are tried first, and
 * where none is left that is a failure, after which all have another chance. */
void
connector_note_silent (Connector *connector, const GError *error)
{
  if (connector->good_addr.family != INET_NONE)
    g_array_append_val (connector->silent, connector->good_addr);
  connector->good_addr = (InetAddr){ 0 };
  if (reach_error_rank (error) <= reach_error_rank (connector->silent_error))
    return;
  g_clear_error (&connector->silent_error);
  connector->silent_error = g_error_copy (error);
  connector_name_place (connector, &connector->silent_error, false);
}

/* True from connector_start () to its end. */
bool
connector_is_busy (const Connector *connector)
{
  return connector->busy;
}

static bool
has_proxies (const Connector *self, const Proxy *list, size_t n)
{
  bool same = n == self->n_proxies;
  for (size_t i = 0; i < n && same; i++)
    same = proxy_equal (&list[i], &self->proxies[i]);
  return same;
}

/* Through which proxies the gateway is to be looked for from the next start on, in this order;
 * PROXY_DIRECT for none. An empty list changes nothing. False if there is nothing new in it. */
bool
connector_set_proxies (Connector *connector, const Proxy *list, size_t n)
{
  n = MIN (n, PROXY_LIST_MAX);
  if (n == 0 || has_proxies (connector, list, n)) {
    connector->n_next_proxies = 0;
    return false;
  }
  connector->n_next_proxies = n;
  for (size_t i = 0; i < n; i++)
    connector->next_proxies[i] = list[i];
  return true;
}

/* The proxy that the last link went through, or NULL. Borrowed. */
const Proxy *
connector_proxy (const Connector *connector)
{
  bool any = connector->through_good && connector->good_proxy.kind != PROXY_DIRECT;
  return any ? &connector->good_proxy : NULL;
}

/* The entry point that the last link went to. Borrowed. */
const EntryPoint *
connector_entry (const Connector *connector)
{
  return connector->entries->pdata[connector->good_entry];
}

/* The record of the way that the last link went, to be gone on with and ended by whoever hears the gateway;
 * NULL where it was taken, or another round has begun. Transfer: full. */
AttemptRecord *
connector_take_record (Connector *connector)
{
  return g_steal_pointer (&connector->record);
}

/* Keeps what the link's TLS session is worth for the next link. Not before something was read, for
 * TLS 1.3 sends its tickets after the handshake; and not after the link broke, for a broken session
 * cannot be resumed. */
void
connector_keep_session (Connector *connector, Link *link)
{
  GBytes *session = link_session (link);
  if (session == NULL)
    return;
  g_clear_pointer (&connector->resume, g_bytes_unref);
  connector->resume = session;
}

/* True for the address behind a name of the site's at which the last stream stood: once a round is enough
 * for one that may be gone. */
static bool
is_tried_by_name (const Connector *self, const char *host)
{
  InetAddr addr;
  return self->good_entry < self->config.n_entries && inet_addr_parse (host, &addr) &&
      inet_addr_compare (&addr, &self->good_addr) == 0;
}

/* Further hosts, a list that ends with NULL, at which the gateway or its like says that it is, at the port
 * that was used last. `order` says where the first of them stands; the others come behind all that is
 * configured, but for one that is tried there already. They take the place of those that were set before,
 * and of a round that is under way. */
void
connector_set_further (Connector *connector, const char *const *hosts, ConnectorOrder order)
{
  const EntryPoint *good = connector->entries->pdata[connector->good_entry];
  g_autofree char *good_host = g_strdup (good->host);
  uint16_t port = good->port;
  guint configured = (guint) connector->config.n_entries;
  bool was_further = connector->good_entry >= configured;
  connector_stop (connector);
  g_ptr_array_set_size (connector->entries, (gint) configured);
  for (size_t i = 0; hosts[i] != NULL; i++) {
    if (order != CONNECTOR_BEHIND || !is_tried_by_name (connector, hosts[i]))
      add_entry (connector, hosts[i], port);
  }
  connector->only_first = order == CONNECTOR_ONLY;
  if (order != CONNECTOR_BEHIND) {
    connector->good_entry = configured;
    connector->good_addr = (InetAddr){ 0 };
  } else if (was_further) {
    connector->good_entry = 0;
    for (guint i = configured; i < connector->entries->len; i++) {
      if (strcmp (((const EntryPoint *) connector->entries->pdata[i])->host, good_host) == 0)
        connector->good_entry = i;
    }
    if (connector->good_entry == 0)
      connector->good_addr = (InetAddr){ 0 };
  }
}
