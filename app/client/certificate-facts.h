/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/* What a certificate in a file says of itself; nothing of it is proved. */
typedef struct {
  char *subject;
  char *sha256; /* of all of it, as visitor_fingerprint () */
  gboolean is_ca;
  char *pem;
  GBytes *der;
} VisitorCertificateFacts;

VisitorCertificateFacts *visitor_certificate_facts_new (const guint8 *octets, gsize len);
GPtrArray *visitor_certificate_facts_list (const char *pem);
void visitor_certificate_facts_free (VisitorCertificateFacts *facts);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VisitorCertificateFacts, visitor_certificate_facts_free)
