/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Alarm: rings once at a time that may be moved at will, in microseconds of g_get_monotonic_time ().
 * A time that has passed rings from the main loop, never from inside alarm_set (): so whoever sets
 * it need not fear what the ringing frees. On the thread's default main context. */
#include "reach/alarm.h"

struct _Alarm {
  GSource source;
  void (*ring) (void *user_data);
  void *user_data;
};

static gboolean
dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  Alarm *self = (Alarm *) source;
  g_source_set_ready_time (source, ALARM_OFF);
  self->ring (self->user_data);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs alarm_funcs = { .dispatch = dispatch };

Alarm *
alarm_new (void (*ring) (void *user_data), void *user_data)
{
  Alarm *self = (Alarm *) g_source_new (&alarm_funcs, sizeof (Alarm));
  self->ring = ring;
  self->user_data = user_data;
  g_source_attach (&self->source, g_main_context_get_thread_default ());
  return self;
}

/* Also from inside its own ringing. */
void
alarm_free (Alarm *alarm)
{
  if (alarm == NULL)
    return;
  g_source_destroy (&alarm->source);
  g_source_unref (&alarm->source);
}

/* ALARM_OFF for never; 0 for as soon as the main loop runs again. */
void
alarm_set (Alarm *alarm, gint64 at)
{
  g_source_set_ready_time (&alarm->source, at);
}
