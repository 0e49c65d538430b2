/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorConnection: one connection of the engine, as this program sees it.
 *
 * Its status is the engine's dictionary, kept up to date by the Changed signal; notify::status tells
 * of every change. An engine that leaves the bus takes its connections with it: the status then says
 * so by itself, as a failure, and whoever waits is woken. Main context of the creator only. */
#include "client/connection.h"

#include "base/names.h"
#include "client/bus-error.h"
#include "dbus/visitor-dbus.h"

struct _VisitorConnection {
  GObject parent_instance;

  /* owned */
  VisitorDBusConnection1 *proxy;
  GVariant *status; /* a{sv}, never NULL once made */
};

enum {
  PROP_0,
  PROP_STATUS,
  N_PROPS,
};

enum {
  LOG,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (VisitorConnection, visitor_connection, G_TYPE_OBJECT)

static void
take_status (VisitorConnection *self, GVariant *status)
{
  g_clear_pointer (&self->status, g_variant_unref);
  self->status = g_variant_ref_sink (status);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATUS]);
}

static void
on_changed (VisitorDBusConnection1 *proxy, GVariant *status, VisitorConnection *self)
{
  take_status (self, status);
}

static void
on_log (VisitorDBusConnection1 *proxy, guint level, const char *line, VisitorConnection *self)
{
  g_signal_emit (self, signals[LOG], 0, level, line);
}

static void
on_name_owner (GObject *proxy, GParamSpec *pspec, VisitorConnection *self)
{
  g_autofree char *owner = g_dbus_proxy_get_name_owner (G_DBUS_PROXY (proxy));
  if (owner != NULL || visitor_state_is_over (visitor_connection_get_state (self)))
    return;
  g_auto (GVariantDict) status = G_VARIANT_DICT_INIT (self->status);
  const char *error = visitor_error_name (VISITOR_ERROR_ENGINE_UNAVAILABLE);
  g_variant_dict_insert (&status, "state", "s", visitor_state_to_string (VISITOR_STATE_FAILED));
  g_variant_dict_insert (&status, "error", "s", error);
  g_variant_dict_insert (&status, "error-detail", "s", "The engine left the bus");
  take_status (self, g_variant_dict_end (&status));
}

static void
visitor_connection_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  VisitorConnection *self = VISITOR_CONNECTION (object);
  if (id == PROP_STATUS)
    g_value_set_variant (value, self->status);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
visitor_connection_dispose (GObject *object)
{
  VisitorConnection *self = VISITOR_CONNECTION (object);
  if (self->proxy != NULL)
    g_signal_handlers_disconnect_by_data (self->proxy, self);
  g_clear_object (&self->proxy);
  g_clear_pointer (&self->status, g_variant_unref);
  G_OBJECT_CLASS (visitor_connection_parent_class)->dispose (object);
}

static void
visitor_connection_class_init (VisitorConnectionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  object_class->get_property = visitor_connection_get_property;
  object_class->dispose = visitor_connection_dispose;
  properties[PROP_STATUS] = g_param_spec_variant ("status", NULL, NULL, G_VARIANT_TYPE_VARDICT,
      NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[LOG] = g_signal_new ("log", VISITOR_TYPE_CONNECTION, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
      NULL, G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_STRING);
}

static void
visitor_connection_init (VisitorConnection *self)
{
  GVariant *empty = g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0);
  self->status = g_variant_ref_sink (empty);
}

static void
on_first_status (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  VisitorConnection *self = g_task_get_task_data (task);
  g_autoptr (GVariant) status = NULL;
  GError *error = NULL;
  if (!visitor_dbus_connection1_call_get_status_finish (self->proxy, &status, result, &error)) {
    visitor_bus_error_normalize (&error);
    g_task_return_error (task, error);
    return;
  }
  take_status (self, status);
  g_task_return_pointer (task, g_object_ref (self), g_object_unref);
}

static void
on_watched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  VisitorConnection *self = g_task_get_task_data (task);
  GError *error = NULL;
  if (!visitor_dbus_connection1_call_watch_finish (self->proxy, result, &error)) {
    visitor_bus_error_normalize (&error);
    g_task_return_error (task, error);
    return;
  }
  visitor_dbus_connection1_call_get_status (self->proxy, G_DBUS_CALL_FLAGS_NO_AUTO_START, -1,
      g_task_get_cancellable (task), on_first_status, g_object_ref (task));
}

