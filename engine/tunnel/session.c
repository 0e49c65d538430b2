/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Session: one connection from the site to the last goodbye. It joins the uplink (a stream that comes
 * and goes), the IKE SA (which outlives it) and the datapath to one state that the user sees.
 *
 * A stream that breaks is made again and the IKE SA goes on with it (RFC 9329 section 6); TUN and SAs
 * are kept, what programs send waits. Only when the gateway has forgotten the SA a new one is made,
 * and only then a secret may be asked for again. */
#include "tunnel/session.h"

#include <time.h>

#include "crypto/random.h"
#include "datapath/datapath.h"
#include "ike/session.h"
#include "reach/alarm.h"
#include "tunnel/backoff.h"
#include "tunnel/configuration.h"
#include "tunnel/log.h"
#include "tunnel/site-trust.h"
#include "tunnel/state.h"
#include "tunnel/status.h"
#include "tunnel/uplink.h"

/* How long a DELETE may wait for its answer. */
#define GOODBYE_US (2 * G_USEC_PER_SEC)
/* More streams lost while signing in for the first time mean that the sign-in itself is refused; or
 * that the server is none of ours, where it has not said a word of IKE. */
#define MAX_LOST_WHILE_SIGNING_IN 5
#define MAX_LOST_WITHOUT_ANSWER 1
/* A gateway that deletes what it has just accepted does not want us. */
#define DELETED_TOO_SOON_US (10 * G_USEC_PER_SEC)

struct _Session {
  /* owned */
  Start *start;
  SiteTrust tls_trust, gateway_trust;
  GArray *entries; /* EntryPoint, strings borrowed from the site */
  Datapath *datapath;
  Uplink *uplink;
  IkeSession *ike; /* NULL until a stream stands, and after the gateway forgot it */
  Alarm *ike_alarm;
  Alarm *goodbye_alarm;
  GArray *ike_addresses, *ike_dns; /* of IkeConfiguration, until it is applied */
  GPtrArray *ike_domains;
  GVariant *applied; /* what the host has put in force, or was asked to */

  /* borrowed */
  Control *control;
  SessionOverFunc over;
  void *user_data;

  /* state */
  TunnelState state;
  Backoff backoff;
  unsigned int lost_while_signing_in;
  bool awaits_secret;
  bool awaits_path; /* a new stream stands, the gateway has not confirmed it */
  bool has_child; /* of this IKE SA */
  bool applying; /* MESSAGE_CONFIGURE is out */
  bool apply_again; /* `applied` changed meanwhile */
  bool has_tun;
  bool was_connected; /* ever */
  bool rekey_asked;
  gint64 connected_at, lost_at;
  uint64_t reconnects, rekeys;
};

static void
set_state (Session *self, TunnelState state, const char *reason)
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
  control_send (
      self->control, MESSAGE_STATE, g_variant_new ("(ss)", tunnel_state_to_string (state), reason));
}

/* The one way out: quiet, then the last state, then the last message. */
static void
end (Session *self, const GError *error)
{
  if (tunnel_state_is_final (self->state))
    return;
  alarm_set (self->ike_alarm, ALARM_OFF);
  alarm_set (self->goodbye_alarm, ALARM_OFF);
  uplink_close (self->uplink);
  if (error != NULL) {
    set_state (self, TUNNEL_FAILED, error->message);
    control_send (self->control, MESSAGE_FAILED,
        g_variant_new ("(ss)", visitor_error_name ((VisitorError) error->code), error->message));
  } else {
    set_state (self, TUNNEL_DISCONNECTED, "the goodbye is said");
    control_send (self->control, MESSAGE_CLOSED, NULL);
  }
  self->over (self->user_data);
}

static void
forget_ike (Session *self)
{
  g_clear_pointer (&self->ike, ike_session_free);
  datapath_clear_children (self->datapath);
  self->has_child = self->awaits_path = self->awaits_secret = self->rekey_asked = false;
}

static void
connect_again (Session *self)
{
  uplink_connect (
      self->uplink, backoff_next (&self->backoff, g_get_monotonic_time ()), self->was_connected);
}

/* Connected is who has a TUN with the configuration in force, an SA, and a stream that the gateway
 * knows for ours. */
