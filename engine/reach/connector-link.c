/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Connector, the links: what is put on a connection that stands, one on the other, each with its own limit
 * of time; and what it means when one fails. A proxy that asks who we are gets another connection once
 * somebody has answered. */
#include <string.h>

#include "reach/connector-private.h"
#include "reach/link-proxy.h"

#define STAGE_LIMIT_US (15 * G_USEC_PER_SEC)
/* Requests of one proxy within one round: a person's attempts, and stale nonces among them. */
#define MAX_PROXY_REQUESTS 12

/* What is known of the current proxy, which no other is told. */
static ProxyAuth *
current_auth (Connector *self)
{
  for (guint i = 0; i < self->known->len; i++) {
    KnownProxy *known = self->known->pdata[i];
    if (proxy_equal (&known->proxy, connector_current_proxy (self)))
      return known->auth;
  }
  KnownProxy *known = g_new0 (KnownProxy, 1);
  known->proxy = *connector_current_proxy (self);
  const ProxyAuthEnv env = { .random = crypto_random, .real_time = g_get_real_time };
  known->auth = proxy_auth_new (&known->proxy, &env);
  g_ptr_array_add (self->known, known);
  return known->auth;
}

/* Of all errors of a round the one counts that came farthest. */
void
connector_note_error (Connector *self, const GError *error)
{
  if (reach_error_rank (error) <= reach_error_rank (self->error))
    return;
  g_clear_error (&self->error);
  self->error = g_error_copy (error);
  g_clear_pointer (&self->unvouched, g_bytes_unref);
  if (self->link != NULL)
    self->unvouched = link_unvouched_certificate (self->link);
}

/* True for a failure of the proxy itself, whatever the entry point. */
bool
connector_is_of_proxy (const GError *error)
{
  return error->code == VISITOR_ERROR_PROXY_UNREACHABLE || error->code == VISITOR_ERROR_PROXY_TLS ||
      error->code == VISITOR_ERROR_PROXY_PROTOCOL ||
      error->code == VISITOR_ERROR_PROXY_AUTH_REQUIRED ||
      error->code == VISITOR_ERROR_PROXY_AUTH_REFUSED;
}

/* The next stage is up to next_stage (). */
static void
drop_link (Connector *self)
{
  g_clear_pointer (&self->watch, fd_watch_free);
  g_clear_pointer (&self->link, link_free);
  self->stage = STAGE_NONE;
  alarm_set (self->alarm, 0);
}

/* True if the proxy can be told another address of the gateway. */
static bool
has_other_place (Connector *self)
{
  const EntryPoint *entry = connector_current_entry (self);
  return !connector_is_direct (self) && entry->addresses != NULL &&
      ++self->place < entry->addresses->len;
}

/* The way has failed; the next one is begun. Takes error. */
void
connector_fail_way (Connector *self, GError *error)
{
  g_autoptr (GError) own = error;
  g_info ("this way has failed: %s", own->message);
  attempt_record_failed (g_steal_pointer (&self->record), (VisitorError) own->code, own->message);
  connector_note_error (self, own);
  if (connector_is_of_proxy (own))
    ways_give_up_proxy (&self->ways, self->way.proxy);
  else if (has_other_place (self))
    self->retry = true;
  drop_link (self);
}

/* The code says where it happened; while the proxy's link opens that is never the gateway. */
static VisitorError
code_at_proxy (const Connector *self, const GError *error)
{
  switch (error->code) {
  case VISITOR_ERROR_PROXY_UNREACHABLE:
  case VISITOR_ERROR_PROXY_TLS:
  case VISITOR_ERROR_PROXY_PROTOCOL:
  case VISITOR_ERROR_PROXY_AUTH_REQUIRED:
  case VISITOR_ERROR_PROXY_AUTH_REFUSED:
  case VISITOR_ERROR_PROXY_REFUSED:
  case VISITOR_ERROR_PROXY_NO_WAY: return (VisitorError) error->code;
  case VISITOR_ERROR_TLS:
  case VISITOR_ERROR_TLS_UNTRUSTED:
  case VISITOR_ERROR_TLS_WRONG_NAME:
  case VISITOR_ERROR_TLS_EXPIRED:
  case VISITOR_ERROR_CERTIFICATE_REVOKED:
  case VISITOR_ERROR_REVOCATION_UNKNOWN: return VISITOR_ERROR_PROXY_TLS;
  case VISITOR_ERROR_TIMED_OUT:
  case VISITOR_ERROR_NAME_NOT_FOUND:
  case VISITOR_ERROR_UNREACHABLE:
  case VISITOR_ERROR_REFUSED: return VISITOR_ERROR_PROXY_UNREACHABLE;
  default: return VISITOR_ERROR_PROXY_PROTOCOL;
  }
}

/* True for what a proxy says by its own protocol: it is the one that we remember, then. */
static bool
is_answer (const GError *error)
{
  return error->code != VISITOR_ERROR_PROXY_UNREACHABLE && error->code != VISITOR_ERROR_PROXY_TLS &&
      error->code != VISITOR_ERROR_PROXY_PROTOCOL;
}

