/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Session, its IKE SA: what the gateway and we agree on, and what follows from it for the datapath and
 * the host. */
#include <time.h>

#include "crypto/random.h"
#include "ike/configuration.h"
#include "tunnel/configuration.h"
#include "tunnel/session-private.h"
#include "tunnel/site-eap.h"

/* A gateway that deletes what it has just accepted does not want us. */
#define DELETED_TOO_SOON_US (10 * G_USEC_PER_SEC)

/* Drops the IKE SA and its CHILD_SAs; the TUN stays. */
void
session_forget_ike (Session *self)
{
  session_stop_return (self);
  entry_policy_sa_over (&self->policy);
  g_clear_pointer (&self->ike, ike_session_free);
  datapath_clear_children (self->datapath);
  self->has_child = self->awaits_path = self->rekey_asked = false;
  self->awaits_secret = self->awaits_signature = false;
}

static void
send_event (Session *self, const IkeEvent *event)
{
  if (event->type != IKE_EVENT_SEND)
    return;
  uplink_send_ike (session_uplink_to_send (self), slice_of_bytes (event->message));
}

static void
take_configuration (Session *self, const IkeConfiguration *given)
{
  IkeConfiguration before = self->given;
  self->given = ike_configuration_ref (given);
  ike_configuration_clear (&before);
}

