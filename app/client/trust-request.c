/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorTrustRequest: one call of Agent1.AskTrust on its way to an answer. A request that is dropped
 * unanswered is a no. */
#include "client/trust-request.h"

struct _VisitorTrustRequest {
  GDBusMethodInvocation *invocation; /* owned; NULL once answered */
  VisitorTrustQuestion *question; /* owned */
};

/* Reads the engine's dictionary. INVALID_REQUEST if something is missing; then the invocation is still
 * the caller's, otherwise the request answers it. Transfer: full. */
VisitorTrustRequest *
visitor_trust_request_new (GDBusMethodInvocation *invocation, GVariant *details, GError **error)
{
  VisitorTrustQuestion *question = visitor_trust_question_new (details, error);
  if (question == NULL)
    return NULL;
  VisitorTrustRequest *request = g_new0 (VisitorTrustRequest, 1);
  request->invocation = g_object_ref (invocation);
  request->question = question;
  return request;
}

/* Borrowed. */
const VisitorTrustQuestion *
visitor_trust_request_get_question (const VisitorTrustRequest *request)
{
  return request->question;
}

/* Tells the engine what the person said. */
void
visitor_trust_request_answer (VisitorTrustRequest *request, gboolean trusted)
{
  g_dbus_method_invocation_return_value (
      g_steal_pointer (&request->invocation), g_variant_new ("(b)", trusted));
}

/* Tells the engine that the person wants no more of it. */
void
visitor_trust_request_cancel (VisitorTrustRequest *request)
{
  g_dbus_method_invocation_return_error_literal (g_steal_pointer (&request->invocation),
      VISITOR_ERROR, VISITOR_ERROR_CANCELLED, "The user cancelled");
}

/* NULL is allowed. */
void
visitor_trust_request_free (VisitorTrustRequest *request)
{
  if (request == NULL)
    return;
  if (request->invocation != NULL)
    visitor_trust_request_answer (request, FALSE);
  visitor_trust_question_free (request->question);
  g_free (request);
}
