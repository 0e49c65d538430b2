/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Session: one connection from the site to the last goodbye. It joins the uplink (a stream that comes
 * and goes), the IKE SA (which outlives it) and the datapath to one state that the user sees.
 *
 * A stream that breaks is made again and the IKE SA goes on with it (RFC 9329 section 6); TUN and SAs
 * are kept, what programs send waits. Only when the gateway has forgotten the SA a new one is made,
 * and only then a secret may be asked for again. */
#include <string.h>

#include "crypto/random.h"
#include "ike/configuration.h"
#include "tunnel/configuration.h"
#include "tunnel/session-private.h"
#include "tunnel/status.h"

/* How long a DELETE may wait for its answer. */
#define GOODBYE_US (2 * G_USEC_PER_SEC)

/* The one setter. A state that the table does not let follow is a bug of ours: it is told and not taken. */
void
session_set_state (Session *self, TunnelState state, const char *reason)
{
  if (state == self->state)
    return;
  if (!tunnel_state_may_follow (self->state, state)) {
    g_warning ("%s does not follow %s (%s)", tunnel_state_to_string (state),
        tunnel_state_to_string (self->state), reason);
    return;
  }
  g_message ("%s -> %s (%s)", tunnel_state_to_string (self->state), tunnel_state_to_string (state),
      reason);
  self->state = state;
  session_watch_entries (self);
  control_send (
      self->control, MESSAGE_STATE, g_variant_new ("(ss)", tunnel_state_to_string (state), reason));
}

/* The one way out: quiet, then the last state, then the last message. error NULL: an orderly end. */
void
session_end (Session *self, const GError *error)
{
  if (tunnel_state_is_final (self->state))
    return;
  alarm_set (self->ike_alarm, ALARM_OFF);
  alarm_set (self->goodbye_alarm, ALARM_OFF);
  alarm_set (self->path_alarm, ALARM_OFF);
  session_stop_portal (self);
  g_clear_pointer (&self->contest, contest_free);
  session_stop_return (self);
  uplink_close (self->uplink);
  if (error != NULL) {
    session_set_state (self, TUNNEL_FAILED, error->message);
    control_send (self->control, MESSAGE_FAILED,
        g_variant_new ("(ss)", visitor_error_name ((VisitorError) error->code), error->message));
  } else {
    session_set_state (self, TUNNEL_DISCONNECTED, "the goodbye is said");
    control_send (self->control, MESSAGE_CLOSED, NULL);
  }
  self->over (self->user_data);
}

/* A new stream, as soon as the back-off lets it, there is a network, and whoever was asked has answered. */
void
session_connect_again (Session *self)
{
  g_clear_error (&self->held_failure); /* it is of a stream before */
  if (self->awaits_network || self->contest_awaits_secret)
    return;
  session_want_proxies (self);
  session_connect_at (self, backoff_next (&self->backoff, g_get_monotonic_time ()));
}

/* Connected is who has a TUN with the configuration in force, an SA, and a stream that the gateway
 * knows for ours. To be called after each change of one of these. */
void
session_settle (Session *self, const char *reason)
{
  bool ready = self->has_tun && !self->applying && self->has_child && !self->awaits_path &&
      uplink_is_up (self->uplink);
  if (!ready || tunnel_state_is_final (self->state) || self->state == TUNNEL_DISCONNECTING)
    return;
  uplink_allow_esp (self->uplink, true);
  backoff_reset (&self->backoff);
  self->was_connected = true;
  self->lost_while_signing_in = self->lost_in_a_row = 0;
  session_set_state (self, TUNNEL_CONNECTED, reason);
  session_note_way (self);
}

/* What can be used again is kept for signing in anew, in locked memory, for the worker's life. */
static void
keep_secret (Session *self, Secret *secret)
{
  if (self->asked_kind == IKE_SECRET_CODE)
    return;
  Secret **kept = &self->kept_secrets[self->asked_kind];
  self->has_answer[self->asked_kind] = true;
  g_clear_pointer (kept, secret_unref);
  *kept = secret != NULL ? secret_ref (secret) : NULL;
}

static void
provide_secret (Session *self, GVariant *body)
{
  gboolean given;
  g_autoptr (GVariant) octets = NULL;
  g_variant_get (body, "(b@ay)", &given, &octets);
  g_autoptr (Secret) secret =
      given ? secret_new (g_variant_get_data (octets), g_variant_get_size (octets)) : NULL;
  keep_secret (self, secret);
  if (self->successor_awaits_secret && self->successor != NULL) {
    self->successor_awaits_secret = false;
    successor_provide_secret (self->successor, secret);
    return;
  }
  if (session_contest_take_secret (self) || !self->awaits_secret || self->ike == NULL)
    return;
  self->awaits_secret = false;
  ike_session_provide_secret (self->ike, secret, g_get_monotonic_time ());
  if (secret != NULL && !uplink_is_up (self->uplink))
    session_connect_again (self);
  session_pump (self);
}

