/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorAgent: answers the engine's questions about one connection.
 *
 * Only the owner of org.visitorvpn.Engine may ask; anybody else on the bus is refused before anything is
 * looked up. A key that the person has accepted is not asked about again. The first question for a secret is answered from the keyring where it has one. A secret
 * that was refused is not sent again, and not thrown away either: the person is asked, and what the
 * person wants kept is kept when the connection is up, not before. */
#include "client/agent.h"

#include "base/names.h"
#include "client/credential-open.h"
#include "client/keyring.h"
#include "client/pending-secrets.h"
#include "client/proxy-desk.h"
#include "client/sign-form.h"
#include "dbus/visitor-dbus.h"

struct _VisitorAgent {
  GObject parent_instance;

  /* owned */
  VisitorDBusAgent1 *skeleton;
  GDBusConnection *bus;
  GCancellable *cancellable;
  char *site;
  char *path;
  VisitorTrustedKeys *trusted;

  /* owned: to be kept once it has proved right */
  VisitorPendingSecrets *pending;

  /* owned: what it says of proxies */
  VisitorProxyDesk *proxies;

  /* owned: the certificate that the site signs in with, or NULL */
  VisitorCredential *credential;
  gboolean credential_is_open;
  gboolean credential_is_busy;
  gboolean credential_for_tls;

  /* borrowed */
  const VisitorAgentPrompts *prompts;
  gpointer prompts_data;

  gboolean use_keyring;
};

G_DEFINE_FINAL_TYPE (VisitorAgent, visitor_agent, G_TYPE_OBJECT)

/* A call whose sender is being checked, or whose secret is being looked up. */
typedef struct {
  VisitorAgent *agent;
  GDBusMethodInvocation *invocation;
  GVariant *details;
  VisitorSecretRequest *request;
  void (*handle) (VisitorAgent *self, GDBusMethodInvocation *invocation, GVariant *details);
} Question;

static void
question_free (Question *question)
{
  g_object_unref (question->agent);
  g_clear_object (&question->invocation);
  g_clear_pointer (&question->details, g_variant_unref);
  visitor_secret_request_free (question->request);
  g_free (question);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Question, question_free)

static void
on_looked_up (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Question) question = user_data;
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

static void
handle_secret (VisitorAgent *self, GDBusMethodInvocation *invocation, GVariant *details)
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
  Question *question = g_new0 (Question, 1);
  question->agent = g_object_ref (self);
  question->request = request;
  const char *proxy = visitor_secret_request_get_proxy (request);
  visitor_keyring_lookup_async (proxy != NULL ? proxy : self->site,
      visitor_secret_request_get_user (request), visitor_secret_request_get_kind (request),
      self->cancellable, on_looked_up, question);
}

/* The same key at the other part of the way is the same answer. */
static void
handle_trust (VisitorAgent *self, GDBusMethodInvocation *invocation, GVariant *details)
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

static void
return_certificate (const VisitorAgent *self, GDBusMethodInvocation *invocation)
{
  g_dbus_method_invocation_return_value (
      g_object_ref (invocation), visitor_credential_to_variant (self->credential));
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Question) question = user_data;
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

static Question *
question_new (VisitorAgent *self, GDBusMethodInvocation *invocation)
{
  Question *question = g_new0 (Question, 1);
  question->agent = g_object_ref (self);
  question->invocation = g_object_ref (invocation);
  return question;
}

static void
handle_certificate (VisitorAgent *self, GDBusMethodInvocation *invocation, GVariant *details)
{
  if (refuse_credential (self, invocation))
    return;
  if (self->credential_is_open) {
    return_certificate (self, invocation);
    return;
  }
  self->credential_is_busy = TRUE;
  visitor_credential_open_async (self->credential, self->site, self->use_keyring, ask_for_key, self,
      self->cancellable, on_opened, question_new (self, invocation));
}

static void
handle_proxies (VisitorAgent *self, GDBusMethodInvocation *invocation, GVariant *details)
{
  visitor_proxy_desk_answer_proxies (self->proxies, invocation, details);
}

static void
handle_token (VisitorAgent *self, GDBusMethodInvocation *invocation, GVariant *details)
{
  visitor_proxy_desk_answer_token (self->proxies, invocation, details);
}

static void
on_signed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Question) question = user_data;
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
static void
handle_sign (VisitorAgent *self, GDBusMethodInvocation *invocation, GVariant *details)
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
      self->credential, scheme, bytes, on_signed, question_new (self, invocation));
}

static void
on_owner (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Question) question = user_data;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);
  const char *owner = NULL;
  if (reply != NULL)
    g_variant_get (reply, "(&s)", &owner);
  const char *sender = g_dbus_method_invocation_get_sender (question->invocation);
  if (owner == NULL || g_strcmp0 (owner, sender) != 0)
    g_dbus_method_invocation_return_error_literal (g_object_ref (question->invocation),
        G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED, "Only the engine may ask");
  else
    question->handle (question->agent, question->invocation, question->details);
}

/* Asks the bus itself who the engine is, for every question anew. */
static void
check_sender (VisitorAgent *self, GDBusMethodInvocation *invocation, GVariant *details,
    void (*handle) (VisitorAgent *, GDBusMethodInvocation *, GVariant *))
{
  Question *question = question_new (self, invocation);
  question->details = g_variant_ref (details);
  question->handle = handle;
  g_dbus_connection_call (self->bus, "org.freedesktop.DBus", "/org/freedesktop/DBus",
      "org.freedesktop.DBus", "GetNameOwner", g_variant_new ("(s)", VISITOR_ENGINE_BUS_NAME),
      G_VARIANT_TYPE ("(s)"), G_DBUS_CALL_FLAGS_NONE, -1, NULL, on_owner, question);
}

