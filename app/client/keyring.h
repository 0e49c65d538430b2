/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "base/secret.h"

G_BEGIN_DECLS

void visitor_keyring_lookup_async (const char *site, const char *user, const char *kind,
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean visitor_keyring_lookup_finish (GAsyncResult *result, Secret **ret_secret, GError **error);

void visitor_keyring_store_async (const char *site, const char *user, const char *kind,
    const Secret *secret, GCancellable *cancellable, GAsyncReadyCallback callback,
    gpointer user_data);
gboolean visitor_keyring_store_finish (GAsyncResult *result, GError **error);

void visitor_keyring_forget_async (
    const char *site, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean visitor_keyring_forget_finish (GAsyncResult *result, GError **error);

G_END_DECLS
