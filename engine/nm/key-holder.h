/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "base/signature-scheme.h"
#include "nm/profile.h"

typedef struct _KeyHolder KeyHolder;

KeyHolder *key_holder_start (
    const char *program, const Profile *profile, const Secret *opens_it_or_null, GError **error);
void key_holder_free (KeyHolder *holder);

void key_holder_open_async (KeyHolder *holder, GAsyncReadyCallback callback, gpointer user_data);
GVariant *key_holder_open_finish (GAsyncResult *result, GError **error);

void key_holder_sign_async (KeyHolder *holder, SignatureScheme scheme, GBytes *octets,
    GAsyncReadyCallback callback, gpointer user_data);
GVariant *key_holder_sign_finish (GAsyncResult *result, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KeyHolder, key_holder_free)
