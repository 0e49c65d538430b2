/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cli/prompt.h"
#include "client/secret-request.h"

/* One question of a proxy's that a person is being asked; zero is none. */
typedef struct {
  Prompt *prompt; /* borrowed */
  const VisitorSecretRequest *request; /* borrowed */
  char *user; /* owned; typed, while the password is asked for */
  PromptFunc func;
  gpointer user_data;
} ProxyQuestion;

gboolean proxy_question_takes_given (const VisitorSecretRequest *request, gboolean in_clear);
void proxy_question_explain (const VisitorSecretRequest *request, const GError *problem);
void proxy_question_ask (ProxyQuestion *question, Prompt *prompt,
    const VisitorSecretRequest *request, PromptFunc func, gpointer user_data);
void proxy_question_clear (ProxyQuestion *question);