static void
on_proxy (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  VisitorConnection *self = g_task_get_task_data (task);
  GError *error = NULL;
  self->proxy = visitor_dbus_connection1_proxy_new_finish (result, &error);
  if (self->proxy == NULL) {
    visitor_bus_error_normalize (&error);
    g_task_return_error (task, error);
    return;
  }
  g_signal_connect (self->proxy, "changed", G_CALLBACK (on_changed), self);
  g_signal_connect (self->proxy, "log", G_CALLBACK (on_log), self);
  g_signal_connect (self->proxy, "notify::g-name-owner", G_CALLBACK (on_name_owner), self);
  visitor_dbus_connection1_call_watch (self->proxy, G_DBUS_CALL_FLAGS_NO_AUTO_START, -1,
      g_task_get_cancellable (task), on_watched, g_object_ref (task));
}

/* Looks at the connection at an object path of the engine, watches it and reads its status. */
void
visitor_connection_new_async (GDBusConnection *bus, const char *path, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, visitor_connection_new_async);
  g_task_set_task_data (task, g_object_new (VISITOR_TYPE_CONNECTION, NULL), g_object_unref);
  visitor_dbus_connection1_proxy_new (bus,
      G_DBUS_PROXY_FLAGS_DO_NOT_LOAD_PROPERTIES | G_DBUS_PROXY_FLAGS_DO_NOT_AUTO_START,
      VISITOR_ENGINE_BUS_NAME, path, cancellable, on_proxy, task);
}

/* NOT_CONNECTED if there is no such connection, or not any more. Transfer: full. */
VisitorConnection *
visitor_connection_new_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

const char *
visitor_connection_get_path (VisitorConnection *self)
{
  return g_dbus_proxy_get_object_path (G_DBUS_PROXY (self->proxy));
}

/* The engine's dictionary as data/org.visitorvpn.Connection1.xml describes it; borrowed, and replaced
 * by the next change. */
GVariant *
visitor_connection_get_status (VisitorConnection *self)
{
  return self->status;
}

/* A string of the status; NULL if it is not there. Borrowed until the next change. */
const char *
visitor_connection_get_string (VisitorConnection *self, const char *key)
{
  const char *value = NULL;
  g_variant_lookup (self->status, key, "&s", &value);
  return value;
}

VisitorState
visitor_connection_get_state (VisitorConnection *self)
{
  return visitor_state_from_string (visitor_connection_get_string (self, "state"));
}

/* TRUE where it has been up: it stands, or is made anew. */
gboolean
visitor_connection_was_up (VisitorConnection *self)
{
  return g_variant_lookup (self->status, "connected", "x", NULL) &&
      !visitor_state_is_over (visitor_connection_get_state (self));
}

/* Why a connection failed, in our domain; NULL while it has not. Transfer: full. */
GError *
visitor_connection_get_failure (VisitorConnection *self)
{
  if (visitor_connection_get_state (self) != VISITOR_STATE_FAILED)
    return NULL;
  VisitorError code = VISITOR_ERROR_FAILED;
  visitor_error_from_name (visitor_connection_get_string (self, "error"), &code);
  const char *detail = visitor_connection_get_string (self, "error-detail");
  return g_error_new_literal (VISITOR_ERROR, (int) code, detail != NULL ? detail : "");
}

/* After KEY_CHANGED: the certificate that was shown; else NULL. Transfer: full. */
VisitorTrustQuestion *
visitor_connection_get_changed_key (VisitorConnection *self)
{
  g_autoptr (GVariant) shown =
      g_variant_lookup_value (self->status, "changed-key", G_VARIANT_TYPE_VARDICT);
  return shown != NULL ? visitor_trust_question_new (shown, NULL) : NULL;
}

/* A generated function that takes the answer of a call without results. */
typedef gboolean (*FinishFunc) (VisitorDBusConnection1 *, GAsyncResult *, GError **);

#define CALL_FLAGS \
  (G_DBUS_CALL_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION | G_DBUS_CALL_FLAGS_NO_AUTO_START)

