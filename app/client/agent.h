/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "client/credential.h"
#include "client/proxy-list.h"
#include "client/secret-request.h"
#include "client/trust-request.h"

G_BEGIN_DECLS

#define VISITOR_TYPE_AGENT (visitor_agent_get_type ())
G_DECLARE_FINAL_TYPE (VisitorAgent, visitor_agent, VISITOR, AGENT, GObject)

/* Asks a person. secret owns its request and answers it now or later, by visitor_agent_answer () or
 * visitor_secret_request_refuse (); keyring_problem says why the keyring was of no help, or is NULL.
 * trust owns its request likewise and answers it by visitor_agent_answer_trust () or
 * visitor_trust_request_cancel (). */
typedef struct {
  void (*secret) (VisitorAgent *agent, VisitorSecretRequest *request, const GError *keyring_problem,
      gpointer user_data);
  void (*trust) (VisitorAgent *agent, VisitorTrustRequest *request, gpointer user_data);
} VisitorAgentPrompts;

VisitorAgent *visitor_agent_new (GDBusConnection *bus, const char *site,
    const VisitorAgentPrompts *prompts, gpointer user_data, GError **error);
void visitor_agent_set_use_keyring (VisitorAgent *self, gboolean use);

void
visitor_agent_set_credential (VisitorAgent *self, VisitorCredential *credential, gboolean for_tls);

void visitor_agent_set_proxies (VisitorAgent *self, VisitorProxyList *list);

const char *visitor_agent_get_site (VisitorAgent *self);
const char *visitor_agent_get_path (VisitorAgent *self);

void visitor_agent_answer (
    VisitorAgent *self, VisitorSecretRequest *request, const Secret *secret, gboolean remember);
gboolean visitor_agent_has_pending (VisitorAgent *self);
void visitor_agent_keep_async (VisitorAgent *self, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data);
gboolean visitor_agent_keep_finish (VisitorAgent *self, GAsyncResult *result, GError **error);

void
visitor_agent_answer_trust (VisitorAgent *self, VisitorTrustRequest *request, gboolean trusted);
gboolean visitor_agent_has_trusted (VisitorAgent *self);
gboolean visitor_agent_remember_trusted (VisitorAgent *self, GError **error);

G_END_DECLS
