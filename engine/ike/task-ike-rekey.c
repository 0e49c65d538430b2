/* SPDX-License-Identifier: GPL-2.0-or-later */
/* We rekey the IKE SA (RFC 7296 sections 1.3.2, 2.8 and 2.18): a new SA with fresh keys and message IDs
 * from 0 takes over all CHILD_SAs, the old one is deleted. If the gateway began the same at the same
 * time two SAs are made; the one of the exchange with the lowest of the four nonces is redundant, and
 * whoever made it deletes it (sections 2.8.1 and 2.25.2). With additional key exchanges the SA is made by
 * the last of them (RFC 9370 section 2.2.4), and the side that loses does not begin with them. */
#include "base/cursor.h"
#include "ike/followup.h"
#include "ike/ke.h"
#include "ike/old-sa.h"
#include "ike/moves.h"
#include "ike/tasks.h"
#include "wire/describe.h"

#define MAX_RETRIES 3
#define BUSY_RETRY_US (2 * G_USEC_PER_SEC)
#define BUSY_SPREAD_US (6 * G_USEC_PER_SEC)
#define REFUSED_RETRY_US (60 * G_USEC_PER_SEC)

typedef struct {
  IkeTask task;
  CryptoDh *dh;
  IkeSa *sa; /* the new one, while its exchange is out */
  IkeNonce ni, nr;
  IkeShared shared;
  IkeFollowup followup;
  unsigned int retries;
} RekeyTask;

static void
try_later (IkeSession *session, int64_t least_us)
{
  session->ike_rekey_at = ike_session_soon (session, least_us, BUSY_SPREAD_US);
}

static bool
build (IkeSession *session, IkeTask *task, IkeChain *chain)
{
  RekeyTask *self = (RekeyTask *) task;
  uint8_t spi[8];
  Builder b = builder_init (spi, sizeof spi);
  IkeOffer offer;
  if (session->state != IKE_STATE_ESTABLISHED)
    return false;
  if (session->peers_rekey != NULL) { /* which the gateway would refuse */
    try_later (session, BUSY_RETRY_US);
    return false;
  }
  g_clear_pointer (&self->sa, ike_sa_free);
  self->sa = ike_sa_new (&session->env, true);
  self->ni.len = IKE_NONCE_LEN;
  session->env.random (self->ni.data, self->ni.len);
  builder_u64 (&b, self->sa->spi_i);
  ike_offer_for_ike (&session->ike_policy, builder_result (&b), &offer);
  ike_sa_payload_write (chain, offer.proposals, offer.n);
  ike_chain_payload (chain, IKE_PAYLOAD_NONCE, ike_nonce_slice (&self->ni));
  ike_ke_write (chain, self->dh);
  return true;
}

/* The gateway does not rekey. Where it has begun a rekey of its own meanwhile that one stands. */
static IkeTaskResult
process_error (IkeSession *session, RekeyTask *self, const IkeNotify *notify)
{
  g_debug ("IKE: the gateway does not rekey the IKE SA now (%s, %u)",
      ike_notify_to_string (notify->type), notify->type);
  if (session->peers_sa != NULL) {
    ike_session_adopt_sa (session, g_steal_pointer (&session->peers_sa), IKE_PEER_DELETES);
    return IKE_TASK_DONE;
  }
  if (notify->type == IKE_NOTIFY_INVALID_KE_PAYLOAD &&
      self->task.class->exchange == IKE_EXCHANGE_CREATE_CHILD_SA) {
    DhGroup group = ike_ke_wanted_group (&session->ike_policy, notify);
    if (group != DH_NONE && ++self->retries <= MAX_RETRIES) {
      g_clear_pointer (&self->dh, crypto_dh_free);
      self->dh = crypto_dh_new (group, session->env.random);
      return IKE_TASK_AGAIN;
    }
  }
  bool is_busy = notify->type == IKE_NOTIFY_TEMPORARY_FAILURE ||
      notify->type == IKE_NOTIFY_STATE_NOT_FOUND; /* it has given up the exchanges before */
  try_later (session, is_busy ? BUSY_RETRY_US : REFUSED_RETRY_US);
  return IKE_TASK_DONE;
}

