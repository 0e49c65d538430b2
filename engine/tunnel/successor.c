/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Successor: a second sign-in beside the one that carries the traffic, over a stream of its own, as
 * each IKE SA has one (RFC 9329). When it has a CHILD_SA it hands everything over and is done; if it
 * fails nothing has happened to the first. */
#include "tunnel/successor.h"

#include "ike/configuration.h"
#include "reach/alarm.h"

struct _Successor {
  Uplink *uplink;
  IkeSession *ike; /* NULL until the stream stands */
  EspSa *child; /* the sign-in is done */
  IkeConfiguration configuration;
  Alarm *ike_alarm;
  Alarm *over_alarm; /* a failure is told from the main loop, where all may be freed */
  GError *failure;
  char *redirected_to; /* the gateway that this one names instead, or NULL */
  SuccessorHandlers handlers;
  void *user_data;
};

static void
fail (Successor *self, const GError *error)
{
  if (self->failure == NULL)
    self->failure = g_error_copy (error);
  alarm_set (self->over_alarm, 0);
}

static void
over (void *user_data)
{
  Successor *self = user_data;
  if (self->redirected_to != NULL) {
    g_autofree char *host = g_steal_pointer (&self->redirected_to);
    self->handlers.redirected (host, self->user_data);
    return;
  }
  g_autoptr (GError) error = g_error_copy (self->failure);
  self->handlers.failed (error, self->user_data);
}

static void
handle_event (Successor *self, IkeEvent *event)
{
  switch (event->type) {
  case IKE_EVENT_SEND: uplink_send_ike (self->uplink, slice_of_bytes (event->message)); break;
  case IKE_EVENT_STATE: g_info ("second IKE SA: %s", ike_state_to_string (event->state)); break;
  case IKE_EVENT_NEED_SECRET:
  case IKE_EVENT_NEED_SIGNATURE: self->handlers.ask (event, self->user_data); break;
  case IKE_EVENT_CONFIGURED:
    self->configuration = ike_configuration_ref (event->configuration);
    break;
  case IKE_EVENT_CHILD_ADDED: self->child = g_steal_pointer (&event->child); break;
  case IKE_EVENT_REFUSED: uplink_doubt (self->uplink, event->error); break;
  case IKE_EVENT_FAILED: fail (self, event->error); break;
  case IKE_EVENT_REDIRECTED:
    g_free (self->redirected_to);
    self->redirected_to = g_steal_pointer (&event->host);
    alarm_set (self->over_alarm, 0);
    break;
  case IKE_EVENT_PATH_SILENT: {
    g_autoptr (GError) error = g_error_new_literal (
        VISITOR_ERROR, VISITOR_ERROR_TIMED_OUT, "the gateway does not answer over UDP");
    fail (self, error);
    break;
  }
  case IKE_EVENT_ADDRESSES: /* ike_session_addresses () has them */
  case IKE_EVENT_ESP_SKIP:
  case IKE_EVENT_CLOSED:
  case IKE_EVENT_CHILD_OUTBOUND:
  case IKE_EVENT_CHILD_REMOVED:
  case IKE_EVENT_REAUTHENTICATE:
  case IKE_EVENT_IKE_REKEYED:
  case IKE_EVENT_PATH_CONFIRMED: break;
  }
}

/* The last thing that any entry does: self may be gone behind it. Once it is ready what else comes
 * waits for whoever takes the parts. */
static void
pump (Successor *self)
{
  if (self->child != NULL)
    return;
  while (self->child == NULL && self->ike != NULL) {
    g_auto (IkeEvent) event = { 0 };
    if (!ike_session_next_event (self->ike, &event))
      break;
    handle_event (self, &event);
  }
  if (self->child != NULL) {
    self->handlers.ready (self->user_data);
    return;
  }
  int64_t at = self->ike != NULL ? ike_session_next_timeout (self->ike) : G_MAXINT64;
  alarm_set (self->ike_alarm, at == G_MAXINT64 ? ALARM_OFF : MAX (at, 0));
}

