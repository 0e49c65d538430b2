/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The first CHILD_SA of an IKE SA that was made without one (RFC 6023): CREATE_CHILD_SA (RFC 7296
 * section 1.3.1), with a key exchange of its own where the gateway takes one, and those that follow it
 * (RFC 9370 section 2.2.4). */
#include "ike/first-child.h"
#include "ike/followup.h"
#include "ike/ke.h"
#include "ike/proposal.h"
#include "ike/tasks.h"

#define MAX_RETRIES 3

typedef struct {
  IkeTask task;
  CryptoDh *dh;
  IkeChildParams child;
  IkeFollowup followup;
  unsigned int retries;
} FirstTask;

static bool
build (IkeSession *session, IkeTask *task, IkeChain *chain)
{
  FirstTask *self = (FirstTask *) task;
  uint8_t spi[4];
  Builder b = builder_init (spi, sizeof spi);
  IkeOffer offer;
  self->child.spi_in = ike_child_new_spi (session);
  builder_u32 (&b, self->child.spi_in);
  self->child.is_initiator = true;
  self->child.ni.len = IKE_NONCE_LEN;
  session->env.random (self->child.ni.data, self->child.ni.len);
  ike_offer_for_child (&session->esp_policy, builder_result (&b), true, &offer);
  ike_sa_payload_write (chain, offer.proposals, offer.n);
  ike_chain_payload (chain, IKE_PAYLOAD_NONCE, ike_nonce_slice (&self->child.ni));
  if (self->dh != NULL)
    ike_ke_write (chain, self->dh);
  ike_first_child_selectors (chain);
  return true;
}

static bool
build_followup (IkeSession *session, IkeTask *task, IkeChain *chain)
{
  FirstTask *self = (FirstTask *) task;
  ike_followup_build (&self->followup, &self->child.suite, session->env.random, chain);
  return true;
}

/* Goes on, or is over. */
static IkeTaskResult
act_on (IkeSession *session, FirstTask *self, IkeFollowupResult result)
{
  switch (result) {
  case IKE_FOLLOWUP_MORE: return IKE_TASK_AGAIN;
  case IKE_FOLLOWUP_OVER: ike_first_child_take (session, &self->child); break;
  case IKE_FOLLOWUP_BAD: ike_first_child_not_ours (session); break;
  }
  return IKE_TASK_DONE;
}

static IkeTaskResult
process_followup (IkeSession *session, IkeTask *task, const IkePayloads *response)
{
  FirstTask *self = (FirstTask *) task;
  IkeNotify notify;
  if (ike_payloads_error (response, &notify)) {
    ike_first_child_refused (session, &notify);
    return IKE_TASK_DONE;
  }
  return act_on (session, self,
      ike_followup_process (&self->followup, &self->child.suite, response, &self->child.shared));
}

static void
first_free (IkeTask *task)
{
  FirstTask *self = (FirstTask *) task;
  crypto_dh_free (self->dh);
  ike_shared_clear (&self->child.shared);
  ike_followup_clear (&self->followup);
  g_free (self);
}

static const IkeTaskClass followup_class = {
  .name = "first CHILD_SA",
  .exchange = IKE_EXCHANGE_FOLLOWUP_KE,
  .build = build_followup,
  .process = process_followup,
  .free = first_free,
};

static IkeTaskResult
take_response (IkeSession *session, FirstTask *self, const IkePayloads *response)
{
  if (!ike_nonce_read (response, &self->child.nr)) {
    ike_session_fail_with (
        session, VISITOR_ERROR_PROTOCOL, "The gateway's answer for the CHILD_SA has no nonce.");
    return IKE_TASK_DONE;
  }
  if (!ike_first_child_read (session, self->dh, response, &self->child))
    return IKE_TASK_DONE;
  self->task.class = &followup_class;
  return act_on (session, self, ike_followup_begin (&self->followup, &self->child.suite, response));
}

static IkeTaskResult
process (IkeSession *session, IkeTask *task, const IkePayloads *response)
{
  FirstTask *self = (FirstTask *) task;
  IkeNotify notify;
  if (!ike_payloads_error (response, &notify))
    return take_response (session, self, response);
  DhGroup group = notify.type == IKE_NOTIFY_INVALID_KE_PAYLOAD
      ? ike_ke_wanted_group (&session->esp_policy, &notify)
      : DH_NONE;
  if (group == DH_NONE || ++self->retries > MAX_RETRIES) {
    ike_first_child_refused (session, &notify);
    return IKE_TASK_DONE;
  }
  g_clear_pointer (&self->dh, crypto_dh_free);
  self->dh = crypto_dh_new (group, session->env.random);
  return IKE_TASK_AGAIN;
}

static const IkeTaskClass first_class = {
  .name = "first CHILD_SA",
  .exchange = IKE_EXCHANGE_CREATE_CHILD_SA,
  .build = build,
  .process = process,
  .free = first_free,
};

/* With the group of the IKE SA, if the CHILD_SA may have it; without a key exchange if it may have
 * none. Transfer: full. */
IkeTask *
ike_task_child_first_new (IkeSession *session)
{
  FirstTask *self = g_new0 (FirstTask, 1);
  self->task.class = &first_class;
  self->dh = crypto_dh_new (
      algorithm_policy_group (&session->esp_policy, session->sa->suite.dh), session->env.random);
  return &self->task;
}
