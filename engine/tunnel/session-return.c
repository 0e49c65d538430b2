/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Session, back to a better way: while the traffic goes over TLS, UDP is tried beside it now and then
 * (LadderReturn says when), and while it goes to a backup, a stream to an entry point before it (EntryPolicy says
 * when); by the one question that is its own proof: UPDATE_SA_ADDRESSES of MOBIKE, answered by the gateway
 * under the keys of the IKE SA (RFC 9329 section 7.1). With the answer the traffic moves over, with the same SAs;
 * the stream is listened to a little longer, for what is on its way. Without one all stays as it is, and the
 * gateway hears over the stream that we are there still. Nobody signs in again either way. */
#include "tunnel/session-private.h"

/* How long packets may be on their way over the stream that was left. */
#define LATE_PACKETS_US (3 * G_USEC_PER_SEC)
/* A session that is busy is asked again whether it has time for this. */
#define BUSY_US (2 * G_USEC_PER_SEC)
/* What the gateway behind another entry point gets to answer: one that knows the SA does so at once, and
 * meanwhile all other exchanges wait. Over UDP it is the IKE SA that tells (ike/retransmit.c). */
#define ASK_US (4 * G_USEC_PER_SEC)

static bool
is_asking (const Session *self)
{
  return self->side_state == SIDE_OPENS || self->side_state == SIDE_ASKS;
}

/* Nothing else is going on that is to do with where we are. */
static bool
has_time (const Session *self)
{
  return self->state == TUNNEL_CONNECTED && self->ike != NULL && !self->awaits_path &&
      !self->applying && self->successor == NULL && uplink_is_up (self->uplink);
}

static void
drop_side (Session *self)
{
  self->side_state = SIDE_NONE;
  self->replies_to = NULL;
  g_clear_pointer (&self->side, uplink_free);
}

/* Says over the stream that we are there, if the gateway may have heard otherwise. */
static void
stay_on_stream (Session *self)
{
  IkePath path;
  if (self->side_state == SIDE_ASKS && self->ike != NULL && uplink_path (self->uplink, &path))
    ike_session_stream_restored (self->ike, &path, g_get_monotonic_time ());
}

/* Freed is it from the main loop. */
static void
end_side (Session *self)
{
  self->side_state = SIDE_OVER;
  alarm_set (self->side_alarm, g_get_monotonic_time ());
}

/* The other way is none: it does not get through, or the gateway there does not know us. */
static void
give_up (Session *self, const char *why)
{
  gint64 now = g_get_monotonic_time ();
  bool was_asked = self->side_state == SIDE_ASKS;
  stay_on_stream (self);
  switch (self->side_aim) {
  case SIDE_TO_UDP:
    g_info ("UDP does not get through yet: %s", why);
    ladder_return_failed (&self->udp_return, now);
    break;
  case SIDE_TO_ENTRY:
    g_message ("staying at this entry point: %s", why);
    entry_policy_move_failed (&self->policy, was_asked ? ENTRY_STRANGE : ENTRY_BROKEN, now);
    break;
  }
  end_side (self);
}

/* The session is busy; an entry point is found again by the next probe. */
static void
put_off (Session *self)
{
  if (self->side_aim == SIDE_TO_UDP)
    self->udp_return.at = g_get_monotonic_time () + BUSY_US;
  end_side (self);
}

static void
side_up (void *user_data)
{
  Session *self = user_data;
  IkePath path;
  gint64 now = g_get_monotonic_time ();
  if (self->side_state != SIDE_OPENS || !uplink_path (self->side, &path))
    return;
  if (!has_time (self) || !ike_session_try_path (self->ike, &path, now)) {
    put_off (self);
    return;
  }
  self->side_state = SIDE_ASKS;
  if (self->side_aim == SIDE_TO_ENTRY)
    alarm_set (self->side_alarm, now + ASK_US);
  session_pump (self);
}

static void
side_down (const GError *error, bool was_up, void *user_data)
{
  Session *self = user_data;
  if (!is_asking (self))
    return;
  give_up (self, error->message);
  session_pump (self);
}

static void
side_ike (Slice message, void *user_data)
{
  Session *self = user_data;
  if (self->ike == NULL)
    return;
  self->replies_to = self->side;
  ike_session_receive (self->ike, message, g_get_monotonic_time ());
  session_pump (self);
  self->replies_to = NULL;
}

static void
side_esp (void *user_data)
{
  Session *self = user_data;
  if (self->ike != NULL)
    ike_session_inbound_esp (self->ike, g_get_monotonic_time ());
}

static void
side_tun_lost (void *user_data)
{
}

static const UplinkHandlers side_handlers = {
  .up = side_up,
  .down = side_down,
  .ike = side_ike,
  .esp = side_esp,
  .tun_lost = side_tun_lost,
};

static void
begin (Session *self, SideAim aim)
{
  self->side_aim = aim;
  self->side_state = SIDE_OPENS;
  self->side = session_new_uplink (self);
  uplink_set_udp (self->side, aim == SIDE_TO_UDP);
  uplink_set_handlers (self->side, &side_handlers, self);
}

