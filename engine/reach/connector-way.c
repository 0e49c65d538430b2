/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Connector, the way that is being tried: where it leads, by which proxy, and the race between the addresses of
 * whichever of the two is met first. */
#include "reach/connector-private.h"

/* Of the way that is being tried; borrowed. */
const EntryPoint *
connector_current_entry (const Connector *self)
{
  return self->entries->pdata[self->way.entry];
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

/* The gateway as a proxy is told it. */
const char *
connector_proxied_host (const Connector *self, char buf[static INET_ADDR_STRLEN])
{
  const EntryPoint *entry = connector_current_entry (self);
  if (entry->addresses == NULL || self->place >= entry->addresses->len)
    return entry->host;
  return inet_addr_format (&g_array_index (entry->addresses, InetAddr, self->place), buf);
}

static void
raced (Link *link, const GError *error, void *user_data)
{
  Connector *self = user_data;
  if (link != NULL) {
    connector_open_link (self, link);
    return;
  }
  g_clear_pointer (&self->race, race_free);
  if (self->silent->len > 0 && g_error_matches (error, VISITOR_ERROR, VISITOR_ERROR_TIMED_OUT))
    g_clear_pointer (
        &self->record, attempt_record_free); /* all were passed over: nothing was tried */
  GError *own = g_error_copy (error);
  if (!connector_is_direct (self))
    connector_name_place (self, &own, true);
  connector_fail_way (self, own);
}

static void
add_all (GArray *known, const GArray *list_or_null)
{
  if (list_or_null != NULL)
    g_array_append_vals (known, list_or_null->data, list_or_null->len);
}

/* Where to go without asking DNS. True if the first of it is where a link stood the last time. */
static bool
add_known (const Connector *self, GArray *known)
{
  const EntryPoint *entry = connector_current_entry (self);
  if (!connector_is_direct (self)) {
    if (self->good_proxy_addr.family != INET_NONE &&
        proxy_equal (&self->good_proxy, connector_current_proxy (self)))
      g_array_append_val (known, self->good_proxy_addr);
    return known->len > 0;
  }
  bool remembers = self->good_addr.family != INET_NONE && self->way.entry == self->good_entry;
  if (remembers)
    g_array_append_val (known, self->good_addr);
  if (entry->addresses == NULL) {
    add_all (known, entry->last_good);
    add_all (known, entry->hosts);
  }
  add_all (known, entry->addresses);
  return remembers;
}

static AttemptTransport
transport_of (const Connector *self)
{
  if (self->config.udp)
    return ATTEMPT_OVER_UDP;
  return self->config.tls ? ATTEMPT_OVER_TLS : ATTEMPT_OVER_TCP;
}

/* A way, or what is left of one, is tried. */
void
connector_begin_record (Connector *self)
{
  if (self->record == NULL)
    self->record = attempts_begin (self->config.attempts, connector_current_proxy (self),
        connector_current_entry (self)->host, connector_current_port (self), transport_of (self));
}

/* Looks for what the way leads to first: the proxy, or the gateway. */
void
connector_start_race (Connector *self)
{
  const EntryPoint *entry = connector_current_entry (self);
  const Proxy *proxy = connector_current_proxy (self);
  bool direct = connector_is_direct (self);
  g_autoptr (GArray) known = g_array_new (FALSE, FALSE, sizeof (InetAddr));
  bool remembers = add_known (self, known);
  connector_begin_record (self);
  self->retry = false;
  g_clear_pointer (&self->race, race_free);
  RaceConfig config = {
    .host = direct ? entry->host : proxy->host,
    .port = direct ? connector_current_port (self) : proxy->port,
    .known = (const InetAddr *) (void *) known->data,
    .n_known = known->len,
    .remembers = remembers,
    .only_known = direct && entry->addresses != NULL,
    .delay_us = self->config.address_delay_us,
    .shuffle = direct ? self->config.shuffle : NULL,
    .nameservers = self->config.nameservers,
    .sockets = self->config.sockets,
    .record = self->record,
    .udp = self->config.udp,
    .silent = self->config.udp ? self->silent : NULL,
  };
  self->race = race_new (&config, raced, self);
}
