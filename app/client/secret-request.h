/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "base/error.h"
#include "base/secret.h"

G_BEGIN_DECLS

/* Kinds of what only this program needs, and no engine asks for. */
#define VISITOR_SECRET_KEY_PASSPHRASE "key-passphrase"
#define VISITOR_SECRET_PIN "pin"

/* Kinds of what a proxy asks for; the second is sent so that others can read it. */
#define VISITOR_SECRET_PROXY "proxy-password"
#define VISITOR_SECRET_PROXY_CLEAR "proxy-password-clear"

/* A question for a secret, of the engine or of this program's own, until it is answered. */
typedef struct _VisitorSecretRequest VisitorSecretRequest;

/* The answer to a question of this program's own; NULL: there is none, code says why. */
typedef void (*VisitorSecretFunc) (
    const Secret *secret_or_null, VisitorError code, gpointer user_data);

VisitorSecretRequest *visitor_secret_request_new (
    GDBusMethodInvocation *invocation, const char *site, GVariant *details, GError **error);
VisitorSecretRequest *visitor_secret_request_new_local (const char *site, const char *kind,
    const char *user, guint attempt, VisitorSecretFunc func, gpointer user_data);
void visitor_secret_request_free (VisitorSecretRequest *request);

const char *visitor_secret_request_get_site (const VisitorSecretRequest *request);
const char *visitor_secret_request_get_kind (const VisitorSecretRequest *request);
const char *visitor_secret_request_get_user (const VisitorSecretRequest *request);
guint visitor_secret_request_get_attempt (const VisitorSecretRequest *request);
const char *visitor_secret_request_get_message (const VisitorSecretRequest *request);
const char *visitor_secret_request_get_proxy (const VisitorSecretRequest *request);
gboolean visitor_secret_request_wants_user (const VisitorSecretRequest *request);
Secret *visitor_secret_request_join_user (const char *user, const Secret *password);
gboolean visitor_secret_request_may_be_kept (const VisitorSecretRequest *request);
void visitor_secret_request_set_last_try (VisitorSecretRequest *request, gboolean last);
gboolean visitor_secret_request_is_last_try (const VisitorSecretRequest *request);

void visitor_secret_request_answer (VisitorSecretRequest *request, const Secret *secret);
void visitor_secret_request_refuse (VisitorSecretRequest *request, VisitorError code);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VisitorSecretRequest, visitor_secret_request_free)

G_END_DECLS
