/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/* What must not leave this computer in a text that is meant for others. */
typedef struct _VisitorRedaction VisitorRedaction;

VisitorRedaction *visitor_redaction_new (void);
void visitor_redaction_free (VisitorRedaction *redaction);

void visitor_redaction_add (VisitorRedaction *redaction, const char *word, const char *by);
char *visitor_redaction_apply (const VisitorRedaction *redaction, const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VisitorRedaction, visitor_redaction_free)
