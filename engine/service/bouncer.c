/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bouncer: who may call what. The one file that knows polkit, and one table.
 *
 * Every method call passes here before any code of the object sees it; a method without a row is
 * refused. polkit is asked about the sender's unique bus name, never about a process or a user: a
 * process number can be reused by another program while polkit looks (CVE-2019-6133). Who calls is
 * what the bus daemon says, asked again after polkit's answer, so that a caller that has left by then
 * gets nothing started on its behalf. Whatever goes wrong on the way is a refusal.
 *
 * The superuser is not sent to polkit: it could do all of this without us, and an engine must be
 * usable on a machine that has no polkit. */
#include "service/bouncer.h"

#include <polkit/polkit.h>

#include "base/error.h"

#define ACTION_CONNECT "org.visitorvpn.engine.connect"
#define ACTION_MANAGE "org.visitorvpn.engine.manage"

/* Of one bus name, before its user is known: a window asks about all of its connections at once. */
#define MAX_OPEN_CHECKS 256u

static const BouncerRow rows[] = {
  { "org.visitorvpn.Engine1", "Connect", BOUNCER_RULE_ACTION, ACTION_CONNECT },
  { "org.visitorvpn.Engine1", "Diagnose", BOUNCER_RULE_ACTION, ACTION_CONNECT },
  { "org.visitorvpn.Engine1", "Forget", BOUNCER_RULE_ANYONE, NULL },
  { "org.visitorvpn.Engine1", "List", BOUNCER_RULE_ANYONE, NULL },
  { "org.visitorvpn.Engine1", "Watch", BOUNCER_RULE_ANYONE, NULL },
  { "org.visitorvpn.Connection1", "GetStatus", BOUNCER_RULE_OWNER, ACTION_MANAGE },
  { "org.visitorvpn.Connection1", "Watch", BOUNCER_RULE_OWNER, ACTION_MANAGE },
  { "org.visitorvpn.Connection1", "Disconnect", BOUNCER_RULE_OWNER, ACTION_MANAGE },
  { "org.visitorvpn.Connection1", "Rekey", BOUNCER_RULE_OWNER, ACTION_MANAGE },
  { "org.visitorvpn.Connection1", "StepAside", BOUNCER_RULE_OWNER, ACTION_MANAGE },
  { "org.visitorvpn.Connection1", "GetLog", BOUNCER_RULE_OWNER, ACTION_MANAGE },
};

struct _Bouncer {
  guint refs; /* each open check holds one */
  Quotas *quotas; /* borrowed */
  GHashTable *callers; /* owned bus name -> how many of its checks are open */
  GDBusConnection *polkit_bus; /* owned; the connection that libpolkit shares with the process */
};

typedef struct {
  Bouncer *bouncer; /* owned */
  const BouncerRow *row;
  GDBusMethodInvocation *invocation; /* owned */
  char *sender;
  char *site;
  char *host;
  gboolean (*find_out) (GDBusMethodInvocation *, const char **, const char **, GError **);
  uid_t owner;
  uid_t uid; /* of the sender, once known */
  gboolean booked; /* QUOTA_CALLS of uid */
  gboolean interactive; /* a person may be asked */
} Check;

static guint
open_checks (const Bouncer *bouncer, const char *sender)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (bouncer->callers, sender));
}

static void
count_check (Bouncer *bouncer, const char *sender, int difference)
{
  guint n = (guint) ((int) open_checks (bouncer, sender) + difference);
  if (n > 0)
    g_hash_table_insert (bouncer->callers, g_strdup (sender), GUINT_TO_POINTER (n));
  else
    g_hash_table_remove (bouncer->callers, sender);
}

static void
check_free (gpointer data)
{
  Check *check = data;
  count_check (check->bouncer, check->sender, -1);
  if (check->booked)
    quotas_give_back (check->bouncer->quotas, check->uid, QUOTA_CALLS);
  g_object_unref (check->invocation);
  bouncer_unref (check->bouncer);
  g_free (check->sender);
  g_free (check->site);
  g_free (check->host);
  g_free (check);
}

/* quotas must outlive every check. Transfer: full. */
Bouncer *
bouncer_new (Quotas *quotas)
{
  Bouncer *bouncer = g_new0 (Bouncer, 1);
  bouncer->refs = 1;
  bouncer->quotas = quotas;
  bouncer->callers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return bouncer;
}

