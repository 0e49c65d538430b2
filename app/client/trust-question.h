/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

#include "client/trusted-keys.h"

G_BEGIN_DECLS

/* A certificate that nobody known vouches for. Its words are the gateway's own, and nothing in them is
 * proved. */
typedef struct {
  VisitorTrustPart part;
  char *name; /* that the certificate must carry */
  char *subject, *issuer;
  gint64 not_before, not_after; /* seconds since 1970 */
  SitePin pin;
  char *certificate_sha256; /* as visitor_fingerprint () */
  gboolean acceptable; /* nothing but the key is in question: name and time are right */
} VisitorTrustQuestion;

VisitorTrustQuestion *visitor_trust_question_new (GVariant *details, GError **error);
VisitorTrustQuestion *visitor_trust_question_copy (const VisitorTrustQuestion *question);
void visitor_trust_question_free (VisitorTrustQuestion *question);

const GArray *
visitor_trust_question_known_pins (const VisitorTrustQuestion *question, const Site *site);
void visitor_trust_question_replace_pins (const VisitorTrustQuestion *question, Site *site);

char *visitor_fingerprint (const guint8 sha256[static SITE_PIN_LEN]);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VisitorTrustQuestion, visitor_trust_question_free)

G_END_DECLS
