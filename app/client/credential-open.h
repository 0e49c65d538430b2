/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "client/credential.h"
#include "client/secret-request.h"

G_BEGIN_DECLS

/* Asks a person; as VisitorAgentPrompts has it. Owns the request. */
typedef void (*VisitorAskFunc) (
    VisitorSecretRequest *request, const GError *keyring_problem, gpointer user_data);

void visitor_credential_open_async (VisitorCredential *credential, const char *site,
    gboolean use_keyring, VisitorAskFunc ask, gpointer ask_data, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data);
gboolean visitor_credential_open_finish (GAsyncResult *result, GError **error);

G_END_DECLS
