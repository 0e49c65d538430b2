/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VisitorAttempt: a connection that this program has begun, from the click until it is over.
 *
 * It has the agent that answers the engine's questions, and sees to what may be kept once it has proved
 * right: the secrets, and the key that the person has accepted. A cancelled attempt waits for the engine
 * to say what became of it, so that nothing comes up behind the person's back. */
#include "client/live-private.h"

struct _VisitorAttempt {
  VisitorAgent *agent; /* owned; NULL while there is no bus */
  VisitorCredential *credential; /* owned; NULL where the site signs in without a certificate */
  gboolean cancelled;
};

void
live_attempt_free (gpointer data)
{
  VisitorAttempt *attempt = data;
  g_clear_object (&attempt->agent);
  g_clear_pointer (&attempt->credential, visitor_credential_unref);
  g_free (attempt);
}

static VisitorAttempt *
find (VisitorLive *live, VisitorSiteItem *item)
{
  return g_hash_table_lookup (live->attempts, item);
}

/* What an agent needs to ask a person; it may live longer than all else. */
typedef struct {
  GWeakRef live;
  VisitorSiteItem *item; /* owned */
} Asking;

static void
asking_free (gpointer data)
{
  Asking *asking = data;
  g_weak_ref_clear (&asking->live);
  g_object_unref (asking->item);
  g_free (asking);
}

/* The program, if the question is about an attempt that still counts. Transfer: full. */
static VisitorLive *
who_asks (Asking *asking, VisitorAgent *agent)
{
  g_autoptr (VisitorLive) live = g_weak_ref_get (&asking->live);
  VisitorAttempt *attempt = live != NULL ? find (live, asking->item) : NULL;
  if (attempt == NULL || attempt->agent != agent || attempt->cancelled)
    return NULL;
  return g_steal_pointer (&live);
}

static void
ask_secret (VisitorAgent *agent, VisitorSecretRequest *request, const GError *keyring_problem,
    gpointer user_data)
{
  Asking *asking = user_data;
  g_autoptr (VisitorLive) live = who_asks (asking, agent);
  if (live != NULL)
    live->prompts->secret (asking->item, request, keyring_problem, live->prompts_data);
  else
    visitor_secret_request_free (request);
}

static void
ask_trust (VisitorAgent *agent, VisitorTrustRequest *request, gpointer user_data)
{
  Asking *asking = user_data;
  g_autoptr (VisitorLive) live = who_asks (asking, agent);
  if (live != NULL)
    live->prompts->trust (asking->item, request, live->prompts_data);
  else
    visitor_trust_request_free (request);
}

static const VisitorAgentPrompts prompts = { .secret = ask_secret, .trust = ask_trust };

static void
fail (VisitorLive *live, VisitorSiteItem *item, const GError *error)
{
  VisitorAttempt *attempt = find (live, item);
  gboolean is_told = !g_error_matches (error, VISITOR_ERROR, VISITOR_ERROR_CANCELLED) &&
      (attempt == NULL || !attempt->cancelled);
  g_hash_table_remove (live->attempts, item);
  visitor_site_item_set_failure (item, is_told ? error : NULL);
  visitor_site_item_set_phase (item, VISITOR_ITEM_RESTS);
  if (is_told)
    live_emit (live, "failed", item);
}

typedef struct {
  VisitorLive *live;
  VisitorSiteItem *item;
} Call;

static void
call_free (Call *call)
{
  g_object_unref (call->live);
  g_object_unref (call->item);
  g_free (call);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Call, call_free)

/* A cancelled one that came up all the same is ended; until then the item says that it is cancelled. */
static void
on_connect (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  g_autoptr (GError) error = NULL;
  VisitorClient *client = VISITOR_CLIENT (source);
  g_autoptr (VisitorConnection) connection = visitor_client_connect_finish (client, result, &error);
  if (connection == NULL) {
    fail (call->live, call->item, error);
    return;
  }
  VisitorAttempt *attempt = find (call->live, call->item);
  gboolean cancelled = attempt == NULL || attempt->cancelled;
  if (client == call->live->client)
    live_watch_adopt (call->live, connection);
  else
    live_attempt_end (call->live, call->item);
  if (cancelled)
    visitor_connection_disconnect_async (connection, NULL, NULL, NULL);
  else
    visitor_site_item_set_phase (call->item, VISITOR_ITEM_RESTS);
}

static gboolean
prepare (VisitorLive *live, VisitorAttempt *attempt, VisitorSiteItem *item, GError **error)
{
  const Site *site = visitor_site_item_get_site (item);
  if (site == NULL) {
    g_set_error_literal (
        error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID, visitor_site_item_get_problem (item));
    return FALSE;
  }
  Asking *asking = g_new0 (Asking, 1);
  g_weak_ref_init (&asking->live, live);
  asking->item = g_object_ref (item);
  attempt->agent = visitor_agent_new (visitor_client_get_bus (live->client),
      visitor_site_item_get_id (item), &prompts, asking, error);
  if (attempt->agent == NULL) {
    asking_free (asking);
    return FALSE;
  }
  g_object_set_data_full (G_OBJECT (attempt->agent), "visitor-asking", asking, asking_free);
  if (site->key == NULL)
    return TRUE;
  attempt->credential =
      visitor_credential_load (visitor_site_model_get_store (live->model), site, error);
  if (attempt->credential == NULL)
    return FALSE;
  visitor_agent_set_credential (attempt->agent, attempt->credential, site_may_use_eap_tls (site));
  return TRUE;
}