static void
settle (Session *self, const char *reason)
{
  bool ready = self->has_tun && !self->applying && self->has_child && !self->awaits_path &&
      uplink_is_up (self->uplink);
  if (!ready || tunnel_state_is_final (self->state) || self->state == TUNNEL_DISCONNECTING)
    return;
  uplink_allow_esp (self->uplink, true);
  backoff_reset (&self->backoff);
  if (self->state != TUNNEL_CONNECTED)
    self->connected_at = g_get_monotonic_time ();
  self->was_connected = true;
  self->lost_while_signing_in = 0;
  set_state (self, TUNNEL_CONNECTED, reason);
}

static void
send_event (Session *self, const IkeEvent *event)
{
  if (event->type != IKE_EVENT_SEND)
    return;
  size_t len;
  const uint8_t *message = g_bytes_get_data (event->message, &len);
  uplink_send_ike (self->uplink, SLICE (message, len));
}

static void
take_configuration (Session *self, const IkeConfiguration *given)
{
  g_clear_pointer (&self->ike_addresses, g_array_unref);
  g_clear_pointer (&self->ike_dns, g_array_unref);
  g_clear_pointer (&self->ike_domains, g_ptr_array_unref);
  self->ike_addresses = g_array_ref (given->addresses);
  self->ike_dns = g_array_ref (given->dns);
  self->ike_domains = g_ptr_array_ref (given->domains);
}

/* Asks the host to apply what the gateway gave, unless it is in force already. */
static gboolean
apply (Session *self, const EspSa *child, GError **error)
{
  if (self->ike_addresses == NULL) {
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_NO_ADDRESS, "the gateway gave no address");
    return FALSE;
  }
  IkeConfiguration given = {
    .addresses = self->ike_addresses, .dns = self->ike_dns, .domains = self->ike_domains
  };
  GVariant *body = configuration_build (self->start->site, &given, child, error);
  if (body == NULL)
    return FALSE;
  g_autoptr (GVariant) owned = g_variant_ref_sink (body);
  set_state (self, TUNNEL_SETTING_UP, "the gateway has accepted us");
  if (self->applied != NULL && g_variant_equal (self->applied, owned))
    return TRUE;
  g_autofree char *text = g_variant_print (owned, FALSE);
  g_debug ("to be applied: %s", text);
  g_clear_pointer (&self->applied, g_variant_unref);
  self->applied = g_variant_ref (owned);
  self->apply_again = self->applying; /* one at a time: the host answers before it takes another */
  if (!self->applying)
    control_send (self->control, MESSAGE_CONFIGURE, owned);
  self->applying = true;
  return TRUE;
}

/* A DELETE without waiting for its answer. */
static void
say_goodbye (Session *self)
{
  if (self->ike == NULL)
    return;
  ike_session_close (self->ike, g_get_monotonic_time ());
  for (;;) {
    g_auto (IkeEvent) event = { 0 };
    if (!ike_session_next_event (self->ike, &event))
      return;
    send_event (self, &event);
  }
}

/* The SA is gone at the gateway, or the session cannot go on with it. */
static void
sign_in_again (Session *self, const GError *error)
{
  g_message ("signing in again: %s", error->message);
  set_state (self, TUNNEL_RECONNECTING, error->message);
  self->lost_at = g_get_monotonic_time ();
  forget_ike (self);
  connect_again (self);
}

/* After a failure that says nothing against us: the gateway restarted, or was away for too long. */
static bool
may_sign_in_again (const Session *self, const GError *error)
{
  if (!self->was_connected)
    return false;
  if (error->code == VISITOR_ERROR_DELETED_BY_GATEWAY)
    return g_get_monotonic_time () - self->connected_at >= DELETED_TOO_SOON_US;
  return error->code == VISITOR_ERROR_PEER_SILENT;
}

static void
ike_failed (Session *self, const GError *error)
{
  if (self->state == TUNNEL_DISCONNECTING)
    end (self, NULL);
  else if (may_sign_in_again (self, error))
    sign_in_again (self, error);
  else
    end (self, error);
}

static void
ask_secret (Session *self, const IkeEvent *event)
{
  const char *kind = event->secret_kind == IKE_SECRET_PSK ? "psk" : "password";
  self->awaits_secret = true;
  control_send (self->control, MESSAGE_WANT_SECRET,
      g_variant_new ("(ssu)", kind, event->user != NULL ? event->user : "", event->attempt));
}

