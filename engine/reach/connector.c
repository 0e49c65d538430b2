/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Connector: brings up a link to the gateway, as often as one is needed. Proxies and entry points are
 * tried in the order of Ways, beginning with what worked last; at each the addresses race, of the proxy or
 * of the gateway, and on the connection that wins the proxy's link (whose own TLS comes first) and then
 * TLS are opened. Through a proxy the gateway's name is the proxy's to look up. It remembers what makes
 * the next time quicker: the address that answered (so that a reconnect needs no DNS), the TLS session, and
 * what a proxy wanted to know. Where a link fails the race goes on with the other addresses, and those that
 * DNS names where it was not asked yet: the gateway may have moved, and somebody else be there. */
#include "reach/connector-private.h"

/* The way that is being tried works; addr: of its other end. */
void
connector_note_good (Connector *self, const InetAddr *addr)
{
  bool direct = connector_is_direct (self);
  self->good_entry = self->way.entry;
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
  g_clear_pointer (&entry->addresses, g_array_unref);
  g_clear_pointer (&entry->hosts, g_array_unref);
  g_clear_pointer (&entry->last_good, g_array_unref);
  g_free (entry);
}

static GArray *
ref_or_null (GArray *list)
{
  return list != NULL ? g_array_ref (list) : NULL;
}

/* Copies the entry point; its lists are shared. */
void
connector_add_entry (Connector *self, const EntryPoint *entry)
{
  EntryPoint *copy = g_new (EntryPoint, 1);
  *copy = (EntryPoint){
    .host = g_strdup (entry->host),
    .port = entry->port,
    .addresses = ref_or_null (entry->addresses),
    .hosts = ref_or_null (entry->hosts),
    .last_good = ref_or_null (entry->last_good),
  };
  g_ptr_array_add (self->entries, copy);
}

static void
known_proxy_free (gpointer data)
{
  KnownProxy *known = data;
  proxy_auth_free (known->auth);
  g_free (known);
}

/* What is left of a round that has ended with a link, for connector_go_on (). */
void
connector_forget_rest (Connector *self)
{
  g_clear_pointer (&self->race, race_free);
  g_clear_pointer (&self->entry_race, entry_race_free);
  self->begun = false;
}

/* Ends what is under way; connector_start () begins anew. */
void
connector_stop (Connector *connector)
{
  if (!connector->busy)
    return;
  g_clear_pointer (&connector->watch, fd_watch_free);
  alarm_set (connector->alarm, ALARM_OFF);
  if (connector->question != 0)
    connector->config.asker.cancel (connector->config.asker.user, connector->question);
  connector->question = 0;
  g_clear_pointer (&connector->link, link_free);
  g_clear_pointer (&connector->record, attempt_record_free);
  g_clear_error (&connector->error);
  connector_forget_rest (connector);
  connector->retry = connector->busy = false;
  connector->stage = STAGE_NONE;
}

/* Where all addresses are passed over the round's own error is that they were silent; why they were is told
 * instead. */
static bool
says_more (const GError *silent, const GError *error)
{
  if (silent == NULL)
    return false;
  return reach_error_rank (silent) >= reach_error_rank (error) ||
      g_error_matches (error, VISITOR_ERROR, VISITOR_ERROR_TIMED_OUT);
}

static void
forget_silent (Connector *self)
{
  g_array_set_size (self->silent, 0);
  g_array_set_size (self->spent, 0);
  self->is_patient = false;
  g_clear_error (&self->silent_error);
}

