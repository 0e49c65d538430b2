/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A certificate on a token, whose key can sign. */
typedef struct {
  char *label; /* of the certificate, as the token has it */
  char *token; /* its name */
  char *uri; /* of the key (RFC 7512), for site.conf(5) */
} VisitorTokenKey;

void visitor_token_list_async (
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *visitor_token_list_finish (GAsyncResult *result, GError **error);

G_END_DECLS
