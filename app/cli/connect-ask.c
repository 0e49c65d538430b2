/* SPDX-License-Identifier: GPL-2.0-or-later */
/* visitor connect, its questions: what the gateway or a proxy wants to know comes from a file descriptor that was
 * given, else from the person at the terminal, else from nobody. What was given is tried once: a second question
 * means that it was wrong. */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "cli/connect-private.h"
#include "cli/output.h"
#include "cli/question.h"
#include "cli/trust.h"

static void
on_password (const Secret *answer, gpointer user_data)
{
  Connecting *self = user_data;
  g_autoptr (VisitorSecretRequest) request = g_steal_pointer (&self->asking);
  if (answer == NULL || secret_len (answer) == 0)
    visitor_secret_request_refuse (request, VISITOR_ERROR_NO_SECRET);
  else
    visitor_agent_answer (self->agent, g_steal_pointer (&request), answer, TRUE);
}

/* The next line of what was given by a file descriptor; the last one answers all that follow. */
static const Secret *
next_given (Connecting *self)
{
  if (self->used_given) {
    Secret *next = prompt_read_fd (self->password_fd, FALSE, NULL);
    if (next != NULL) {
      secret_unref (self->password);
      self->password = next;
    }
  }
  self->used_given = TRUE;
  return self->password;
}

static void
refuse (VisitorSecretRequest *request)
{
  visitor_secret_request_refuse (request, VISITOR_ERROR_NO_SECRET);
  visitor_secret_request_free (request);
}

static void
on_proxy_answer (const Secret *answer, gpointer user_data)
{
  Connecting *self = user_data;
  VisitorSecretRequest *request = g_steal_pointer (&self->asking);
  if (answer == NULL)
    refuse (request);
  else
    visitor_agent_answer (self->agent, request, answer, TRUE);
}

/* What was given for the gateway is never given to a proxy. */
static void
ask_for_proxy (Connecting *self, VisitorSecretRequest *request, const GError *problem)
{
  if (self->proxy_password != NULL && proxy_question_takes_given (request, self->proxy_clear)) {
    visitor_agent_answer (self->agent, request, self->proxy_password, self->remember);
    return;
  }
  proxy_question_explain (request, problem);
  if (self->prompt == NULL || self->proxy_password != NULL || self->cancelled) {
    refuse (request);
    return;
  }
  self->asking = request;
  proxy_question_ask (&self->proxy_question, self->prompt, request, on_proxy_answer, self);
}

static void
ask_for_secret (
    VisitorAgent *agent, VisitorSecretRequest *request, const GError *problem, gpointer user_data)
{
  Connecting *self = user_data;
  gboolean again = visitor_secret_request_get_attempt (request) > 1;
  if (visitor_secret_request_get_proxy (request) != NULL) {
    ask_for_proxy (self, request, problem);
    return;
  }
  self->refused_once = again && !question_is_for_key (request);
  self->asked_code = g_str_equal (visitor_secret_request_get_kind (request), "code");
  if (self->password != NULL && !again) {
    visitor_agent_answer (agent, request, next_given (self), self->remember);
    return;
  }
  if (problem != NULL) {
    self->no_keyring = TRUE;
    output_complain ("%s", problem->message);
  }
  if (self->prompt == NULL || self->password != NULL || self->cancelled) {
    visitor_secret_request_refuse (request, VISITOR_ERROR_NO_SECRET);
    visitor_secret_request_free (request);
    return;
  }
  if (again)
    output_complain ("%s", question_refusal (request));
  if (visitor_secret_request_is_last_try (request))
    output_complain (_ ("One more wrong PIN locks the token."));
  self->asking = request;
  g_autofree char *question = question_for (request);
  prompt_ask (self->prompt, question, FALSE, on_password, self);
}

static void
on_trust_answer (const Secret *answer, gpointer user_data)
{
  Connecting *self = user_data;
  visitor_agent_answer_trust (
      self->agent, g_steal_pointer (&self->trusting), prompt_answer_is_yes (answer));
}

static void
ask_for_trust (VisitorAgent *agent, VisitorTrustRequest *request, gpointer user_data)
{
  Connecting *self = user_data;
  const VisitorTrustQuestion *question = visitor_trust_request_get_question (request);
  if (self->prompt == NULL || self->cancelled) {
    trust_explain (question);
    visitor_agent_answer_trust (agent, request, FALSE);
    return;
  }
  self->trusting = request;
  trust_show (self->prompt, question);
  prompt_ask (self->prompt, _ ("Is this your gateway's key? [y/N]"), TRUE, on_trust_answer, self);
}

/* Takes back what the person is being asked, without an answer, and asks nothing any more. */
void
connecting_withdraw_question (Connecting *self)
{
  if (self->asking != NULL) {
    visitor_secret_request_refuse (self->asking, VISITOR_ERROR_CANCELLED);
    g_clear_pointer (&self->asking, visitor_secret_request_free);
  }
  if (self->trusting != NULL) {
    visitor_trust_request_cancel (self->trusting);
    g_clear_pointer (&self->trusting, visitor_trust_request_free);
  }
  g_clear_pointer (&self->prompt, prompt_close);
}

/* How the agent of the connection asks; its user_data is the Connecting. */
const VisitorAgentPrompts connecting_prompts = { .secret = ask_for_secret, .trust = ask_for_trust };