/* Says at whom a failure was. */
void
connector_name_place (const Connector *self, GError **error, bool at_proxy)
{
  const EntryPoint *entry = connector_current_entry (self);
  char buf[INET_ADDR_STRLEN];
  if (at_proxy) {
    g_autofree char *proxy = proxy_format (connector_current_proxy (self));
    (*error)->code = code_at_proxy (self, *error);
    g_prefix_error (error, "proxy %s: ", proxy);
  } else if (connector_is_direct (self)) {
    g_prefix_error (error, "%s port %u: ", entry->host, connector_current_port (self));
  } else {
    g_autofree char *proxy = proxy_format (connector_current_proxy (self));
    g_prefix_error (error, "%s port %u through proxy %s: ", connector_proxied_host (self, buf),
        entry->port, proxy);
  }
}

/* True if the race has somebody else, who has his turn now. */
bool
connector_race_goes_on (Connector *self, bool try_winner_again)
{
  if (!race_go_on (self->race, try_winner_again))
    return false;
  connector_begin_record (self);
  race_set_record (self->race, self->record);
  return true;
}

/* True if what the race went to, the gateway or a proxy, has another address that has its turn now. The same
 * once more where a TLS session was to be resumed, which the server may have choked on. */
static bool
has_other_address (Connector *self, const GError *error, bool at_proxy)
{
  if (self->race == NULL || (at_proxy ? is_answer (error) : !connector_is_direct (self)))
    return false;
  return connector_race_goes_on (self, !at_proxy && self->offers_session);
}

/* The link did not open. Takes error. */
static void
fail_link (Connector *self, GError *error)
{
  bool at_proxy = self->stage == STAGE_PROXY;
  connector_name_place (self, &error, at_proxy);
  attempt_record_failed (
      g_steal_pointer (&self->record), (VisitorError) error->code, error->message);
  bool goes_on = has_other_address (self, error, at_proxy);
  if (!at_proxy)
    g_clear_pointer (&self->resume, g_bytes_unref);
  if (!goes_on) {
    connector_fail_way (self, error);
    return;
  }
  g_info ("%s; going on", error->message);
  connector_note_error (self, error);
  g_error_free (error);
  drop_link (self);
  alarm_set (self->alarm, ALARM_OFF);
}

/* Where a connection leads; INET_NONE where that cannot be told. */
static InetAddr
peer_of (const Link *link)
{
  struct sockaddr_storage peer;
  socklen_t len = sizeof peer;
  uint16_t port;
  InetAddr addr = { 0 };
  if (getpeername (link_fd (link), (struct sockaddr *) &peer, &len) < 0 ||
      !inet_addr_from_sockaddr ((struct sockaddr *) &peer, &addr, &port))
    addr = (InetAddr){ 0 };
  return addr;
}

static void
remember (Connector *self)
{
  InetAddr addr = peer_of (self->link);
  connector_note_good (self, &addr);
}

static void
answered (const Secret *answer_or_null, void *user_data)
{
  Connector *self = user_data;
  ProxyAuth *auth = current_auth (self);
  self->question = 0;
  attempt_record_resume (self->record);
  switch (proxy_auth_answer (auth, answer_or_null)) {
  case PROXY_AUTH_HERE:
  case PROXY_AUTH_AGAIN: break;
  case PROXY_AUTH_ASK: /* for something else, which the proxy has to say once more */ break;
  case PROXY_AUTH_REFUSED:
  case PROXY_AUTH_UNKNOWN: {
    GError *error = g_error_new (VISITOR_ERROR,
        proxy_auth_was_given (auth) ? VISITOR_ERROR_PROXY_AUTH_REFUSED
                                    : VISITOR_ERROR_PROXY_AUTH_REQUIRED,
        "the proxy asks who we are, and nobody says it");
    connector_name_place (self, &error, true);
    connector_fail_way (self, error);
    return;
  }
  }
  self->retry = true;
  alarm_set (self->alarm, 0);
}

/* True if the proxy gets another request: now, or when somebody has answered. */
static bool
goes_on_with_proxy (Connector *self, const GError *error)
{
  if (self->stage != STAGE_PROXY || error->code != VISITOR_ERROR_PROXY_AUTH_REQUIRED ||
      ++self->requests > MAX_PROXY_REQUESTS)
    return false;
  ProxyAuthVerdict verdict = proxy_auth_verdict (current_auth (self));
  bool can_ask = verdict == PROXY_AUTH_ASK && self->config.asker.ask != NULL;
  return verdict == PROXY_AUTH_AGAIN || can_ask;
}

/* A person may need minutes: until the answer nothing is open, and no limit runs. */
static void
go_on_with_proxy (Connector *self)
{
  ProxyQuestion question;
  ProxyAuth *auth = current_auth (self);
  drop_link (self);
  self->retry = proxy_auth_verdict (auth) != PROXY_AUTH_ASK;
  if (self->retry)
    return;
  proxy_auth_question (auth, &question);
  alarm_set (self->alarm, ALARM_OFF);
  attempt_record_pause (self->record);
  self->question = self->config.asker.ask (self->config.asker.user, &question, answered, self);
}

