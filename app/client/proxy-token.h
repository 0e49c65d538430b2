/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

void visitor_proxy_token_get_async (
    const char *host, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GBytes *visitor_proxy_token_get_finish (GAsyncResult *result, GError **error);
