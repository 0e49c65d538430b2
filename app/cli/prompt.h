/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

#include "base/secret.h"

#define PROMPT_NO_FD G_MININT /* no descriptor was named, not even a wrong one */

typedef struct _Prompt Prompt;

/* answer is NULL where there was none (end of file, too long). */
typedef void (*PromptFunc) (const Secret *answer, gpointer user_data);

Prompt *prompt_open (void);
void prompt_close (Prompt *prompt);
void prompt_show (Prompt *prompt, const char *line);
void prompt_ask (
    Prompt *prompt, const char *question, gboolean echo, PromptFunc func, gpointer user_data);
gboolean prompt_answer_is_yes (const Secret *answer);

Secret *prompt_read_fd (int fd, gboolean wait, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Prompt, prompt_close)
