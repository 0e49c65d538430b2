/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IKE_INTERMEDIATE (RFC 9242) with the key exchanges that follow the one of IKE_SA_INIT (RFC 9370
 * section 2.2.2): HDR, SK {KEi(n)} -->  <-- HDR, SK {KEr(n)}. After each of them all keys are new.
 *
 * Nobody is authenticated yet. Whatever does not fit ends the session: the answer was sealed with the
 * keys so far, so that there is no other one to wait for. */
#include "ike/additional-ke.h"
#include "ike/tasks.h"
#include "wire/describe.h"

typedef struct {
  IkeTask task;
  size_t n; /* how many were done */
  IkeAdditionalKe *ke;
} IntermediateTask;

static bool
build (IkeSession *session, IkeTask *task, IkeChain *chain)
{
  IntermediateTask *self = (IntermediateTask *) task;
  DhGroup method = ike_suite_additional (&session->sa->suite, self->n);
  g_clear_pointer (&self->ke, ike_additional_ke_free);
  self->ke = ike_additional_ke_new (method, session->env.random);
  ike_additional_ke_write (chain, self->ke);
  return true;
}

/* SKEYSEED(n) = prf (SK_d(n-1), SK(n) | Ni | Nr), and from it all keys again. */
static bool
renew_keys (IkeSession *session, Secret *shared)
{
  IkeSa *sa = session->sa;
  const IkeShared nth = { .first = shared };
  IkeKeys keys;
  Slice ni = ike_nonce_slice (&session->nonce_i), nr = ike_nonce_slice (&session->nonce_r);
  g_autoptr (Secret) skeyseed = ike_skeyseed_rekeyed (sa->keys.prf, sa->keys.sk_d, &nth, ni, nr);
  if (!ike_keys_derive (&sa->suite, skeyseed, ni, nr, sa->spi_i, sa->spi_r, &keys, NULL))
    return false;
  ike_keys_clear (&sa->keys);
  sa->keys = keys;
  return true;
}

static IkeTaskResult
process (IkeSession *session, IkeTask *task, const IkePayloads *response)
{
  IntermediateTask *self = (IntermediateTask *) task;
  IkeNotify notify;
  if (ike_payloads_error (response, &notify)) {
    ike_session_fail_with (session, VISITOR_ERROR_PROTOCOL,
        "The gateway refused IKE_INTERMEDIATE (%s, %u).", ike_notify_to_string (notify.type),
        notify.type);
    return IKE_TASK_DONE;
  }
  g_autoptr (Secret) shared = ike_additional_ke_shared (response, self->ke);
  if (shared == NULL || !renew_keys (session, shared)) {
    ike_session_fail_with (session, VISITOR_ERROR_PROTOCOL,
        "The gateway's answer to the key exchange with %s is not one.",
        dh_to_string (self->ke->method));
    return IKE_TASK_DONE;
  }
  g_debug ("IKE: keys exchanged with %s too", dh_to_string (self->ke->method));
  if (++self->n < ike_suite_n_additional (&session->sa->suite))
    return IKE_TASK_AGAIN;
  ike_session_queue (session, ike_task_auth_new (session));
  return IKE_TASK_DONE;
}

static void
intermediate_free (IkeTask *task)
{
  IntermediateTask *self = (IntermediateTask *) task;
  ike_additional_ke_free (self->ke);
  g_free (self);
}

static const IkeTaskClass intermediate_class = {
  .name = "IKE_INTERMEDIATE",
  .exchange = IKE_EXCHANGE_INTERMEDIATE,
  .build = build,
  .process = process,
  .free = intermediate_free,
};

/* The exchanges between IKE_SA_INIT and IKE_AUTH; IKE_AUTH follows by itself. Transfer: full. */
IkeTask *
ike_task_intermediate_new (IkeSession *session)
{
  IntermediateTask *self = g_new0 (IntermediateTask, 1);
  self->task.class = &intermediate_class;
  return &self->task;
}
