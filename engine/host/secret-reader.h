/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "base/secret.h"

#define SECRET_MAX_LEN 4096

void secret_read_async (int fd, guint timeout_seconds, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data);
Secret *secret_read_finish (GAsyncResult *result, GError **error);
