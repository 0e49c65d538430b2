/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cli/exit-code.h"
#include "cli/prompt.h"
#include "cli/proxy-question.h"
#include "client/agent.h"
#include "client/client.h"

/* What the files called connect share: one run of the verb. */
typedef struct {
  /* what the user wants */
  int password_fd; /* or PROMPT_NO_FD */
  int proxy_password_fd; /* or PROMPT_NO_FD */
  gboolean proxy_clear; /* the proxy's password may be read by others */
  gboolean remember;
  gboolean wait;
  gboolean stay;
  gboolean debug;

  const Site *site; /* borrowed */

  /* owned */
  GMainLoop *loop;
  GCancellable *cancellable;
  VisitorClient *client;
  VisitorAgent *agent;
  VisitorConnection *connection; /* NULL until the engine has made one */
  Prompt *prompt; /* NULL without a terminal */
  Secret *password; /* from password_fd */
  Secret *proxy_password; /* from proxy_password_fd */
  ProxyQuestion proxy_question; /* while `asking` is a proxy's */
  VisitorCredential *credential; /* NULL where the site signs in without a certificate */
  VisitorSecretRequest *asking; /* what the person is being asked for */
  char *portal; /* the page that was told last, or NULL */
  VisitorTrustRequest *trusting; /* what the person is being asked about */

  /* state */
  VisitorState told;
  gboolean told_waiting; /* for a network */
  gboolean connected;
  gboolean cancelled;
  gboolean no_keyring; /* it has proved to be of no use here */
  gboolean asked_code; /* and not a password, at last */
  gboolean used_given; /* the first line of password_fd has been given away */
  gboolean key_alone; /* the site signs in by certificate and nothing else */
  gboolean refused_once; /* the gateway did not take the secret before */
  ExitCode code;
} Connecting;

/* connect.c */
void connecting_finish (Connecting *self, ExitCode code);

/* connect-ask.c */
extern const VisitorAgentPrompts connecting_prompts;
void connecting_withdraw_question (Connecting *self);

/* connect-progress.c */
gboolean connecting_waits_for_portal (const Connecting *self);
void connecting_follow (Connecting *self);
