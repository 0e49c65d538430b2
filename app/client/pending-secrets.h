/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "base/secret.h"

G_BEGIN_DECLS

/* Secrets that a person wants kept, until they have proved right; one of each kind. */
typedef struct _VisitorPendingSecrets VisitorPendingSecrets;

VisitorPendingSecrets *visitor_pending_secrets_new (void);
void visitor_pending_secrets_free (VisitorPendingSecrets *pending);

void visitor_pending_secrets_put (VisitorPendingSecrets *pending, const char *proxy,
    const char *kind, const char *user, const Secret *secret);
void visitor_pending_secrets_drop (VisitorPendingSecrets *pending, const char *kind);
gboolean visitor_pending_secrets_are_there (const VisitorPendingSecrets *pending);

void visitor_pending_secrets_keep_async (VisitorPendingSecrets *pending, const char *site,
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean visitor_pending_secrets_keep_finish (GAsyncResult *result, GError **error);

G_END_DECLS
