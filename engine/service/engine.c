/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Engine: the object that starts connections and knows which there are.
 *
 * What a caller sends is read here, before anyone is asked for permission, for the question itself
 * names the site: the text is bounded, and reading it opens no file. A connection that failed stays
 * listed, so that its owner can learn why, until he dismisses it or tries again. */
#include "service/engine-private.h"

#include <string.h>

#include "base/names.h"
#include "config.h"
#include "host/resolv.h"
#include "service/diagnosis.h"
#include "service/engine-request.h"
#include "service/guard.h"

#define ENGINE_INTERFACE "org.visitorvpn.Engine1"
#define MAX_FAILED 4 /* of one user, kept for him to read */

static void engine_iface_init (VisitorDBusEngine1Iface *iface);

G_DEFINE_TYPE_WITH_CODE (Engine, engine, VISITOR_DBUS_TYPE_ENGINE1_SKELETON,
    G_IMPLEMENT_INTERFACE (VISITOR_DBUS_TYPE_ENGINE1, engine_iface_init))

enum { SIGNAL_IDLE, N_SIGNALS };
static guint signals[N_SIGNALS];
static const GDBusInterfaceVTable *guarded;
static const char site_key[] = "visitor-site";

/* TRUE if nothing runs; what failed and waits to be read does not count. */
gboolean
engine_is_idle (Engine *self)
{
  for (guint i = 0; i < self->connections->len; i++) {
    if (!connection_is_over (self->connections->pdata[i]))
      return FALSE;
  }
  return self->diagnoses->len == 0;
}

static void
emit (Engine *self, const char *signal, Connection *connection)
{
  watchers_emit_to_user (self->watchers, connection_owner (connection), signal,
      g_variant_new ("(o)", connection_path (connection)));
}

static void
forget (Engine *self, Connection *connection)
{
  g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (connection));
  emit (self, "Removed", connection);
  g_signal_handlers_disconnect_by_data (connection, self);
  g_ptr_array_remove (self->connections, connection);
}

/* The oldest failed connection of uid goes when there are more than may be kept. */
static void
forget_old_failures (Engine *self, uid_t uid)
{
  guint n = 0;
  for (guint i = self->connections->len; i > 0; i--) {
    Connection *connection = self->connections->pdata[i - 1];
    if (connection_owner (connection) == uid && connection_has_failed (connection) &&
        ++n > MAX_FAILED)
      forget (self, connection);
  }
}

static void
on_over (Connection *connection, gpointer user_data)
{
  Engine *self = user_data;
  g_autoptr (Connection) kept = g_object_ref (connection);
  quotas_give_back (self->parts->quotas, connection_owner (connection), QUOTA_CONNECTIONS);
  if (connection_has_failed (connection))
    forget_old_failures (self, connection_owner (connection));
  else
    forget (self, connection);
  if (engine_is_idle (self))
    g_signal_emit (self, signals[SIGNAL_IDLE], 0);
}

static void
on_dismissed (Connection *connection, gpointer user_data)
{
  g_autoptr (Connection) kept = g_object_ref (connection);
  forget (user_data, connection);
}

static Connection *
find (Engine *self, uid_t uid, const char *id)
{
  for (guint i = 0; i < self->connections->len; i++) {
    Connection *connection = self->connections->pdata[i];
    if (connection_owner (connection) == uid && g_str_equal (connection_id (connection), id))
      return connection;
  }
  return NULL;
}

/* A failed try at the same site makes room; one that runs is in the way. */
static gboolean
make_room (Engine *self, uid_t uid, const char *id, GError **error)
{
  Connection *other = find (self, uid, id);
  if (other != NULL && !connection_is_over (other)) {
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_BUSY, "There is a connection to this site: %s",
        connection_path (other));
    return FALSE;
  }
  if (other != NULL)
    forget (self, other);
  return TRUE;
}

static gboolean
add_connection (Engine *self, const ConnectionRequest *request, GError **error)
{
  if (self->stopping) {
    g_set_error_literal (
        error, VISITOR_ERROR, VISITOR_ERROR_ENGINE_UNAVAILABLE, "The engine stops");
    return FALSE;
  }
  if (!make_room (self, request->uid, request->id, error) ||
      !quotas_take (self->parts->quotas, request->uid, QUOTA_CONNECTIONS, error))
    return FALSE;
  g_autoptr (Connection) connection = connection_new (self->parts, request);
  if (!connection_join_bus (connection, error)) {
    quotas_give_back (self->parts->quotas, request->uid, QUOTA_CONNECTIONS);
    return FALSE;
  }
  if (!connection_start (connection, request, error)) {
    g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (connection));
    quotas_give_back (self->parts->quotas, request->uid, QUOTA_CONNECTIONS);
    return FALSE;
  }
  g_signal_connect (connection, "over", G_CALLBACK (on_over), self);
  g_signal_connect (connection, "dismissed", G_CALLBACK (on_dismissed), self);
  g_ptr_array_add (self->connections, g_object_ref (connection));
  if (self->network != NULL)
    connection_begin_network (connection, network_monitor_now (self->network));
  emit (self, "Added", connection);
  return TRUE;
}

