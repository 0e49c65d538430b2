/* SPDX-License-Identifier: GPL-2.0-or-later */
/* We rekey the CHILD_SA (RFC 7296 sections 1.3.3, 2.8 and 2.25): the new one carries the traffic from
 * the response on, the old one is deleted in an exchange of its own. If the gateway began the same at
 * the same time, the exchange that holds the lowest of the four nonces loses and whoever began it
 * deletes what it made (section 2.8.1). */
#include "base/cursor.h"
#include "ike/ke.h"
#include "ike/tasks.h"
#include "wire/ts.h"

#define MAX_RETRIES 3
#define BUSY_RETRY_US (2 * G_USEC_PER_SEC)
#define BUSY_SPREAD_US (6 * G_USEC_PER_SEC)
#define REFUSED_RETRY_US (60 * G_USEC_PER_SEC)

typedef struct {
  IkeTask task;
  uint32_t old_spi_in, spi_in;
  CryptoDh *dh;
  IkeNonce ni, nr;
  unsigned int retries;
} RekeyTask;

static void
write_spi (uint32_t value, uint8_t spi[static 4])
{
  Builder b = builder_init (spi, 4);
  builder_u32 (&b, value);
}

static bool
build (IkeSession *session, IkeTask *task, IkeChain *chain)
{
  RekeyTask *self = (RekeyTask *) task;
  const IkeChild *old = ike_child_by_spi_in (session, self->old_spi_in);
  uint8_t spi[4];
  IkeOffer offer;
  if (old == NULL || old->state != IKE_CHILD_CURRENT)
    return false;
  self->spi_in = ike_child_new_spi (session);
  self->ni.len = IKE_NONCE_LEN;
  session->env.random (self->ni.data, self->ni.len);
  write_spi (old->spi_in, spi);
  ike_chain_notify (chain, IKE_PROTOCOL_ESP, SLICE (spi, 4), IKE_NOTIFY_REKEY_SA, SLICE (NULL, 0));
  write_spi (self->spi_in, spi);
  ike_offer_for_child (&session->esp_policy, SLICE (spi, 4), true, &offer);
  ike_sa_payload_write (chain, offer.proposals, offer.n);
  ike_chain_payload (chain, IKE_PAYLOAD_NONCE, ike_nonce_slice (&self->ni));
  if (self->dh != NULL)
    ike_ke_write (chain, self->dh);
  ike_ts_payload_write (chain, IKE_PAYLOAD_TSI, &g_array_index (old->local_ts, TrafficSelector, 0),
      old->local_ts->len);
  ike_ts_payload_write (chain, IKE_PAYLOAD_TSR, &g_array_index (old->remote_ts, TrafficSelector, 0),
      old->remote_ts->len);
  return true;
}

static void
try_later (IkeSession *session, const RekeyTask *self, int64_t least_us)
{
  IkeChild *old = ike_child_by_spi_in (session, self->old_spi_in);
  if (old != NULL)
    old->rekey_at = ike_child_soon (session, least_us, BUSY_SPREAD_US);
}

static IkeTaskResult
process_error (IkeSession *session, RekeyTask *self, const IkeNotify *notify)
{
  g_debug ("IKE: the gateway does not rekey CHILD_SA %08x now (%s, %u)", self->old_spi_in,
      ike_notify_to_string (notify->type), notify->type);
  IkeChild *old = ike_child_by_spi_in (session, self->old_spi_in);
  switch (notify->type) {
  case IKE_NOTIFY_INVALID_KE_PAYLOAD: {
    DhGroup group = ike_ke_wanted_group (&session->esp_policy, notify);
    if (group == DH_NONE || ++self->retries > MAX_RETRIES) {
      try_later (session, self, REFUSED_RETRY_US);
      return IKE_TASK_DONE;
    }
    g_clear_pointer (&self->dh, crypto_dh_free);
    self->dh = crypto_dh_new (group, session->env.random);
    return IKE_TASK_AGAIN;
  }
  case IKE_NOTIFY_CHILD_SA_NOT_FOUND:
    if (old != NULL)
      ike_child_remove (session, old);
    return IKE_TASK_DONE;
  case IKE_NOTIFY_TEMPORARY_FAILURE: try_later (session, self, BUSY_RETRY_US); return IKE_TASK_DONE;
  default: try_later (session, self, REFUSED_RETRY_US); return IKE_TASK_DONE;
  }
}

/* The gateway may only narrow. */
static bool
read_narrowed (const IkePayloads *response, IkePayloadType type, const GArray *offered,
    TrafficSelector ret_ts[static IKE_MAX_SELECTORS], size_t *ret_n)
{
  Slice body;
  if (!ike_payloads_find (response, type, &body) || !ike_ts_payload_parse (body, ret_ts, ret_n))
    return false;
  for (size_t i = 0; i < *ret_n; i++) {
    bool inside = false;
    for (guint o = 0; o < offered->len && !inside; o++)
      inside =
          traffic_selector_is_subset (&ret_ts[i], &g_array_index (offered, TrafficSelector, o));
    if (!inside)
      return false;
  }
  return *ret_n > 0;
}

