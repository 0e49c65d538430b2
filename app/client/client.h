/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "client/agent.h"
#include "client/connection.h"

G_BEGIN_DECLS

#define VISITOR_TYPE_CLIENT (visitor_client_get_type ())
G_DECLARE_FINAL_TYPE (VisitorClient, visitor_client, VISITOR, CLIENT, GObject)

void visitor_client_open_async (
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
VisitorClient *visitor_client_open_finish (GAsyncResult *result, GError **error);

GDBusConnection *visitor_client_get_bus (VisitorClient *self);

void visitor_client_connect_async (VisitorClient *self, const char *site_text, VisitorAgent *agent,
    GLogLevelFlags least, GCancellable *cancellable, GAsyncReadyCallback callback,
    gpointer user_data);
VisitorConnection *
visitor_client_connect_finish (VisitorClient *self, GAsyncResult *result, GError **error);

void visitor_client_diagnose_async (VisitorClient *self, const char *site_text, VisitorAgent *agent,
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GVariant *
visitor_client_diagnose_finish (VisitorClient *self, GAsyncResult *result, GError **error);

void visitor_client_list_async (VisitorClient *self, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *visitor_client_list_finish (VisitorClient *self, GAsyncResult *result, GError **error);

void visitor_client_list_paths_async (VisitorClient *self, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data);
char **visitor_client_list_paths_finish (VisitorClient *self, GAsyncResult *result, GError **error);

void visitor_client_watch_async (VisitorClient *self, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data);
gboolean visitor_client_watch_finish (VisitorClient *self, GAsyncResult *result, GError **error);

G_END_DECLS