/* NULL after the caller was told what is wrong. */
static const ConnectionRequest *
read_request (Engine *self, GDBusMethodInvocation *invocation, EngineRequest *asked)
{
  g_autoptr (GError) error = NULL;
  const Site *site = g_object_get_data (G_OBJECT (invocation), site_key);
  if (!engine_request_read (asked, invocation, site, ++self->number, &error)) {
    g_dbus_method_invocation_return_gerror (invocation, error);
    return NULL;
  }
  engine_refresh_nameservers (self);
  asked->request.nameservers = (const char *const *) self->nameservers;
  return &asked->request;
}

static gboolean
handle_connect (VisitorDBusEngine1 *object, GDBusMethodInvocation *invocation,
    const char *site_text, const char *agent, GVariant *options)
{
  Engine *self = VISITOR_ENGINE (object);
  g_auto (EngineRequest) asked = { 0 };
  g_autoptr (GError) error = NULL;
  const ConnectionRequest *request = read_request (self, invocation, &asked);
  if (request == NULL)
    return G_DBUS_METHOD_INVOCATION_HANDLED;
  if (add_connection (self, request, &error))
    visitor_dbus_engine1_complete_connect (object, invocation, request->path);
  else
    g_dbus_method_invocation_return_gerror (invocation, error);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static void
on_diagnosed (Diagnosis *diagnosis, gpointer user_data)
{
  Engine *self = user_data;
  quotas_give_back (self->parts->quotas, diagnosis_owner (diagnosis), QUOTA_CONNECTIONS);
  g_ptr_array_remove (self->diagnoses, diagnosis);
  if (engine_is_idle (self))
    g_signal_emit (self, signals[SIGNAL_IDLE], 0);
}

static gboolean
add_diagnosis (Engine *self, const ConnectionRequest *request, GDBusMethodInvocation *invocation,
    GError **error)
{
  if (self->stopping) {
    g_set_error_literal (
        error, VISITOR_ERROR, VISITOR_ERROR_ENGINE_UNAVAILABLE, "The engine stops");
    return FALSE;
  }
  if (!quotas_take (self->parts->quotas, request->uid, QUOTA_CONNECTIONS, error))
    return FALSE;
  Diagnosis *diagnosis =
      diagnosis_start (self->parts, request, invocation, on_diagnosed, self, error);
  if (diagnosis == NULL) {
    quotas_give_back (self->parts->quotas, request->uid, QUOTA_CONNECTIONS);
    return FALSE;
  }
  g_ptr_array_add (self->diagnoses, diagnosis);
  return TRUE;
}

static gboolean
handle_diagnose (VisitorDBusEngine1 *object, GDBusMethodInvocation *invocation,
    const char *site_text, const char *agent, GVariant *options)
{
  Engine *self = VISITOR_ENGINE (object);
  g_auto (EngineRequest) asked = { 0 };
  g_autoptr (GError) error = NULL;
  const ConnectionRequest *request = read_request (self, invocation, &asked);
  if (request != NULL && !add_diagnosis (self, request, invocation, &error))
    g_dbus_method_invocation_return_gerror (invocation, error);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
handle_list (VisitorDBusEngine1 *object, GDBusMethodInvocation *invocation)
{
  Engine *self = VISITOR_ENGINE (object);
  g_autoptr (GPtrArray) paths = g_ptr_array_new ();
  for (guint i = 0; i < self->connections->len; i++) {
    Connection *connection = self->connections->pdata[i];
    if (connection_owner (connection) == guard_caller (invocation))
      g_ptr_array_add (paths, (gpointer) connection_path (connection));
  }
  g_ptr_array_add (paths, NULL);
  visitor_dbus_engine1_complete_list (object, invocation, (const char *const *) paths->pdata);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
handle_watch (VisitorDBusEngine1 *object, GDBusMethodInvocation *invocation)
{
  Engine *self = VISITOR_ENGINE (object);
  g_autoptr (GError) error = NULL;
  const char *sender = g_dbus_method_invocation_get_sender (invocation);
  if (watchers_add (self->watchers, sender, guard_caller (invocation), &error))
    visitor_dbus_engine1_complete_watch (object, invocation);
  else
    g_dbus_method_invocation_return_gerror (invocation, error);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

/* The site of a call of Connect or Diagnose, kept with the invocation for its handler. */
static gboolean
read_site (
    GDBusMethodInvocation *invocation, const char **ret_site, const char **ret_host, GError **error)
{
  const char *text;
  GVariant *parameters = g_dbus_method_invocation_get_parameters (invocation);
  g_variant_get_child (parameters, 0, "&s", &text);
  if (strlen (text) > SITE_TEXT_MAX) {
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID,
        "The site is longer than %d octets", SITE_TEXT_MAX);
    return FALSE;
  }
  Site *site = site_parse (text, -1, NULL, NULL, error);
  if (site == NULL)
    return FALSE;
  g_object_set_data_full (G_OBJECT (invocation), site_key, site, (GDestroyNotify) site_free);
  *ret_site = site->name;
  *ret_host = site->address.host;
  return TRUE;
}

static void
guard_call (GDBusConnection *bus, const char *sender, const char *path, const char *interface,
    const char *method, GVariant *parameters, GDBusMethodInvocation *invocation, gpointer user_data)
{
  Engine *self = VISITOR_ENGINE (user_data);
  gboolean has_site = g_str_equal (method, "Connect") || g_str_equal (method, "Diagnose");
  BouncerSubject subject = {
    .owner = BOUNCER_NO_OWNER,
    .find_out = has_site ? read_site : NULL,
  };
  guard_method_call (
      self->parts->bouncer, G_DBUS_INTERFACE_SKELETON (self), guarded, &subject, invocation);
}

/* Readable properties are the same for everyone; none can be written. */
static GVariant *
get_property (GDBusConnection *bus, const char *sender, const char *path, const char *interface,
    const char *property, GError **error, gpointer user_data)
{
  return guarded->get_property (bus, sender, path, interface, property, error, user_data);
}

static const GDBusInterfaceVTable guard = {
  .method_call = guard_call,
  .get_property = get_property,
};

static GDBusInterfaceVTable *
get_vtable (GDBusInterfaceSkeleton *skeleton)
{
  return (GDBusInterfaceVTable *) &guard;
}

static void
engine_finalize (GObject *object)
{
  Engine *self = VISITOR_ENGINE (object);
  for (guint i = 0; i < self->connections->len; i++)
    g_signal_handlers_disconnect_by_data (self->connections->pdata[i], self);
  g_clear_pointer (&self->connections, g_ptr_array_unref);
  g_clear_pointer (&self->diagnoses, g_ptr_array_unref);
  g_clear_pointer (&self->watchers, watchers_free);
  engine_end_network (self);
  G_OBJECT_CLASS (engine_parent_class)->finalize (object);
}

static void
engine_iface_init (VisitorDBusEngine1Iface *iface)
{
  iface->handle_connect = handle_connect;
  iface->handle_diagnose = handle_diagnose;
  iface->handle_forget = engine_handle_forget;
  iface->handle_list = handle_list;
  iface->handle_watch = handle_watch;
}

static void
engine_class_init (EngineClass *klass)
{
  GDBusInterfaceSkeletonClass *skeleton = G_DBUS_INTERFACE_SKELETON_CLASS (klass);
  G_OBJECT_CLASS (klass)->finalize = engine_finalize;
  guarded = skeleton->get_vtable (NULL);
  skeleton->get_vtable = get_vtable;
  signals[SIGNAL_IDLE] = g_signal_new (
      "idle", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
engine_init (Engine *self)
{
  self->connections = g_ptr_array_new_with_free_func (g_object_unref);
  self->diagnoses = g_ptr_array_new_with_free_func ((GDestroyNotify) diagnosis_free);
}

/* The engine's object, not yet on a bus. The signal "idle" is emitted when the last connection has
 * ended. parts: must outlive it. Transfer: full. */
Engine *
engine_new (const ServiceParts *parts)
{
  Engine *self = g_object_new (ENGINE_TYPE, "version", PACKAGE_VERSION, NULL);
  self->parts = parts;
  engine_begin_network (self);
  return self;
}

/* Appears on the bus of its parts with all its connections: the first time, or on a new one. */
gboolean
engine_join_bus (Engine *self, GError **error)
{
  GDBusInterfaceSkeleton *skeleton = G_DBUS_INTERFACE_SKELETON (self);
  if (g_dbus_interface_skeleton_get_connection (skeleton) != NULL)
    g_dbus_interface_skeleton_unexport (skeleton);
  g_clear_pointer (&self->watchers, watchers_free);
  self->watchers =
      watchers_new (self->parts->bus, self->parts->quotas, VISITOR_ENGINE_PATH, ENGINE_INTERFACE);
  engine_watch_sleep (self);
  for (guint i = 0; i < self->connections->len; i++) {
    if (!connection_join_bus (self->connections->pdata[i], error))
      return FALSE;
  }
  return g_dbus_interface_skeleton_export (skeleton, self->parts->bus, VISITOR_ENGINE_PATH, error);
}

/* How the network is by now. */
void
engine_tell_connectivity (Engine *self, Connectivity connectivity)
{
  for (guint i = 0; i < self->connections->len; i++)
    connection_tell_connectivity (self->connections->pdata[i], connectivity);
}

/* Ends every connection in order, and lets no other begin; "idle" follows when there was one. */
void
engine_stop (Engine *self)
{
  self->stopping = TRUE;
  for (guint i = 0; i < self->diagnoses->len; i++)
    diagnosis_stop (self->diagnoses->pdata[i]);
  for (guint i = self->connections->len; i > 0; i--)
    connection_disconnect (self->connections->pdata[i - 1], "the engine stops");
}
