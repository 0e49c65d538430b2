/* SPDX-License-Identifier: GPL-2.0-or-later */
/* We rekey the CHILD_SA (RFC 7296 sections 1.3.3, 2.8 and 2.25): the new one carries the traffic from
 * the response on, the old one is deleted in an exchange of its own. If the gateway began the same at
 * the same time, the exchange that holds the lowest of the four nonces loses and whoever began it
 * deletes what it made (section 2.8.1). If the gateway has lost the old one, a new one is made. With
 * additional key exchanges the new one is made by the last of them (RFC 9370 section 2.2.4), and the side
 * that loses does not begin with them. */
#include "base/cursor.h"
#include "ike/followup.h"
#include "ike/ke.h"
#include "ike/tasks.h"
#include "wire/describe.h"
#include "wire/ts.h"

#define MAX_RETRIES 3
#define BUSY_RETRY_US (2 * G_USEC_PER_SEC)
#define BUSY_SPREAD_US (6 * G_USEC_PER_SEC)
#define REFUSED_RETRY_US (60 * G_USEC_PER_SEC)
#define MAX_DELETED 8

typedef struct {
  IkeTask task;
  uint32_t old_spi_in; /* 0 where the gateway has lost it: a new one is made instead */
  GArray *local_ts, *remote_ts; /* TrafficSelector: what the old one had */
  CryptoDh *dh;
  IkeChildParams new;
  IkeFollowup followup;
  unsigned int retries;

  /* what came while the request was out */
  uint32_t theirs; /* spi_in of what the gateway's rekey of the same one made, or 0 */
  IkeNonce their_lower; /* the lower nonce of that exchange */
  uint32_t deleted[MAX_DELETED]; /* the gateway's SPIs that it deleted and we did not know */
  size_t n_deleted;
} RekeyTask;

static void
write_spi (uint32_t value, uint8_t spi[static 4])
{
  Builder b = builder_init (spi, 4);
  builder_u32 (&b, value);
}

static void
try_later (IkeSession *session, const RekeyTask *self, int64_t least_us)
{
  IkeChild *old = ike_child_by_spi_in (session, self->old_spi_in);
  if (old != NULL)
    old->rekey_at = ike_session_soon (session, least_us, BUSY_SPREAD_US);
}

static bool
build (IkeSession *session, IkeTask *task, IkeChain *chain)
{
  RekeyTask *self = (RekeyTask *) task;
  const IkeChild *old = ike_child_by_spi_in (session, self->old_spi_in);
  uint8_t spi[4];
  IkeOffer offer;
  if (self->old_spi_in != 0 && (old == NULL || old->state != IKE_CHILD_CURRENT))
    return false;
  if (session->peers_rekey != NULL) { /* which the gateway would refuse, or run into */
    try_later (session, self, BUSY_RETRY_US);
    return false;
  }
  ike_shared_clear (&self->new.shared);
  self->new.is_initiator = true;
  self->theirs = 0;
  self->n_deleted = 0;
  self->new.spi_in = ike_child_new_spi (session);
  self->new.ni.len = IKE_NONCE_LEN;
  session->env.random (self->new.ni.data, self->new.ni.len);
  write_spi (self->old_spi_in, spi);
  if (self->old_spi_in != 0)
    ike_chain_notify (
        chain, IKE_PROTOCOL_ESP, SLICE (spi, 4), IKE_NOTIFY_REKEY_SA, SLICE (NULL, 0));
  write_spi (self->new.spi_in, spi);
  ike_offer_for_child (&session->esp_policy, SLICE (spi, 4), true, &offer);
  ike_sa_payload_write (chain, offer.proposals, offer.n);
  ike_chain_payload (chain, IKE_PAYLOAD_NONCE, ike_nonce_slice (&self->new.ni));
  if (self->dh != NULL)
    ike_ke_write (chain, self->dh);
  ike_ts_payload_write (chain, IKE_PAYLOAD_TSI, &g_array_index (self->local_ts, TrafficSelector, 0),
      self->local_ts->len);
  ike_ts_payload_write (chain, IKE_PAYLOAD_TSR,
      &g_array_index (self->remote_ts, TrafficSelector, 0), self->remote_ts->len);
  return true;
}

