/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IkeAnswers: what was typed while one session signs in.
 *
 * A gateway forgets a half-open SA sooner than a person types. The sign-in then begins anew, and who has
 * answered is not asked again, as long as the gateway asks the same questions in the same order. What
 * was refused is never given a second time. All of it is wiped when the session is up or over. */
#include "ike/answers.h"

typedef struct {
  IkeSecretKind kind;
  char *text;
  Secret *secret;
} Answer;

static void
answer_free (gpointer data)
{
  Answer *answer = data;
  secret_unref (answer->secret);
  g_free (answer->text);
  g_free (answer);
}

void
ike_answers_init (IkeAnswers *answers)
{
  *answers = (IkeAnswers){ .given = g_ptr_array_new_with_free_func (answer_free) };
}

void
ike_answers_clear (IkeAnswers *answers)
{
  g_clear_pointer (&answers->given, g_ptr_array_unref);
}

/* What was answered to that question in the conversation before, borrowed; NULL where a person has to be
 * asked. A question that comes again after a refusal takes the refused answer away. */
Secret *
ike_answers_find (IkeAnswers *answers, const IkeQuestion *question)
{
  if (question->refused) {
    answers->refusals++;
    answers->refused = question->kind;
    answers->next = answers->next > 0 ? answers->next - 1 : 0;
    g_ptr_array_set_size (answers->given, (gint) answers->next);
  }
  if (answers->next == answers->given->len)
    return NULL;
  const Answer *answer = g_ptr_array_index (answers->given, answers->next);
  if (answer->kind == question->kind && g_strcmp0 (answer->text, question->text) == 0) {
    answers->next++;
    return answer->secret;
  }
  g_ptr_array_set_size (answers->given, (gint) answers->next);
  return NULL;
}

/* Keeps the answer to the question for which nothing was found. */
void
ike_answers_add (IkeAnswers *answers, const IkeQuestion *question, Secret *secret)
{
  Answer *answer = g_new0 (Answer, 1);
  answer->kind = question->kind;
  answer->text = g_strdup (question->text);
  answer->secret = secret_ref (secret);
  g_ptr_array_add (answers->given, answer);
  answers->next = answers->given->len;
}

/* The gateway will ask again from the first question on. */
void
ike_answers_begin_anew (IkeAnswers *answers)
{
  answers->next = 0;
}

/* Wipes what was typed. */
void
ike_answers_forget (IkeAnswers *answers)
{
  answers->next = 0;
  g_ptr_array_set_size (answers->given, 0);
}

/* The gateway has refused what it was given, and does not say which of it; kind is what it asked for
 * last. */
void
ike_answers_refused (IkeAnswers *answers, IkeSecretKind kind)
{
  answers->refusals++;
  answers->refused = kind;
  ike_answers_forget (answers);
}
