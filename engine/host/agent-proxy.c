/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Agent, proxies: which ones the user's session has, and what they want to know. Where the answer is a list
 * it is held to bounds here and handed on; what is in it, the worker reads. */
#include "host/agent-private.h"

#define TOKEN_MAX_LEN 16384

/* TRUE for a list of URIs that may go to a worker. */
gboolean
agent_proxies_are_valid (const char *const *uris)
{
  gsize n = 0;
  for (; uris[n] != NULL; n++) {
    Proxy proxy;
    if (n == PROXY_LIST_MAX || proxy_parse (uris[n], &proxy) != PROXY_URI_OK)
      return FALSE;
  }
  return TRUE;
}

static void
on_proxies_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_with_unix_fd_list_finish (
      G_DBUS_CONNECTION (source), NULL, result, &error);
  if (reply == NULL) {
    agent_return_error (task, error, VISITOR_ERROR_FAILED);
    return;
  }
  g_auto (GStrv) uris = NULL;
  g_variant_get (reply, "(^as)", &uris);
  if (agent_proxies_are_valid ((const char *const *) uris))
    g_task_return_pointer (task, g_steal_pointer (&uris), (GDestroyNotify) g_strfreev);
  else
    g_task_return_new_error (task, VISITOR_ERROR, VISITOR_ERROR_INVALID_REQUEST,
        "The agent's list of proxies is too long, or has something else in it");
}

/* Asks through which proxies the session reaches the gateway now. Errors of the result:
 * VISITOR_ERROR_CANCELLED, VISITOR_ERROR_INVALID_REQUEST, VISITOR_ERROR_FAILED (there was no answer). */
void
agent_get_proxies_async (
    Agent *agent, const char *host, guint16 port, GAsyncReadyCallback callback, gpointer user_data)
{
  GVariantDict request;
  g_variant_dict_init (&request, NULL);
  g_variant_dict_insert (&request, "site", "s", agent->site);
  g_variant_dict_insert (&request, "host", "s", host);
  g_variant_dict_insert (&request, "port", "q", port);
  agent_call (agent, "GetProxies", g_variant_dict_end (&request), "(as)", VISITOR_ERROR_FAILED,
      on_proxies_answered, agent_task_new (agent, callback, user_data));
}

/* Transfer: full. */
char **
agent_get_proxies_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
on_token_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_with_unix_fd_list_finish (
      G_DBUS_CONNECTION (source), NULL, result, &error);
  if (reply == NULL) {
    agent_return_error (task, error, VISITOR_ERROR_NO_SECRET);
    return;
  }
  g_autoptr (GVariant) token = g_variant_get_child_value (reply, 0);
  gsize len = g_variant_get_size (token);
  if (len == 0 || len > TOKEN_MAX_LEN)
    g_task_return_new_error (task, VISITOR_ERROR, VISITOR_ERROR_INVALID_REQUEST,
        "The agent's token is empty or too long");
  else
    g_task_return_pointer (
        task, secret_new (g_variant_get_data (token), len), (GDestroyNotify) secret_unref);
}

static void
ask_for_token (Agent *agent, const HostProxyQuestion *question, GTask *task)
{
  GVariantDict request;
  g_variant_dict_init (&request, NULL);
  g_variant_dict_insert (&request, "site", "s", agent->site);
  g_variant_dict_insert (&request, "host", "s", question->proxy->host);
  agent_call (agent, "GetProxyToken", g_variant_dict_end (&request), "(ay)",
      VISITOR_ERROR_NO_SECRET, on_token_answered, task);
}

/* Asks for what a proxy wants to know: a password, or a token of the user's own tickets. Errors of the
 * result: as those of agent_get_secret_async (). */
void
agent_get_proxy_secret_async (Agent *agent, const HostProxyQuestion *question,
    GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = agent_task_new (agent, callback, user_data);
  if (g_str_equal (question->kind, "proxy-token")) {
    ask_for_token (agent, question, task);
    return;
  }
  g_autofree char *uri = proxy_format (question->proxy);
  GVariantDict request;
  g_variant_dict_init (&request, NULL);
  g_variant_dict_insert (&request, "kind", "s", question->kind);
  g_variant_dict_insert (&request, "user", "s", question->user);
  g_variant_dict_insert (&request, "attempt", "u", question->attempt);
  g_variant_dict_insert (&request, "may-be-kept", "b", TRUE);
  g_variant_dict_insert (&request, "proxy", "s", uri);
  if (*question->realm != '\0')
    g_variant_dict_insert (&request, "message", "s", question->realm);
  g_variant_dict_insert (&request, "site", "s", agent->site);
  agent_ask_secret (agent, g_variant_dict_end (&request), task);
}

/* Transfer: full. */
Secret *
agent_get_proxy_secret_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