static void
start (VisitorLive *live, VisitorAttempt *attempt, VisitorSiteItem *item)
{
  g_autoptr (GError) error = NULL;
  if (!prepare (live, attempt, item, &error)) {
    fail (live, item, error);
    return;
  }
  Call *call = g_new0 (Call, 1);
  call->live = g_object_ref (live);
  call->item = g_object_ref (item);
  g_autofree char *text = site_to_text (visitor_site_item_get_site (item));
  visitor_client_connect_async (
      live->client, text, attempt->agent, G_LOG_LEVEL_DEBUG, NULL, on_connect, call);
}

/* Begins to connect, or waits for the bus. */
void
live_attempt_begin (VisitorLive *live, VisitorSiteItem *item)
{
  VisitorAttempt *attempt = g_new0 (VisitorAttempt, 1);
  g_hash_table_insert (live->attempts, g_object_ref (item), attempt);
  visitor_site_item_set_failure (item, NULL);
  visitor_site_item_set_phase (item, VISITOR_ITEM_STARTS);
  if (live->client != NULL)
    start (live, attempt, item);
}

/* The bus is there. */
void
live_attempt_begin_waiting (VisitorLive *live)
{
  g_autoptr (GList) items = g_hash_table_get_keys (live->attempts);
  for (GList *at = items; at != NULL; at = at->next) {
    VisitorAttempt *attempt = find (live, at->data);
    if (attempt != NULL && attempt->agent == NULL)
      start (live, attempt, at->data);
  }
}

/* There will be no bus. */
void
live_attempt_fail_waiting (VisitorLive *live, const GError *error)
{
  g_autoptr (GList) items = g_hash_table_get_keys (live->attempts);
  for (GList *at = items; at != NULL; at = at->next) {
    VisitorAttempt *attempt = find (live, at->data);
    if (attempt != NULL && attempt->agent == NULL)
      fail (live, at->data, error);
  }
}

/* FALSE if the engine has a connection already, which has to be ended then. */
gboolean
live_attempt_cancel (VisitorLive *live, VisitorSiteItem *item)
{
  VisitorAttempt *attempt = find (live, item);
  if (attempt == NULL || visitor_site_item_get_phase (item) == VISITOR_ITEM_RESTS)
    return FALSE;
  attempt->cancelled = TRUE;
  if (attempt->agent == NULL) {
    g_hash_table_remove (live->attempts, item);
    visitor_site_item_set_phase (item, VISITOR_ITEM_RESTS);
  } else {
    visitor_site_item_set_phase (item, VISITOR_ITEM_CANCELS);
  }
  return TRUE;
}

static void
on_kept (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  g_autoptr (GError) error = NULL;
  if (!g_task_propagate_boolean (G_TASK (result), &error))
    live_emit_not_kept (call->live, call->item, error);
}

/* It is connected: what the person wants kept has proved right. */
void
live_attempt_prove (VisitorLive *live, VisitorSiteItem *item)
{
  VisitorAttempt *attempt = find (live, item);
  if (attempt == NULL || attempt->agent == NULL)
    return;
  g_autoptr (GError) error = NULL;
  if (visitor_agent_has_trusted (attempt->agent) &&
      !visitor_agent_remember_trusted (attempt->agent, &error))
    live_emit_not_kept (live, item, error);
  if (!visitor_agent_has_pending (attempt->agent))
    return;
  Call *call = g_new0 (Call, 1);
  call->live = g_object_ref (live);
  call->item = g_object_ref (item);
  visitor_agent_keep_async (attempt->agent, live->cancellable, on_kept, call);
}

/* Its connection is over, or the engine is gone. */
void
live_attempt_end (VisitorLive *live, VisitorSiteItem *item)
{
  g_hash_table_remove (live->attempts, item);
  visitor_site_item_set_phase (item, VISITOR_ITEM_RESTS);
}

/* Answers a request, which it takes; NULL: the person gives none. remember: once it has proved right. */
void
visitor_live_answer_secret (VisitorLive *self, VisitorSiteItem *item, VisitorSecretRequest *request,
    const Secret *secret_or_null, gboolean remember)
{
  VisitorAttempt *attempt = find (self, item);
  gboolean counts = attempt != NULL && attempt->agent != NULL && !attempt->cancelled;
  if (counts && secret_or_null != NULL) {
    visitor_agent_answer (attempt->agent, request, secret_or_null, remember);
    return;
  }
  visitor_secret_request_refuse (request, VISITOR_ERROR_CANCELLED);
  visitor_secret_request_free (request);
}

/* Answers a request, which it takes. What is trusted becomes a pin of the site once it is connected. */
void
visitor_live_answer_trust (
    VisitorLive *self, VisitorSiteItem *item, VisitorTrustRequest *request, gboolean trusted)
{
  VisitorAttempt *attempt = find (self, item);
  if (attempt != NULL && attempt->agent != NULL && !attempt->cancelled)
    visitor_agent_answer_trust (attempt->agent, request, trusted);
  else
    visitor_trust_request_free (request);
}