static void
child_added (Session *self, IkeEvent *event)
{
  EspSa *child = g_steal_pointer (&event->child);
  bool first = !self->has_child;
  datapath_add_child (self->datapath, child);
  self->has_child = true;
  self->rekey_asked = false;
  if (!first) {
    self->rekeys++;
    return;
  }
  g_autoptr (GError) error = NULL;
  if (apply (self, child, &error)) {
    settle (self, "the same configuration is in force");
    return;
  }
  say_goodbye (self);
  end (self, error);
}

static void
path_confirmed (Session *self)
{
  if (!self->awaits_path)
    return;
  self->awaits_path = false;
  self->reconnects++;
  g_message ("the gateway knows the new stream %.2f s after the old one was lost",
      (double) (g_get_monotonic_time () - self->lost_at) / G_USEC_PER_SEC);
  settle (self, "the gateway knows the new stream");
}

static void
handle_event (Session *self, IkeEvent *event)
{
  switch (event->type) {
  case IKE_EVENT_SEND: send_event (self, event); break;
  case IKE_EVENT_STATE: g_info ("IKE SA: %s", ike_state_to_string (event->state)); break;
  case IKE_EVENT_NEED_SECRET: ask_secret (self, event); break;
  case IKE_EVENT_CONFIGURED: take_configuration (self, event->configuration); break;
  case IKE_EVENT_CHILD_ADDED: child_added (self, event); break;
  case IKE_EVENT_CHILD_REMOVED: datapath_remove_child (self->datapath, event->spi_in); break;
  case IKE_EVENT_PATH_CONFIRMED: path_confirmed (self); break;
  case IKE_EVENT_FAILED: ike_failed (self, event->error); break;
  case IKE_EVENT_CLOSED: end (self, NULL); break;
  }
}

/* To be called after everything that was told to the IKE SA. */
static void
pump (Session *self)
{
  while (self->ike != NULL) {
    g_auto (IkeEvent) event = { 0 };
    if (!ike_session_next_event (self->ike, &event))
      break;
    handle_event (self, &event);
  }
  if (tunnel_state_is_final (self->state))
    return;
  gint64 at = self->ike != NULL ? ike_session_next_timeout (self->ike) : G_MAXINT64;
  alarm_set (self->ike_alarm, at == G_MAXINT64 ? ALARM_OFF : MAX (at, 0));
}

static void
rekey_if_due (Session *self)
{
  if (self->rekey_asked || self->ike == NULL || !datapath_wants_rekey (self->datapath))
    return;
  self->rekey_asked = true;
  ike_session_rekey_child (self->ike, g_get_monotonic_time ());
}

static void
ike_timeout (void *user_data)
{
  Session *self = user_data;
  if (self->ike != NULL)
    ike_session_timeout (self->ike, g_get_monotonic_time ());
  rekey_if_due (self);
  pump (self);
}

static time_t
wall_clock (void)
{
  return time (NULL);
}

static gboolean
begin_ike (Session *self, GError **error)
{
  const Site *site = self->start->site;
  IkeConfig config = {
    .env = { .random = crypto_random, .wall_clock = wall_clock },
    .remote_identity = site_gateway_identity (site),
    .local_identity = site_local_identity (site),
    .user = site->user,
    .auth = site->auth == SITE_AUTH_PSK ? IKE_AUTH_METHOD_PSK : IKE_AUTH_METHOD_EAP,
    .trust = self->gateway_trust.trust,
    .initial_contact = true,
  };
  self->ike = ike_session_new (&config, error);
  return self->ike != NULL;
}

static void
uplink_up (void *user_data)
{
  Session *self = user_data;
  IkePath path;
  g_autoptr (GError) error = NULL;
  if (!uplink_path (self->uplink, &path))
    return; /* it broke already, and its end will be told */
  if (self->ike == NULL) {
    set_state (self, TUNNEL_SIGNING_IN, "the stream stands");
    if (!begin_ike (self, &error)) {
      end (self, error);
      return;
    }
    ike_session_start (self->ike, &path, g_get_monotonic_time ());
  } else {
    if (ike_session_state (self->ike) == IKE_STATE_ESTABLISHED)
      self->awaits_path = true;
    else
      set_state (self, TUNNEL_SIGNING_IN, "a new stream stands");
    ike_session_stream_restored (self->ike, &path, g_get_monotonic_time ());
  }
  pump (self);
}

