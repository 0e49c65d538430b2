/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "base/error.h"
#include "client/trust-question.h"

G_BEGIN_DECLS

/* A question of the engine about a certificate, until it is answered. */
typedef struct _VisitorTrustRequest VisitorTrustRequest;

VisitorTrustRequest *
visitor_trust_request_new (GDBusMethodInvocation *invocation, GVariant *details, GError **error);
void visitor_trust_request_free (VisitorTrustRequest *request);

const VisitorTrustQuestion *visitor_trust_request_get_question (const VisitorTrustRequest *request);
void visitor_trust_request_answer (VisitorTrustRequest *request, gboolean trusted);
void visitor_trust_request_cancel (VisitorTrustRequest *request);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VisitorTrustRequest, visitor_trust_request_free)

G_END_DECLS
