/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Session, the captive portal: a network that lets nobody out before a sign-in on a web page.
 *
 * What fails as it does there is not taken for an answer before the network was asked (PortalProbe). While
 * nobody is signed in the failure is held back until then, a question of trust among them: whoever stands
 * in the gateway's place is not to be trusted by mistake. A connection that was up goes on as ever
 * meanwhile. Behind a portal the session waits: it tries the gateway again and again, without a word until
 * that is there, and asks anew after each failure. */
#include "tunnel/entries.h"
#include "tunnel/portal-ask.h"
#include "tunnel/session-private.h"

static void
set_held (Session *self, const GError *error, bool was_up)
{
  g_clear_error (&self->held_failure);
  self->held_failure = error != NULL ? g_error_copy (error) : NULL;
  self->held_was_up = was_up;
}

/* Behind the portal, whose page is at url. */
static void
enter (Session *self, const char *url)
{
  g_clear_pointer (&self->contest, contest_free);
  uplink_close (self->uplink);
  if (!self->was_connected)
    session_forget_ike (self);
  if (self->state == TUNNEL_SIGNING_IN)
    session_set_state (self, TUNNEL_LOOKING_FOR_GATEWAY, "nobody there speaks IKE");
  if (self->state != TUNNEL_WAITING_FOR_PORTAL || g_strcmp0 (url, self->portal_url) != 0)
    control_send (self->control, MESSAGE_PORTAL, g_variant_new ("(s)", url));
  g_free (self->portal_url);
  self->portal_url = g_strdup (url);
  if (self->state != TUNNEL_WAITING_FOR_PORTAL)
    portal_wait_restart (&self->portal);
  session_set_state (self, TUNNEL_WAITING_FOR_PORTAL, "the network wants a sign-in on a web page");
  alarm_set (self->portal_alarm, portal_wait_next (&self->portal, g_get_monotonic_time ()));
}

static void
try_gateway (Session *self)
{
  alarm_set (self->portal_alarm, ALARM_OFF);
  session_want_proxies (self);
  session_connect_at (self, g_get_monotonic_time ());
}

static void
probed (PortalVerdict verdict, const char *url, void *user_data)
{
  Session *self = user_data;
  g_autofree char *own = portal_own_url (self->start->site->address.host);
  g_autofree char *told = g_strdup (url != NULL ? url : own);
  g_autoptr (GError) held = g_steal_pointer (&self->held_failure);
  g_clear_pointer (&self->portal_probe, portal_probe_free);
  bool found = portal_wait_found (&self->portal, verdict, g_get_monotonic_time ());
  if (found && !uplink_is_up (self->uplink))
    enter (self, told);
  else if (held != NULL)
    session_take_failure (self, held, self->held_was_up);
  else if (self->state == TUNNEL_WAITING_FOR_PORTAL)
    try_gateway (self);
  session_pump (self);
}

/* True if the TLS server's certificate, of which the issuer is unknown, is also for another name. */
static bool
shows_other_name (const Session *self)
{
  GBytes *shown = uplink_unvouched_certificate (self->uplink);
  return shown != NULL &&
      crypto_trust_judge_alone (slice_of_bytes (shown), TRUST_PURPOSE_TLS_SERVER,
          site_tls_name (self->start->site),
          g_get_real_time () / G_USEC_PER_SEC) == TRUST_WRONG_NAME;
}

/* Where the gateway is without asking a name server, which may be one of another network by now. Transfer:
 * full. */
static GArray *
known_addresses (const Session *self)
{
  GArray *known = g_array_copy ((GArray *) entries_known (self->start));
  const GArray *good =
      g_hash_table_lookup (self->start->last_good, self->start->site->address.host);
  if (self->gateway_addr.family != INET_NONE)
    g_array_append_val (known, self->gateway_addr);
  if (good != NULL)
    g_array_append_vals (known, good->data, good->len);
  return known;
}

/* Nothing is asked where the host wants no waiting, or the site no question in the clear. */
static bool
may_ask (const Session *self)
{
  return self->start->waits_for_portal && portal_may_ask (self->start->site);
}

/* Asks the network, about the failure of a stream or, NULL, once more. */
static void
ask (Session *self, const GError *error)
{
  if (self->portal_probe != NULL)
    return;
  bool wrong_name = error != NULL && error->code == VISITOR_ERROR_TLS_WRONG_NAME;
  bool strange_tls = wrong_name || (error != NULL && shows_other_name (self));
  g_autoptr (GArray) known = known_addresses (self);
  self->portal_probe =
      portal_ask (self->start, known, strange_tls, control_sockets (self->control), probed, self);
}

/* The gateway itself has the last word: what looks like a portal may be a web site of its own that leads
 * elsewhere. If it is not reached the network is asked once more. */
static void
look_again (void *user_data)
{
  Session *self = user_data;
  if (self->state == TUNNEL_WAITING_FOR_PORTAL)
    try_gateway (self);
}

/* A stream has failed. True: session_take_failure () is called when it is known whether there is a portal,
 * unless there is one. */
bool
session_ask_for_portal (Session *self, const GError *error, bool was_up)
{
  if (!may_ask (self) || !portal_wait_suspects ((VisitorError) error->code, was_up))
    return false;
  if (self->was_connected && was_up)
    return false;
  ask (self, error);
  bool holds = !self->was_connected || self->state == TUNNEL_WAITING_FOR_PORTAL;
  if (holds)
    set_held (self, error, was_up);
  return holds;
}

/* True if there was a portal a moment ago, and the failure may still be its own. */
bool
session_bears_with_portal (const Session *self, const GError *error, bool was_up)
{
  return portal_wait_suspects ((VisitorError) error->code, was_up) &&
      !portal_wait_is_over (&self->portal, g_get_monotonic_time ());
}

/* A stream stands, or the network is another. */
void
session_leave_portal (Session *self, const char *reason)
{
  if (self->state != TUNNEL_WAITING_FOR_PORTAL)
    return;
  session_stop_portal (self);
  backoff_reset (&self->backoff);
  session_set_state (
      self, self->was_connected ? TUNNEL_RECONNECTING : TUNNEL_LOOKING_FOR_GATEWAY, reason);
}

/* MESSAGE_CONNECTIVITY: how the machine's network manager sees it by now. */
void
session_take_connectivity (Session *self, GVariant *body)
{
  guint32 connectivity;
  g_variant_get (body, "(u)", &connectivity);
  self->portal.connectivity = (Connectivity) connectivity;
  bool waits = self->state == TUNNEL_WAITING_FOR_PORTAL;
  bool looks = self->state == TUNNEL_LOOKING_FOR_GATEWAY || self->state == TUNNEL_RECONNECTING;
  if (!may_ask (self) || !(waits || looks) || uplink_is_up (self->uplink))
    return;
  portal_wait_restart (&self->portal);
  if (waits && self->portal_probe == NULL)
    try_gateway (self);
  else if (connectivity == CONNECTIVITY_PORTAL)
    ask (self, NULL);
}

void
session_init_portal (Session *self)
{
  self->portal_alarm = alarm_new (look_again, self);
  portal_wait_init (&self->portal, self->start->connectivity);
}

/* Nothing is asked any more. */
void
session_stop_portal (Session *self)
{
  alarm_set (self->portal_alarm, ALARM_OFF);
  g_clear_pointer (&self->portal_probe, portal_probe_free);
  g_clear_error (&self->held_failure);
}

void
session_clear_portal (Session *self)
{
  session_stop_portal (self);
  alarm_free (self->portal_alarm);
  g_clear_pointer (&self->portal_url, g_free);
}
