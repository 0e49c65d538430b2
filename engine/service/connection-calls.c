/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Connection, what may be called on the bus. The bouncer was asked before. */
#include "service/connection-private.h"

#include "base/error.h"
#include "service/guard.h"

#define STATUS_WAIT_MSEC 1000

/* Answers every GetStatus that waits for the worker's numbers. */
void
connection_answer_status (Connection *self)
{
  g_clear_handle_id (&self->asking_timeout, g_source_remove);
  GDBusMethodInvocation *invocation;
  while ((invocation = g_queue_pop_head (self->asking)) != NULL)
    visitor_dbus_connection1_complete_get_status (
        VISITOR_DBUS_CONNECTION1 (self), invocation, connection_status (self));
}

static gboolean
on_status_timeout (gpointer user_data)
{
  Connection *self = user_data;
  self->asking_timeout = 0;
  connection_answer_status (self);
  return G_SOURCE_REMOVE;
}

static gboolean
handle_get_status (VisitorDBusConnection1 *object, GDBusMethodInvocation *invocation)
{
  Connection *self = VISITOR_CONNECTION (object);
  g_queue_push_tail (self->asking, invocation);
  gboolean worker_counts =
      self->state == CONNECTION_CONNECTED || self->state == CONNECTION_RECONNECTING;
  if (self->worker == NULL || !worker_counts) {
    connection_answer_status (self);
  } else if (self->asking_timeout == 0) {
    self->asking_timeout = g_timeout_add (STATUS_WAIT_MSEC, on_status_timeout, self);
    host_worker_poll_status (self->worker);
  }
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
handle_watch (VisitorDBusConnection1 *object, GDBusMethodInvocation *invocation)
{
  Connection *self = VISITOR_CONNECTION (object);
  g_autoptr (GError) error = NULL;
  const char *sender = g_dbus_method_invocation_get_sender (invocation);
  if (watchers_add (self->watchers, sender, guard_caller (invocation), &error))
    visitor_dbus_connection1_complete_watch (object, invocation);
  else
    g_dbus_method_invocation_return_gerror (invocation, error);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
handle_disconnect (VisitorDBusConnection1 *object, GDBusMethodInvocation *invocation)
{
  Connection *self = VISITOR_CONNECTION (object);
  visitor_dbus_connection1_complete_disconnect (object, invocation);
  if (connection_is_over (self))
    connection_dismissed (self);
  else
    connection_disconnect (self, "asked for");
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
handle_rekey (VisitorDBusConnection1 *object, GDBusMethodInvocation *invocation, const char *what)
{
  static const char *const kinds[] = { "child", "ike", "sign-in", NULL };
  Connection *self = VISITOR_CONNECTION (object);
  if (!g_strv_contains (kinds, what)) {
    g_dbus_method_invocation_return_error_literal (invocation, VISITOR_ERROR,
        VISITOR_ERROR_INVALID_REQUEST, "What can be renewed is child, ike or sign-in");
    return G_DBUS_METHOD_INVOCATION_HANDLED;
  }
  if (self->worker == NULL || self->state != CONNECTION_CONNECTED) {
    g_dbus_method_invocation_return_error (invocation, VISITOR_ERROR, VISITOR_ERROR_NOT_CONNECTED,
        "The connection is %s", connection_state_to_string (self->state));
    return G_DBUS_METHOD_INVOCATION_HANDLED;
  }
  host_worker_rekey (self->worker, what);
  visitor_dbus_connection1_complete_rekey (object, invocation);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
handle_step_aside (VisitorDBusConnection1 *object, GDBusMethodInvocation *invocation)
{
  connection_step_aside (VISITOR_CONNECTION (object), invocation);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
handle_get_log (VisitorDBusConnection1 *object, GDBusMethodInvocation *invocation)
{
  Connection *self = VISITOR_CONNECTION (object);
  visitor_dbus_connection1_complete_get_log (object, invocation, log_ring_to_variant (self->log));
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

/* Names the handlers to the interface of Connection1. */
void
connection_calls_init (VisitorDBusConnection1Iface *iface)
{
  iface->handle_get_status = handle_get_status;
  iface->handle_watch = handle_watch;
  iface->handle_disconnect = handle_disconnect;
  iface->handle_rekey = handle_rekey;
  iface->handle_step_aside = handle_step_aside;
  iface->handle_get_log = handle_get_log;
}
