/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SleepWatch: hears from logind that the machine wakes up (org.freedesktop.login1 (5), PrepareForSleep).
 *
 * Nothing is done before it sleeps, so that sleep is not held up: what a stream has not carried by then
 * it carries afterwards, or the next one does. Where there is no logind nothing is ever heard. */
#include "host/sleep-watch.h"

struct _SleepWatch {
  GDBusConnection *bus;
  guint subscription;
  SleepWokeFunc woke;
  gpointer user_data;
};

static void
on_prepare_for_sleep (GDBusConnection *bus, const char *sender, const char *path,
    const char *interface, const char *signal, GVariant *parameters, gpointer user_data)
{
  SleepWatch *self = user_data;
  gboolean begins;
  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(b)")))
    return;
  g_variant_get (parameters, "(b)", &begins);
  g_message (begins ? "The machine goes to sleep" : "The machine is awake");
  if (!begins)
    self->woke (self->user_data);
}

/* bus: the system bus, which is kept alive. Transfer: full. */
SleepWatch *
sleep_watch_new (GDBusConnection *bus, SleepWokeFunc woke, gpointer user_data)
{
  SleepWatch *self = g_new0 (SleepWatch, 1);
  self->bus = g_object_ref (bus);
  self->woke = woke;
  self->user_data = user_data;
  self->subscription = g_dbus_connection_signal_subscribe (bus, "org.freedesktop.login1",
      "org.freedesktop.login1.Manager", "PrepareForSleep", "/org/freedesktop/login1", NULL,
      G_DBUS_SIGNAL_FLAGS_NONE, on_prepare_for_sleep, self, NULL);
  return self;
}

void
sleep_watch_free (SleepWatch *watch)
{
  if (watch == NULL)
    return;
  g_dbus_connection_signal_unsubscribe (watch->bus, watch->subscription);
  g_object_unref (watch->bus);
  g_free (watch);
}