static gboolean
on_get_secret (VisitorDBusAgent1 *skeleton, GDBusMethodInvocation *invocation, GUnixFDList *fds,
    const char *connection, GVariant *details, VisitorAgent *self)
{
  check_sender (self, invocation, details, handle_secret);
  g_object_unref (invocation);
  return TRUE;
}

static gboolean
on_ask_trust (VisitorDBusAgent1 *skeleton, GDBusMethodInvocation *invocation,
    const char *connection, GVariant *details, VisitorAgent *self)
{
  check_sender (self, invocation, details, handle_trust);
  g_object_unref (invocation);
  return TRUE;
}

static gboolean
on_get_certificate (VisitorDBusAgent1 *skeleton, GDBusMethodInvocation *invocation,
    const char *connection, GVariant *details, VisitorAgent *self)
{
  check_sender (self, invocation, details, handle_certificate);
  g_object_unref (invocation);
  return TRUE;
}

static gboolean
on_sign (VisitorDBusAgent1 *skeleton, GDBusMethodInvocation *invocation, const char *connection,
    GVariant *details, VisitorAgent *self)
{
  check_sender (self, invocation, details, handle_sign);
  g_object_unref (invocation);
  return TRUE;
}

static gboolean
on_get_proxies (VisitorDBusAgent1 *skeleton, GDBusMethodInvocation *invocation,
    const char *connection, GVariant *details, VisitorAgent *self)
{
  check_sender (self, invocation, details, handle_proxies);
  g_object_unref (invocation);
  return TRUE;
}

static gboolean
on_get_proxy_token (VisitorDBusAgent1 *skeleton, GDBusMethodInvocation *invocation,
    const char *connection, GVariant *details, VisitorAgent *self)
{
  check_sender (self, invocation, details, handle_token);
  g_object_unref (invocation);
  return TRUE;
}

static void
visitor_agent_dispose (GObject *object)
{
  VisitorAgent *self = VISITOR_AGENT (object);
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->skeleton != NULL) {
    g_signal_handlers_disconnect_by_data (self->skeleton, self);
    g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (self->skeleton));
  }
  g_clear_object (&self->skeleton);
  g_clear_object (&self->bus);
  g_clear_pointer (&self->site, g_free);
  g_clear_pointer (&self->path, g_free);
  g_clear_pointer (&self->credential, visitor_credential_unref);
  g_clear_pointer (&self->pending, visitor_pending_secrets_free);
  g_clear_pointer (&self->proxies, visitor_proxy_desk_free);
  g_clear_pointer (&self->trusted, visitor_trusted_keys_free);
  G_OBJECT_CLASS (visitor_agent_parent_class)->dispose (object);
}

static void
visitor_agent_class_init (VisitorAgentClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = visitor_agent_dispose;
}

static void
visitor_agent_init (VisitorAgent *self)
{
  self->cancellable = g_cancellable_new ();
  self->pending = visitor_pending_secrets_new ();
  self->proxies = visitor_proxy_desk_new (self->cancellable);
  self->trusted = visitor_trusted_keys_new ();
  self->use_keyring = TRUE;
}

/* An agent for one connection to the site with this id, at an object path of its own. prompts and
 * user_data are borrowed for as long as it lives. Transfer: full. */
VisitorAgent *
visitor_agent_new (GDBusConnection *bus, const char *site, const VisitorAgentPrompts *prompts,
    gpointer user_data, GError **error)
{
  static guint made;
  g_autoptr (VisitorAgent) self = g_object_new (VISITOR_TYPE_AGENT, NULL);
  self->bus = g_object_ref (bus);
  self->site = g_strdup (site);
  self->path = g_strdup_printf (VISITOR_AGENT_PATH "/%u", ++made);
  self->prompts = prompts;
  self->prompts_data = user_data;
  self->skeleton = visitor_dbus_agent1_skeleton_new ();
  g_signal_connect (self->skeleton, "handle-get-secret", G_CALLBACK (on_get_secret), self);
  g_signal_connect (self->skeleton, "handle-ask-trust", G_CALLBACK (on_ask_trust), self);
  g_signal_connect (
      self->skeleton, "handle-get-certificate", G_CALLBACK (on_get_certificate), self);
  g_signal_connect (self->skeleton, "handle-sign", G_CALLBACK (on_sign), self);
  g_signal_connect (self->skeleton, "handle-get-proxies", G_CALLBACK (on_get_proxies), self);
  g_signal_connect (
      self->skeleton, "handle-get-proxy-token", G_CALLBACK (on_get_proxy_token), self);
  if (!g_dbus_interface_skeleton_export (
          G_DBUS_INTERFACE_SKELETON (self->skeleton), bus, self->path, error))
    return NULL;
  return g_steal_pointer (&self);
}

/* Without the keyring every question goes to the person; used where the secret is given otherwise. */
void
visitor_agent_set_use_keyring (VisitorAgent *self, gboolean use)
{
  self->use_keyring = use;
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

/* The proxies that its connection begins with. */
void
visitor_agent_set_proxies (VisitorAgent *self, VisitorProxyList *list)
{
  visitor_proxy_desk_set_list (self->proxies, list);
}

const char *
visitor_agent_get_site (VisitorAgent *self)
{
  return self->site;
}

/* Where the engine finds it, on the connection that it was made for. */
const char *
visitor_agent_get_path (VisitorAgent *self)
{
  return self->path;
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