/* False if the response is none to our offer. */
static bool
take_response (IkeSession *session, RekeyTask *self, const IkePayloads *response)
{
  Slice body, spi;
  IkeOffer offer;
  IkeSa *sa = self->sa;
  g_autofree IkeSaPayload *answer = g_new (IkeSaPayload, 1);
  ike_offer_for_ike (&session->ike_policy, SLICE (NULL, 0), &offer);
  if (!ike_payloads_find (response, IKE_PAYLOAD_SA, &body) ||
      !ike_sa_payload_parse (body, answer) ||
      !ike_offer_accept (&offer, answer, sizeof sa->spi_r, &sa->suite, &spi) ||
      sa->suite.dh != crypto_dh_group (self->dh) || !ike_nonce_read (response, &self->nr))
    return false;
  Cursor c = cursor_of (spi);
  sa->spi_r = cursor_u64 (&c);
  ike_shared_clear (&self->shared);
  self->shared.first = ike_ke_shared (response, self->dh);
  return sa->spi_r != 0 && self->shared.first != NULL;
}

static bool
derive (const IkeSession *session, const RekeyTask *self)
{
  IkeSa *sa = self->sa;
  const IkeKeys *old = &session->sa->keys;
  Slice ni = ike_nonce_slice (&self->ni), nr = ike_nonce_slice (&self->nr);
  g_autoptr (Secret) skeyseed = ike_skeyseed_rekeyed (old->prf, old->sk_d, &self->shared, ni, nr);
  return ike_keys_derive (&sa->suite, skeyseed, ni, nr, sa->spi_i, sa->spi_r, &sa->keys, NULL);
}

/* True if ours has the lower nonce than that of the gateway's. */
static bool
loses (const RekeyTask *self, const IkeNonce *theirs)
{
  const IkeNonce *lower = ike_nonce_compare (&self->ni, &self->nr) < 0 ? &self->ni : &self->nr;
  return ike_nonce_compare (lower, theirs) < 0;
}

/* Ours is made: which of the new SAs stays, where the gateway has made one or is about to. */
static void
settle_collision (IkeSession *session, RekeyTask *self)
{
  IkeSa *ours = g_steal_pointer (&self->sa);
  g_autoptr (IkeSa) theirs = g_steal_pointer (&session->peers_sa);
  if (theirs != NULL && loses (self, &session->peers_nonce)) {
    g_debug ("IKE: both rekeyed the IKE SA; ours is redundant");
    ike_session_adopt_sa (session, g_steal_pointer (&theirs), IKE_PEER_DELETES);
    ike_old_sa_add (session, ours, IKE_WE_DELETE);
  } else if (ike_peers_rekey_is_of_ike (session) && loses (self, ike_peers_rekey_lower (session))) {
    g_debug ("IKE: both rekey the IKE SA; ours is redundant");
    try_later (session, BUSY_RETRY_US); /* unless the gateway's comes to its end before */
    ike_old_sa_add (session, ours, IKE_WE_DELETE);
  } else {
    if (theirs != NULL)
      ike_old_sa_add (session, g_steal_pointer (&theirs), IKE_PEER_DELETES);
    ike_session_adopt_sa (session, ours, IKE_WE_DELETE);
  }
}

/* True if ours gives way before it makes an SA. */
static bool
gives_way (IkeSession *session, const RekeyTask *self)
{
  if (session->peers_sa != NULL && loses (self, &session->peers_nonce)) {
    ike_session_adopt_sa (session, g_steal_pointer (&session->peers_sa), IKE_PEER_DELETES);
    return true;
  }
  if (!ike_peers_rekey_is_of_ike (session) || !loses (self, ike_peers_rekey_lower (session)))
    return false;
  try_later (session, BUSY_RETRY_US);
  return true;
}