/* While nobody is signed in, a gateway that cannot be reached is an answer to the user. */
static bool
gives_up (Session *self, const GError *error, bool was_up)
{
  if (self->was_connected)
    return false;
  bool stranger = error->code == VISITOR_ERROR_NOT_VISITOR_MODE;
  unsigned int max = stranger ? MAX_LOST_WITHOUT_ANSWER : MAX_LOST_WHILE_SIGNING_IN;
  return !was_up || ++self->lost_while_signing_in > max;
}

static void
uplink_down (const GError *error, bool was_up, void *user_data)
{
  Session *self = user_data;
  if (was_up) {
    g_message ("the stream is lost: %s", error->message);
    self->lost_at = g_get_monotonic_time ();
  } else {
    g_message ("the gateway is not reached: %s", error->message);
  }
  if (self->ike != NULL && was_up)
    ike_session_stream_lost (self->ike, g_get_monotonic_time ());

  if (self->state == TUNNEL_DISCONNECTING) {
    end (self, NULL);
  } else if (self->awaits_secret) {
    /* A gateway does not wait for a slow typist. Connect when there is something to say. */
  } else if (gives_up (self, error, was_up)) {
    end (self, error);
  } else {
    bool looking = !self->was_connected && self->state == TUNNEL_SIGNING_IN;
    set_state (self, looking ? TUNNEL_LOOKING_FOR_GATEWAY : TUNNEL_RECONNECTING, error->message);
    connect_again (self);
  }
  pump (self);
}

static void
uplink_ike (Slice message, void *user_data)
{
  Session *self = user_data;
  if (self->ike == NULL)
    return;
  ike_session_receive (self->ike, message, g_get_monotonic_time ());
  pump (self);
}

static void
uplink_esp (void *user_data)
{
  Session *self = user_data;
  if (self->ike == NULL)
    return;
  ike_session_inbound_esp (self->ike, g_get_monotonic_time ());
  rekey_if_due (self);
}

static void
uplink_tun_lost (void *user_data)
{
  Session *self = user_data;
  g_autoptr (GError) error = g_error_new_literal (
      VISITOR_ERROR, VISITOR_ERROR_NETWORK_SETUP, "the network interface was taken away");
  say_goodbye (self);
  end (self, error);
}

static void
provide_secret (Session *self, GVariant *body)
{
  gboolean given;
  g_autoptr (GVariant) octets = NULL;
  g_variant_get (body, "(b@ay)", &given, &octets);
  if (!self->awaits_secret || self->ike == NULL)
    return;
  self->awaits_secret = false;
  g_autoptr (Secret) secret =
      given ? secret_new (g_variant_get_data (octets), g_variant_get_size (octets)) : NULL;
  ike_session_provide_secret (self->ike, secret, g_get_monotonic_time ());
  if (secret != NULL && !uplink_is_up (self->uplink))
    connect_again (self);
  pump (self);
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
  settle (self, "the configuration is in force");
}

static void
send_status (Session *self)
{
  StatusParts parts = {
    .uplink = self->uplink,
    .ike = self->ike,
    .counters = datapath_counters (self->datapath),
    .reconnects = self->reconnects,
    .rekeys = self->rekeys,
  };
  control_send (self->control, MESSAGE_STATUS, status_build (&parts));
}

/* A message of the host. */
void
session_received (Session *session, Message *message)
{
  switch (message->type) {
  case MESSAGE_SECRET: provide_secret (session, message->body); break;
  case MESSAGE_TUN: take_tun (session, message); break;
  case MESSAGE_DISCONNECT: session_disconnect (session, "the user wants it"); break;
  case MESSAGE_REKEY:
    if (session->ike != NULL)
      ike_session_rekey_child (session->ike, g_get_monotonic_time ());
    pump (session);
    break;
  case MESSAGE_POLL_STATUS: send_status (session); break;
  case MESSAGE_NONE:
  case MESSAGE_START:
  case MESSAGE_SOCKET:
  case MESSAGE_TRUST_ANSWER:
  case MESSAGE_READY:
  case MESSAGE_WANT_SOCKET:
  case MESSAGE_WANT_SECRET:
  case MESSAGE_WANT_TRUST:
  case MESSAGE_STATE:
  case MESSAGE_CONFIGURE:
  case MESSAGE_STATUS:
  case MESSAGE_LOG:
  case MESSAGE_FAILED:
  case MESSAGE_CLOSED:
  case MESSAGE_N_TYPES:
    g_warning ("the host sent \"%s\" out of turn", message_type_to_string (message->type));
    break;
  }
}

