/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Diagnosis: one call of Engine1.Diagnose, which stays open while a worker finds out what is in the way. The
 * worker is the same as a connection's, as confined, and told not to connect: a configuration of its would
 * come to nothing. What it finds is told as it comes (Engine1.Found), to whoever called alone, and is the answer
 * at the end. It ends early when whoever called leaves the bus, or when it takes too long. */
#include "service/diagnosis.h"

#include "base/names.h"
#include "config.h"
#include "host/start.h"
#include "service/request-agent.h"
#include "service/socket-binding.h"

#define ENGINE_INTERFACE "org.visitorvpn.Engine1"
#define LIMIT_SECONDS 300

struct _Diagnosis {
  uid_t uid;
  GDBusConnection *bus; /* owned */
  char *sender;
  char *agent_path;
  GDBusMethodInvocation *invocation; /* owned until it is answered */
  DiagnosisDoneFunc done;
  gpointer user_data;

  Agent *agent; /* owned */
  HostWorker *worker; /* owned; NULL when it has ended */
  GPtrArray *findings; /* owned GVariant */
  char **nameservers;
  Site *site;
  guint sender_watch;
  guint timeout;
  gboolean cut; /* given up before its end */
};

typedef struct {
  HostWorker *worker; /* owned */
  guint number;
} Question;

static void
on_proxy_secret (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Question *question = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (Secret) secret = agent_get_proxy_secret_finish (result, &error);
  if (secret == NULL)
    g_debug ("no answer for the proxy: %s", error->message);
  host_worker_answer_proxy_secret (question->worker, question->number, secret);
  host_worker_unref (question->worker);
  g_free (question);
}

static void
on_want_proxy_secret (
    HostWorker *worker, guint number, const HostProxyQuestion *asked, gpointer user_data)
{
  Diagnosis *self = user_data;
  Question *question = g_new0 (Question, 1);
  question->worker = host_worker_ref (worker);
  question->number = number;
  agent_get_proxy_secret_async (self->agent, asked, on_proxy_secret, question);
}

static void
on_bind_socket (HostWorker *worker, int socket_type, HostSocketBinding *binding, gpointer user_data)
{
  const Diagnosis *self = user_data;
  gboolean is_local = host_socket_serves_itself ((const char *const *) self->nameservers);
  socket_binding_of_site (binding, self->site, is_local, socket_type);
}

/* The report as of now, with these findings. Floating. */
static GVariant *
report_of (const Diagnosis *self, GVariant *const *findings, guint n, gboolean is_part)
{
  GVariantBuilder list;
  GVariantDict report;
  g_variant_builder_init (&list, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < n; i++)
    g_variant_builder_add_value (&list, findings[i]);
  g_variant_dict_init (&report, NULL);
  g_variant_dict_insert_value (&report, "findings", g_variant_builder_end (&list));
  if (!is_part)
    g_variant_dict_insert (&report, "complete", "b", !self->cut);
  if (is_part && n > 0)
    return g_variant_dict_end (&report);
  g_variant_dict_insert (&report, "version", "s", PACKAGE_VERSION);
  g_variant_dict_insert (&report, "nameservers", "^as", self->nameservers);
  return g_variant_dict_end (&report);
}

/* To the caller alone: another user's networks and names stand in it. NULL: that it has begun. */
static void
tell_part (const Diagnosis *self, GVariant *finding_or_null)
{
  g_autoptr (GError) error = NULL;
  GVariant *part = report_of (self, &finding_or_null, finding_or_null != NULL ? 1 : 0, TRUE);
  if (!g_dbus_connection_emit_signal (self->bus, self->sender, VISITOR_ENGINE_PATH,
          ENGINE_INTERFACE, "Found", g_variant_new ("(o@a{sv})", self->agent_path, part), &error))
    g_debug ("Cannot tell %s of a finding: %s", self->sender, error->message);
}

static void
on_finding (HostWorker *worker, GVariant *finding, gpointer user_data)
{
  Diagnosis *self = user_data;
  g_ptr_array_add (self->findings, g_variant_ref (finding));
  tell_part (self, finding);
}

