/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "base/error.h"
#include "client/log-line.h"
#include "client/trust-question.h"

G_BEGIN_DECLS

typedef enum {
  VISITOR_STATE_UNKNOWN, /* an engine that is newer than we */
  VISITOR_STATE_LOOKING_FOR_GATEWAY,
  VISITOR_STATE_SIGNING_IN,
  VISITOR_STATE_SETTING_UP,
  VISITOR_STATE_CONNECTED,
  VISITOR_STATE_RECONNECTING,
  VISITOR_STATE_WAITING_FOR_PORTAL,
  VISITOR_STATE_DISCONNECTING,
  VISITOR_STATE_DISCONNECTED,
  VISITOR_STATE_FAILED,
  VISITOR_N_STATES,
} VisitorState;

VisitorState visitor_state_from_string (const char *name);
const char *visitor_state_to_string (VisitorState state);
const char *visitor_state_words (VisitorState state);
const char *visitor_status_words (VisitorState state, GVariant *status_or_null);
gboolean visitor_status_waits (GVariant *status_or_null);
gboolean visitor_state_is_over (VisitorState state);

#define VISITOR_TYPE_CONNECTION (visitor_connection_get_type ())
G_DECLARE_FINAL_TYPE (VisitorConnection, visitor_connection, VISITOR, CONNECTION, GObject)

void visitor_connection_new_async (GDBusConnection *bus, const char *path,
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
VisitorConnection *visitor_connection_new_finish (GAsyncResult *result, GError **error);

const char *visitor_connection_get_path (VisitorConnection *self);
GVariant *visitor_connection_get_status (VisitorConnection *self);
VisitorState visitor_connection_get_state (VisitorConnection *self);
const char *visitor_connection_get_string (VisitorConnection *self, const char *key);
gboolean visitor_connection_was_up (VisitorConnection *self);
GError *visitor_connection_get_failure (VisitorConnection *self);
VisitorTrustQuestion *visitor_connection_get_changed_key (VisitorConnection *self);

void visitor_connection_disconnect_async (VisitorConnection *self, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data);
gboolean visitor_connection_disconnect_finish (
    VisitorConnection *self, GAsyncResult *result, GError **error);
void visitor_connection_rekey_async (VisitorConnection *self, const char *what,
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean
visitor_connection_rekey_finish (VisitorConnection *self, GAsyncResult *result, GError **error);

void visitor_connection_step_aside_async (VisitorConnection *self, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data);
gboolean visitor_connection_step_aside_finish (
    VisitorConnection *self, GAsyncResult *result, GError **error);

void visitor_connection_refresh_async (VisitorConnection *self, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data);
gboolean
visitor_connection_refresh_finish (VisitorConnection *self, GAsyncResult *result, GError **error);
void visitor_connection_get_log_async (VisitorConnection *self, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *
visitor_connection_get_log_finish (VisitorConnection *self, GAsyncResult *result, GError **error);

G_END_DECLS