static void
goodbye_timeout (void *user_data)
{
  end (user_data, NULL);
}

/* Says goodbye to the gateway, waits a moment for its answer, and ends. */
void
session_disconnect (Session *session, const char *reason)
{
  if (session->state == TUNNEL_DISCONNECTING || tunnel_state_is_final (session->state))
    return;
  set_state (session, TUNNEL_DISCONNECTING, reason);
  if (session->ike == NULL || !uplink_is_up (session->uplink) ||
      ike_session_state (session->ike) != IKE_STATE_ESTABLISHED) {
    end (session, NULL);
    return;
  }
  alarm_set (session->goodbye_alarm, g_get_monotonic_time () + GOODBYE_US);
  ike_session_close (session->ike, g_get_monotonic_time ());
  pump (session);
}

static GArray *
entry_points (const Site *site)
{
  GArray *list = g_array_new (FALSE, FALSE, sizeof (EntryPoint));
  EntryPoint first = { .host = site->address.host, .port = site->address.port };
  g_array_append_val (list, first);
  for (guint i = 0; i < site->entry_points->len; i++) {
    const SiteAddress *address = &g_array_index (site->entry_points, SiteAddress, i);
    EntryPoint entry = { .host = address->host, .port = address->port };
    g_array_append_val (list, entry);
  }
  return list;
}

static Uplink *
make_uplink (Session *self)
{
  static const UplinkHandlers handlers = {
    .up = uplink_up,
    .down = uplink_down,
    .ike = uplink_ike,
    .esp = uplink_esp,
    .tun_lost = uplink_tun_lost,
  };
  const Site *site = self->start->site;
  ConnectorConfig config = {
    .entries = (const EntryPoint *) (void *) self->entries->data,
    .n_entries = self->entries->len,
    .nameservers = self->start->nameservers,
    .hosts = self->start->hosts,
    .last_good = self->start->last_good,
    .tls = site->transport == SITE_TRANSPORT_TLS,
    .tls_name = site_tls_name (site),
    .trust = self->tls_trust.trust,
    .sockets = control_sockets (self->control),
  };
  return uplink_new (&config, self->datapath, &handlers, self);
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
  if (!site_trust_for_tls (start->site, system, &tls, error) ||
      !site_trust_for_gateway (start->site, system, &gateway, error))
    return NULL;

  Session *self = g_new0 (Session, 1);
  self->start = start;
  self->tls_trust = tls;
  self->gateway_trust = gateway;
  tls.own = gateway.own = NULL;
  self->control = control;
  self->over = over;
  self->user_data = user_data;
  self->entries = entry_points (start->site);
  self->datapath = datapath_new (configuration_mtu (start->site));
  self->uplink = make_uplink (self);
  self->ike_alarm = alarm_new (ike_timeout, self);
  self->goodbye_alarm = alarm_new (goodbye_timeout, self);
  backoff_init (&self->backoff, crypto_random, g_get_monotonic_time ());
  control_send (control, MESSAGE_STATE,
      g_variant_new ("(ss)", tunnel_state_to_string (self->state), start->site->address.host));
  connect_again (self);
  return self;
}

/* Not from inside one of its own calls but `over`'s main loop. */
void
session_free (Session *session)
{
  if (session == NULL)
    return;
  uplink_free (session->uplink);
  forget_ike (session);
  datapath_free (session->datapath);
  alarm_free (session->ike_alarm);
  alarm_free (session->goodbye_alarm);
  g_clear_pointer (&session->ike_addresses, g_array_unref);
  g_clear_pointer (&session->ike_dns, g_array_unref);
  g_clear_pointer (&session->ike_domains, g_ptr_array_unref);
  g_clear_pointer (&session->applied, g_variant_unref);
  site_trust_clear (&session->tls_trust);
  site_trust_clear (&session->gateway_trust);
  g_array_unref (session->entries);
  start_free (session->start);
  g_free (session);
}