static void
on_ended (HostWorker *worker, const GError *error, gpointer user_data)
{
  Diagnosis *self = user_data;
  GDBusMethodInvocation *invocation = g_steal_pointer (&self->invocation);
  if (error != NULL)
    g_dbus_method_invocation_return_gerror (invocation, error);
  else
    g_dbus_method_invocation_return_value (invocation,
        g_variant_new ("(@a{sv})",
            report_of (self, (GVariant **) self->findings->pdata, self->findings->len, FALSE)));
  self->done (self, self->user_data);
}

static const HostWorkerCallbacks callbacks = {
  .bind_socket = on_bind_socket,
  .want_proxy_secret = on_want_proxy_secret,
  .finding = on_finding,
  .ended = on_ended,
};

static void
on_caller_left (GDBusConnection *bus, const char *name, gpointer user_data)
{
  diagnosis_stop (user_data);
}

static gboolean
on_timeout (gpointer user_data)
{
  Diagnosis *self = user_data;
  self->timeout = 0;
  diagnosis_stop (self);
  return G_SOURCE_REMOVE;
}

static HostWorker *
start_worker (
    Diagnosis *self, const ServiceParts *parts, const ConnectionRequest *request, GError **error)
{
  const HostStart start = {
    .site_text = request->site_text,
    .nameservers = request->nameservers,
    .hosts = request->hosts,
    .proxies = request->proxies,
    .log_level = request->log_level,
    .diagnose = TRUE,
  };
  return host_worker_start (&parts->worker, host_start_message (&start), &callbacks, self, error);
}

/* Ends it with what was found so far; `done` follows. */
void
diagnosis_stop (Diagnosis *diagnosis)
{
  diagnosis->cut = TRUE;
  agent_cancel (diagnosis->agent);
  host_worker_disconnect (diagnosis->worker);
}

/* A worker that still runs is killed, and whoever waits is told so. */
void
diagnosis_free (Diagnosis *diagnosis)
{
  g_clear_handle_id (&diagnosis->sender_watch, g_bus_unwatch_name);
  g_clear_handle_id (&diagnosis->timeout, g_source_remove);
  if (diagnosis->invocation != NULL)
    g_dbus_method_invocation_return_error_literal (g_steal_pointer (&diagnosis->invocation),
        VISITOR_ERROR, VISITOR_ERROR_ENGINE_UNAVAILABLE, "The engine stops");
  g_clear_pointer (&diagnosis->agent, agent_free);
  g_clear_pointer (&diagnosis->worker, host_worker_unref);
  g_ptr_array_unref (diagnosis->findings);
  g_strfreev (diagnosis->nameservers);
  site_free (diagnosis->site);
  g_clear_object (&diagnosis->bus);
  g_free (diagnosis->sender);
  g_free (diagnosis->agent_path);
  g_free (diagnosis);
}

uid_t
diagnosis_owner (const Diagnosis *diagnosis)
{
  return diagnosis->uid;
}

/* request is read and not kept; invocation is taken on success, and answered at the end. Errors: what
 * host_worker_start () says. Transfer: full. */
Diagnosis *
diagnosis_start (const ServiceParts *parts, const ConnectionRequest *request,
    GDBusMethodInvocation *invocation, DiagnosisDoneFunc done, gpointer user_data, GError **error)
{
  Diagnosis *self = g_new0 (Diagnosis, 1);
  self->uid = request->uid;
  self->bus = g_object_ref (request->bus);
  self->sender = g_strdup (request->sender);
  self->agent_path = g_strdup (request->agent);
  self->done = done;
  self->user_data = user_data;
  self->findings = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  self->nameservers = g_strdupv ((char **) request->nameservers);
  self->site = site_copy (request->site);
  self->agent = request_agent (parts, request);
  self->worker = start_worker (self, parts, request, error);
  if (self->worker == NULL) {
    diagnosis_free (self);
    return NULL;
  }
  self->invocation = invocation;
  self->sender_watch = g_bus_watch_name_on_connection (request->bus, request->sender,
      G_BUS_NAME_WATCHER_FLAGS_NONE, NULL, on_caller_left, self, NULL);
  self->timeout = g_timeout_add_seconds (LIMIT_SECONDS, on_timeout, self);
  tell_part (self, NULL);
  return self;
}
