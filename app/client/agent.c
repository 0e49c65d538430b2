/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorAgent: answers the engine's questions about one connection.
 *
 * Only the owner of org.visitorvpn.Engine may ask; anybody else on the bus is refused before anything is
 * looked up. What goes to the person is in agent-ask.c, what the site's certificate answers in
 * agent-certificate.c, what is known of proxies at the proxy desk. */
#include "client/agent-private.h"

#include "base/names.h"

G_DEFINE_FINAL_TYPE (VisitorAgent, visitor_agent, G_TYPE_OBJECT)

void
visitor_agent_question_free (VisitorAgentQuestion *question)
{
  g_object_unref (question->agent);
  g_clear_object (&question->invocation);
  g_clear_pointer (&question->details, g_variant_unref);
  visitor_secret_request_free (question->request);
  g_free (question);
}

/* A question by a call that is to be answered with it. Transfer: full. */
VisitorAgentQuestion *
visitor_agent_question_new (VisitorAgent *self, GDBusMethodInvocation *invocation)
{
  VisitorAgentQuestion *question = g_new0 (VisitorAgentQuestion, 1);
  question->agent = g_object_ref (self);
  question->invocation = g_object_ref (invocation);
  return question;
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
on_owner (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (VisitorAgentQuestion) question = user_data;
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
  VisitorAgentQuestion *question = visitor_agent_question_new (self, invocation);
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
  check_sender (self, invocation, details, visitor_agent_handle_secret);
  g_object_unref (invocation);
  return TRUE;
}

static gboolean
on_ask_trust (VisitorDBusAgent1 *skeleton, GDBusMethodInvocation *invocation,
    const char *connection, GVariant *details, VisitorAgent *self)
{
  check_sender (self, invocation, details, visitor_agent_handle_trust);
  g_object_unref (invocation);
  return TRUE;
}

static gboolean
on_get_certificate (VisitorDBusAgent1 *skeleton, GDBusMethodInvocation *invocation,
    const char *connection, GVariant *details, VisitorAgent *self)
{
  check_sender (self, invocation, details, visitor_agent_handle_certificate);
  g_object_unref (invocation);
  return TRUE;
}

static gboolean
on_sign (VisitorDBusAgent1 *skeleton, GDBusMethodInvocation *invocation, const char *connection,
    GVariant *details, VisitorAgent *self)
{
  check_sender (self, invocation, details, visitor_agent_handle_sign);
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
