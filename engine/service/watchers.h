/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>
#include <sys/types.h>

#include "service/quota.h"

typedef struct _Watchers Watchers;

Watchers *
watchers_new (GDBusConnection *bus, Quotas *quotas, const char *path, const char *interface);
void watchers_free (Watchers *watchers);
gboolean watchers_add (Watchers *watchers, const char *name, uid_t uid, GError **error);
void watchers_emit (Watchers *watchers, const char *signal, GVariant *parameters);
void
watchers_emit_to_user (Watchers *watchers, uid_t uid, const char *signal, GVariant *parameters);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Watchers, watchers_free)