static GTask *
task_new (VisitorConnection *self, FinishFunc finish, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_task_data (task, (gpointer) finish, NULL);
  return task;
}

static void
on_called (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  FinishFunc finish = (FinishFunc) g_task_get_task_data (task);
  GError *error = NULL;
  if (!finish (VISITOR_DBUS_CONNECTION1 (source), result, &error)) {
    visitor_bus_error_normalize (&error);
    g_task_return_error (task, error);
    return;
  }
  g_task_return_boolean (task, TRUE);
}

/* Asks the engine to end the connection; its end is told by the status. */
void
visitor_connection_disconnect_async (VisitorConnection *self, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = task_new (
      self, visitor_dbus_connection1_call_disconnect_finish, cancellable, callback, user_data);
  visitor_dbus_connection1_call_disconnect (
      self->proxy, CALL_FLAGS, G_MAXINT, cancellable, on_called, task);
}

gboolean
visitor_connection_disconnect_finish (VisitorConnection *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* Asks the engine to renew "child", "ike" or "sign-in"; the counters of the status tell when it is done. */
void
visitor_connection_rekey_async (VisitorConnection *self, const char *what,
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task =
      task_new (self, visitor_dbus_connection1_call_rekey_finish, cancellable, callback, user_data);
  visitor_dbus_connection1_call_rekey (
      self->proxy, what, CALL_FLAGS, G_MAXINT, cancellable, on_called, task);
}

gboolean
visitor_connection_rekey_finish (VisitorConnection *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* Asks the engine to take the tunnel out of the way of a browser that is to open the portal's page. */
void
visitor_connection_step_aside_async (VisitorConnection *self, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = task_new (
      self, visitor_dbus_connection1_call_step_aside_finish, cancellable, callback, user_data);
  visitor_dbus_connection1_call_step_aside (
      self->proxy, CALL_FLAGS, G_MAXINT, cancellable, on_called, task);
}

gboolean
visitor_connection_step_aside_finish (VisitorConnection *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
on_refreshed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  VisitorConnection *self = g_task_get_source_object (task);
  g_autoptr (GVariant) status = NULL;
  GError *error = NULL;
  if (!visitor_dbus_connection1_call_get_status_finish (
          VISITOR_DBUS_CONNECTION1 (source), &status, result, &error)) {
    visitor_bus_error_normalize (&error);
    g_task_return_error (task, error);
    return;
  }
  if (!visitor_state_is_over (visitor_connection_get_state (self)))
    take_status (self, status);
  g_task_return_boolean (task, TRUE);
}

/* Reads the status once more: the engine does not tell of counters by itself. */
void
visitor_connection_refresh_async (VisitorConnection *self, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  visitor_dbus_connection1_call_get_status (
      self->proxy, G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, cancellable, on_refreshed, task);
}

gboolean
visitor_connection_refresh_finish (VisitorConnection *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
on_log_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GVariant) lines = NULL;
  GError *error = NULL;
  if (!visitor_dbus_connection1_call_get_log_finish (
          VISITOR_DBUS_CONNECTION1 (source), &lines, result, &error)) {
    visitor_bus_error_normalize (&error);
    g_task_return_error (task, error);
    return;
  }
  GPtrArray *log = g_ptr_array_new_with_free_func ((GDestroyNotify) visitor_log_line_free);
  GVariantIter iter;
  gint64 time;
  guint32 level;
  const char *text;
  g_variant_iter_init (&iter, lines);
  while (g_variant_iter_next (&iter, "(xu&s)", &time, &level, &text))
    g_ptr_array_add (log, visitor_log_line_new (time, (GLogLevelFlags) level, text));
  g_task_return_pointer (task, log, (GDestroyNotify) g_ptr_array_unref);
}

/* Asks for the lines that the connection has logged so far; the signal "log" carries what follows. */
void
visitor_connection_get_log_async (VisitorConnection *self, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  visitor_dbus_connection1_call_get_log (
      self->proxy, G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, cancellable, on_log_read, task);
}

/* VisitorLogLine, the oldest first. Transfer: full. */
GPtrArray *
visitor_connection_get_log_finish (VisitorConnection *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
