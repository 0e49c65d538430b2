/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

#include "base/proxy.h"
#include "base/secret.h"

/* Ways through that a session named, in the order to try them; at least one. */
typedef struct _VisitorProxyList VisitorProxyList;

VisitorProxyList *visitor_proxy_list_new (const char *const *uris);
VisitorProxyList *visitor_proxy_list_ref (VisitorProxyList *list);
void visitor_proxy_list_unref (VisitorProxyList *list);

gboolean visitor_proxy_list_is_direct (const VisitorProxyList *list);
const char *const *visitor_proxy_list_get_uris (const VisitorProxyList *list);
const Secret *visitor_proxy_list_find_user (const VisitorProxyList *list, const char *uri);
gboolean visitor_proxy_list_has_host (const VisitorProxyList *list, const char *host);
void visitor_proxy_list_set_announced (VisitorProxyList *list);
gboolean visitor_proxy_list_is_announced (const VisitorProxyList *list);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VisitorProxyList, visitor_proxy_list_unref)
