/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "client/secret-request.h"

char *question_for_user (const VisitorSecretRequest *request);
char *question_for (const VisitorSecretRequest *request);
gboolean question_is_for_key (const VisitorSecretRequest *request);
const char *question_refusal (const VisitorSecretRequest *request);