static void
link_failed (Connector *self, GError *error)
{
  if (goes_on_with_proxy (self, error)) {
    g_info ("%s", error->message);
    g_error_free (error);
    go_on_with_proxy (self);
  } else {
    fail_link (self, error);
  }
}

static Link *
put_tls_on (Connector *self, Link *below, GError **error)
{
  InetAddr literal;
  const char *name = self->config.tls_name;
  TlsClientConfig tls = {
    .server_name = inet_addr_parse (name, &literal) ? NULL : name, /* RFC 6066 section 3 */
    .expected_name = name,
    .trust = self->config.trust,
    .resume = self->resume,
    .seen = self->config.tls_seen,
    .seen_data = self->config.tls_seen_data,
  };
  self->offers_session = self->resume != NULL;
  return link_tls_new (below, &tls, error);
}

static void
set_stage (Connector *self, Stage stage)
{
  self->stage = stage;
  alarm_set (self->alarm, stage == STAGE_OPEN ? 0 : g_get_monotonic_time () + STAGE_LIMIT_US);
}

static void
link_opened (Connector *self)
{
  GError *error = NULL;
  if (self->stage == STAGE_PROXY && self->config.tls) {
    g_info ("the proxy has made the tunnel");
    set_stage (self, STAGE_TLS);
    attempt_record_stage (self->record, ATTEMPT_TLS);
    self->link = put_tls_on (self, self->link, &error);
    if (self->link == NULL)
      fail_link (self, error);
    else
      fd_watch_set (self->watch, G_IO_OUT);
    return;
  }
  g_autofree char *what = link_describe (self->link);
  g_info ("%s stands after %.2f s", what,
      (double) (g_get_monotonic_time () - self->link_started) / G_USEC_PER_SEC);
  g_clear_pointer (&self->watch, fd_watch_free);
  remember (self);
  attempt_record_stage (self->record, ATTEMPT_IKE);
  set_stage (self, STAGE_OPEN);
}

static void
link_ready (GIOCondition condition, void *user_data)
{
  Connector *self = user_data;
  GError *error = NULL;
  switch (link_open (self->link, &error)) {
  case LINK_DONE: link_opened (self); break;
  case LINK_AGAIN:
    fd_watch_set (self->watch, link_wants_write (self->link) ? G_IO_OUT : G_IO_IN);
    break;
  case LINK_CLOSED:
    link_failed (self,
        g_error_new_literal (
            VISITOR_ERROR, VISITOR_ERROR_TLS, "the server closed the stream during the handshake"));
    break;
  case LINK_FAILED: link_failed (self, error); break;
  }
}

/* The link through the current proxy, on a connection to it; takes tcp. */
static Link *
put_proxy_on (Connector *self, Link *tcp, GError **error)
{
  const Proxy *proxy = connector_current_proxy (self);
  const EntryPoint *entry = connector_current_entry (self);
  ProxyAuth *auth = current_auth (self);
  char buf[INET_ADDR_STRLEN];
  const char *host = connector_proxied_host (self, buf);
  if (proxy->kind == PROXY_SOCKS5 || proxy->kind == PROXY_SOCKS4A)
    return link_socks_new (tcp, proxy, host, entry->port, auth);
  Link *below = tcp;
  if (proxy->kind == PROXY_HTTPS) {
    InetAddr literal;
    TlsClientConfig tls = {
      .server_name = inet_addr_parse (proxy->host, &literal) ? NULL : proxy->host,
      .expected_name = proxy->host,
      .trust = self->config.proxy_trust,
    };
    below = link_tls_new (tcp, &tls, error);
  }
  g_autofree char *authority = host_port_format (host, entry->port);
  return below != NULL ? link_connect_new (below, authority, auth) : NULL;
}

/* What stands on the connection that won. */
void
connector_open_link (Connector *self, Link *tcp)
{
  GError *error = NULL;
  InetAddr addr = peer_of (tcp);
  self->link_started = g_get_monotonic_time ();
  attempt_record_address (self->record, &addr);
  if (!connector_is_direct (self)) {
    set_stage (self, STAGE_PROXY);
    attempt_record_stage (self->record, ATTEMPT_PROXY);
    self->link = put_proxy_on (self, tcp, &error);
  } else {
    set_stage (self, STAGE_TLS);
    bool tls = self->config.tls && !self->config.udp;
    if (tls)
      attempt_record_stage (self->record, ATTEMPT_TLS);
    self->link = tls ? put_tls_on (self, tcp, &error) : tcp;
  }
  if (self->link == NULL) {
    fail_link (self, error);
    return;
  }
  self->watch = fd_watch_new (link_fd (self->link), G_IO_OUT, link_ready, self);
}

void
connector_stage_timed_out (Connector *self)
{
  bool at_proxy = self->stage == STAGE_PROXY;
  fail_link (self,
      g_error_new (VISITOR_ERROR, VISITOR_ERROR_TIMED_OUT,
          at_proxy ? "TCP stands, but the proxy did not answer within %d s"
                   : "TCP stands, but the TLS handshake did not end within %d s",
          (int) (STAGE_LIMIT_US / G_USEC_PER_SEC)));
}
