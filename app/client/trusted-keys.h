/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "site/site.h"

G_BEGIN_DECLS

/* Where on the way a key was shown; each is a group of site.conf(5). */
typedef enum {
  VISITOR_TRUST_TLS,
  VISITOR_TRUST_GATEWAY,
} VisitorTrustPart;

/* The keys that a person has accepted for one connection. */
typedef struct _VisitorTrustedKeys VisitorTrustedKeys;

VisitorTrustedKeys *visitor_trusted_keys_new (void);
void visitor_trusted_keys_free (VisitorTrustedKeys *keys);

void visitor_trusted_keys_add (VisitorTrustedKeys *keys, VisitorTrustPart part, const SitePin *pin);
gboolean visitor_trusted_keys_has (const VisitorTrustedKeys *keys, const SitePin *pin);
gboolean visitor_trusted_keys_is_empty (const VisitorTrustedKeys *keys);
gboolean
visitor_trusted_keys_save (const VisitorTrustedKeys *keys, const char *site, GError **error);

const char *visitor_trust_part_group (VisitorTrustPart part);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VisitorTrustedKeys, visitor_trusted_keys_free)

G_END_DECLS
