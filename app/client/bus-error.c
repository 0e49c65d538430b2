/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Errors of the bus itself in our own domain, so that a caller has one domain to look at. */
#include "client/bus-error.h"

#include "base/error.h"

/* GDBus has no code for this one. */
#define INTERACTIVE_REQUIRED "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired"

static VisitorError
code_of (const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return VISITOR_ERROR_CANCELLED;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT) ||
      g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY) ||
      g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_TIMEOUT))
    return VISITOR_ERROR_ENGINE_UNAVAILABLE;
  if (g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED) ||
      g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_AUTH_FAILED))
    return VISITOR_ERROR_NOT_AUTHORIZED;
  if (g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_OBJECT) ||
      g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_METHOD) ||
      g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_INTERFACE))
    return VISITOR_ERROR_NOT_CONNECTED;
  if (g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS))
    return VISITOR_ERROR_INVALID_REQUEST;
  return VISITOR_ERROR_ENGINE_UNAVAILABLE;
}

/* Turns *error, if there is one, into one of VISITOR_ERROR: what the engine said stays what it is, the
 * rest is about the engine not being there, not answering or not letting us. */
void
visitor_bus_error_normalize (GError **error)
{
  if (error == NULL || *error == NULL)
    return;
  g_autofree char *name = g_dbus_error_get_remote_error (*error);
  gboolean interactive = g_strcmp0 (name, INTERACTIVE_REQUIRED) == 0;
  g_dbus_error_strip_remote_error (*error);
  if ((*error)->domain == VISITOR_ERROR)
    return;
  VisitorError code = interactive ? VISITOR_ERROR_NOT_AUTHORIZED : code_of (*error);
  GError *ours = g_error_new_literal (VISITOR_ERROR, (int) code, (*error)->message);
  g_error_free (*error);
  *error = ours;
}
