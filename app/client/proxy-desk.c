/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorProxyDesk: what an agent answers about proxies. It remembers which ones were named for its
 * connection, by the session or by the site: for no other is a token made. */
#include "client/proxy-desk.h"

#include "base/error.h"
#include "client/proxy-resolver.h"
#include "client/proxy-token.h"

struct _VisitorProxyDesk {
  VisitorProxyList *list; /* owned; NULL until one was named */
  GCancellable *cancellable; /* owned */
};

/* cancellable: ends what is under way when the agent goes. Transfer: full. */
VisitorProxyDesk *
visitor_proxy_desk_new (GCancellable *cancellable)
{
  VisitorProxyDesk *desk = g_new0 (VisitorProxyDesk, 1);
  desk->cancellable = g_object_ref (cancellable);
  return desk;
}

/* Not before what was asked with its cancellable has come back, or that is cancelled. */
void
visitor_proxy_desk_free (VisitorProxyDesk *desk)
{
  g_clear_pointer (&desk->list, visitor_proxy_list_unref);
  g_object_unref (desk->cancellable);
  g_free (desk);
}

/* What the connection goes by from now on. */
void
visitor_proxy_desk_set_list (VisitorProxyDesk *desk, VisitorProxyList *list)
{
  visitor_proxy_list_ref (list);
  g_clear_pointer (&desk->list, visitor_proxy_list_unref);
  desk->list = list;
}

/* The user and password that the session's settings have for a proxy, or NULL. Borrowed. */
const Secret *
visitor_proxy_desk_find_user (const VisitorProxyDesk *desk, const char *uri)
{
  return desk->list != NULL ? visitor_proxy_list_find_user (desk->list, uri) : NULL;
}

typedef struct {
  VisitorProxyDesk *desk; /* borrowed; not touched once cancelled */
  GCancellable *cancellable; /* owned */
  GDBusMethodInvocation *invocation; /* owned until answered */
} Answer;

static Answer *
answer_new (VisitorProxyDesk *desk, GDBusMethodInvocation *invocation)
{
  Answer *answer = g_new0 (Answer, 1);
  answer->desk = desk;
  answer->cancellable = g_object_ref (desk->cancellable);
  answer->invocation = g_object_ref (invocation);
  return answer;
}

static void
answer_free (Answer *answer)
{
  g_object_unref (answer->cancellable);
  g_free (answer);
}

static void
refuse (GDBusMethodInvocation *invocation, VisitorError code, const char *why)
{
  g_dbus_method_invocation_return_error_literal (invocation, VISITOR_ERROR, (int) code, why);
}

static void
on_resolved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Answer *answer = user_data;
  g_autoptr (VisitorProxyList) list = visitor_proxy_resolver_lookup_finish (result);
  if (!g_cancellable_is_cancelled (answer->cancellable)) {
    /* While the tunnel's name servers are in force the network's own announcement is not to be had. */
    VisitorProxyList *before = answer->desk->list;
    if (before != NULL && visitor_proxy_list_is_announced (before) &&
        visitor_proxy_list_is_direct (list)) {
      visitor_proxy_list_unref (list);
      list = visitor_proxy_list_ref (before);
    }
    visitor_proxy_desk_set_list (answer->desk, list);
  }
  g_dbus_method_invocation_return_value (
      answer->invocation, g_variant_new ("(^as)", visitor_proxy_list_get_uris (list)));
  answer_free (answer);
}

/* Asks the session once more. */
void
visitor_proxy_desk_answer_proxies (
    VisitorProxyDesk *desk, GDBusMethodInvocation *invocation, GVariant *details)
{
  const char *host;
  guint16 port;
  if (!g_variant_lookup (details, "host", "&s", &host) ||
      !g_variant_lookup (details, "port", "q", &port)) {
    refuse (g_object_ref (invocation), VISITOR_ERROR_INVALID_REQUEST,
        "A question for proxies has a host and a port");
    return;
  }
  visitor_proxy_resolver_lookup_async (
      host, port, desk->cancellable, on_resolved, answer_new (desk, invocation));
}

static void
on_token (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Answer *answer = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) token = visitor_proxy_token_get_finish (result, &error);
  if (token == NULL)
    refuse (answer->invocation, VISITOR_ERROR_NO_SECRET, error->message);
  else
    g_dbus_method_invocation_return_value (answer->invocation,
        g_variant_new ("(@ay)", g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, token, TRUE)));
  answer_free (answer);
}

/* A token of the user's tickets, for a proxy that was named here and no other. */
void
visitor_proxy_desk_answer_token (
    VisitorProxyDesk *desk, GDBusMethodInvocation *invocation, GVariant *details)
{
  const char *host = NULL;
  g_variant_lookup (details, "host", "&s", &host);
  if (host == NULL || desk->list == NULL || !visitor_proxy_list_has_host (desk->list, host))
    refuse (g_object_ref (invocation), VISITOR_ERROR_INVALID_REQUEST,
        "That is no proxy of this connection");
  else
    visitor_proxy_token_get_async (
        host, desk->cancellable, on_token, answer_new (desk, invocation));
}
