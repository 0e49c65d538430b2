/* SPDX-License-Identifier: GPL-2.0-or-later */
/* visitor diagnose, its questions: what a proxy wants to know comes from a file descriptor that was given, else
 * from the person at the terminal, else from nobody. Several ways may lead through a proxy at the same time: they
 * wait for each other, and what was typed for one answers those behind it. */
#include "config.h"

#include "cli/diagnose-private.h"

static void
refuse (VisitorSecretRequest *request, VisitorError why)
{
  visitor_secret_request_refuse (request, why);
  visitor_secret_request_free (request);
}

/* A proxy is asked about in the words of its question: what may not be read by others answers no other. */
static gboolean
was_typed (const Diagnosing *self, const VisitorSecretRequest *request)
{
  return self->typed != NULL && visitor_secret_request_get_attempt (request) <= 1 &&
      g_str_equal (self->typed_for, visitor_secret_request_get_proxy (request)) &&
      g_str_equal (self->typed_kind, visitor_secret_request_get_kind (request));
}

static void
note_typed (Diagnosing *self, const VisitorSecretRequest *request, const Secret *answer)
{
  Slice octets = secret_slice (answer);
  g_clear_pointer (&self->typed, secret_unref);
  g_free (self->typed_for);
  g_free (self->typed_kind);
  self->typed = secret_new (octets.data, octets.len);
  self->typed_for = g_strdup (visitor_secret_request_get_proxy (request));
  self->typed_kind = g_strdup (visitor_secret_request_get_kind (request));
}

static void ask_next (Diagnosing *self);

/* Who gives no answer is asked no more. */
static void
on_answer (const Secret *answer, gpointer user_data)
{
  Diagnosing *self = user_data;
  VisitorSecretRequest *request = g_steal_pointer (&self->asking);
  if (answer == NULL) {
    refuse (request, VISITOR_ERROR_NO_SECRET);
    diagnosing_withdraw_questions (self, VISITOR_ERROR_NO_SECRET);
    return;
  }
  note_typed (self, request, answer);
  visitor_agent_answer (self->agent, request, answer, FALSE);
  ask_next (self);
}

static void
ask_next (Diagnosing *self)
{
  while (self->asking == NULL && !g_queue_is_empty (&self->waiting)) {
    VisitorSecretRequest *request = g_queue_pop_head (&self->waiting);
    if (was_typed (self, request)) {
      visitor_agent_answer (self->agent, request, self->typed, FALSE);
      continue;
    }
    self->asking = request;
    proxy_question_explain (request, NULL);
    proxy_question_ask (&self->question, self->prompt, request, on_answer, self);
  }
  diagnosing_show (self);
}

static void
answer (
    VisitorAgent *agent, VisitorSecretRequest *request, const GError *problem, gpointer user_data)
{
  Diagnosing *self = user_data;
  gboolean for_proxy = visitor_secret_request_get_proxy (request) != NULL;
  gboolean given = for_proxy && self->proxy_password != NULL;
  if (given && proxy_question_takes_given (request, self->proxy_clear)) {
    visitor_agent_answer (agent, request, self->proxy_password, FALSE);
    return;
  }
  if (!for_proxy || given || self->prompt == NULL) {
    refuse (request, VISITOR_ERROR_NO_SECRET);
    return;
  }
  g_queue_push_tail (&self->waiting, request);
  ask_next (self);
}

/* The engine asks for no trust here; one that does gets none. */
static void
decline (VisitorAgent *agent, VisitorTrustRequest *request, gpointer user_data)
{
  visitor_agent_answer_trust (agent, request, FALSE);
}

/* Takes back what the person is being asked, and asks nothing any more. */
void
diagnosing_withdraw_questions (Diagnosing *self, VisitorError why)
{
  VisitorSecretRequest *request;
  if (self->asking != NULL)
    refuse (g_steal_pointer (&self->asking), why);
  while ((request = g_queue_pop_head (&self->waiting)) != NULL)
    refuse (request, why);
  proxy_question_clear (&self->question);
  g_clear_pointer (&self->prompt, prompt_close);
}

/* How the agent of a diagnosis asks; its user_data is the Diagnosing. */
const VisitorAgentPrompts diagnosing_prompts = { .secret = answer, .trust = decline };
