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
#define ANSWER_SECONDS (5 * 60)
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

/* For all questions from now on. */
void
agent_set_limit (Agent *agent, const AgentLimit *limit)
{
  agent->limit = *limit;
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
  if (error->domain == VISITOR_ERROR) {
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

typedef struct {
  AgentLimit limit;
  GTask *task; /* owned; NULL when the question was answered, withdrawn, or given up */
  GAsyncReadyCallback callback;
  VisitorError otherwise;
  GSource *withdrawn, *expired; /* owned; end the question, not the call */
} Call;

static void
drop_source (GSource **source)
{
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static GTask *
steal_task (Call *call)
{
  drop_source (&call->withdrawn);
  drop_source (&call->expired);
  return g_steal_pointer (&call->task);
}

static gboolean
on_withdrawn (GCancellable *cancellable, gpointer user_data)
{
  g_autoptr (GTask) task = steal_task (user_data);
  g_task_return_new_error (
      task, VISITOR_ERROR, VISITOR_ERROR_CANCELLED, "The question was withdrawn");
  return G_SOURCE_REMOVE;
}

static gboolean
on_expired (gpointer user_data)
{
  Call *call = user_data;
  g_autoptr (GTask) task = steal_task (call);
  g_task_return_new_error (
      task, VISITOR_ERROR, call->otherwise, "The agent gave no answer in time");
  return G_SOURCE_REMOVE;
}

/* However late. Nobody may be left who wants to know. */
static void
on_reply (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Call *call = user_data;
  if (call->limit.take != NULL)
    call->limit.give_back (call->limit.user_data, call->limit.uid);
  if (call->task != NULL)
    call->callback (source, result, steal_task (call));
  g_free (call);
}

static GSource *
watch (GSource *source, GSourceFunc callback, Call *call)
{
  g_source_set_callback (source, callback, call, NULL);
  g_source_attach (source, g_task_get_context (call->task));
  return source;
}

/* Calls a method of Agent1 with the connection and the request; callback gets the task, which is taken, with the
 * reply. Where there is none in time, or too many are outstanding, the task ends with `otherwise`, and with
 * VISITOR_ERROR_CANCELLED by agent_cancel (). The call itself is never taken back, as the bus knows no such thing:
 * it counts until it is answered, or the agent has left. */
void
agent_call (Agent *agent, const char *method, GVariant *request, const char *reply_type,
    VisitorError otherwise, GAsyncReadyCallback callback, GTask *task)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (request);
  g_autoptr (GError) error = NULL;
  if (agent->limit.take != NULL &&
      !agent->limit.take (agent->limit.user_data, agent->limit.uid, &error)) {
    g_task_return_new_error (task, VISITOR_ERROR, otherwise, "%s", error->message);
    g_object_unref (task);
    return;
  }
  Call *call = g_new0 (Call, 1);
  call->limit = agent->limit;
  call->task = task;
  call->callback = callback;
  call->otherwise = otherwise;
  call->withdrawn =
      watch (g_cancellable_source_new (agent->cancellable), G_SOURCE_FUNC (on_withdrawn), call);
  call->expired = watch (g_timeout_source_new_seconds (ANSWER_SECONDS), on_expired, call);
  g_dbus_connection_call_with_unix_fd_list (agent->bus, agent->name, agent->path, AGENT_INTERFACE,
      method, g_variant_new ("(o@a{sv})", agent->connection_path, owned),
      G_VARIANT_TYPE (reply_type), G_DBUS_CALL_FLAGS_NO_AUTO_START, G_MAXINT, NULL, NULL, on_reply,
      call);
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
  agent_call (
      agent, "GetSecret", request, "(h)", VISITOR_ERROR_NO_SECRET, on_secret_answered, task);
}

/* Asks for a secret. What an agent need not know of kinds is spelled out: whether the answer may be
 * kept. Errors of the result: VISITOR_ERROR_CANCELLED (the person declined, or agent_cancel ()),
 * VISITOR_ERROR_NO_SECRET, VISITOR_ERROR_INVALID_REQUEST (see secret_read_async ()). */
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
  agent_call (agent, "AskTrust", g_variant_dict_end (&request), "(b)", VISITOR_ERROR_TRUST_DECLINED,
      on_trust_answered, task);
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
