/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorAgent: answers the engine's questions about one connection.
 *
 * Only the owner of org.visitorvpn.Engine may ask; anybody else on the bus is refused before anything is
 * looked up. The first question for a secret is answered from the keyring where it has one. A secret
 * that was refused is not sent again, and not thrown away either: the person is asked, and what the
 * person wants kept is kept when the connection is up, not before. */
#include "client/agent.h"

#include "base/names.h"
#include "client/keyring.h"
#include "dbus/visitor-dbus.h"

struct _VisitorAgent {
  GObject parent_instance;

  /* owned */
  VisitorDBusAgent1 *skeleton;
  GDBusConnection *bus;
  GCancellable *cancellable;
  char *site;
  char *path;

  /* owned: to be kept once it has proved right */
  Secret *pending;
  char *pending_user;
  char *pending_kind;

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
forget_pending (VisitorAgent *self)
{
  g_clear_pointer (&self->pending, secret_unref);
  g_clear_pointer (&self->pending_user, g_free);
  g_clear_pointer (&self->pending_kind, g_free);
}

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
  if (visitor_secret_request_may_be_kept (request))
    forget_pending (self);
  if (!self->use_keyring || visitor_secret_request_get_attempt (request) > 1 ||
      !visitor_secret_request_may_be_kept (request)) {
    self->prompts->secret (self, request, NULL, self->prompts_data);
    return;
  }
  Question *question = g_new0 (Question, 1);
  question->agent = g_object_ref (self);
  question->request = request;
  visitor_keyring_lookup_async (self->site, visitor_secret_request_get_user (request),
      visitor_secret_request_get_kind (request), self->cancellable, on_looked_up, question);
}

static void
handle_trust (VisitorAgent *self, GDBusMethodInvocation *invocation, GVariant *details)
{
  g_autoptr (GVariant) octets =
      g_variant_lookup_value (details, "certificate", G_VARIANT_TYPE_BYTESTRING);
  const char *name = "", *reason = "";
  g_variant_lookup (details, "name", "&s", &name);
  g_variant_lookup (details, "reason", "&s", &reason);
  gboolean trusted = FALSE;
  if (octets != NULL && self->prompts->trust != NULL) {
    g_autoptr (GBytes) certificate = g_variant_get_data_as_bytes (octets);
    VisitorTrustQuestion question = { certificate, name, reason };
    trusted = self->prompts->trust (self, &question, self->prompts_data);
  }
  g_dbus_method_invocation_return_value (g_object_ref (invocation), g_variant_new ("(b)", trusted));
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
  Question *question = g_new0 (Question, 1);
  question->agent = g_object_ref (self);
  question->invocation = g_object_ref (invocation);
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
  forget_pending (self);
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
  if (remember && visitor_secret_request_may_be_kept (request)) {
    forget_pending (self);
    Slice octets = secret_slice (secret);
    self->pending = secret_new (octets.data, octets.len);
    self->pending_user = g_strdup (visitor_secret_request_get_user (request));
    self->pending_kind = g_strdup (visitor_secret_request_get_kind (request));
  }
  visitor_secret_request_answer (request, secret);
  visitor_secret_request_free (request);
}

/* True if there is a secret that the person wants kept. */
gboolean
visitor_agent_has_pending (VisitorAgent *self)
{
  return self->pending != NULL;
}

static void
on_kept (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  if (visitor_keyring_store_finish (result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* Puts the secret that the gateway has accepted into the keyring, where there is one to put. */
void
visitor_agent_keep_async (
    VisitorAgent *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  if (self->pending == NULL) {
    g_task_return_boolean (task, TRUE);
    g_object_unref (task);
    return;
  }
  visitor_keyring_store_async (self->site, self->pending_user, self->pending_kind, self->pending,
      cancellable, on_kept, task);
  forget_pending (self);
}

gboolean
visitor_agent_keep_finish (VisitorAgent *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
