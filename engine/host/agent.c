/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Agent: the object on the caller's own bus connection that answers for one VPN connection.
 *
 * Every question goes by unicast to the unique name that called Connect: a name that is never given
 * to anyone else, so the answer can come from nobody else. A person may need minutes. When the
 * name leaves the bus the daemon itself answers with an error, and the question has failed; the
 * tunnel goes on. */
#include "host/agent-private.h"

#include <gio/gunixfdlist.h>

#include "host/secret-reader.h"

#define AGENT_INTERFACE "org.visitorvpn.Agent1"
#define ANSWER_MSEC (5 * 60 * 1000)
#define PIPE_SECONDS 30

/* The agent at path on the unique bus name, for the connection at connection_path. Transfer: full. */
Agent *
agent_new (GDBusConnection *bus, const char *name, const char *path, const char *connection_path,
    const char *site)
{
  Agent *agent = g_new0 (Agent, 1);
  agent->bus = g_object_ref (bus);
  agent->name = g_strdup (name);
  agent->path = g_strdup (path);
  agent->connection_path = g_strdup (connection_path);
  agent->site = g_strdup (site);
  agent->cancellable = g_cancellable_new ();
  return agent;
}

/* Withdraws the open questions; each ends with VISITOR_ERROR_CANCELLED. */
void
agent_cancel (Agent *agent)
{
  g_cancellable_cancel (agent->cancellable);
  g_object_unref (agent->cancellable);
  agent->cancellable = g_cancellable_new ();
}

void
agent_free (Agent *agent)
{
  g_cancellable_cancel (agent->cancellable);
  g_object_unref (agent->cancellable);
  g_object_unref (agent->bus);
  g_free (agent->name);
  g_free (agent->path);
  g_free (agent->connection_path);
  g_free (agent->site);
  g_free (agent);
}

/* The agent's error in our domain: what it says itself stands (its name was registered), anything
 * else, such as its leaving the bus, is an unanswered question. */
void
agent_return_error (GTask *task, GError *error, VisitorError otherwise)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    g_task_return_new_error (
        task, VISITOR_ERROR, VISITOR_ERROR_CANCELLED, "The question was withdrawn");
  } else if (error->domain == VISITOR_ERROR) {
    g_dbus_error_strip_remote_error (error);
    g_task_return_error (task, g_error_copy (error));
  } else {
    g_dbus_error_strip_remote_error (error);
    g_task_return_new_error (
        task, VISITOR_ERROR, otherwise, "The agent gave no answer: %s", error->message);
  }
}

/* A question of this agent; agent_cancel () ends it. */
GTask *
agent_task_new (Agent *agent, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, agent->cancellable, callback, user_data);
  g_task_set_check_cancellable (task, FALSE);
  return task;
}

/* Calls a method of Agent1 with the connection and the request; callback gets the task, which is taken.
 */
void
agent_call (Agent *agent, const char *method, GVariant *request, const char *reply_type,
    GAsyncReadyCallback callback, GTask *task)
{
  g_variant_ref_sink (request);
  g_dbus_connection_call_with_unix_fd_list (agent->bus, agent->name, agent->path, AGENT_INTERFACE,
      method, g_variant_new ("(o@a{sv})", agent->connection_path, request),
      G_VARIANT_TYPE (reply_type), G_DBUS_CALL_FLAGS_NO_AUTO_START, ANSWER_MSEC, NULL,
      agent->cancellable, callback, task);
  g_variant_unref (request);
}

static void
on_secret_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  Secret *secret = secret_read_finish (result, &error);
  if (secret == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, secret, (GDestroyNotify) secret_unref);
}

static void
on_secret_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_with_unix_fd_list_finish (
      G_DBUS_CONNECTION (source), &fds, result, &error);
  if (reply == NULL) {
    agent_return_error (task, error, VISITOR_ERROR_NO_SECRET);
    return;
  }
  gint32 handle;
  g_variant_get (reply, "(h)", &handle);
  int fd = fds != NULL && handle >= 0 && handle < g_unix_fd_list_get_length (fds)
      ? g_unix_fd_list_get (fds, handle, NULL)
      : -1;
  if (fd < 0) {
    g_task_return_new_error (
        task, VISITOR_ERROR, VISITOR_ERROR_INVALID_REQUEST, "The agent sent no descriptor");
    return;
  }
  GCancellable *cancellable = g_task_get_cancellable (task);
  secret_read_async (fd, PIPE_SECONDS, cancellable, on_secret_read, g_steal_pointer (&task));
}

/* Calls GetSecret; the task, which is taken, returns a Secret. */
void
agent_ask_secret (Agent *agent, GVariant *request, GTask *task)
{
  agent_call (agent, "GetSecret", request, "(h)", on_secret_answered, task);
}

/* Asks for a secret. What an agent need not know of kinds is spelled out: whether the answer may be
 * kept. Errors of the result: VISITOR_ERROR_CANCELLED (the person declined, or agent_cancel ()), VISITOR_ERROR_NO_SECRET,
 * VISITOR_ERROR_INVALID_REQUEST (see secret_read_async ()). */
void
agent_get_secret_async (
    Agent *agent, const HostQuestion *question, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = agent_task_new (agent, callback, user_data);
  GVariantDict request;
  g_variant_dict_init (&request, NULL);
  g_variant_dict_insert (&request, "kind", "s", question->kind);
  g_variant_dict_insert (&request, "user", "s", question->user);
  g_variant_dict_insert (&request, "attempt", "u", question->attempt);
  g_variant_dict_insert (&request, "may-be-kept", "b", !g_str_equal (question->kind, "code"));
  if (*question->text != '\0')
    g_variant_dict_insert (&request, "message", "s", question->text);
  g_variant_dict_insert (&request, "site", "s", agent->site);
  agent_ask_secret (agent, g_variant_dict_end (&request), task);
}

/* Transfer: full. */
Secret *
agent_get_secret_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
on_trust_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_with_unix_fd_list_finish (
      G_DBUS_CONNECTION (source), NULL, result, &error);
  if (reply == NULL) {
    agent_return_error (task, error, VISITOR_ERROR_TRUST_DECLINED);
    return;
  }
  gboolean trusted;
  g_variant_get (reply, "(b)", &trusted);
  g_task_return_boolean (task, trusted);
}

/* Asks whether a certificate is to be believed. question: an a{sv} as Agent1.AskTrust has it, but for
 * the site. Errors of the result: VISITOR_ERROR_CANCELLED (the person cancelled, or agent_cancel ()),
 * VISITOR_ERROR_TRUST_DECLINED (there was no answer). */
void
agent_ask_trust_async (
    Agent *agent, GVariant *question, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = agent_task_new (agent, callback, user_data);
  GVariantDict request;
  g_variant_dict_init (&request, question);
  g_variant_dict_insert (&request, "site", "s", agent->site);
  agent_call (agent, "AskTrust", g_variant_dict_end (&request), "(b)", on_trust_answered, task);
}

/* The person's answer in *ret_trusted. Errors: as above. */
gboolean
agent_ask_trust_finish (GAsyncResult *result, gboolean *ret_trusted, GError **error)
{
  GError *local = NULL;
  gboolean trusted = g_task_propagate_boolean (G_TASK (result), &local);
  if (local != NULL) {
    g_propagate_error (error, local);
    return FALSE;
  }
  *ret_trusted = trusted;
  return TRUE;
}