static IkeTaskResult
process_error (IkeSession *session, RekeyTask *self, const IkeNotify *notify)
{
  g_debug ("IKE: the gateway does not rekey CHILD_SA %08x now (%s, %u)", self->old_spi_in,
      ike_notify_to_string (notify->type), notify->type);
  IkeChild *old = ike_child_by_spi_in (session, self->old_spi_in);
  switch (notify->type) {
  case IKE_NOTIFY_INVALID_KE_PAYLOAD: {
    bool is_first = self->task.class->exchange == IKE_EXCHANGE_CREATE_CHILD_SA;
    DhGroup group = ike_ke_wanted_group (&session->esp_policy, notify);
    if (!is_first || group == DH_NONE || ++self->retries > MAX_RETRIES) {
      try_later (session, self, REFUSED_RETRY_US);
      return IKE_TASK_DONE;
    }
    g_clear_pointer (&self->dh, crypto_dh_free);
    self->dh = crypto_dh_new (group, session->env.random);
    return IKE_TASK_AGAIN;
  }
  case IKE_NOTIFY_CHILD_SA_NOT_FOUND:
    if (old == NULL || old->state != IKE_CHILD_CURRENT ||
        self->task.class->exchange != IKE_EXCHANGE_CREATE_CHILD_SA)
      return IKE_TASK_DONE; /* the gateway has replaced it */
    ike_child_remove (session, old);
    ike_peers_rekey_drop (session);
    self->old_spi_in = 0;
    return IKE_TASK_AGAIN;
  case IKE_NOTIFY_STATE_NOT_FOUND: /* the gateway has given up the exchanges before */
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

static bool
loses (const RekeyTask *self, const IkeNonce *theirs)
{
  const IkeNonce *ni = &self->new.ni, *nr = &self->new.nr;
  return ike_nonce_compare (ike_nonce_compare (ni, nr) < 0 ? ni : nr, theirs) < 0;
}

/* True if what our exchange made, or is about to, is one too many (section 2.8.1): the gateway has
 * rekeyed as well, or is about to, and the lowest nonce is one of ours. Where the old one is gone and the
 * gateway's new one is not, the gateway has finished its rekey while our answer was lost with a
 * stream. */
static bool
is_redundant (const IkeSession *session, const RekeyTask *self, const IkeChild *old)
{
  if (ike_peers_rekey_is_of_child (session, self->old_spi_in))
    return loses (self, ike_peers_rekey_lower (session));
  if (self->theirs == 0)
    return false;
  if (old == NULL && ike_child_by_spi_in (session, self->theirs) != NULL)
    return true;
  return loses (self, &self->their_lower);
}

static bool
is_deleted_already (const RekeyTask *self, uint32_t spi_out)
{
  for (size_t i = 0; i < self->n_deleted; i++) {
    if (self->deleted[i] == spi_out)
      return true;
  }
  return false;
}

/* After our exchange: who keeps what. Takes esp. */
static void
settle_collision (IkeSession *session, RekeyTask *self, IkeChild *new, EspSa *esp)
{
  IkeChild *old = ike_child_by_spi_in (session, self->old_spi_in);
  if (is_redundant (session, self, old)) {
    g_debug ("IKE: both rekeyed CHILD_SA %08x; ours is redundant", self->old_spi_in);
    esp_sa_free (esp);
    ike_child_replaced (session, new);
    try_later (session, self, BUSY_RETRY_US); /* if the gateway does not go on with its own */
    return; /* the gateway deletes the old one */
  }
  if (ike_peers_rekey_is_of_child (session, self->old_spi_in))
    ike_peers_rekey_drop (session);
  IkeChild *theirs = ike_child_by_spi_in (session, self->theirs);
  if (theirs != NULL)
    ike_child_replaced_by_peer (session, theirs, 0);
  if (old != NULL)
    ike_child_replaced (session, old);
  if (is_deleted_already (self, new->spi_out)) {
    g_debug ("IKE: the gateway has deleted CHILD_SA %08x already", new->spi_in);
    esp_sa_free (esp);
    ike_child_remove (session, new);
    return;
  }
  ike_child_announce (session, esp, false);
}

/* False if the response is none to our offer. */
static bool
take_response (IkeSession *session, RekeyTask *self, const IkePayloads *response)
{
  Slice body, spi;
  IkeOffer offer;
  IkeChildParams *new = &self->new;
  g_autofree IkeSaPayload *answer = g_new (IkeSaPayload, 1);
  ike_offer_for_child (&session->esp_policy, SLICE (NULL, 0), true, &offer);
  if (!ike_payloads_find (response, IKE_PAYLOAD_SA, &body) ||
      !ike_sa_payload_parse (body, answer) ||
      !ike_offer_accept (&offer, answer, 4, &new->suite, &spi) ||
      !ike_nonce_read (response, &new->nr) ||
      !read_narrowed (response, IKE_PAYLOAD_TSI, self->local_ts, new->local_ts, &new->n_local_ts) ||
      !read_narrowed (
          response, IKE_PAYLOAD_TSR, self->remote_ts, new->remote_ts, &new->n_remote_ts))
    return false;
  Cursor c = cursor_of (spi);
  new->spi_out = cursor_u32 (&c);
  if (new->suite.dh == DH_NONE)
    return true;
  if (self->dh != NULL && new->suite.dh == crypto_dh_group (self->dh))
    new->shared.first = ike_ke_shared (response, self->dh);
  return new->shared.first != NULL;
}

/* All keys are exchanged. */
static IkeTaskResult
finish (IkeSession *session, RekeyTask *self)
{
  EspSa *esp;
  IkeChild *new = ike_child_add (session, &self->new, &esp);
  if (new != NULL)
    settle_collision (session, self, new, esp);
  return IKE_TASK_DONE;
}

static IkeTaskResult
fail (IkeSession *session)
{
  ike_session_fail_with (session, VISITOR_ERROR_PROTOCOL,
      "The gateway's answer to the rekey of the CHILD_SA is not one to our offer.");
  return IKE_TASK_DONE;
}

static IkeTaskResult
end_if_lost (IkeSession *session, IkeTaskResult result)
{
  if (result == IKE_TASK_DONE)
    ike_child_end_if_lost (session);
  return result;
}

static bool
build_followup (IkeSession *session, IkeTask *task, IkeChain *chain)
{
  RekeyTask *self = (RekeyTask *) task;
  ike_followup_build (&self->followup, &self->new.suite, session->env.random, chain);
  return true;
}

static IkeTaskResult
act_on_followup (IkeSession *session, RekeyTask *self, const IkePayloads *response)
{
  IkeNotify notify;
  if (ike_payloads_error (response, &notify))
    return process_error (session, self, &notify);
  switch (ike_followup_process (&self->followup, &self->new.suite, response, &self->new.shared)) {
  case IKE_FOLLOWUP_MORE: return IKE_TASK_AGAIN;
  case IKE_FOLLOWUP_OVER: return finish (session, self);
  case IKE_FOLLOWUP_BAD: break;
  }
  return fail (session);
}

static IkeTaskResult
process_followup (IkeSession *session, IkeTask *task, const IkePayloads *response)
{
  return end_if_lost (session, act_on_followup (session, (RekeyTask *) task, response));
}

static void
rekey_free (IkeTask *task)
{
  RekeyTask *self = (RekeyTask *) task;
  crypto_dh_free (self->dh);
  ike_shared_clear (&self->new.shared);
  ike_followup_clear (&self->followup);
  g_array_unref (self->local_ts);
  g_array_unref (self->remote_ts);
  g_free (self);
}

static const IkeTaskClass followup_class = {
  .name = "rekey of the CHILD_SA",
  .exchange = IKE_EXCHANGE_FOLLOWUP_KE,
  .build = build_followup,
  .process = process_followup,
  .free = rekey_free,
};

static IkeTaskResult
act_on_response (IkeSession *session, RekeyTask *self, const IkePayloads *response)
{
  IkeNotify notify;
  if (ike_payloads_error (response, &notify))
    return process_error (session, self, &notify);
  if (!take_response (session, self, response))
    return fail (session);
  switch (ike_followup_begin (&self->followup, &self->new.suite, response)) {
  case IKE_FOLLOWUP_OVER: return finish (session, self);
  case IKE_FOLLOWUP_BAD: return fail (session);
  case IKE_FOLLOWUP_MORE: break;
  }
  if (is_redundant (session, self, ike_child_by_spi_in (session, self->old_spi_in))) {
    g_debug ("IKE: both rekey CHILD_SA %08x; ours gives way", self->old_spi_in);
    try_later (session, self, BUSY_RETRY_US); /* if the gateway does not go on */
    return IKE_TASK_DONE;
  }
  if (ike_peers_rekey_is_of_child (session, self->old_spi_in))
    ike_peers_rekey_drop (session);
  self->task.class = &followup_class;
  return IKE_TASK_AGAIN;
}

static IkeTaskResult
process (IkeSession *session, IkeTask *task, const IkePayloads *response)
{
  return end_if_lost (session, act_on_response (session, (RekeyTask *) task, response));
}

static const IkeTaskClass rekey_class = {
  .name = "rekey of the CHILD_SA",
  .exchange = IKE_EXCHANGE_CREATE_CHILD_SA,
  .build = build,
  .process = process,
  .free = rekey_free,
};

/* True while a CHILD_SA is being made by us. */
bool
ike_child_rekey_is_out (const IkeSession *session)
{
  return session->task != NULL &&
      (session->task->class == &rekey_class || session->task->class == &followup_class);
}

/* The gateway's rekey of old was answered; it made `theirs` with that lower nonce. */
void
ike_child_rekey_collides (
    IkeSession *session, const IkeChild *old, uint32_t theirs, const IkeNonce *lower)
{
  RekeyTask *self = (RekeyTask *) session->task;
  if (!ike_child_rekey_is_out (session) || self->old_spi_in != old->spi_in)
    return;
  self->theirs = theirs;
  self->their_lower = *lower;
}

/* The gateway deleted a CHILD_SA that we do not know: it may be the one that the answer to our request
 * will bring, if that is late. */
void
ike_child_rekey_deletes (IkeSession *session, uint32_t spi_out)
{
  RekeyTask *self = (RekeyTask *) session->task;
  if (ike_child_rekey_is_out (session) && self->n_deleted < MAX_DELETED)
    self->deleted[self->n_deleted++] = spi_out;
}

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
  self->local_ts = g_array_ref (child->local_ts);
  self->remote_ts = g_array_ref (child->remote_ts);
  DhGroup wish = child->suite.dh != DH_NONE ? child->suite.dh : session->sa->suite.dh;
  self->dh =
      crypto_dh_new (algorithm_policy_group (&session->esp_policy, wish), session->env.random);
  ike_session_queue (session, &self->task);
}
