/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Connection, the tunnel that steps aside: behind a captive portal its rules and name servers keep
 * everything inside, the browser with which a person would sign in to the network among it. On request,
 * and for as long as there is nothing behind them, they are taken out; with the first word of another state
 * they are back, and after some minutes whatever the state is. */
#include "service/connection-private.h"

#include "base/error.h"

#define ASIDE_SECONDS 600

static void
set_aside (Connection *self, gboolean aside)
{
  self->aside = aside;
  connection_set_status (self, "aside", g_variant_new_boolean (aside));
  connection_tell (self);
}

/* Without its rules a tunnel is none: that is an end, and told. */
static void
on_back (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Connection) self = user_data;
  g_autoptr (GError) error = NULL;
  self->changes--;
  if (!netcfg_set_aside_finish (self->parts->netcfg, result, &error)) {
    connection_note_failure (self, error);
    connection_disconnect (self, error->message);
  }
  connection_wind_up (self);
}

/* The tunnel takes everything in again. Does nothing to one that has not stepped aside. */
void
connection_step_back (Connection *self)
{
  g_clear_handle_id (&self->aside_timeout, g_source_remove);
  if (!self->aside)
    return;
  connection_log (self, G_LOG_LEVEL_MESSAGE, "The tunnel's routes and name servers are put back");
  set_aside (self, FALSE);
  if (self->link == NULL)
    return;
  self->changes++;
  netcfg_set_aside_async (self->parts->netcfg, self->link, FALSE, on_back, g_object_ref (self));
}

static gboolean
on_timeout (gpointer user_data)
{
  Connection *self = user_data;
  self->aside_timeout = 0;
  connection_step_back (self);
  return G_SOURCE_REMOVE;
}

typedef struct {
  Connection *self; /* owned */
  GDBusMethodInvocation *invocation; /* owned */
} Request;

static void
on_aside (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Request *request = user_data;
  g_autoptr (Connection) self = request->self;
  g_autoptr (GError) error = NULL;
  self->changes--;
  if (netcfg_set_aside_finish (self->parts->netcfg, result, &error)) {
    visitor_dbus_connection1_complete_step_aside (
        VISITOR_DBUS_CONNECTION1 (self), request->invocation);
  } else {
    g_dbus_method_invocation_return_gerror (request->invocation, error);
    connection_step_back (self);
  }
  connection_wind_up (self);
}

/* Handles StepAside. */
void
connection_step_aside (Connection *self, GDBusMethodInvocation *invocation)
{
  if (self->state != CONNECTION_WAITING_FOR_PORTAL) {
    g_dbus_method_invocation_return_error (invocation, VISITOR_ERROR, VISITOR_ERROR_INVALID_REQUEST,
        "The connection is %s, and waits for no sign-in to the network",
        connection_state_to_string (self->state));
    return;
  }
  if (self->link == NULL) {
    visitor_dbus_connection1_complete_step_aside (VISITOR_DBUS_CONNECTION1 (self), invocation);
    return;
  }
  Request *request = g_new (Request, 1);
  *request = (Request){ .self = g_object_ref (self), .invocation = invocation };
  connection_log (self, G_LOG_LEVEL_MESSAGE,
      "Asked for: the tunnel's routes and name servers are taken out until the network lets us "
      "through, or for %d minutes",
      ASIDE_SECONDS / 60);
  g_clear_handle_id (&self->aside_timeout, g_source_remove);
  self->aside_timeout = g_timeout_add_seconds (ASIDE_SECONDS, on_timeout, self);
  set_aside (self, TRUE);
  self->changes++;
  netcfg_set_aside_async (self->parts->netcfg, self->link, TRUE, on_aside, request);
}
