/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Connection, the part that asks: each question of the worker goes to the agent of whoever called Connect,
 * and its answer back to that worker, if it still is the one. */
#include "service/connection-private.h"

typedef struct {
  Connection *self; /* owned */
  HostWorker *worker; /* owned: a late answer must not reach another worker */
  guint number; /* of a request for a signature, or for a proxy's secret */
} Question;

static Question *
question_new (Connection *self, HostWorker *worker)
{
  Question *question = g_new0 (Question, 1);
  question->self = g_object_ref (self);
  question->worker = host_worker_ref (worker);
  return question;
}

static void
question_free (Question *question)
{
  g_object_unref (question->self);
  host_worker_unref (question->worker);
  g_free (question);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Question, question_free)

static void
note_refusal (Connection *self, const GError *error)
{
  connection_log (self, G_LOG_LEVEL_MESSAGE, "No answer: %s", error->message);
  if (self->refusal == NULL)
    self->refusal = g_error_copy (error);
}

static void
on_secret (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Question) question = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (Secret) secret = agent_get_secret_finish (result, &error);
  if (question->self->worker != question->worker)
    return;
  if (secret == NULL)
    note_refusal (question->self, error);
  host_worker_answer_secret (question->worker, secret);
}

/* HostWorkerCallbacks.want_secret: user_data is the connection, as in all of these. */
void
connection_want_secret (HostWorker *worker, const HostQuestion *asked, gpointer user_data)
{
  Connection *self = user_data;
  agent_get_secret_async (self->agent, asked, on_secret, question_new (self, worker));
}

static void
on_trust (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Question) question = user_data;
  g_autoptr (GError) error = NULL;
  gboolean trusted = FALSE;
  gboolean answered = agent_ask_trust_finish (result, &trusted, &error);
  if (question->self->worker != question->worker)
    return;
  if (!answered)
    note_refusal (question->self, error);
  host_worker_answer_trust (question->worker, answered && trusted);
}

/* HostWorkerCallbacks.want_trust. */
void
connection_want_trust (HostWorker *worker, GVariant *question, gpointer user_data)
{
  Connection *self = user_data;
  agent_ask_trust_async (self->agent, question, on_trust, question_new (self, worker));
}

/* The agent may be gone for long: the worker then gets what it said last. */
static void
on_proxies (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Question) question = user_data;
  Connection *self = question->self;
  g_autoptr (GError) error = NULL;
  static const char *const none[] = { NULL };
  g_auto (GStrv) uris = agent_get_proxies_finish (result, &error);
  if (uris == NULL) {
    connection_log (self, G_LOG_LEVEL_INFO, "The proxies stay as they are: %s", error->message);
  } else if (uris[0] != NULL) {
    g_strfreev (self->proxies);
    self->proxies = g_steal_pointer (&uris);
  }
  if (self->worker == question->worker)
    host_worker_answer_proxies (
        question->worker, self->proxies != NULL ? (const char *const *) self->proxies : none);
}

/* HostWorkerCallbacks.want_proxies: those of the session as it is now. */
void
connection_want_proxies (HostWorker *worker, gpointer user_data)
{
  Connection *self = user_data;
  agent_get_proxies_async (self->agent, self->site->address.host, self->site->address.port,
      on_proxies, question_new (self, worker));
}

static void
on_proxy_secret (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Question) question = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (Secret) secret = agent_get_proxy_secret_finish (result, &error);
  if (question->self->worker != question->worker)
    return;
  if (secret == NULL)
    connection_log (
        question->self, G_LOG_LEVEL_MESSAGE, "No answer for the proxy: %s", error->message);
  host_worker_answer_proxy_secret (question->worker, question->number, secret);
}

/* HostWorkerCallbacks.want_proxy_secret. */
void
connection_want_proxy_secret (
    HostWorker *worker, guint number, const HostProxyQuestion *asked, gpointer user_data)
{
  Connection *self = user_data;
  Question *question = question_new (self, worker);
  question->number = number;
  agent_get_proxy_secret_async (self->agent, asked, on_proxy_secret, question);
}

static void
on_certificate (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Question) question = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) certificate = agent_get_certificate_finish (result, &error);
  if (question->self->worker != question->worker)
    return;
  if (certificate == NULL)
    note_refusal (question->self, error);
  host_worker_answer_certificate (question->worker, certificate);
}

/* HostWorkerCallbacks.want_certificate. */
void
connection_want_certificate (HostWorker *worker, gpointer user_data)
{
  Connection *self = user_data;
  agent_get_certificate_async (self->agent, on_certificate, question_new (self, worker));
}

static void
on_signature (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Question) question = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) signature = agent_sign_finish (result, &error);
  if (question->self->worker != question->worker)
    return;
  if (signature == NULL)
    note_refusal (question->self, error);
  host_worker_answer_signature (question->worker, question->number, signature);
}

/* HostWorkerCallbacks.want_signature. */
void
connection_want_signature (
    HostWorker *worker, guint number, SignatureScheme scheme, GBytes *octets, gpointer user_data)
{
  Connection *self = user_data;
  Question *question = question_new (self, worker);
  question->number = number;
  agent_sign_async (self->agent, scheme, octets, on_signature, question);
}