static void
ike_timeout (void *user_data)
{
  Successor *self = user_data;
  ike_session_timeout (self->ike, g_get_monotonic_time ());
  pump (self);
}

static void
uplink_up (void *user_data)
{
  Successor *self = user_data;
  IkePath path;
  g_autoptr (GError) error = NULL;
  if (!uplink_path (self->uplink, &path))
    return; /* it broke already, and its end will be told */
  self->ike = self->handlers.begin (self->user_data, &error);
  if (self->ike == NULL) {
    fail (self, error);
    return;
  }
  ike_session_start (self->ike, &path, g_get_monotonic_time ());
  pump (self);
}

static void
uplink_down (const GError *error, bool was_up, void *user_data)
{
  fail (user_data, error);
}

static void
uplink_ike (Slice message, void *user_data)
{
  Successor *self = user_data;
  if (self->ike == NULL)
    return;
  ike_session_receive (self->ike, message, g_get_monotonic_time ());
  pump (self);
}

static void
uplink_esp (void *user_data)
{
}

static void
uplink_tun_lost (void *user_data)
{
}

/* Begins to connect. Takes uplink, whose handlers are set. */
Successor *
successor_new (Uplink *uplink, const SuccessorHandlers *handlers, void *user_data)
{
  static const UplinkHandlers uplink_handlers = {
    .up = uplink_up,
    .down = uplink_down,
    .ike = uplink_ike,
    .esp = uplink_esp,
    .tun_lost = uplink_tun_lost,
  };
  Successor *self = g_new0 (Successor, 1);
  self->uplink = uplink;
  self->handlers = *handlers;
  self->user_data = user_data;
  self->ike_alarm = alarm_new (ike_timeout, self);
  self->over_alarm = alarm_new (over, self);
  uplink_set_handlers (uplink, &uplink_handlers, self);
  uplink_connect (uplink, g_get_monotonic_time (), true);
  return self;
}

/* From ready () and failed (), or from elsewhere; not from inside ask (). */
void
successor_free (Successor *successor)
{
  if (successor == NULL)
    return;
  alarm_free (successor->ike_alarm);
  alarm_free (successor->over_alarm);
  uplink_free (successor->uplink);
  ike_session_free (successor->ike);
  esp_sa_free (successor->child);
  ike_configuration_clear (&successor->configuration);
  g_clear_error (&successor->failure);
  g_free (successor->redirected_to);
  g_free (successor);
}

/* The answer to NEED_SECRET; borrowed, NULL for none. */
void
successor_provide_secret (Successor *successor, Secret *secret_or_null)
{
  ike_session_provide_secret (successor->ike, secret_or_null, g_get_monotonic_time ());
  pump (successor);
}

/* The answer to NEED_SIGNATURE; borrowed, NULL for none. */
void
successor_provide_signature (Successor *successor, GBytes *signature_or_null)
{
  ike_session_provide_signature (successor->ike, signature_or_null, g_get_monotonic_time ());
  pump (successor);
}

/* Its stream; borrowed. */
const Uplink *
successor_uplink (const Successor *successor)
{
  return successor->uplink;
}

/* From ready () on: its CHILD_SA; borrowed. */
const EspSa *
successor_child (const Successor *successor)
{
  return successor->child;
}

/* From ready () on: what the gateway gave; borrowed. */
const IkeConfiguration *
successor_configuration (const Successor *successor)
{
  return &successor->configuration;
}

/* From ready () on: what it made. Transfer: full. */
void
successor_take_parts (Successor *successor, SuccessorParts *ret_parts)
{
  *ret_parts = (SuccessorParts){
    .uplink = g_steal_pointer (&successor->uplink),
    .ike = g_steal_pointer (&successor->ike),
    .child = g_steal_pointer (&successor->child),
    .configuration = successor->configuration,
  };
  successor->configuration = (IkeConfiguration){ .addresses = NULL };
}
