/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Engine, what it remembers of gateways (GatewayMemory), as far as somebody wants that forgotten. */
#include "service/engine-private.h"
#include "service/guard.h"

#define FORGET_MAX 64 /* more than a site can have */

/* The handler of Forget: of the caller's own, and nobody else's. */
gboolean
engine_handle_forget (
    VisitorDBusEngine1 *object, GDBusMethodInvocation *invocation, const char *const *hosts)
{
  Engine *self = VISITOR_ENGINE (object);
  if (g_strv_length ((char **) hosts) > FORGET_MAX) {
    g_dbus_method_invocation_return_error (
        invocation, VISITOR_ERROR, VISITOR_ERROR_INVALID_REQUEST, "More than %d hosts", FORGET_MAX);
    return G_DBUS_METHOD_INVOCATION_HANDLED;
  }
  for (guint i = 0; hosts[i] != NULL; i++)
    gateway_memory_forget (self->parts->memory, guard_caller (invocation), hosts[i]);
  visitor_dbus_engine1_complete_forget (object, invocation);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}
