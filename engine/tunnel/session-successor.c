/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Session, signing in anew without a gap: a second sign-in is made beside the first, over a stream of
 * its own; when it has a CHILD_SA the traffic moves over, and the first is deleted. Whatever goes wrong
 * on the way leaves the first as it is. */
#include "ike/configuration.h"
#include "tunnel/configuration.h"
#include "tunnel/session-private.h"

static IkeSession *
begin (void *user_data, GError **error)
{
  return session_new_ike (user_data, false, error);
}

/* A password that was given once is given again, once: a code is good for one time only. */
static void
ask (const IkeEvent *event, void *user_data)
{
  Session *self = user_data;
  if (event->type == IKE_EVENT_NEED_SIGNATURE) {
    self->successor_awaits_signature = true;
    session_ask_signature (self, event);
    return;
  }
  Secret *kept =
      event->secret_kind != IKE_SECRET_CODE ? self->kept_secrets[event->secret_kind] : NULL;
  if (kept != NULL && event->attempt == 1) {
    successor_provide_secret (self->successor, kept);
    return;
  }
  self->successor_awaits_secret = true;
  session_ask_secret (self, event);
}

/* True if trying again would only ask again, or lock the account. */
static bool
is_refusal (const GError *error)
{
  static const int refusals[] = {
    VISITOR_ERROR_AUTH_REFUSED,
    VISITOR_ERROR_PASSWORD_REFUSED,
    VISITOR_ERROR_CODE_REFUSED,
    VISITOR_ERROR_PASSWORD_EXPIRED,
    VISITOR_ERROR_NO_SECRET,
  };
  for (size_t i = 0; i < G_N_ELEMENTS (refusals); i++) {
    if (error->code == refusals[i])
      return true;
  }
  return false;
}

static void
failed (const GError *error, void *user_data)
{
  Session *self = user_data;
  g_clear_pointer (&self->successor, successor_free);
  self->successor_awaits_secret = self->successor_awaits_signature = false;
  session_stay (self);
  if (tunnel_state_is_final (self->state))
    return;
  self->sign_in_refused = is_refusal (error);
  if (self->ike != NULL && self->moves) { /* the machine has the addresses of the second by now */
    self->moves = false;
    session_sign_in_again (self, error);
    return;
  }
  self->moves = false;
  if (self->ike != NULL) {
    g_message ("signing in anew has failed, the connection goes on as it is: %s", error->message);
    return;
  }
  /* The gateway has ended the first meanwhile. */
  if (self->sign_in_refused)
    session_end (self, error);
  else
    session_connect_again (self);
}

static void
redirected (const char *host, void *user_data)
{
  Session *self = user_data;
  if (!session_follow (self, host))
    g_clear_pointer (&self->successor, successor_free);
}

static void
farewell_over (void *user_data)
{
  Session *self = user_data;
  g_clear_pointer (&self->farewell, farewell_free);
}

/* The first sign-in makes room: it says goodbye, or it is gone already. */
static void
leave_first (Session *self)
{
  g_clear_pointer (&self->farewell, farewell_free);
  if (self->ike != NULL && uplink_is_up (self->uplink)) {
    self->farewell = farewell_new (g_steal_pointer (&self->uplink), g_steal_pointer (&self->ike),
        self->datapath, farewell_over, self);
  } else {
    session_forget_ike (self);
    g_clear_pointer (&self->uplink, uplink_free);
  }
  self->awaits_path = self->rekey_asked = false;
}

/* The traffic moves to the successor. */
void
session_move (Session *self)
{
  SuccessorParts parts;
  self->moves = false;
  session_stop_return (self);
  successor_take_parts (self->successor, &parts);
  g_clear_pointer (&self->successor, successor_free);
  leave_first (self);
  self->uplink = parts.uplink;
  self->ike = parts.ike;
  uplink_set_handlers (self->uplink, &session_uplink_handlers, self);
  uplink_own_tun (self->uplink, true);
  entry_policy_sa_over (&self->policy);
  session_note_entry (self);
  bool over_udp = g_strcmp0 (uplink_transport (self->uplink), "UDP") == 0;
  if (self->way != LADDER_NONE) /* the first may have gone to another since this one began */
    self->way = over_udp ? LADDER_UDP : LADDER_STREAM;
  session_tell_path (self);
  session_take_addresses (self, ike_session_addresses (self->ike));
  session_take_first_child (self, &parts.configuration, parts.child);
  ike_configuration_clear (&parts.configuration);
  g_message ("signed in anew: the traffic has moved over");
  session_watch_entries (self);
  session_settle (self, "signed in anew");
  session_pump (self);
}

/* Until the host has applied what is new the first carries the traffic. */
static void
ready (void *user_data)
{
  Session *self = user_data;
  g_autoptr (GError) error = NULL;
  if (tunnel_state_is_final (self->state))
    return;
  if (!session_apply (self, successor_configuration (self->successor),
          successor_child (self->successor), &error))
    failed (error, self);
  else if (self->applying)
    self->moves = true;
  else
    session_move (self);
}

/* Nobody waits for it any more. Not from inside its handlers. */
void
session_drop_successor (Session *self)
{
  g_clear_pointer (&self->successor, successor_free);
  self->successor_awaits_secret = self->successor_awaits_signature = self->moves = false;
}

/* Begins, unless it has begun or nobody is signed in. */
void
session_sign_in_anew (Session *self)
{
  static const SuccessorHandlers handlers = {
    .begin = begin,
    .ask = ask,
    .redirected = redirected,
    .ready = ready,
    .failed = failed,
  };
  if (self->successor != NULL || self->state != TUNNEL_CONNECTED)
    return;
  g_message ("signing in anew beside the connection that is there");
  self->successor = successor_new (session_new_uplink (self), &handlers, self);
}
