/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Contest: UDP and TLS beside each other, each with a way and an IKE SA of its own, until the gateway has
 * answered the first message of one of them. That one goes on; of the other nothing more is heard. No more
 * than that message is sent by either, so that neither an identity nor a proof goes out twice. Ladder says
 * who begins when, and what is believed; this does it. */
#include "tunnel/contest.h"

#include "reach/alarm.h"

typedef struct {
  Contest *contest; /* borrowed */
  LadderWay way;
  Uplink *uplink; /* NULL: it does not run */
  IkeSession *ike; /* NULL until the way stands */
  char *redirected_to; /* or NULL */
  Alarm *ike_alarm;
} Runner;

struct _Contest {
  Ladder ladder;
  Runner runners[LADDER_N_WAYS];
  Runner *winner;
  Uplink *lost_stream; /* of the runner that failed, for what it knows; or NULL */
  GError *error; /* of the runner whose failure says most */
  bool is_over; /* told, or about to be */
  LadderWay last;
  bool may_udp, has_begun;
  IkeEvent question; /* that somebody must be asked; or cleared */
  Alarm *alarm; /* all that is told is told from here, but who has won */
  ContestHandlers handlers;
  void *user_data;
};

static Runner *
runner_of (Contest *self, LadderWay way)
{
  return &self->runners[way];
}

static void
runner_clear (Runner *runner)
{
  g_clear_pointer (&runner->uplink, uplink_free);
  g_clear_pointer (&runner->ike, ike_session_free);
  g_clear_pointer (&runner->redirected_to, g_free);
  if (runner->ike_alarm != NULL)
    alarm_set (runner->ike_alarm, ALARM_OFF);
}

/* What TLS says is heard before what UDP says: UDP has no other words than silence. */
static void
note_error (Contest *self, LadderWay way, const GError *error)
{
  if (self->error != NULL && way == LADDER_UDP)
    return;
  g_clear_error (&self->error);
  self->error = g_error_copy (error);
}

/* Its parts are freed from the main loop: this may be called from inside them. */
static void
fail (Runner *runner, const GError *error)
{
  Contest *self = runner->contest;
  g_info ("%s: %s", ladder_way_to_string (runner->way), error->message);
  note_error (self, runner->way, error);
  ladder_failed (&self->ladder, runner->way, g_get_monotonic_time ());
  alarm_set (self->alarm, 0);
}

/* A stream to somebody who does not speak IKE, or says nothing: at another entry point somebody may. */
static bool
goes_on (Runner *runner, const GError *error)
{
  bool is_stranger =
      error->code == VISITOR_ERROR_NOT_VISITOR_MODE || error->code == VISITOR_ERROR_PEER_SILENT;
  if (runner->way != LADDER_STREAM || !is_stranger || !uplink_go_on (runner->uplink, error))
    return false;
  alarm_set (runner->ike_alarm, ALARM_OFF);
  g_clear_pointer (&runner->ike, ike_session_free);
  return true;
}

/* The IKE SA is dead. Over a stream that was the gateway's word, unless it has said none. */
static void
ike_failed (Runner *runner, const GError *error)
{
  uplink_blame (runner->uplink, error);
  if (goes_on (runner, error))
    return;
  if (runner->way == LADDER_STREAM && error->code != VISITOR_ERROR_PEER_SILENT)
    ladder_refused (&runner->contest->ladder, runner->way, g_get_monotonic_time ());
  fail (runner, error);
}

/* Over UDP: the gateway may still answer, but nobody waits for it. */
static void
refused (Runner *runner, const GError *error)
{
  Contest *self = runner->contest;
  g_info ("%s, or somebody on the way: %s", ladder_way_to_string (runner->way), error->message);
  uplink_doubt (runner->uplink, error);
  ladder_refused (&self->ladder, runner->way, g_get_monotonic_time ());
  alarm_set (self->alarm, 0);
}

/* True if that is to be followed: over UDP not before the stream was heard, or had the time to be. */
static bool
redirected (Runner *runner, IkeEvent *event)
{
  Contest *self = runner->contest;
  g_free (runner->redirected_to);
  runner->redirected_to = g_steal_pointer (&event->host);
  if (runner->way == LADDER_STREAM)
    return true;
  ladder_sent_on (&self->ladder, runner->way, g_get_monotonic_time ());
  alarm_set (self->alarm, 0);
  return false;
}

static void
win (Runner *runner)
{
  Contest *self = runner->contest;
  self->is_over = true;
  self->winner = runner;
  uplink_believe (runner->uplink);
  for (int way = LADDER_UDP; way < LADDER_N_WAYS; way++) {
    Runner *other = runner_of (self, (LadderWay) way);
    if (other == runner)
      continue;
    if (other->uplink != NULL)
      uplink_overtake (other->uplink);
    runner_clear (other);
  }
  alarm_set (self->alarm, ALARM_OFF);
  alarm_set (runner->ike_alarm, ALARM_OFF);
  g_autofree char *redirected_to = g_steal_pointer (&runner->redirected_to);
  self->handlers.won (redirected_to, self->user_data);
}

