/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Session, its stream: what it means when one stands, when one is lost and when none is to be had. */
#include "tunnel/session-private.h"

/* More streams lost while signing in for the first time mean that the sign-in itself is refused; or
 * that the server is none of ours, where it has not said a word of IKE. */
#define MAX_LOST_WHILE_SIGNING_IN 5
#define MAX_LOST_WITHOUT_ANSWER 1
#define MAX_LOST_WITHOUT_USE 2 /* the first of them was of use */

/* The host hears where the stream goes, so that it can say when that way is gone. */
void
session_tell_path (const Session *self)
{
  IkePath path;
  char local[INET_ADDR_STRLEN], remote[INET_ADDR_STRLEN];
  if (uplink_path (self->uplink, &path))
    control_send (self->control, MESSAGE_PATH,
        g_variant_new ("(ss)", inet_addr_format (&path.local, local),
            inet_addr_format (&path.remote, remote)));
}

static void
uplink_up (void *user_data)
{
  Session *self = user_data;
  IkePath path;
  g_autoptr (GError) error = NULL;
  if (!uplink_path (self->uplink, &path))
    return; /* it broke already, and its end will be told */
  session_leave_portal (self, "the network lets us through");
  if (uplink_proxy (self->uplink) == NULL)
    self->gateway_addr = path.remote;
  session_tell_path (self);
  session_note_entry (self);
  session_leave_other_entry (self);
  if (self->ike == NULL) {
    session_set_state (self, TUNNEL_SIGNING_IN, "the stream stands");
    self->ike = session_new_ike (self, true, &error);
    if (self->ike == NULL) {
      session_end (self, error);
      return;
    }
    self->ike_entry = uplink_entry_index (self->uplink);
    ike_session_start (self->ike, &path, g_get_monotonic_time ());
  } else {
    if (ike_session_state (self->ike) == IKE_STATE_ESTABLISHED)
      self->awaits_path = true;
    else
      session_set_state (self, TUNNEL_SIGNING_IN, "a new stream stands");
    session_watch_path (self);
    ike_session_stream_restored (self->ike, &path, g_get_monotonic_time ());
  }
  session_pump (self);
}

/* While nobody is signed in, a gateway that cannot be reached is an answer to the user. */
static bool
gives_up (Session *self, const GError *error, bool was_up)
{
  if (self->was_connected || session_bears_with_portal (self, error, was_up) ||
      session_bears_with_network (self, error, was_up))
    return false;
  bool stranger = error->code == VISITOR_ERROR_NOT_VISITOR_MODE;
  unsigned int max = stranger ? MAX_LOST_WITHOUT_ANSWER : MAX_LOST_WHILE_SIGNING_IN;
  return !was_up || ++self->lost_while_signing_in > max;
}

/* Looks for the gateway anew, and says why. */
void
session_look_again (Session *self, const char *reason)
{
  bool looking = !self->was_connected && self->state != TUNNEL_SETTING_UP;
  session_set_state (self, looking ? TUNNEL_LOOKING_FOR_GATEWAY : TUNNEL_RECONNECTING, reason);
  session_connect_again (self);
}

/* Ends a stream that leads nowhere, although it may not know that yet, or the search for one. */
void
session_end_stream (Session *self, const char *reason)
{
  if (uplink_is_up (self->uplink)) {
    g_message ("the stream is given up: %s", reason);
    self->lost_at = g_get_monotonic_time ();
  }
  if (self->ike != NULL) /* also of one that has broken, and nobody was told yet */
    ike_session_stream_lost (self->ike, g_get_monotonic_time ());
  uplink_close (self->uplink);
}

/* Who is none of ours says nothing, or something else; a stream that is lost once more before it was of use
 * is no accident. Then there may be somebody else. */
static bool
goes_on (Session *self, const GError *error, bool was_up)
{
  if (!was_up)
    return false;
  self->lost_in_a_row++;
  bool is_stranger = error->code == VISITOR_ERROR_NOT_VISITOR_MODE;
  return (is_stranger || (self->was_connected && self->lost_in_a_row > MAX_LOST_WITHOUT_USE)) &&
      session_try_next_entry (self, error);
}

/* What it means that a stream is lost, or was not to be had. */
void
session_take_failure (Session *self, const GError *error, bool was_up)
{
  if (!was_up && self->ike == NULL &&
      session_ask_trust (self, &self->tls_trust, uplink_unvouched_certificate (self->uplink))) {
    /* Nothing was said to anybody yet; the answer goes on. */
  } else if (session_waits_for_network (self, error, was_up)) {
    /* The host says when there is one. */
  } else if (goes_on (self, error, was_up)) {
    /* The round is not over. */
  } else if (gives_up (self, error, was_up)) {
    GBytes *shown = was_up ? NULL : uplink_unvouched_certificate (self->uplink);
    session_end_untrusted (self, &self->tls_trust, shown, error);
  } else {
    session_look_again (self, error->message);
  }
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
  session_choose_way (self, was_up);

  if (self->state == TUNNEL_DISCONNECTING) {
    session_end (self, NULL);
  } else if (self->awaits_secret) {
    /* A gateway does not wait for a slow typist. Connect when there is something to say. */
  } else if (session_waits_for_network (self, error, was_up)) {
    /* The host says when there is one. */
  } else if (!session_ask_for_portal (self, error, was_up)) {
    session_take_failure (self, error, was_up);
  }
  session_pump (self);
}

static void
uplink_ike (Slice message, void *user_data)
{
  Session *self = user_data;
  if (self->ike == NULL)
    return;
  self->replies_to = self->uplink;
  ike_session_receive (self->ike, message, g_get_monotonic_time ());
  session_pump (self);
  self->replies_to = NULL;
}

static void
uplink_esp (void *user_data)
{
  Session *self = user_data;
  if (self->ike == NULL)
    return;
  self->heard_packets_out = datapath_counters (self->datapath)->packets_out;
  ike_session_inbound_esp (self->ike, g_get_monotonic_time ());
  session_rekey_if_due (self);
}

static void
uplink_tun_lost (void *user_data)
{
  Session *self = user_data;
  g_autoptr (GError) error = g_error_new_literal (
      VISITOR_ERROR, VISITOR_ERROR_NETWORK_SETUP, "the network interface was taken away");
  session_say_goodbye (self);
  session_end (self, error);
}

const UplinkHandlers session_uplink_handlers = {
  .up = uplink_up,
  .down = uplink_down,
  .ike = uplink_ike,
  .esp = uplink_esp,
  .tun_lost = uplink_tun_lost,
};