void
bouncer_unref (Bouncer *bouncer)
{
  if (--bouncer->refs > 0)
    return;
  g_clear_object (&bouncer->polkit_bus);
  g_hash_table_unref (bouncer->callers);
  g_free (bouncer);
}

/* The bus has gone: the next check looks for it anew. Checks that are open end as refusals. */
void
bouncer_forget_bus (Bouncer *bouncer)
{
  g_clear_object (&bouncer->polkit_bus);
}

/* TRUE while somebody waits for an answer. */
gboolean
bouncer_is_busy (const Bouncer *bouncer)
{
  return bouncer->refs > 1;
}

/* The rule of a method; NULL if it has none, which means: nobody. */
const BouncerRow *
bouncer_row (const char *interface, const char *method)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    if (g_strcmp0 (rows[i].interface, interface) == 0 && g_strcmp0 (rows[i].method, method) == 0)
      return &rows[i];
  }
  return NULL;
}

static void
refuse (GTask *task, const char *why)
{
  const Check *check = g_task_get_task_data (task);
  g_debug ("%s.%s refused: %s", check->row->interface, check->row->method, why);
  g_task_return_new_error (task, VISITOR_ERROR, VISITOR_ERROR_NOT_AUTHORIZED, "%s", why);
}

/* On the connection that brought the call: on another bus the same name may be somebody else's. */
static void
ask_daemon_for_user (GTask *task, GAsyncReadyCallback callback)
{
  const Check *check = g_task_get_task_data (task);
  GDBusConnection *bus = g_dbus_method_invocation_get_connection (check->invocation);
  g_dbus_connection_call (bus, "org.freedesktop.DBus", "/org/freedesktop/DBus",
      "org.freedesktop.DBus", "GetConnectionUnixUser", g_variant_new ("(s)", check->sender),
      G_VARIANT_TYPE ("(u)"), G_DBUS_CALL_FLAGS_NONE, -1, NULL, callback, task);
}

/* TRUE and the user of the sender; FALSE when it left the bus. */
static gboolean
daemon_answer (GObject *source, GAsyncResult *result, uid_t *ret_uid)
{
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);
  if (reply == NULL)
    return FALSE;
  guint32 uid;
  g_variant_get (reply, "(u)", &uid);
  *ret_uid = uid;
  return TRUE;
}

static void
on_still_there (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  const Check *check = g_task_get_task_data (task);
  uid_t uid;
  if (!daemon_answer (source, result, &uid) || uid != check->uid)
    refuse (task, "The caller left the bus");
  else
    g_task_return_boolean (task, TRUE);
}

/* is_challenge: a person could have proved who he is. */
static const char *
reason_of (const Check *check, gboolean is_challenge)
{
  if (!is_challenge)
    return "polkit does not allow it";
  return check->interactive
      ? "polkit wants a password, and no program of this session could ask for it"
      : "Authentication is required, and the caller did not allow to ask for it";
}

static void
on_polkit_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  const Check *check = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (PolkitAuthorizationResult) answer =
      polkit_authority_check_authorization_finish (POLKIT_AUTHORITY (source), result, &error);
  if (answer == NULL) {
    g_dbus_error_strip_remote_error (error);
    refuse (task, error->message);
    return;
  }
  if (!polkit_authorization_result_get_is_authorized (answer))
    refuse (task, reason_of (check, polkit_authorization_result_get_is_challenge (answer)));
  else
    ask_daemon_for_user (g_steal_pointer (&task), on_still_there);
}

static void
on_authority (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Check *check = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (PolkitAuthority) authority = polkit_authority_get_finish (result, &error);
  if (authority == NULL) {
    refuse (task, error->message);
    return;
  }
  g_autoptr (PolkitSubject) subject = polkit_system_bus_name_new (check->sender);
  g_autoptr (PolkitDetails) details = polkit_details_new ();
  if (check->site != NULL)
    polkit_details_insert (details, "site", check->site);
  if (check->host != NULL)
    polkit_details_insert (details, "host", check->host);
  GDBusMessage *message = g_dbus_method_invocation_get_message (check->invocation);
  check->interactive = (g_dbus_message_get_flags (message) &
                           G_DBUS_MESSAGE_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION) != 0;
  polkit_authority_check_authorization (authority, subject, check->row->action, details,
      check->interactive ? POLKIT_CHECK_AUTHORIZATION_FLAGS_ALLOW_USER_INTERACTION
                         : POLKIT_CHECK_AUTHORIZATION_FLAGS_NONE,
      NULL, on_polkit_answer, g_steal_pointer (&task));
}

