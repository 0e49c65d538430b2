/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorAgent, the certificate that the site signs in with: opened when the engine asks for it, then used to sign
 * what a gateway has to be shown, and nothing else. One thing at a time; the key goes nowhere. */
#include "client/agent-private.h"

#include "client/credential-open.h"
#include "client/sign-form.h"

static void
return_certificate (const VisitorAgent *self, GDBusMethodInvocation *invocation)
{
  g_dbus_method_invocation_return_value (
      g_object_ref (invocation), visitor_credential_to_variant (self->credential));
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (VisitorAgentQuestion) question = user_data;
  VisitorAgent *self = question->agent;
  g_autoptr (GError) error = NULL;
  self->credential_is_busy = FALSE;
  self->credential_is_open = visitor_credential_open_finish (result, &error);
  if (self->credential_is_open)
    return_certificate (self, question->invocation);
  else
    g_dbus_method_invocation_return_gerror (g_object_ref (question->invocation), error);
}

static void
ask_for_key (VisitorSecretRequest *request, const GError *keyring_problem, gpointer user_data)
{
  VisitorAgent *self = user_data;
  self->prompts->secret (self, request, keyring_problem, self->prompts_data);
}

/* TRUE, and the question is answered, if there is no credential or it is at work. */
static gboolean
refuse_credential (const VisitorAgent *self, GDBusMethodInvocation *invocation)
{
  if (self->credential != NULL && !self->credential_is_busy)
    return FALSE;
  g_dbus_method_invocation_return_error_literal (g_object_ref (invocation), VISITOR_ERROR,
      self->credential == NULL ? VISITOR_ERROR_INVALID_REQUEST : VISITOR_ERROR_BUSY,
      "The site signs in without a certificate, or its key is at work");
  return TRUE;
}

void
visitor_agent_handle_certificate (
    VisitorAgent *self, GDBusMethodInvocation *invocation, GVariant *details)
{
  if (refuse_credential (self, invocation))
    return;
  if (self->credential_is_open) {
    return_certificate (self, invocation);
    return;
  }
  self->credential_is_busy = TRUE;
  visitor_credential_open_async (self->credential, self->site, self->use_keyring, ask_for_key, self,
      self->cancellable, on_opened, visitor_agent_question_new (self, invocation));
}

static void
on_signed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (VisitorAgentQuestion) question = user_data;
  g_autoptr (GError) error = NULL;
  question->agent->credential_is_busy = FALSE;
  g_autoptr (GBytes) signature = visitor_credential_sign_finish (result, &error);
  if (signature == NULL)
    g_dbus_method_invocation_return_gerror (g_object_ref (question->invocation), error);
  else
    g_dbus_method_invocation_return_value (g_object_ref (question->invocation),
        g_variant_new (
            "(@ay)", g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, signature, TRUE)));
}

static gboolean
may_sign (const VisitorAgent *self, Slice octets)
{
  return visitor_sign_form_is_ike_auth (octets) ||
      (self->credential_for_tls && visitor_sign_form_is_tls_client (octets));
}

/* Nothing but the proof of IKE_AUTH, or of EAP-TLS where the site has that, is signed, whoever asks. */
void
visitor_agent_handle_sign (VisitorAgent *self, GDBusMethodInvocation *invocation, GVariant *details)
{
  g_autoptr (GVariant) octets =
      g_variant_lookup_value (details, "octets", G_VARIANT_TYPE_BYTESTRING);
  const char *name = NULL;
  g_variant_lookup (details, "scheme", "&s", &name);
  SignatureScheme scheme = signature_scheme_from_string (name);
  if (refuse_credential (self, invocation))
    return;
  g_autoptr (GBytes) bytes = octets != NULL ? g_variant_get_data_as_bytes (octets) : NULL;
  if (bytes == NULL || scheme == SIGNATURE_NONE || !self->credential_is_open ||
      !may_sign (self, slice_of_bytes (bytes))) {
    g_dbus_method_invocation_return_error_literal (g_object_ref (invocation), VISITOR_ERROR,
        VISITOR_ERROR_INVALID_REQUEST, "That is nothing that a gateway has to be shown");
    return;
  }
  self->credential_is_busy = TRUE;
  visitor_credential_sign_async (
      self->credential, scheme, bytes, on_signed, visitor_agent_question_new (self, invocation));
}

/* The certificate of the site, closed; it is opened when the engine asks for it. for_tls: the site may
 * sign in by EAP-TLS, so that proofs of TLS are signed too. */
void
visitor_agent_set_credential (VisitorAgent *self, VisitorCredential *credential, gboolean for_tls)
{
  self->credential_for_tls = for_tls;
  g_clear_pointer (&self->credential, visitor_credential_unref);
  self->credential = visitor_credential_ref (credential);
  self->credential_is_open = FALSE;
}
