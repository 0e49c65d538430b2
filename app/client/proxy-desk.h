/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "client/proxy-list.h"

typedef struct _VisitorProxyDesk VisitorProxyDesk;

VisitorProxyDesk *visitor_proxy_desk_new (GCancellable *cancellable);
void visitor_proxy_desk_free (VisitorProxyDesk *desk);

void visitor_proxy_desk_set_list (VisitorProxyDesk *desk, VisitorProxyList *list);
const Secret *visitor_proxy_desk_find_user (const VisitorProxyDesk *desk, const char *uri);

void visitor_proxy_desk_answer_proxies (
    VisitorProxyDesk *desk, GDBusMethodInvocation *invocation, GVariant *details);
void visitor_proxy_desk_answer_token (
    VisitorProxyDesk *desk, GDBusMethodInvocation *invocation, GVariant *details);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VisitorProxyDesk, visitor_proxy_desk_free)
