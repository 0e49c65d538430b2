/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorAgent, what the person decides: secrets and trust.
 *
 * The first question for a secret is answered from the keyring where it has one. A secret that was refused is
 * not sent again, and not thrown away either: the person is asked, and what the person wants kept is kept when
 * the connection is up, not before. A key that the person has accepted is not asked about again. */
#include "client/agent-private.h"

#include "client/keyring.h"

static void
on_looked_up (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (VisitorAgentQuestion) question = user_data;
  VisitorAgent *self = question->agent;
  g_autoptr (Secret) secret = NULL;
  g_autoptr (GError) problem = NULL;
  visitor_keyring_lookup_finish (result, &secret, &problem);
  if (secret != NULL)
    visitor_secret_request_answer (question->request, secret);
  else if (g_cancellable_is_cancelled (self->cancellable))
    visitor_secret_request_refuse (question->request, VISITOR_ERROR_CANCELLED);
  else
    self->prompts->secret (self, g_steal_pointer (&question->request), problem, self->prompts_data);
}

/* A proxy's user and password may stand in the session's settings, as in http_proxy. That is no consent to
 * send them so that others can read them. */
static gboolean
answer_from_settings (VisitorAgent *self, VisitorSecretRequest *request)
{
  const char *proxy = visitor_secret_request_get_proxy (request);
  const Secret *known = proxy != NULL ? visitor_proxy_desk_find_user (self->proxies, proxy) : NULL;
  if (known == NULL || visitor_secret_request_get_attempt (request) > 1 ||
      !visitor_secret_request_wants_user (request) ||
      !g_str_equal (visitor_secret_request_get_kind (request), VISITOR_SECRET_PROXY))
    return FALSE;
  visitor_secret_request_answer (request, known);
  visitor_secret_request_free (request);
  return TRUE;
}

void
visitor_agent_handle_secret (
    VisitorAgent *self, GDBusMethodInvocation *invocation, GVariant *details)
{
  g_autoptr (GError) error = NULL;
  VisitorSecretRequest *request =
      visitor_secret_request_new (invocation, self->site, details, &error);
  if (request == NULL) {
    g_dbus_method_invocation_return_gerror (g_object_ref (invocation), error);
    return;
  }
  visitor_pending_secrets_drop (self->pending, visitor_secret_request_get_kind (request));
  if (answer_from_settings (self, request))
    return;
  if (!self->use_keyring || visitor_secret_request_get_attempt (request) > 1 ||
      !visitor_secret_request_may_be_kept (request)) {
    self->prompts->secret (self, request, NULL, self->prompts_data);
    return;
  }
  VisitorAgentQuestion *question = g_new0 (VisitorAgentQuestion, 1);
  question->agent = g_object_ref (self);
  question->request = request;
  const char *proxy = visitor_secret_request_get_proxy (request);
  visitor_keyring_lookup_async (proxy != NULL ? proxy : self->site,
      visitor_secret_request_get_user (request), visitor_secret_request_get_kind (request),
      self->cancellable, on_looked_up, question);
}

/* The same key at the other part of the way is the same answer. */
void
visitor_agent_handle_trust (
    VisitorAgent *self, GDBusMethodInvocation *invocation, GVariant *details)
{
  g_autoptr (GError) error = NULL;
  VisitorTrustRequest *request = visitor_trust_request_new (invocation, details, &error);
  if (request == NULL)
    g_dbus_method_invocation_return_gerror (g_object_ref (invocation), error);
  else if (visitor_trusted_keys_has (
               self->trusted, &visitor_trust_request_get_question (request)->pin))
    visitor_agent_answer_trust (self, request, TRUE);
  else
    self->prompts->trust (self, request, self->prompts_data);
}

/* Answers a request, which it frees; with remember the secret waits for visitor_agent_keep_async (),
 * unless it is good for once only. */
void
visitor_agent_answer (
    VisitorAgent *self, VisitorSecretRequest *request, const Secret *secret, gboolean remember)
{
  if (remember && visitor_secret_request_may_be_kept (request))
    visitor_pending_secrets_put (self->pending, visitor_secret_request_get_proxy (request),
        visitor_secret_request_get_kind (request), visitor_secret_request_get_user (request),
        secret);
  visitor_secret_request_answer (request, secret);
  visitor_secret_request_free (request);
}

/* True if there is something that the person wants kept. */
gboolean
visitor_agent_has_pending (VisitorAgent *self)
{
  return visitor_pending_secrets_are_there (self->pending);
}

/* Puts what the gateway has accepted into the keyring, where there is something to put. */
void
visitor_agent_keep_async (
    VisitorAgent *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  visitor_pending_secrets_keep_async (self->pending, self->site, cancellable, callback, user_data);
}

gboolean
visitor_agent_keep_finish (VisitorAgent *self, GAsyncResult *result, GError **error)
{
  return visitor_pending_secrets_keep_finish (result, error);
}

/* Answers a request, which it frees; what was accepted is known from then on. */
void
visitor_agent_answer_trust (VisitorAgent *self, VisitorTrustRequest *request, gboolean trusted)
{
  const VisitorTrustQuestion *question = visitor_trust_request_get_question (request);
  if (trusted)
    visitor_trusted_keys_add (self->trusted, question->part, &question->pin);
  visitor_trust_request_answer (request, trusted);
  visitor_trust_request_free (request);
}

/* True if the person has accepted a key. */
gboolean
visitor_agent_has_trusted (VisitorAgent *self)
{
  return !visitor_trusted_keys_is_empty (self->trusted);
}

/* Makes what the person has accepted pins of the stored site. Errors as visitor_trusted_keys_save (). */
gboolean
visitor_agent_remember_trusted (VisitorAgent *self, GError **error)
{
  return visitor_trusted_keys_save (self->trusted, self->site, error);
}
