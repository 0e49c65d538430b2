/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

#include "base/secret.h"
#include "ike/question.h"

/* What a person has answered while one session signs in. */
typedef struct {
  GPtrArray *given; /* in the order of the questions */
  guint next; /* how many of them this conversation has used */
  unsigned int refusals; /* answers that were not taken, ever */
  IkeSecretKind refused; /* what the last of these was */
} IkeAnswers;

void ike_answers_init (IkeAnswers *answers);
void ike_answers_clear (IkeAnswers *answers);

Secret *ike_answers_find (IkeAnswers *answers, const IkeQuestion *question);
void ike_answers_add (IkeAnswers *answers, const IkeQuestion *question, Secret *secret);
void ike_answers_begin_anew (IkeAnswers *answers);
void ike_answers_refused (IkeAnswers *answers, IkeSecretKind kind);
void ike_answers_forget (IkeAnswers *answers);
