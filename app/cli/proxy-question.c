/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ProxyQuestion: asks the person at the terminal what a proxy wants to know: a user, unless the site names it,
 * and a password. */
#include "config.h"

#include "cli/proxy-question.h"

#include <glib/gi18n-lib.h>

#include "cli/output.h"
#include "cli/question.h"

/* Tells func, which may ask the next at once. */
static void
tell (ProxyQuestion *self, const Secret *answer_or_null)
{
  self->request = NULL;
  self->func (answer_or_null, self->user_data);
}

static void
on_password (const Secret *answer, gpointer user_data)
{
  ProxyQuestion *self = user_data;
  g_autofree char *user = g_steal_pointer (&self->user);
  g_autoptr (Secret) joined = NULL;
  if (answer != NULL && user != NULL)
    joined = visitor_secret_request_join_user (user, answer);
  const Secret *secret = user != NULL ? joined : answer;
  tell (self, secret != NULL && secret_len (secret) > 0 ? secret : NULL);
}

static void
on_user (const Secret *answer, gpointer user_data)
{
  ProxyQuestion *self = user_data;
  if (answer == NULL || secret_len (answer) == 0) {
    tell (self, NULL);
    return;
  }
  Slice octets = secret_slice (answer);
  self->user = g_strndup ((const char *) octets.data, octets.len);
  g_autofree char *text = question_for (self->request);
  prompt_ask (self->prompt, text, FALSE, on_password, self);
}

/* True if what was given beforehand answers this: it is tried once, and sent readably only where that was
 * allowed. */
gboolean
proxy_question_takes_given (const VisitorSecretRequest *request, gboolean in_clear)
{
  gboolean clear =
      g_str_equal (visitor_secret_request_get_kind (request), VISITOR_SECRET_PROXY_CLEAR);
  return visitor_secret_request_get_attempt (request) <= 1 && (!clear || in_clear);
}

/* What the person needs to know before the question. problem: of the keyring, or NULL. */
void
proxy_question_explain (const VisitorSecretRequest *request, const GError *problem)
{
  if (problem != NULL)
    output_complain ("%s", problem->message);
  if (visitor_secret_request_get_attempt (request) > 1)
    output_complain ("%s", question_refusal (request));
  if (g_str_equal (visitor_secret_request_get_kind (request), VISITOR_SECRET_PROXY_CLEAR))
    output_complain (_ ("What you type for the proxy %s goes there unencrypted: others in this "
                        "network can read it. Press Ctrl-C if you do not want that."),
        visitor_secret_request_get_proxy (request));
}

/* Asks; func is called once with the answer, or NULL where none was given, unless the prompt is closed before.
 * prompt and request have to live so long. */
void
proxy_question_ask (ProxyQuestion *question, Prompt *prompt, const VisitorSecretRequest *request,
    PromptFunc func, gpointer user_data)
{
  proxy_question_clear (question);
  *question = (ProxyQuestion){
    .prompt = prompt,
    .request = request,
    .func = func,
    .user_data = user_data,
  };
  gboolean wants_user = visitor_secret_request_wants_user (request);
  g_autofree char *text = wants_user ? question_for_user (request) : question_for (request);
  prompt_ask (prompt, text, wants_user, wants_user ? on_user : on_password, question);
}

/* Forgets what was typed so far. */
void
proxy_question_clear (ProxyQuestion *question)
{
  g_clear_pointer (&question->user, g_free);
  question->request = NULL;
}