/* Asks the host to apply what the gateway gave, unless it is in force already; `applying` tells. */
gboolean
session_apply (Session *self, const IkeConfiguration *given, const EspSa *child, GError **error)
{
  GVariant *body = configuration_build (self->start->site, given, child, error);
  if (body == NULL)
    return FALSE;
  g_autoptr (GVariant) owned = g_variant_ref_sink (body);
  bool is_known = self->applied != NULL && g_variant_equal (self->applied, owned);
  if (is_known && self->state == TUNNEL_CONNECTED)
    return TRUE;
  if (!is_known && self->applied != NULL)
    g_message ("the gateway gives another configuration than before: connections inside the tunnel "
               "may break");
  session_set_state (self, TUNNEL_SETTING_UP, "the gateway has accepted us");
  if (is_known)
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
void
session_say_goodbye (Session *self)
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

/* What the next IKE SA can begin with. A gateway that has deleted an SA wants to see the person again (RFC
 * 5723 section 6.4), and one that was lost in a redirection gives its own. */
static void
keep_ticket (Session *self, const GError *error)
{
  g_clear_pointer (&self->ticket, ike_ticket_free);
  if (self->ike != NULL && error->code != VISITOR_ERROR_DELETED_BY_GATEWAY)
    self->ticket = ike_session_take_ticket (self->ike);
}

/* The SA is gone at the gateway, or the session cannot go on with it. */
void
session_sign_in_again (Session *self, const GError *error)
{
  g_message ("signing in again: %s", error->message);
  session_set_state (self, TUNNEL_RECONNECTING, error->message);
  self->lost_at = g_get_monotonic_time ();
  keep_ticket (self, error);
  session_forget_ike (self);
  session_connect_again (self);
}

/* After a failure that says nothing against us: the gateway restarted, or was away for too long. */
static bool
may_sign_in_again (const Session *self, const GError *error)
{
  if (!self->was_connected)
    return false;
  if (error->code == VISITOR_ERROR_DELETED_BY_GATEWAY)
    return g_get_monotonic_time () - self->signed_in_at >= DELETED_TOO_SOON_US;
  return error->code == VISITOR_ERROR_PEER_SILENT || error->code == VISITOR_ERROR_KEYS_EXPIRED ||
      error->code == VISITOR_ERROR_SA_LOST;
}

/* The SA is gone while another sign-in is under way: that one is waited for. */
static void
wait_for_successor (Session *self, const GError *error)
{
  session_set_state (self, TUNNEL_RECONNECTING, error->message);
  self->lost_at = g_get_monotonic_time ();
  session_forget_ike (self);
  uplink_close (self->uplink);
}

static void
refused_or_asked (Session *self, const GError *error)
{
  GBytes *shown = ike_session_unvouched_certificate (self->ike);
  if (!session_ask_trust (self, &self->gateway_trust, shown))
    session_end_untrusted (self, &self->gateway_trust, shown, error);
}

/* True if a gateway has not let us in, without saying no. */
static bool
is_silent_from_the_start (const Session *self, const GError *error)
{
  return error->code == VISITOR_ERROR_PEER_SILENT && !self->has_child;
}

/* Over UDP a network that lets nothing out cannot be told from a gateway that is silent. */
static bool
asks_for_portal (Session *self, const GError *error)
{
  if (!is_silent_from_the_start (self, error) ||
      g_strcmp0 (uplink_transport (self->uplink), "UDP") != 0 ||
      !session_ask_for_portal (self, error, false))
    return false;
  uplink_close (self->uplink);
  return true;
}

static void
ike_failed (Session *self, const GError *error)
{
  uplink_blame (self->uplink, error);
  if (self->state == TUNNEL_DISCONNECTING)
    session_end (self, NULL);
  else if (self->successor != NULL)
    wait_for_successor (self, error);
  else if (is_silent_from_the_start (self, error) && session_try_next_entry (self, error))
    ; /* another gateway may answer */
  else if (asks_for_portal (self, error))
    ; /* what follows is known when the network has answered */
  else if (may_sign_in_again (self, error))
    session_sign_in_again (self, error);
  else
    refused_or_asked (self, error);
}

/* Asks the host for what an IKE SA needs. */
void
session_ask_secret (Session *self, const IkeEvent *event)
{
  static const char *const kinds[] = {
    [IKE_SECRET_PSK] = "psk",
    [IKE_SECRET_PASSWORD] = "password",
    [IKE_SECRET_PPK] = "ppk",
    [IKE_SECRET_CODE] = "code",
  };
  self->asked_kind = event->secret_kind;
  control_send (self->control, MESSAGE_WANT_SECRET,
      g_variant_new ("(ssus)", kinds[event->secret_kind], event->user != NULL ? event->user : "",
          event->attempt, event->secret_text != NULL ? event->secret_text : ""));
}

/* The first CHILD_SA of an IKE SA, and what the gateway gave with it. Takes child. */
void
session_take_first_child (Session *self, const IkeConfiguration *given, EspSa *child)
{
  take_configuration (self, given);
  datapath_add_child (self->datapath, child);
  self->has_child = true;
  self->rekey_asked = self->sign_in_refused = false;
  self->redirected_from = (InetAddr){ 0 };
  self->ike_entry = uplink_entry_index (self->uplink);
  self->signed_in_at = g_get_monotonic_time ();
  self->sign_ins++;
}

static void
first_child_added (Session *self, EspSa *child)
{
  g_autoptr (GError) error = NULL;
  session_take_first_child (self, &self->given, child);
  if (session_apply (self, &self->given, child, &error)) {
    session_settle (self, "the same configuration is in force");
    return;
  }
  session_say_goodbye (self);
  session_end (self, error);
}

static void
child_added (Session *self, IkeEvent *event)
{
  EspSa *child = g_steal_pointer (&event->child);
  if (!self->has_child) {
    first_child_added (self, child);
    return;
  }
  if (event->inbound_only)
    datapath_add_inbound (self->datapath, child);
  else
    datapath_add_child (self->datapath, child);
  self->rekey_asked = false;
  self->rekeys++;
  session_settle (self, "new keys"); /* the TUN was not read where there was nothing to send with */
}

static void
path_confirmed (Session *self)
{
  if (session_take_path_confirmed (self) || !self->awaits_path)
    return;
  self->awaits_path = false;
  self->ike_entry = uplink_entry_index (self->uplink);
  self->reconnects++;
  g_message ("the gateway knows the new stream %.2f s after the old one was lost",
      (double) (g_get_monotonic_time () - self->lost_at) / G_USEC_PER_SEC);
  session_settle (self, "the gateway knows the new stream");
}

/* Told as a stream that broke, so that another is made; the SA goes on there. */
static void
path_silent (Session *self)
{
  const char *transport = uplink_transport (self->uplink);
  if (session_take_path_silent (self))
    return;
  uplink_give_up (self->uplink,
      g_error_new (VISITOR_ERROR, VISITOR_ERROR_TIMED_OUT, "the gateway does not answer over %s",
          transport != NULL ? transport : "its stream"));
}

/* Nobody is asked for a password again because a gateway has lost the SA, or another does not know it: what was
 * given is given again, once. A code is good for one time only. */
static void
need_secret (Session *self, const IkeEvent *event)
{
  bool may_repeat = event->attempt == 1 && event->secret_kind != IKE_SECRET_CODE;
  Secret *kept = may_repeat ? self->kept_secrets[event->secret_kind] : NULL;
  if (kept != NULL) {
    ike_session_provide_secret (self->ike, kept, g_get_monotonic_time ());
    return;
  }
  self->awaits_secret = true;
  session_ask_secret (self, event);
}

static void
state_changed (Session *self, IkeState state)
{
  g_info ("IKE SA: %s", ike_state_to_string (state));
  if (state == IKE_STATE_AUTH)
    uplink_believe (self->uplink);
}

static void
handle_event (Session *self, IkeEvent *event)
{
  switch (event->type) {
  case IKE_EVENT_SEND: send_event (self, event); break;
  case IKE_EVENT_STATE: state_changed (self, event->state); break;
  case IKE_EVENT_NEED_SECRET: need_secret (self, event); break;
  case IKE_EVENT_NEED_SIGNATURE:
    self->awaits_signature = true;
    session_ask_signature (self, event);
    break;
  case IKE_EVENT_CONFIGURED: take_configuration (self, event->configuration); break;
  case IKE_EVENT_CHILD_ADDED: child_added (self, event); break;
  case IKE_EVENT_CHILD_OUTBOUND: datapath_use_child (self->datapath, event->spi_in); break;
  case IKE_EVENT_REAUTHENTICATE:
    if (!self->sign_in_refused)
      session_sign_in_anew (self);
    break;
  case IKE_EVENT_IKE_REKEYED: self->ike_rekeys++; break;
  case IKE_EVENT_CHILD_REMOVED: datapath_remove_child (self->datapath, event->spi_in); break;
  case IKE_EVENT_ADDRESSES: session_take_addresses (self, event->addresses); break;
  case IKE_EVENT_REDIRECTED:
    uplink_believe (self->uplink);
    session_follow (self, event->host);
    break;
  case IKE_EVENT_ESP_SKIP: datapath_skip (self->datapath, event->esp_skip); break;
  case IKE_EVENT_PATH_SILENT: path_silent (self); break;
  case IKE_EVENT_PATH_CONFIRMED: path_confirmed (self); break;
  case IKE_EVENT_REFUSED: uplink_doubt (self->uplink, event->error); break;
  case IKE_EVENT_FAILED: ike_failed (self, event->error); break;
  case IKE_EVENT_CLOSED: session_end (self, NULL); break;
  }
}

/* Takes what follows; to be called after everything that was told to the IKE SA. */
void
session_pump (Session *self)
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

/* Before the sequence numbers of the CHILD_SA in use run out. */
void
session_rekey_if_due (Session *self)
{
  if (self->rekey_asked || self->ike == NULL || !datapath_wants_rekey (self->datapath))
    return;
  self->rekey_asked = true;
  ike_session_rekey_child (self->ike, g_get_monotonic_time ());
  session_pump (self);
}

/* The time came that the IKE SA asked for. */
void
session_ike_timeout (void *user_data)
{
  Session *self = user_data;
  if (self->ike != NULL) {
    if (datapath_counters (self->datapath)->packets_out != self->heard_packets_out)
      ike_session_outbound_esp (self->ike);
    ike_session_timeout (self->ike, g_get_monotonic_time ());
  }
  session_rekey_if_due (self);
  session_pump (self);
}

static time_t
wall_clock (void)
{
  return time (NULL);
}

static IkeAuthMethod
auth_method (SiteAuth auth)
{
  switch (auth) {
  case SITE_AUTH_PSK: return IKE_AUTH_METHOD_PSK;
  case SITE_AUTH_CERTIFICATE: return IKE_AUTH_METHOD_CERTIFICATE;
  case SITE_AUTH_CERTIFICATE_EAP: return IKE_AUTH_METHOD_CERTIFICATE_EAP;
  case SITE_AUTH_EAP_MSCHAPV2:
  case SITE_AUTH_EAP_GTC:
  case SITE_AUTH_EAP_TLS:
  case SITE_AUTH_EAP_TTLS:
  case SITE_AUTH_EAP: break;
  }
  return IKE_AUTH_METHOD_EAP;
}

/* An IKE SA for the site; is_first: the gateway may forget all others of ours (INITIAL_CONTACT).
 * Transfer: full. */
IkeSession *
session_new_ike (Session *self, bool is_first, GError **error)
{
  const Site *site = self->start->site;
  IkeConfig config = {
    .env = { .random = crypto_random, .wall_clock = wall_clock },
    .remote_identity = site_gateway_identity (site),
    .local_identity = site_local_identity (site), /* NULL: what our certificate says */
    .user = site->user,
    .auth = auth_method (site->auth),
    .signer = self->signer,
    .eap = site_eap_options (site),
    .eap_only = site->eap_only == SITE_EAP_ONLY_YES,
    .trust = self->gateway_trust.trust,
    .ike_policy = &site->ike_algorithms,
    .esp_policy = &site->esp_algorithms,
    .ticket = is_first ? g_steal_pointer (&self->ticket) : NULL,
    .addresses = self->given.addresses,
    .redirected_from = self->redirected_from,
    .initial_contact = is_first,
    .sign_in_lifetime_us = (int64_t) site->sign_in_lifetime * 60 * G_USEC_PER_SEC,
    .ppk_identity = site->ppk_identity,
    .ppk_required = site->ppk_required == SITE_PPK_REQUIRED,
    .childless = site->childless == SITE_CHILDLESS_PREFER,
  };
  return ike_session_new (&config, error);
}