/* What libpolkit shares would end the process with the bus. */
static void
on_polkit_bus (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  const Check *check = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) bus = g_bus_get_finish (result, &error);
  if (bus == NULL) {
    refuse (task, error->message);
    return;
  }
  g_dbus_connection_set_exit_on_close (bus, FALSE);
  g_set_object (&check->bouncer->polkit_bus, bus);
  polkit_authority_get_async (NULL, on_authority, g_steal_pointer (&task));
}

static gboolean
needs_polkit (const Check *check)
{
  if (check->uid == 0)
    return FALSE;
  switch (check->row->rule) {
  case BOUNCER_RULE_ANYONE: return FALSE;
  case BOUNCER_RULE_OWNER: return check->owner == BOUNCER_NO_OWNER || check->uid != check->owner;
  case BOUNCER_RULE_ACTION: return TRUE;
  }
  return TRUE;
}

static gboolean
find_out (Check *check, GError **error)
{
  const char *site = NULL, *host = NULL;
  if (check->find_out == NULL)
    return TRUE;
  if (!check->find_out (check->invocation, &site, &host, error))
    return FALSE;
  check->site = g_strdup (site);
  check->host = g_strdup (host);
  return TRUE;
}

static void
on_user_known (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Check *check = g_task_get_task_data (task);
  if (!daemon_answer (source, result, &check->uid)) {
    refuse (task, "The caller left the bus");
    return;
  }
  GError *error = NULL;
  check->booked = quotas_take (check->bouncer->quotas, check->uid, QUOTA_CALLS, &error);
  if (!check->booked || !find_out (check, &error))
    g_task_return_error (task, error);
  else if (needs_polkit (check))
    g_bus_get (G_BUS_TYPE_SYSTEM, NULL, on_polkit_bus, g_steal_pointer (&task));
  else
    g_task_return_boolean (task, TRUE);
}

/* Decides about one method call. subject is copied. Who sends calls faster than they can be looked at is refused
 * before anybody is asked anything, so that a flood costs no more than its reading. Errors of the result:
 * VISITOR_ERROR_NOT_AUTHORIZED, VISITOR_ERROR_BUSY (too many calls of this user are open). With
 * interactive authorization the answer may take a person's minutes. */
void
bouncer_check_async (Bouncer *bouncer, GDBusMethodInvocation *invocation,
    const BouncerSubject *subject, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  const BouncerRow *row = bouncer_row (g_dbus_method_invocation_get_interface_name (invocation),
      g_dbus_method_invocation_get_method_name (invocation));
  if (row == NULL) {
    g_task_return_new_error (
        task, VISITOR_ERROR, VISITOR_ERROR_NOT_AUTHORIZED, "No rule lets anyone call this");
    return;
  }
  const char *sender = g_dbus_method_invocation_get_sender (invocation);
  if (open_checks (bouncer, sender) >= MAX_OPEN_CHECKS) {
    g_task_return_new_error (
        task, VISITOR_ERROR, VISITOR_ERROR_BUSY, "Too many calls wait for an answer");
    return;
  }
  Check *check = g_new0 (Check, 1);
  bouncer->refs++;
  check->bouncer = bouncer;
  check->row = row;
  check->invocation = g_object_ref (invocation);
  check->sender = g_strdup (sender);
  check->find_out = subject->find_out;
  check->site = g_strdup (subject->site);
  check->host = g_strdup (subject->host);
  check->owner = subject->owner;
  g_task_set_task_data (task, check, check_free);
  count_check (bouncer, sender, 1);
  ask_daemon_for_user (g_steal_pointer (&task), on_user_known);
}

/* TRUE: it may go on; *ret_uid is the caller's user. */
gboolean
bouncer_check_finish (GAsyncResult *result, uid_t *ret_uid, GError **error)
{
  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;
  const Check *check = g_task_get_task_data (G_TASK (result));
  *ret_uid = check->uid;
  return TRUE;
}
