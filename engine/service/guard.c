/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Guard: stands between the bus and the methods of a generated skeleton.
 *
 * An object replaces its skeleton's virtual table by one whose method_call comes here. The bouncer
 * decides, and only then the generated dispatcher runs; so a method that is added to the XML cannot
 * be reached before it has a row in the bouncer's table, and no handler can forget to ask. */
#include "service/guard.h"

static const char caller_key[] = "visitor-caller";

typedef struct {
  GDBusInterfaceSkeleton *skeleton; /* owned */
  const GDBusInterfaceVTable *guarded;
  GDBusMethodInvocation *invocation; /* owned */
} Call;

static void
call_free (Call *call)
{
  g_object_unref (call->skeleton);
  g_clear_object (&call->invocation);
  g_free (call);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Call, call_free)

static void
on_checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  g_autoptr (GError) error = NULL;
  uid_t uid;
  GDBusMethodInvocation *invocation = g_steal_pointer (&call->invocation);
  if (!bouncer_check_finish (result, &uid, &error)) {
    g_dbus_method_invocation_return_gerror (invocation, error);
    return;
  }
  if (g_dbus_connection_is_closed (g_dbus_method_invocation_get_connection (invocation))) {
    g_object_unref (invocation); /* who called is not there, and his name may be another's soon */
    return;
  }
  g_object_set_data (G_OBJECT (invocation), caller_key, GUINT_TO_POINTER (uid));
  call->guarded->method_call (g_dbus_method_invocation_get_connection (invocation),
      g_dbus_method_invocation_get_sender (invocation),
      g_dbus_method_invocation_get_object_path (invocation),
      g_dbus_method_invocation_get_interface_name (invocation),
      g_dbus_method_invocation_get_method_name (invocation),
      g_dbus_method_invocation_get_parameters (invocation), invocation, call->skeleton);
}

/* Lets a call through to the guarded table, or answers it with the bouncer's error.
 *
 * guarded: the table of the class that gdbus-codegen made; static. subject: copied. invocation:
 * taken. */
void
guard_method_call (Bouncer *bouncer, GDBusInterfaceSkeleton *skeleton,
    const GDBusInterfaceVTable *guarded, const BouncerSubject *subject,
    GDBusMethodInvocation *invocation)
{
  Call *call = g_new0 (Call, 1);
  call->skeleton = g_object_ref (skeleton);
  call->guarded = guarded;
  call->invocation = invocation;
  bouncer_check_async (bouncer, invocation, subject, on_checked, call);
}

/* The user who made a call that was let through. */
uid_t
guard_caller (GDBusMethodInvocation *invocation)
{
  return GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (invocation), caller_key));
}
