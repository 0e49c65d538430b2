/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "client/agent.h"
#include "client/pending-secrets.h"
#include "client/proxy-desk.h"
#include "client/trusted-keys.h"
#include "dbus/visitor-dbus.h"

/* What the files called agent share. */
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

/* A call that is not answered yet: its sender is being checked, its secret looked up, or a key is at work. */
typedef struct {
  VisitorAgent *agent;
  GDBusMethodInvocation *invocation;
  GVariant *details;
  VisitorSecretRequest *request;
  void (*handle) (VisitorAgent *self, GDBusMethodInvocation *invocation, GVariant *details);
} VisitorAgentQuestion;

/* agent.c */
VisitorAgentQuestion *
visitor_agent_question_new (VisitorAgent *self, GDBusMethodInvocation *invocation);
void visitor_agent_question_free (VisitorAgentQuestion *question);

/* agent-ask.c */
void visitor_agent_handle_secret (
    VisitorAgent *self, GDBusMethodInvocation *invocation, GVariant *details);
void visitor_agent_handle_trust (
    VisitorAgent *self, GDBusMethodInvocation *invocation, GVariant *details);

/* agent-certificate.c */
void visitor_agent_handle_certificate (
    VisitorAgent *self, GDBusMethodInvocation *invocation, GVariant *details);
void visitor_agent_handle_sign (
    VisitorAgent *self, GDBusMethodInvocation *invocation, GVariant *details);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VisitorAgentQuestion, visitor_agent_question_free)
