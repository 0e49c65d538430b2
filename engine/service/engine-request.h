/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "service/connection.h"

/* What a caller of Engine1 wants, read and checked. */
typedef struct {
  ConnectionRequest request; /* without nameservers; what it points to is below, or the call's */
  char *path;
  GVariant *hosts;
  const char **proxies; /* strings of the call's */
} EngineRequest;

gboolean engine_request_read (EngineRequest *self, GDBusMethodInvocation *invocation,
    const Site *site, guint number, GError **error);
void engine_request_clear (EngineRequest *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (EngineRequest, engine_request_clear)