/* Known already, or whoever owns the contest ends it to ask. */
static void
need_secret (Runner *runner, IkeEvent *event)
{
  Contest *self = runner->contest;
  Secret *secret = NULL;
  if (self->handlers.secret (event, &secret, self->user_data)) {
    ike_session_provide_secret (runner->ike, secret, g_get_monotonic_time ());
    return;
  }
  self->is_over = true;
  self->question = *event;
  *event = (IkeEvent){ .type = IKE_EVENT_STATE };
  alarm_set (self->alarm, 0);
}

static void
silent (Runner *runner)
{
  uplink_give_up (runner->uplink,
      g_error_new (VISITOR_ERROR, VISITOR_ERROR_TIMED_OUT, "the gateway does not answer over %s",
          ladder_way_to_string (runner->way)));
}

/* True if the runner has won. Behind the answer to its first message nothing else happens before that. */
static bool
handle_event (Runner *runner, IkeEvent *event)
{
  switch (event->type) {
  case IKE_EVENT_SEND: uplink_send_ike (runner->uplink, slice_of_bytes (event->message)); break;
  case IKE_EVENT_STATE: return event->state == IKE_STATE_AUTH;
  case IKE_EVENT_NEED_SECRET: need_secret (runner, event); break;
  case IKE_EVENT_REDIRECTED: return redirected (runner, event);
  case IKE_EVENT_PATH_SILENT: silent (runner); break;
  case IKE_EVENT_REFUSED: refused (runner, event->error); break;
  case IKE_EVENT_FAILED: ike_failed (runner, event->error); break;
  case IKE_EVENT_NEED_SIGNATURE:
  case IKE_EVENT_CONFIGURED:
  case IKE_EVENT_CHILD_ADDED:
  case IKE_EVENT_CHILD_OUTBOUND:
  case IKE_EVENT_CHILD_REMOVED:
  case IKE_EVENT_REAUTHENTICATE:
  case IKE_EVENT_IKE_REKEYED:
  case IKE_EVENT_ADDRESSES:
  case IKE_EVENT_ESP_SKIP:
  case IKE_EVENT_PATH_CONFIRMED:
  case IKE_EVENT_CLOSED: break;
  }
  return false;
}

/* The last thing that any entry does: the contest may be gone behind it. */
static void
pump (Runner *runner)
{
  while (runner->ike != NULL && !runner->contest->is_over) {
    g_auto (IkeEvent) event = { 0 };
    if (!ike_session_next_event (runner->ike, &event))
      break;
    if (handle_event (runner, &event)) {
      win (runner);
      return;
    }
  }
  if (runner->contest->is_over || runner->ike == NULL)
    return;
  int64_t at = ike_session_next_timeout (runner->ike);
  alarm_set (runner->ike_alarm, at == G_MAXINT64 ? ALARM_OFF : MAX (at, 0));
}

static void
ike_timeout (void *user_data)
{
  Runner *runner = user_data;
  if (runner->ike == NULL)
    return;
  ike_session_timeout (runner->ike, g_get_monotonic_time ());
  pump (runner);
}

static void
uplink_up (void *user_data)
{
  Runner *runner = user_data;
  Contest *self = runner->contest;
  IkePath path;
  g_autoptr (GError) error = NULL;
  if (self->is_over || !uplink_path (runner->uplink, &path))
    return; /* it broke already, and its end will be told */
  if (runner->ike != NULL) { /* UDP, to another address of the gateway */
    ike_session_stream_restored (runner->ike, &path, g_get_monotonic_time ());
    pump (runner);
    return;
  }
  runner->ike = self->handlers.begin (runner->way, self->user_data, &error);
  if (runner->ike == NULL) {
    fail (runner, error);
    return;
  }
  ike_session_start (runner->ike, &path, g_get_monotonic_time ());
  pump (runner);
}

/* An address that is of no use over UDP leaves others, and so does a stranger. */
static void
uplink_down (const GError *error, bool was_up, void *user_data)
{
  Runner *runner = user_data;
  if (runner->contest->is_over || runner->redirected_to != NULL ||
      ladder_is_over (&runner->contest->ladder, runner->way))
    return;
  if (was_up && runner->way == LADDER_UDP) {
    if (runner->ike != NULL)
      ike_session_stream_lost (runner->ike, g_get_monotonic_time ());
    uplink_pass_over (runner->uplink, error);
    uplink_connect (runner->uplink, g_get_monotonic_time (), false);
    return;
  }
  if (!was_up || !goes_on (runner, error))
    fail (runner, error);
}