/* After our exchange: who keeps what (section 2.8.1). Where the old one is gone already, the gateway
 * has finished a rekey of its own while our answer was lost with a stream. */
static void
settle_collision (IkeSession *session, RekeyTask *self, IkeChild *old, IkeChild *new, EspSa *esp)
{
  const IkeNonce *lower = ike_nonce_compare (&self->ni, &self->nr) < 0 ? &self->ni : &self->nr;
  IkeChild *theirs =
      old != NULL && old->peers_rekey != 0 ? ike_child_by_spi_in (session, old->peers_rekey) : NULL;
  if (old == NULL || (theirs != NULL && ike_nonce_compare (lower, &old->peers_nonce) < 0)) {
    g_debug ("IKE: both rekeyed CHILD_SA %08x; ours is redundant", self->old_spi_in);
    new->state = IKE_CHILD_REPLACED;
    esp_sa_free (esp);
    ike_session_queue (session, ike_task_delete_child_new (new->spi_in));
    return; /* the gateway deletes the old one */
  }
  if (theirs != NULL)
    theirs->state = IKE_CHILD_REPLACED; /* the gateway deletes it */
  old->state = IKE_CHILD_REPLACED;
  ike_child_announce (session, esp);
  ike_session_queue (session, ike_task_delete_child_new (old->spi_in));
}

/* model: the CHILD_SA whose selectors were offered. */
static bool
take_response (IkeSession *session, RekeyTask *self, IkeChild *old, const IkeChild *model,
    const IkePayloads *response)
{
  Slice body, spi;
  IkeOffer offer;
  EspSa *esp;
  g_autofree IkeSaPayload *answer = g_new (IkeSaPayload, 1);
  TrafficSelector local[IKE_MAX_SELECTORS], remote[IKE_MAX_SELECTORS];
  IkeChildParams params = { .spi_in = self->spi_in, .is_initiator = true };
  ike_offer_for_child (&session->esp_policy, SLICE (NULL, 0), true, &offer);
  if (!ike_payloads_find (response, IKE_PAYLOAD_SA, &body) ||
      !ike_sa_payload_parse (body, answer) ||
      !ike_offer_accept (&offer, answer, 4, &params.suite, &spi) ||
      !ike_nonce_read (response, &self->nr) ||
      !read_narrowed (response, IKE_PAYLOAD_TSI, model->local_ts, local, &params.n_local_ts) ||
      !read_narrowed (response, IKE_PAYLOAD_TSR, model->remote_ts, remote, &params.n_remote_ts))
    return false;
  g_autoptr (Secret) shared = NULL;
  if (params.suite.dh != DH_NONE) {
    if (self->dh != NULL && params.suite.dh == crypto_dh_group (self->dh))
      shared = ike_ke_shared (response, self->dh);
    if (shared == NULL)
      return false;
  }
  Cursor c = cursor_of (spi);
  params.spi_out = cursor_u32 (&c);
  params.ni = ike_nonce_slice (&self->ni);
  params.nr = ike_nonce_slice (&self->nr);
  params.dh_shared = shared;
  params.local_ts = local;
  params.remote_ts = remote;
  IkeChild *new = ike_child_add (session, &params, &esp);
  if (new != NULL)
    settle_collision (session, self, old, new, esp);
  return true;
}

static IkeTaskResult
process (IkeSession *session, IkeTask *task, const IkePayloads *response)
{
  RekeyTask *self = (RekeyTask *) task;
  IkeTaskResult result = IKE_TASK_DONE;
  IkeNotify notify;
  IkeChild *old = ike_child_by_spi_in (session, self->old_spi_in);
  const IkeChild *model = old != NULL ? old : ike_child_current (session);
  if (ike_payloads_error (response, &notify))
    result = process_error (session, self, &notify);
  else if (model != NULL && !take_response (session, self, old, model, response))
    ike_session_fail_with (session, VISITOR_ERROR_PROTOCOL,
        "The gateway's answer to the rekey of the CHILD_SA is not one to our offer.");
  ike_child_end_if_lost (session);
  return result;
}

static void
rekey_free (IkeTask *task)
{
  RekeyTask *self = (RekeyTask *) task;
  crypto_dh_free (self->dh);
  g_free (self);
}

static const IkeTaskClass rekey_class = {
  .name = "rekey of the CHILD_SA",
  .exchange = IKE_EXCHANGE_CREATE_CHILD_SA,
  .build = build,
  .process = process,
  .free = rekey_free,
};

/* Queues the rekey of child, once. With the group that child was made with, or that of the IKE SA, as
 * far as the policy has it; without a key exchange if it has none. */
void
ike_child_begin_rekey (IkeSession *session, IkeChild *child)
{
  if (child->rekey_at == G_MAXINT64)
    return;
  child->rekey_at = G_MAXINT64;
  RekeyTask *self = g_new0 (RekeyTask, 1);
  self->task.class = &rekey_class;
  self->old_spi_in = child->spi_in;
  DhGroup wish = child->suite.dh != DH_NONE ? child->suite.dh : session->sa->suite.dh;
  self->dh =
      crypto_dh_new (algorithm_policy_group (&session->esp_policy, wish), session->env.random);
  ike_session_queue (session, &self->task);
}
