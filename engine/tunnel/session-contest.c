/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Session, its transports: where the site leaves the choice, UDP and TLS are tried beside each other as long
 * as there is no IKE SA (Contest); one that is up is taken from the one to the other. */
#include "base/names.h"
#include "tunnel/session-private.h"

static bool
is_auto (const Session *self)
{
  return self->start->site->transport == SITE_TRANSPORT_AUTO;
}

/* No proxy takes datagrams. */
static bool
may_udp (const Session *self)
{
  return is_auto (self) && self->proxies[0].kind == PROXY_DIRECT;
}

/* How the links of an uplink are made. */
void
session_configure_udp (const Session *self, ConnectorConfig *config)
{
  SiteTransport transport = self->start->site->transport;
  config->udp = transport == SITE_TRANSPORT_UDP ||
      (transport == SITE_TRANSPORT_AUTO && self->way == LADDER_UDP);
  config->udp_port = transport == SITE_TRANSPORT_AUTO ? VISITOR_IKE_PORT : 0;
}

static Uplink *
new_uplink (LadderWay way, void *user_data)
{
  Uplink *uplink = session_new_uplink (user_data);
  uplink_set_udp (uplink, way == LADDER_UDP);
  return uplink;
}

/* A ticket is good for one of the two: for the way that led out of this network before, or the one that begins. With
 * the other it would be of no use to anybody, and the person be asked again. */
static IkeSession *
begin (LadderWay way, void *user_data, GError **error)
{
  Session *self = user_data;
  LadderWay best = self->last_way == LADDER_STREAM ? LADDER_STREAM : LADDER_UDP;
  IkeTicket *kept = way == best || self->udp_is_silent ? NULL : g_steal_pointer (&self->ticket);
  IkeSession *ike = session_new_ike (self, true, error);
  if (kept != NULL)
    self->ticket = kept;
  return ike;
}

static bool
secret (const IkeEvent *event, Secret **ret_secret, void *user_data)
{
  const Session *self = user_data;
  if (event->secret_kind == IKE_SECRET_CODE || !self->has_answer[event->secret_kind])
    return false;
  *ret_secret = self->kept_secrets[event->secret_kind];
  return true;
}

static void
ask (const IkeEvent *event, void *user_data)
{
  Session *self = user_data;
  self->contest_awaits_secret = true;
  session_ask_secret (self, event); /* what it says of the user is the contest's */
  g_clear_pointer (&self->contest, contest_free);
}

static void
take_uplink (Session *self, Uplink *uplink)
{
  uplink_free (self->uplink);
  self->uplink = uplink;
  uplink_set_handlers (self->uplink, &session_uplink_handlers, self);
  uplink_own_tun (self->uplink, true);
}

static void
won (const char *redirected_to, void *user_data)
{
  Session *self = user_data;
  ContestParts parts;
  IkePath path;
  contest_take_parts (self->contest, &parts);
  g_clear_pointer (&self->contest, contest_free);
  take_uplink (self, parts.uplink);
  self->ike = parts.ike;
  self->ike_entry = uplink_entry_index (self->uplink);
  self->way = parts.way;
  session_note_entry (self);
  session_leave_portal (self, "the network lets us through");
  session_tell_path (self);
  if (uplink_path (self->uplink, &path))
    self->gateway_addr = path.remote;
  if (redirected_to != NULL) {
    session_follow (self, redirected_to);
    return;
  }
  session_set_state (self, TUNNEL_SIGNING_IN,
      self->way == LADDER_UDP ? "the gateway answers over UDP" : "the gateway answers over TLS");
  session_pump (self);
}

static void
failed (Uplink *uplink, const GError *error, void *user_data)
{
  Session *self = user_data;
  g_clear_pointer (&self->contest, contest_free);
  if (uplink != NULL)
    take_uplink (self, uplink);
  self->way = LADDER_STREAM;
  session_uplink_handlers.down (error, false, self);
}

/* Looks for the gateway at `at`, by whatever the site lets. */
void
session_connect_at (Session *self, gint64 at)
{
  static const ContestHandlers handlers = {
    .new_uplink = new_uplink,
    .begin = begin,
    .secret = secret,
    .ask = ask,
    .won = won,
    .failed = failed,
  };
  g_clear_pointer (&self->contest, contest_free);
  if (self->ike != NULL || !may_udp (self)) {
    if (is_auto (self))
      uplink_set_udp (self->uplink, self->ike != NULL && self->way == LADDER_UDP);
    uplink_connect (self->uplink, at, self->was_connected);
    return;
  }
  uplink_close (self->uplink);
  g_info ("looking for the gateway by UDP and TLS; here the last was %s",
      self->last_way != LADDER_NONE ? ladder_way_to_string (self->last_way) : "neither");
  self->contest = contest_new (self->last_way, !self->udp_is_silent, at, &handlers, self);
}

/* Other proxies than before: a contest begins anew, if there is one. */
void
session_contest_again (Session *self)
{
  if (self->contest != NULL)
    session_connect_at (self, g_get_monotonic_time ());
}

/* The secret that a contest has waited for; false where none did. */
bool
session_contest_take_secret (Session *self)
{
  if (!self->contest_awaits_secret)
    return false;
  self->contest_awaits_secret = false;
  backoff_hurry (&self->backoff, g_get_monotonic_time ()); /* nothing was sent to anybody yet */
  session_connect_again (self);
  return true;
}

/* The way of the IKE SA is lost (was_up), or was not to be had: which is next. Before the SA is up another
 * way means another SA (RFC 9329 section 5). */
void
session_choose_way (Session *self, bool was_up)
{
  session_stop_return (self);
  if (!is_auto (self) || self->ike == NULL)
    return;
  if (self->way == LADDER_UDP && was_up)
    ladder_return_udp_lost (&self->udp_return, g_get_monotonic_time ());
  bool is_young = ike_session_state (self->ike) < IKE_STATE_ESTABLISHED;
  if (is_young && self->way == LADDER_UDP) {
    g_message ("UDP lets us begin and no further: going on over TLS");
    self->udp_is_silent = true;
    session_forget_ike (self);
  } else if (!is_young) {
    self->way = ladder_after (self->way, was_up, may_udp (self));
  }
}

/* The tunnel is up: this is the way of this network. */
void
session_note_way (Session *self)
{
  if (!is_auto (self))
    return;
  gint64 now = g_get_monotonic_time ();
  self->udp_is_silent = false;
  self->last_way = self->way;
  if (!may_udp (self))
    self->udp_return.at = INT64_MAX;
  else if (self->way == LADDER_UDP)
    ladder_return_on_udp (&self->udp_return, now);
  else
    ladder_return_on_stream (&self->udp_return, now);
  session_plan_return (self);
}

/* Another network: nothing is known of it. An SA that is up goes on over TLS, which most let out. */
void
session_forget_way (Session *self)
{
  session_stop_return (self);
  if (!is_auto (self))
    return;
  ladder_return_anew (&self->udp_return, g_get_monotonic_time ());
  self->udp_is_silent = false;
  self->last_way = LADDER_NONE;
  if (self->ike != NULL && ike_session_state (self->ike) >= IKE_STATE_ESTABLISHED)
    self->way = LADDER_STREAM;
}