/* The round has ended: with a link, or with the error that came farthest. */
void
connector_finish (Connector *self)
{
  if (self->link == NULL && connector_begins_again (self))
    return;
  self->hurries = self->link != NULL && connector_has_others (self);
  g_autoptr (Link) link = g_steal_pointer (&self->link);
  g_autoptr (GError) error = g_steal_pointer (&self->error);
  AttemptRecord *record = g_steal_pointer (&self->record);
  Race *race = link != NULL ? g_steal_pointer (&self->race) : NULL;
  EntryRace *entry_race = link != NULL ? g_steal_pointer (&self->entry_race) : NULL;
  connector_stop (self);
  self->record = record;
  self->race = race;
  self->entry_race = entry_race;
  self->begun = link != NULL;
  if (link == NULL && says_more (self->silent_error, error)) {
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
start_next_way (Connector *self)
{
  if (!self->begun)
    connector_begin_round (self);
  if (!self->retry) {
    self->requests = 0;
    self->place = 0;
    if (!ways_next (&self->ways, &self->way)) {
      connector_finish (self);
      return;
    }
  }
  connector_start_race (self);
}

/* The alarm rings when a stage has ended, or has taken too long. */
static void
next_stage (void *user_data)
{
  Connector *self = user_data;
  switch (self->stage) {
  case STAGE_NONE:
    if (self->entry_race != NULL)
      connector_next_entry_race (self);
    else
      start_next_way (self);
    break;
  case STAGE_PROXY:
  case STAGE_TLS: connector_stage_timed_out (self); break;
  case STAGE_OPEN: connector_finish (self); break;
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
    connector_add_entry (self, &config->entries[i]);
  self->known = g_ptr_array_new_with_free_func (known_proxy_free);
  self->silent = g_array_new (FALSE, FALSE, sizeof (InetAddr));
  self->spent = g_array_new (FALSE, FALSE, sizeof (InetAddr));
  self->n_proxies = 1; /* PROXY_DIRECT */
  return self;
}

void
connector_free (Connector *connector)
{
  if (connector == NULL)
    return;
  connector_stop (connector);
  connector_forget_rest (connector);
  g_clear_pointer (&connector->record, attempt_record_free);
  alarm_free (connector->alarm);
  g_clear_pointer (&connector->unvouched, g_bytes_unref);
  g_clear_pointer (&connector->resume, g_bytes_unref);
  g_ptr_array_unref (connector->entries);
  g_ptr_array_unref (connector->known);
  forget_silent (connector);
  g_array_unref (connector->silent);
  g_array_unref (connector->spent);
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
  connector_forget_rest (connector);
  g_clear_pointer (&connector->record, attempt_record_free);
  g_clear_pointer (&connector->unvouched, g_bytes_unref);
  take_next_proxies (connector);
  connector->busy = true;
  if (connector_races_entries (connector))
    connector_begin_entry_race (connector);
  else
    alarm_set (connector->alarm, 0);
}

/* Ends what is under way: another, which ran at the same time, was first. */
void
connector_overtake (Connector *self)
{
  if (self->busy)
    attempt_record_overtaken (g_steal_pointer (&self->record));
  connector_stop (self);
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
  connector_forget_rest (connector);
  connector->config.udp = udp;
}

/* True if its links carry datagrams. */
bool
connector_has_udp (const Connector *connector)
{
  return connector->config.udp;
}

/* True if whoever waits for an answer over UDP on the last link need not do so for long: other addresses wait for
 * their turn, and where none of them answers this one gets another, with all the time there is. */
bool
connector_hurries (const Connector *connector)
{
  return connector->hurries;
}

/* Where the last link went nobody answers over UDP, and why that is known: the others are tried first, and
 * where none is left that is a failure, after which all have another chance. */
void
connector_note_silent (Connector *connector, const GError *error)
{
  if (connector->good_addr.family != INET_NONE)
    g_array_append_val (connector->silent, connector->good_addr);
  bool in_hurry =
      connector->hurries && g_error_matches (error, VISITOR_ERROR, VISITOR_ERROR_TIMED_OUT);
  if (connector->good_addr.family != INET_NONE && !in_hurry)
    g_array_append_val (connector->spent, connector->good_addr);
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

/* Its place in the list of entry points; behind those of the configuration are those of
 * connector_set_further (). */
size_t
connector_entry_index (const Connector *connector)
{
  return connector->good_entry;
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
  if (!connector->busy)
    connector_forget_rest (connector);
  if (session == NULL)
    return;
  g_clear_pointer (&connector->resume, g_bytes_unref);
  connector->resume = session;
}