static void
take_tun (Session *self, Message *message)
{
  const char *name;
  g_variant_get (message->body, "(&s)", &name);
  g_info ("packets flow through %s", name);
  uplink_set_tun (self->uplink, message->fd);
  message->fd = -1;
  self->has_tun = true;
  self->applying = self->apply_again;
  self->apply_again = false;
  if (self->applying)
    control_send (self->control, MESSAGE_CONFIGURE, self->applied);
  else if (self->moves)
    session_move (self);
  session_settle (self, "the configuration is in force");
}

static void
send_status (Session *self)
{
  StatusParts parts = {
    .uplink = self->uplink,
    .sent_to = self->redirected_to,
    .ike = self->ike,
    .counters = datapath_counters (self->datapath),
    .reconnects = self->reconnects,
    .rekeys = self->rekeys,
    .ike_rekeys = self->ike_rekeys,
    .sign_ins = self->sign_ins,
  };
  control_send (self->control, MESSAGE_STATUS, status_build (&parts));
}

static void
rekey (Session *self, GVariant *body)
{
  const char *what;
  g_variant_get (body, "(&s)", &what);
  if (self->ike == NULL)
    return;
  if (strcmp (what, "child") == 0)
    ike_session_rekey_child (self->ike, g_get_monotonic_time ());
  else if (strcmp (what, "ike") == 0)
    ike_session_rekey_ike (self->ike, g_get_monotonic_time ());
  else if (strcmp (what, "sign-in") == 0)
    session_sign_in_anew (self);
  session_pump (self);
}

/* A message of the host. */
void
session_received (Session *session, Message *message)
{
  switch (message->type) {
  case MESSAGE_SECRET: provide_secret (session, message->body); break;
  case MESSAGE_CERTIFICATE: session_take_certificate (session, message->body); break;
  case MESSAGE_SIGNATURE: session_take_signature (session, message->body); break;
  case MESSAGE_TRUST_ANSWER: session_take_trust (session, message->body); break;
  case MESSAGE_PROXIES: session_take_proxies (session, message->body); break;
  case MESSAGE_PROXY_SECRET: proxy_secrets_answered (session->proxy_secrets, message->body); break;
  case MESSAGE_CONNECTIVITY: session_take_connectivity (session, message->body); break;
  case MESSAGE_TUN: take_tun (session, message); break;
  case MESSAGE_DISCONNECT: session_disconnect (session, "the user wants it"); break;
  case MESSAGE_REKEY: rekey (session, message->body); break;
  case MESSAGE_POLL_STATUS: send_status (session); break;
  case MESSAGE_NETWORK: session_take_network (session, message->body); break;
  case MESSAGE_NONE:
  case MESSAGE_START:
  case MESSAGE_SOCKET:
  case MESSAGE_READY:
  case MESSAGE_WANT_SOCKET:
  case MESSAGE_WANT_SECRET:
  case MESSAGE_WANT_CERTIFICATE:
  case MESSAGE_WANT_SIGNATURE:
  case MESSAGE_WANT_TRUST:
  case MESSAGE_WANT_PROXIES:
  case MESSAGE_WANT_PROXY_SECRET:
  case MESSAGE_STATE:
  case MESSAGE_PATH:
  case MESSAGE_CONFIGURE:
  case MESSAGE_STATUS:
  case MESSAGE_ATTEMPT:
  case MESSAGE_FINDING:
  case MESSAGE_LOG:
  case MESSAGE_FAILED:
  case MESSAGE_CLOSED:
  case MESSAGE_KEY_CHANGED:
  case MESSAGE_PORTAL:
  case MESSAGE_N_TYPES:
    g_warning ("the host sent \"%s\" out of turn", message_type_to_string (message->type));
    break;
  }
}

static void
goodbye_timeout (void *user_data)
{
  session_end (user_data, NULL);
}

/* Says goodbye to the gateway, waits a moment for its answer, and ends. */
void
session_disconnect (Session *session, const char *reason)
{
  if (session->state == TUNNEL_DISCONNECTING || tunnel_state_is_final (session->state))
    return;
  session_set_state (session, TUNNEL_DISCONNECTING, reason);
  session_drop_successor (session);
  if (session->ike == NULL || !uplink_is_up (session->uplink) ||
      ike_session_state (session->ike) != IKE_STATE_ESTABLISHED) {
    session_end (session, NULL);
    return;
  }
  session_stop_return (session);
  alarm_set (session->goodbye_alarm, g_get_monotonic_time () + GOODBYE_US);
  ike_session_close (session->ike, g_get_monotonic_time ());
  session_pump (session);
}

