/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/attempt.h"

typedef struct _AttemptList AttemptList;

AttemptList *attempt_list_new (void);
void attempt_list_free (AttemptList *list);
void attempt_list_add (AttemptList *list, const Attempt *attempt);
GVariant *attempt_list_to_variant (const AttemptList *list);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AttemptList, attempt_list_free)
