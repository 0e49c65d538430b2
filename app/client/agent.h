/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "client/credential.h"
#include "client/secret-request.h"

G_BEGIN_DECLS

#define VISITOR_TYPE_AGENT (visitor_agent_get_type ())
G_DECLARE_FINAL_TYPE (VisitorAgent, visitor_agent, VISITOR, AGENT, GObject)

/* A certificate that the engine cannot judge. */
typedef struct {
  GBytes *certificate; /* DER */
  const char *name; /* that it should have */
  const char *reason;
} VisitorTrustQuestion;

/* Asks a person. secret owns its request and answers it now or later, by visitor_agent_answer () or
 * visitor_secret_request_refuse (); keyring_problem says why the keyring was of no help, or is NULL.
 * trust decides at once. */
typedef struct {
  void (*secret) (VisitorAgent *agent, VisitorSecretRequest *request, const GError *keyring_problem,
      gpointer user_data);
  gboolean (*trust) (VisitorAgent *agent, const VisitorTrustQuestion *question, gpointer user_data);
} VisitorAgentPrompts;

VisitorAgent *visitor_agent_new (GDBusConnection *bus, const char *site,
    const VisitorAgentPrompts *prompts, gpointer user_data, GError **error);
void visitor_agent_set_use_keyring (VisitorAgent *self, gboolean use);

void visitor_agent_set_credential (VisitorAgent *self, VisitorCredential *credential);

const char *visitor_agent_get_site (VisitorAgent *self);
const char *visitor_agent_get_path (VisitorAgent *self);

void visitor_agent_answer (
    VisitorAgent *self, VisitorSecretRequest *request, const Secret *secret, gboolean remember);
gboolean visitor_agent_has_pending (VisitorAgent *self);
void visitor_agent_keep_async (VisitorAgent *self, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data);
gboolean visitor_agent_keep_finish (VisitorAgent *self, GAsyncResult *result, GError **error);

G_END_DECLS