static void
attempt_ended (const Attempt *attempt, void *user_data)
{
  Session *self = user_data;
  control_send (self->control, MESSAGE_ATTEMPT, attempt_to_variant (attempt));
}

/* How the gateway is looked for; all borrowed. */
void
session_connector_config (const Session *self, ConnectorConfig *ret_config)
{
  const Site *site = self->start->site;
  *ret_config = (ConnectorConfig){
    .entries = (const EntryPoint *) (void *) self->entries->data,
    .n_entries = self->entries->len,
    .policy = &self->policy,
    .nameservers = self->start->nameservers,
    .shuffle = site->entry_order == SITE_ENTRY_RANDOM ? crypto_random : NULL,
    .tls = site_has_tls (site),
    .tls_name = site_tls_name (site),
    .trust = self->tls_trust.trust,
    .proxy_trust = self->proxy_trust,
    .asker = proxy_secrets_asker (self->proxy_secrets),
    .sockets = control_sockets (self->control),
    .attempts = self->attempts,
  };
  session_configure_udp (self, ret_config);
}

/* Transfer: full. */
Uplink *
session_new_uplink (Session *self)
{
  ConnectorConfig config;
  session_connector_config (self, &config);
  Uplink *uplink = uplink_new (&config, self->datapath, &session_uplink_handlers, self);
  uplink_set_proxies (uplink, self->proxies, self->n_proxies);
  bool is_sent = self->redirected_from.family != INET_NONE;
  session_set_further (self, uplink, is_sent ? CONNECTOR_ONLY : CONNECTOR_FIRST);
  return uplink;
}

/* Begins to connect. Takes `start` on success; `system` (the machine's CAs, or NULL) and `control`
 * are borrowed. `over` is called once, after the last message to the host. Fails where the site's CA
 * cannot be read. */
Session *
session_new (Start *start, const CryptoTrust *system, Control *control, SessionOverFunc over,
    void *user_data, GError **error)
{
  g_auto (SiteTrust) tls = { 0 };
  g_auto (SiteTrust) gateway = { 0 };
  g_autoptr (CryptoTrust) proxy = site_trust_for_proxy (start->site, system, error);
  if (proxy == NULL || !site_trust_for_tls (start->site, system, &tls, error) ||
      !site_trust_for_gateway (start->site, system, &gateway, error))
    return NULL;

  Session *self = g_new0 (Session, 1);
  self->start = start;
  self->tls_trust = tls;
  self->gateway_trust = gateway;
  tls.trust = gateway.trust = NULL;
  self->proxy_trust = g_steal_pointer (&proxy);
  self->proxy_secrets = proxy_secrets_new (start->site, control);
  self->control = control;
  self->over = over;
  self->user_data = user_data;
  session_init_entries (self);
  self->last_way = start->last_way;
  session_init_return (self);
  self->datapath = datapath_new (configuration_mtu (start->site));
  self->attempts = attempts_new (attempt_ended, self);
  session_init_proxies (self);
  session_init_portal (self);
  session_init_network (self);
  self->uplink = session_new_uplink (self);
  self->ike_alarm = alarm_new (session_ike_timeout, self);
  self->goodbye_alarm = alarm_new (goodbye_timeout, self);
  backoff_init (&self->backoff, crypto_random, g_get_monotonic_time ());
  control_send (control, MESSAGE_STATE,
      g_variant_new ("(ss)", tunnel_state_to_string (self->state), start->site->address.host));
  if (session_needs_certificate (self))
    session_want_certificate (self);
  else
    session_connect_again (self);
  return self;
}

/* Not from inside any call of the session's, `over` included. */
void
session_free (Session *session)
{
  if (session == NULL)
    return;
  g_clear_pointer (&session->successor, successor_free);
  g_clear_pointer (&session->contest, contest_free);
  g_clear_pointer (&session->farewell, farewell_free);
  for (size_t i = 0; i < G_N_ELEMENTS (session->kept_secrets); i++)
    g_clear_pointer (&session->kept_secrets[i], secret_unref);
  session_clear_portal (session);
  uplink_free (session->uplink);
  session_clear_return (session);
  attempts_free (session->attempts);
  session_forget_ike (session);
  crypto_signer_free (session->signer);
  datapath_free (session->datapath);
  alarm_free (session->ike_alarm);
  alarm_free (session->goodbye_alarm);
  ike_configuration_clear (&session->given);
  g_clear_pointer (&session->gateway_addresses, g_array_unref);
  g_free (session->redirected_to);
  ike_ticket_free (session->ticket);
  g_clear_pointer (&session->applied, g_variant_unref);
  proxy_secrets_free (session->proxy_secrets);
  crypto_trust_free (session->proxy_trust);
  site_trust_clear (&session->tls_trust);
  site_trust_clear (&session->gateway_trust);
  session_free_entries (session);
  start_free (session->start);
  g_free (session);
}