/* The address that the stream goes to is the gateway that knows us, whatever its name leads to by now. */
static void
begin_udp (Session *self)
{
  IkePath path;
  char address[INET_ADDR_STRLEN];
  if (!uplink_path (self->uplink, &path))
    return;
  const char *const hosts[] = { inet_addr_format (&path.remote, address), NULL };
  begin (self, SIDE_TO_UDP);
  uplink_set_further (self->side, hosts, CONNECTOR_ONLY);
  uplink_connect (self->side, g_get_monotonic_time (), true);
}

/* The time is up for what is under way. */
static void
end_what_is_due (Session *self)
{
  switch (self->side_state) {
  case SIDE_NONE:
  case SIDE_OPENS: break;
  case SIDE_ASKS:
    give_up (self, "the gateway behind the other does not know us");
    session_pump (self);
    break;
  case SIDE_LEAVES:
  case SIDE_OVER: drop_side (self); break;
  }
}

static void
ring (void *user_data)
{
  Session *self = user_data;
  gint64 now = g_get_monotonic_time ();
  end_what_is_due (self);
  if (self->side_state == SIDE_NONE && self->way == LADDER_STREAM && now >= self->udp_return.at) {
    if (has_time (self))
      begin_udp (self);
    else
      self->udp_return.at = now + BUSY_US;
  }
  session_plan_return (self);
}

/* A stream is made to an entry point that is better than the one in use, and the IKE SA asked about there; to
 * be called again, later, where the session has no time for it now. */
void
session_return_to_entry (Session *self, size_t entry)
{
  gint64 now = g_get_monotonic_time ();
  bool is_named =
      self->redirected_to != NULL || uplink_entry_index (self->uplink) >= self->entries->len;
  if (self->side_state != SIDE_NONE || !has_time (self) || is_named || self->way == LADDER_UDP)
    return;
  if (!ike_session_can_move (self->ike)) {
    g_info ("the gateway does not move an IKE SA (no MOBIKE): staying at this entry point");
    entry_policy_move_failed (&self->policy, ENTRY_STRANGE, now);
    return;
  }
  g_message ("an entry point before this one is well again: moving there");
  begin (self, SIDE_TO_ENTRY);
  uplink_set_only (self->side, entry);
  uplink_connect (self->side, now, true);
}

/* What there is to know of the way that the traffic has moved to. */
static void
note_move (Session *self)
{
  IkePath path;
  switch (self->side_aim) {
  case SIDE_TO_UDP:
    self->way = LADDER_UDP;
    g_message ("UDP gets through by now: the traffic has moved over");
    break;
  case SIDE_TO_ENTRY:
    self->ike_entry = uplink_entry_index (self->uplink);
    if (uplink_proxy (self->uplink) == NULL && uplink_path (self->uplink, &path))
      self->gateway_addr = path.remote;
    session_note_entry (self);
    session_watch_entries (self);
    g_message ("the traffic has moved to the entry point that was to be gone back to");
    break;
  }
}

/* The gateway has answered over the other way: the traffic moves over, and the stream is left. */
static void
move (Session *self)
{
  Uplink *left = self->uplink;
  self->uplink = self->side;
  self->side = left;
  self->side_state = SIDE_LEAVES;
  self->replies_to = NULL;
  uplink_set_handlers (self->side, &side_handlers, self);
  uplink_set_handlers (self->uplink, &session_uplink_handlers, self);
  uplink_own_tun (self->side, false);
  uplink_allow_esp (self->side, false);
  uplink_own_tun (self->uplink, true);
  note_move (self);
  session_set_further (self, self->uplink, CONNECTOR_BEHIND);
  session_tell_path (self);
  session_settle (self, "the gateway knows the new way");
  alarm_set (self->side_alarm, g_get_monotonic_time () + LATE_PACKETS_US);
}

/* PATH_CONFIRMED and PATH_SILENT of the IKE SA; true if they are about another way beside the stream. */
bool
session_take_path_confirmed (Session *self)
{
  if (self->side_state != SIDE_ASKS)
    return false;
  move (self);
  return true;
}

bool
session_take_path_silent (Session *self)
{
  if (self->side_state != SIDE_ASKS)
    return false;
  give_up (self, "no answer");
  return true;
}

/* Where a message of ours goes: over the other way while that is asked about, unless it answers one that came
 * elsewhere. */
Uplink *
session_uplink_to_send (const Session *self)
{
  if (self->side_state == SIDE_ASKS)
    return self->replies_to != NULL ? self->replies_to : self->side;
  return self->uplink;
}

/* When the alarm rings next: to be called when the way has changed. */
void
session_plan_return (Session *self)
{
  if (self->side_state != SIDE_NONE)
    return;
  bool wants = self->way == LADDER_STREAM && self->state == TUNNEL_CONNECTED && self->ike != NULL &&
      ike_session_can_move (self->ike);
  bool never = !wants || self->udp_return.at == INT64_MAX;
  alarm_set (self->side_alarm, never ? ALARM_OFF : self->udp_return.at);
}

/* The stream is lost, or the SA, or another one takes its place: what was asked beside it is of no matter. */
void
session_stop_return (Session *self)
{
  if (self->side_state == SIDE_NONE || self->side_state == SIDE_OVER)
    return;
  stay_on_stream (self);
  end_side (self);
}

void
session_init_return (Session *self)
{
  self->side_alarm = alarm_new (ring, self);
}

void
session_clear_return (Session *self)
{
  drop_side (self);
  alarm_free (self->side_alarm);
}
