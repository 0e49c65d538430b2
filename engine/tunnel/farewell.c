/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Farewell: the end of a sign-in that another one has followed. Its IKE SA is deleted over its own
 * stream; what the gateway still sends through its CHILD_SAs is taken until the stream is closed. */
#include "tunnel/farewell.h"

#include "reach/alarm.h"

/* How long the DELETE may wait for its answer. */
#define ANSWER_US (3 * G_USEC_PER_SEC)
/* How long packets may be on their way behind the answer. */
#define LATE_PACKETS_US (1 * G_USEC_PER_SEC)

struct _Farewell {
  Uplink *uplink;
  IkeSession *ike;
  Datapath *datapath; /* borrowed */
  uint32_t spis_in[DATAPATH_MAX_CHILDREN]; /* of the CHILD_SAs that end with it */
  size_t n_spis;
  Alarm *alarm;
  void (*over) (void *user_data);
  void *user_data;
};

static void
pump (Farewell *self)
{
  for (;;) {
    g_auto (IkeEvent) event = { 0 };
    if (!ike_session_next_event (self->ike, &event))
      return;
    if (event.type == IKE_EVENT_SEND)
      uplink_send_ike (self->uplink, slice_of_bytes (event.message));
    else if (event.type == IKE_EVENT_FAILED || event.type == IKE_EVENT_CLOSED)
      alarm_set (self->alarm, g_get_monotonic_time () + LATE_PACKETS_US);
  }
}

static void
uplink_up (void *user_data)
{
}

static void
uplink_down (const GError *error, bool was_up, void *user_data)
{
  Farewell *self = user_data;
  alarm_set (self->alarm, 0);
}

static void
uplink_ike (Slice message, void *user_data)
{
  Farewell *self = user_data;
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

static void
alarm_over (void *user_data)
{
  Farewell *self = user_data;
  self->over (self->user_data);
}

/* Begins the end. Takes uplink and ike; all CHILD_SAs that the datapath has now are ike's and go with
 * it. over may free the farewell. */
Farewell *
farewell_new (Uplink *uplink, IkeSession *ike, Datapath *datapath,
    void (*over_func) (void *user_data), void *user_data)
{
  static const UplinkHandlers handlers = {
    .up = uplink_up,
    .down = uplink_down,
    .ike = uplink_ike,
    .esp = uplink_esp,
    .tun_lost = uplink_tun_lost,
  };
  Farewell *self = g_new0 (Farewell, 1);
  self->uplink = uplink;
  self->ike = ike;
  self->datapath = datapath;
  self->n_spis = datapath_list_children (datapath, self->spis_in);
  self->over = over_func;
  self->user_data = user_data;
  self->alarm = alarm_new (alarm_over, self);
  uplink_own_tun (uplink, false);
  uplink_allow_esp (uplink, false);
  uplink_set_handlers (uplink, &handlers, self);
  alarm_set (self->alarm, g_get_monotonic_time () + ANSWER_US);
  ike_session_close (ike, g_get_monotonic_time ());
  pump (self);
  return self;
}

/* Ends it at once, with what the datapath had of it. */
void
farewell_free (Farewell *farewell)
{
  if (farewell == NULL)
    return;
  for (size_t i = 0; i < farewell->n_spis; i++)
    datapath_remove_child (farewell->datapath, farewell->spis_in[i]);
  alarm_free (farewell->alarm);
  uplink_free (farewell->uplink);
  ike_session_free (farewell->ike);
  g_free (farewell);
}