static IkeTaskResult
fail (IkeSession *session)
{
  ike_session_fail_with (session, VISITOR_ERROR_PROTOCOL,
      "The gateway's answer to the rekey of the IKE SA is not one to our offer.");
  return IKE_TASK_DONE;
}

static IkeTaskResult
finish (IkeSession *session, RekeyTask *self)
{
  if (!derive (session, self))
    return fail (session);
  settle_collision (session, self);
  return IKE_TASK_DONE;
}

static bool
build_followup (IkeSession *session, IkeTask *task, IkeChain *chain)
{
  RekeyTask *self = (RekeyTask *) task;
  if (session->state != IKE_STATE_ESTABLISHED)
    return false;
  ike_followup_build (&self->followup, &self->sa->suite, session->env.random, chain);
  return true;
}

static IkeTaskResult
process_followup (IkeSession *session, IkeTask *task, const IkePayloads *response)
{
  RekeyTask *self = (RekeyTask *) task;
  IkeNotify notify;
  if (ike_payloads_error (response, &notify))
    return process_error (session, self, &notify);
  switch (ike_followup_process (&self->followup, &self->sa->suite, response, &self->shared)) {
  case IKE_FOLLOWUP_MORE: return IKE_TASK_AGAIN;
  case IKE_FOLLOWUP_OVER: return finish (session, self);
  case IKE_FOLLOWUP_BAD: break;
  }
  return fail (session);
}

static void
rekey_free (IkeTask *task)
{
  RekeyTask *self = (RekeyTask *) task;
  crypto_dh_free (self->dh);
  ike_sa_free (self->sa);
  ike_shared_clear (&self->shared);
  ike_followup_clear (&self->followup);
  g_free (self);
}

static const IkeTaskClass followup_class = {
  .name = "rekey of the IKE SA",
  .exchange = IKE_EXCHANGE_FOLLOWUP_KE,
  .build = build_followup,
  .process = process_followup,
  .free = rekey_free,
};

static IkeTaskResult
process (IkeSession *session, IkeTask *task, const IkePayloads *response)
{
  RekeyTask *self = (RekeyTask *) task;
  IkeNotify notify;
  if (ike_payloads_error (response, &notify))
    return process_error (session, self, &notify);
  if (!take_response (session, self, response))
    return fail (session);
  ike_crash_take_token (self->sa, response);
  switch (ike_followup_begin (&self->followup, &self->sa->suite, response)) {
  case IKE_FOLLOWUP_OVER: return finish (session, self);
  case IKE_FOLLOWUP_BAD: return fail (session);
  case IKE_FOLLOWUP_MORE: break;
  }
  if (gives_way (session, self))
    return IKE_TASK_DONE;
  if (ike_peers_rekey_is_of_ike (session))
    ike_peers_rekey_drop (session);
  task->class = &followup_class;
  return IKE_TASK_AGAIN;
}

static const IkeTaskClass rekey_class = {
  .name = "rekey of the IKE SA",
  .exchange = IKE_EXCHANGE_CREATE_CHILD_SA,
  .build = build,
  .process = process,
  .free = rekey_free,
};

/* True while our rekey of the IKE SA waits for its answer. */
bool
ike_rekey_ike_is_out (const IkeSession *session)
{
  return session->task != NULL &&
      (session->task->class == &rekey_class || session->task->class == &followup_class);
}

/* Queues the rekey of the IKE SA, once, with the group that it was made with. */
void
ike_begin_rekey_ike (IkeSession *session)
{
  if (session->ike_rekey_at == G_MAXINT64)
    return;
  session->ike_rekey_at = G_MAXINT64;
  RekeyTask *self = g_new0 (RekeyTask, 1);
  self->task.class = &rekey_class;
  self->dh = crypto_dh_new (
      algorithm_policy_group (&session->ike_policy, session->sa->suite.dh), session->env.random);
  ike_session_queue (session, &self->task);
}
