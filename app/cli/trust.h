/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cli/prompt.h"
#include "client/trust-request.h"

void trust_show (Prompt *prompt, const VisitorTrustQuestion *question);
void trust_explain (const VisitorTrustQuestion *question);
void trust_explain_change (const VisitorTrustQuestion *shown, const Site *site);