static void
uplink_ike (Slice message, void *user_data)
{
  Runner *runner = user_data;
  if (runner->ike == NULL || runner->contest->is_over)
    return;
  ike_session_receive (runner->ike, message, g_get_monotonic_time ());
  pump (runner);
}

static void
uplink_esp (void *user_data)
{
}

static void
uplink_tun_lost (void *user_data)
{
}

static void
start (Contest *self, LadderWay way)
{
  static const UplinkHandlers uplink_handlers = {
    .up = uplink_up,
    .down = uplink_down,
    .ike = uplink_ike,
    .esp = uplink_esp,
    .tun_lost = uplink_tun_lost,
  };
  Runner *runner = runner_of (self, way);
  runner->uplink = self->handlers.new_uplink (way, self->user_data);
  uplink_set_handlers (runner->uplink, &uplink_handlers, runner);
  uplink_connect (runner->uplink, g_get_monotonic_time (), false);
}

/* Lets go of those that have failed. */
static void
clear_failed (Contest *self)
{
  for (int way = LADDER_UDP; way < LADDER_N_WAYS; way++) {
    Runner *runner = runner_of (self, (LadderWay) way);
    if (!ladder_is_over (&self->ladder, runner->way) || runner->uplink == NULL)
      continue;
    if (way == LADDER_STREAM) {
      uplink_close (runner->uplink);
      self->lost_stream = g_steal_pointer (&runner->uplink);
    }
    runner_clear (runner);
  }
}

static void
step (void *user_data)
{
  Contest *self = user_data;
  if (self->question.type == IKE_EVENT_NEED_SECRET) {
    g_auto (IkeEvent) question = self->question;
    self->question = (IkeEvent){ .type = IKE_EVENT_STATE };
    self->handlers.ask (&question, self->user_data);
    return;
  }
  clear_failed (self);
  for (;;) {
    LadderStep next = ladder_next (&self->ladder, g_get_monotonic_time ());
    switch (next.action) {
    case LADDER_START: start (self, next.way); break;
    case LADDER_WAIT:
      alarm_set (self->alarm, next.until == INT64_MAX ? ALARM_OFF : next.until);
      return;
    case LADDER_BELIEVE: win (runner_of (self, next.way)); return;
    case LADDER_EXHAUSTED: {
      self->is_over = true;
      g_autoptr (GError) error = g_steal_pointer (&self->error);
      self->handlers.failed (g_steal_pointer (&self->lost_stream), error, self->user_data);
      return;
    }
    }
  }
}

static void
begin (void *user_data)
{
  Contest *self = user_data;
  if (!self->has_begun)
    ladder_init (&self->ladder, self->last, self->may_udp, g_get_monotonic_time ());
  self->has_begun = true;
  step (self);
}

/* Begins at `at` (monotonic microseconds); nothing is called before the main loop runs. */
Contest *
contest_new (
    LadderWay last, bool may_udp, gint64 at, const ContestHandlers *handlers, void *user_data)
{
  Contest *self = g_new0 (Contest, 1);
  self->handlers = *handlers;
  self->user_data = user_data;
  self->question.type = IKE_EVENT_STATE;
  self->alarm = alarm_new (begin, self);
  self->last = last;
  self->may_udp = may_udp;
  for (int way = LADDER_UDP; way < LADDER_N_WAYS; way++) {
    Runner *runner = runner_of (self, (LadderWay) way);
    *runner = (Runner){ .contest = self, .way = (LadderWay) way };
    runner->ike_alarm = alarm_new (ike_timeout, runner);
  }
  alarm_set (self->alarm, at);
  return self;
}

/* From its handlers, or from elsewhere. Silent: nobody is told goodbye. */
void
contest_free (Contest *contest)
{
  if (contest == NULL)
    return;
  for (int way = LADDER_UDP; way < LADDER_N_WAYS; way++) {
    runner_clear (runner_of (contest, (LadderWay) way));
    alarm_free (contest->runners[way].ike_alarm);
  }
  alarm_free (contest->alarm);
  uplink_free (contest->lost_stream);
  ike_event_clear (&contest->question);
  g_clear_error (&contest->error);
  g_free (contest);
}

/* From won () on: what it made, its first message answered and all else still to be asked for with
 * ike_session_next_event (). Transfer: full. */
void
contest_take_parts (Contest *contest, ContestParts *ret_parts)
{
  Runner *winner = contest->winner;
  *ret_parts = (ContestParts){
    .way = winner->way,
    .uplink = g_steal_pointer (&winner->uplink),
    .ike = g_steal_pointer (&winner->ike),
  };
}
