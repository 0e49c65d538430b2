/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Connector: brings up a link to the gateway, as often as one is needed. The entry points are tried in
 * order, beginning with the one that worked last; at each the addresses race, and on the connection
 * that wins TLS is opened. It remembers what makes the next time quicker: the address that answered
 * (so that a reconnect needs no DNS) and the TLS session. Where TLS fails at an address that was only
 * remembered, the name is looked up anew: the gateway may have moved, and somebody else be there. */
#include "reach/connector.h"

#include <string.h>

#include "reach/alarm.h"
#include "reach/fd-watch.h"
#include "reach/race.h"

#define TLS_LIMIT_US (15 * G_USEC_PER_SEC)

struct _Connector {
  ConnectorConfig config;
  ConnectorDoneFunc done;
  void *user_data;

  Alarm *alarm;
  GPtrArray *entries; /* EntryPoint: the configured ones, then those of connector_set_further () */
  size_t tried; /* entry points of this round, the current one included */
  bool only_first; /* entry point of a round */
  bool from_memory; /* the race has addresses that were only remembered */
  bool again; /* the same entry point once more, without them */
  Race *race;
  Link *link; /* while it opens, or opened and not yet handed over */
  bool opened;
  FdWatch *watch; /* while the link opens */
  gint64 link_started;
  GError *error; /* of this round, the one that came farthest */
  GBytes *unvouched; /* of the last round: the certificate that its error is about, or NULL */

  size_t good_entry;
  InetAddr good_addr; /* of good_entry; family INET_NONE = none yet */
  GBytes *resume;
};

static size_t
current_index (const Connector *self)
{
  return (self->good_entry + self->tried - 1) % self->entries->len;
}

static const EntryPoint *
current_entry (const Connector *self)
{
  return self->entries->pdata[current_index (self)];
}

