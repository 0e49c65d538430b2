/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "client/proxy-list.h"

void visitor_proxy_resolver_lookup_async (const char *host, guint16 port, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data);
VisitorProxyList *visitor_proxy_resolver_lookup_finish (GAsyncResult *result);
