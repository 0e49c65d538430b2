/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "site/site.h"

G_BEGIN_DECLS

void visitor_forget_gateways_async (
    const Site *site, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean visitor_forget_gateways_finish (GAsyncResult *result, GError **error);

G_END_DECLS