static size_t
n_to_try (const Connector *self)
{
  return self->only_first ? 1 : self->entries->len;
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

/* Ends what is under way; connector_start () begins anew. */
void
connector_stop (Connector *connector)
{
  g_clear_pointer (&connector->watch, fd_watch_free);
  alarm_set (connector->alarm, ALARM_OFF);
  g_clear_pointer (&connector->race, race_free);
  g_clear_pointer (&connector->link, link_free);
  g_clear_error (&connector->error);
  connector->opened = connector->from_memory = connector->again = false;
  connector->tried = 0;
}

static void
note_error (Connector *self, const GError *error)
{
  if (reach_error_rank (error) <= reach_error_rank (self->error))
    return;
  g_clear_error (&self->error);
  self->error = g_error_copy (error);
  g_clear_pointer (&self->unvouched, g_bytes_unref);
  if (self->link != NULL)
    self->unvouched = link_unvouched_certificate (self->link);
}

static void
fail_link (Connector *self, GError *error)
{
  g_autoptr (GError) own = error;
  const EntryPoint *entry = current_entry (self);
  g_prefix_error (&own, "%s port %u: ", entry->host, entry->port);
  g_info ("%s", own->message);
  note_error (self, own);
  g_clear_pointer (&self->watch, fd_watch_free);
  g_clear_pointer (&self->link, link_free);
  /* A session that the server chokes on is not offered a second time. */
  g_clear_pointer (&self->resume, g_bytes_unref);
  self->again = self->from_memory;
  alarm_set (self->alarm, 0);
}

static void
remember (Connector *self)
{
  struct sockaddr_storage peer;
  socklen_t len = sizeof peer;
  uint16_t port;
  self->good_entry = current_index (self);
  self->only_first = false;
  if (getpeername (link_fd (self->link), (struct sockaddr *) &peer, &len) < 0 ||
      !inet_addr_from_sockaddr ((struct sockaddr *) &peer, &self->good_addr, &port))
    self->good_addr = (InetAddr){ 0 };
}

static void
finish (Connector *self)
{
  g_autoptr (Link) link = g_steal_pointer (&self->link);
  g_autoptr (GError) error = g_steal_pointer (&self->error);
  connector_stop (self);
  if (link != NULL)
    self->done (g_steal_pointer (&link), NULL, self->user_data);
  else
    self->done (NULL, error, self->user_data);
}

static void
link_ready (GIOCondition condition, void *user_data)
{
  Connector *self = user_data;
  GError *error = NULL;
  switch (link_open (self->link, &error)) {
  case LINK_DONE: {
    g_autofree char *what = link_describe (self->link);
    g_info ("%s stands after %.2f s", what,
        (double) (g_get_monotonic_time () - self->link_started) / G_USEC_PER_SEC);
    g_clear_pointer (&self->watch, fd_watch_free);
    self->opened = true;
    remember (self);
    alarm_set (self->alarm, 0);
    break;
  }
  case LINK_AGAIN:
    fd_watch_set (self->watch, link_wants_write (self->link) ? G_IO_OUT : G_IO_IN);
    break;
  case LINK_CLOSED:
    fail_link (self,
        g_error_new_literal (
            VISITOR_ERROR, VISITOR_ERROR_TLS, "the server closed the stream during the handshake"));
    break;
  case LINK_FAILED: fail_link (self, error); break;
  }
}

static Link *
put_tls_on (Connector *self, Link *tcp, GError **error)
{
  InetAddr literal;
  const char *name = self->config.tls_name;
  TlsClientConfig tls = {
    .server_name = inet_addr_parse (name, &literal) ? NULL : name, /* RFC 6066 section 3 */
    .expected_name = name,
    .trust = self->config.trust,
    .resume = self->resume,
  };
  return link_tls_new (tcp, &tls, error);
}

/* What stands on the connection that won. */
static void
open_link (Connector *self, Link *tcp)
{
  GError *error = NULL;
  self->link_started = g_get_monotonic_time ();
  self->link = self->config.tls ? put_tls_on (self, tcp, &error) : tcp;
  if (self->link == NULL) {
    fail_link (self, error);
    return;
  }
  alarm_set (self->alarm, self->link_started + TLS_LIMIT_US);
  self->watch = fd_watch_new (link_fd (self->link), G_IO_OUT, link_ready, self);
}

static void
raced (Link *link, const GError *error, void *user_data)
{
  Connector *self = user_data;
  g_clear_pointer (&self->race, race_free);
  if (link != NULL) {
    open_link (self, link);
    return;
  }
  note_error (self, error);
  alarm_set (self->alarm, 0);
}

static void
add_remembered (const Connector *self, GArray *known)
{
  if (self->good_addr.family != INET_NONE && current_index (self) == self->good_entry)
    g_array_append_val (known, self->good_addr);
  if (current_index (self) == 0)
    g_array_append_vals (known, self->config.last_good->data, self->config.last_good->len);
}

static void
start_race (Connector *self)
{
  const EntryPoint *entry = current_entry (self);
  g_autoptr (GArray) known = g_array_new (FALSE, FALSE, sizeof (InetAddr));
  InetAddr literal;
  if (!self->again && !inet_addr_parse (entry->host, &literal))
    add_remembered (self, known);
  self->from_memory = known->len > 0;
  self->again = false;
  if (current_index (self) == 0)
    g_array_append_vals (known, self->config.hosts->data, self->config.hosts->len);
  RaceConfig config = {
    .host = entry->host,
    .port = entry->port,
    .known = (const InetAddr *) (void *) known->data,
    .n_known = known->len,
    .nameservers = self->config.nameservers,
    .sockets = self->config.sockets,
  };
  self->race = race_new (&config, raced, self);
}

/* The alarm rings when a stage has ended, or has taken too long. */
static void
next_stage (void *user_data)
{
  Connector *self = user_data;
  if (self->link != NULL && !self->opened) {
    fail_link (self,
        g_error_new (VISITOR_ERROR, VISITOR_ERROR_TIMED_OUT,
            "TCP stands, but the TLS handshake did not end within %d s",
            (int) (TLS_LIMIT_US / G_USEC_PER_SEC)));
  } else if (self->opened || (self->tried == n_to_try (self) && !self->again)) {
    finish (self);
  } else {
    self->tried += self->again ? 0 : 1;
    start_race (self);
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
  g_free (connector);
}

/* Looks for the gateway; `done` is called once, from the main loop, unless connector_stop () comes
 * before. */
void
connector_start (Connector *connector)
{
  connector_stop (connector);
  g_clear_pointer (&connector->unvouched, g_bytes_unref);
  alarm_set (connector->alarm, 0);
}

/* After an attempt whose error says that nobody known has issued the server's certificate: that, in DER.
 * Else NULL. Borrowed until the next start. */
GBytes *
connector_unvouched_certificate (const Connector *connector)
{
  return connector->unvouched;
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
