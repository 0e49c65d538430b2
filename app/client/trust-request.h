/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "base/error.h"
#include "client/trusted-keys.h"

G_BEGIN_DECLS

/* A certificate that nobody known vouches for. Its words are the gateway's own, and nothing in them is
 * proved. */
typedef struct {
  VisitorTrustPart part;
  char *name; /* that the certificate must carry, and carries */
  char *subject, *issuer;
  gint64 not_before, not_after; /* seconds since 1970 */
  SitePin pin;
  char *certificate_sha256; /* as visitor_fingerprint () */
} VisitorTrustQuestion;

/* A question of the engine about such a certificate, until it is answered. */
typedef struct _VisitorTrustRequest VisitorTrustRequest;

VisitorTrustRequest *
visitor_trust_request_new (GDBusMethodInvocation *invocation, GVariant *details, GError **error);
void visitor_trust_request_free (VisitorTrustRequest *request);

const VisitorTrustQuestion *visitor_trust_request_get_question (const VisitorTrustRequest *request);
void visitor_trust_request_answer (VisitorTrustRequest *request, gboolean trusted);
void visitor_trust_request_cancel (VisitorTrustRequest *request);

char *visitor_fingerprint (const guint8 sha256[static SITE_PIN_LEN]);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VisitorTrustRequest, visitor_trust_request_free)

G_END_DECLS
