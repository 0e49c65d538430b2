/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cli/proxy-question.h"
#include "client/agent.h"
#include "client/diagnosis.h"
#include "site/site.h"

/* What the files called diagnose share: one run of the verb. */
typedef struct {
  int proxy_password_fd; /* or PROMPT_NO_FD */
  gboolean proxy_clear; /* the proxy's password may be read by others */
  gboolean as_json;

  /* owned */
  Site *site;
  VisitorDiagnosis *diagnosis; /* as far as it is */
  guint n_shown; /* of its findings */
  gboolean begin_shown;
  GCancellable *cancellable;
  Secret *proxy_password; /* from proxy_password_fd; NULL: a person is asked */
  Prompt *prompt; /* NULL: nobody is asked */
  VisitorSecretRequest *asking; /* what the person is being asked for */
  GQueue waiting; /* VisitorSecretRequest, of other ways, until that is answered */
  ProxyQuestion question; /* about `asking` */
  Secret *typed; /* what was typed last, or NULL */
  char *typed_for; /* the proxy */
  char *typed_kind;
  VisitorAgent *agent;
} Diagnosing;

extern const VisitorAgentPrompts diagnosing_prompts;
void diagnosing_show (Diagnosing *self);
void diagnosing_withdraw_questions (Diagnosing *self, VisitorError why);
