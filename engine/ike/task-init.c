/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IKE_SA_INIT (RFC 7296 section 1.2): HDR, SAi1, KEi, Ni -->  <-- HDR, SAr1, KEr, Nr.
 *
 * Nothing here is authentic. An error of the gateway is believed all the same over a stream, where there is
 * no better answer to wait for (RFC 9329 section 6.4). Over datagrams anybody on the way can be first with
 * one: it is told, and counts when nothing else has come by the time that a silent gateway is given (RFC 7296
 * section 2.21.1). What is malformed is passed over. */
#include "ike/auth-own.h"
#include "ike/ke.h"
#include "ike/moves.h"
#include "ike/tasks.h"
#include "wire/describe.h"
#include "wire/sa.h"

#define MAX_RETRIES 4
#define MAX_COOKIE_LEN 64

typedef struct {
  IkeTask task;
  CryptoDh *dh;
  GBytes *cookie;
  unsigned int retries;
} InitTask;

static void
write_hash_algorithms (IkeChain *chain)
{
  /* RFC 7427 section 4: SHA2-256, SHA2-384, SHA2-512; RFC 8420: identity. */
  static const uint8_t hashes[] = { 0, 2, 0, 3, 0, 4, 0, 5 };
  ike_chain_notify (chain, IKE_PROTOCOL_NONE, SLICE (NULL, 0), IKE_NOTIFY_SIGNATURE_HASH_ALGORITHMS,
      SLICE (hashes, sizeof hashes));
}

static void
write_status (IkeChain *chain, IkeNotifyType type)
{
  ike_chain_notify (chain, IKE_PROTOCOL_NONE, SLICE (NULL, 0), type, SLICE (NULL, 0));
}

/* Our name, ending as a request to a web server ends: one that stands where the gateway should be
 * answers at once that it understood nothing, instead of waiting for the rest of a line. */
static const uint8_t vendor[] = { 'V', 'i', 's', 'i', 't', 'o', 'r', '\r', '\n', '\r', '\n' };

static bool
build (IkeSession *session, IkeTask *task, IkeChain *chain)
{
  InitTask *self = (InitTask *) task;
  IkeOffer offer;
  ike_offer_for_ike (&session->ike_policy, SLICE (NULL, 0), &offer);
  if (self->cookie != NULL)
    ike_chain_notify (chain, IKE_PROTOCOL_NONE, SLICE (NULL, 0), IKE_NOTIFY_COOKIE,
        slice_of_bytes (self->cookie));
  ike_sa_payload_write (chain, offer.proposals, offer.n);
  ike_ke_write (chain, self->dh);
  ike_chain_payload (chain, IKE_PAYLOAD_NONCE, ike_nonce_slice (&session->nonce_i));
  ike_write_nat_detection (session, chain);
  write_hash_algorithms (chain);
  write_status (chain, IKE_NOTIFY_FRAGMENTATION_SUPPORTED);
  if (session->ppk != NULL)
    write_status (chain, IKE_NOTIFY_USE_PPK);
  if (algorithm_policy_has_additional (&session->ike_policy))
    write_status (chain, IKE_NOTIFY_INTERMEDIATE_EXCHANGE_SUPPORTED);
  ike_redirect_write (session, chain);
  ike_chain_payload (chain, IKE_PAYLOAD_VENDOR, SLICE (vendor, sizeof vendor));
  g_clear_pointer (&session->init_request, g_bytes_unref);
  session->init_request = ike_sa_write_clear (session->sa, IKE_EXCHANGE_SA_INIT, 0, chain);
  ike_session_set_state (session, IKE_STATE_INIT_SENT, "asking for an IKE SA");
  return true;
}

/* Takes error. */
static IkeTaskResult
refuse (IkeSession *session, GError *error)
{
  if (!session->path.has_datagrams) {
    ike_session_fail (session, error);
    return IKE_TASK_DONE;
  }
  if (session->refusal == NULL) {
    session->refusal = g_error_copy (error);
    ike_session_push_event (session, IKE_EVENT_REFUSED)->error = g_steal_pointer (&error);
  }
  g_clear_error (&error);
  return IKE_TASK_IGNORE;
}

static IkeTaskResult
retry (IkeSession *session, InitTask *self)
{
  if (++self->retries <= MAX_RETRIES)
    return IKE_TASK_AGAIN;
  return refuse (session,
      g_error_new (VISITOR_ERROR, VISITOR_ERROR_PROTOCOL,
          "The gateway keeps asking for another IKE_SA_INIT message."));
}

/* COOKIE, INVALID_KE_PAYLOAD or a refusal; *ret_result is set if it was one of them. */
static bool
process_notify (
    IkeSession *session, InitTask *self, const IkePayloads *response, IkeTaskResult *ret_result)
{
  IkeNotify notify;
  if (ike_payloads_find (response, IKE_PAYLOAD_SA, &(Slice){ NULL, 0 }))
    return false;
  if (ike_redirect_in_init (session, response)) {
    *ret_result = IKE_TASK_DONE;
    return true;
  }
  if (ike_payloads_notify (response, IKE_NOTIFY_COOKIE, &notify)) {
    if (notify.data.len == 0 || notify.data.len > MAX_COOKIE_LEN) {
      *ret_result = IKE_TASK_IGNORE;
      return true;
    }
    g_debug ("IKE: the gateway is busy and asks for a cookie");
    *ret_result = retry (session, self);
    if (*ret_result != IKE_TASK_AGAIN)
      return true;
    g_clear_pointer (&self->cookie, g_bytes_unref);
    self->cookie = g_bytes_new (notify.data.data, notify.data.len);
    return true;
  }
  if (ike_payloads_notify (response, IKE_NOTIFY_INVALID_KE_PAYLOAD, &notify)) {
    DhGroup group = ike_ke_wanted_group (&session->ike_policy, &notify);
    if (group == DH_NONE || group == crypto_dh_group (self->dh)) {
      *ret_result = refuse (session,
          g_error_new (VISITOR_ERROR, VISITOR_ERROR_PROPOSAL_REFUSED,
              "The gateway asks for a Diffie-Hellman group that we did not offer."));
      return true;
    }
    g_debug ("IKE: the gateway wants group %s", dh_to_string (group));
    *ret_result = retry (session, self);
    if (*ret_result != IKE_TASK_AGAIN)
      return true; /* what is out belongs to the key that there is */
    g_clear_pointer (&self->dh, crypto_dh_free);
    self->dh = crypto_dh_new (group, session->env.random);
    return true;
  }
  if (!ike_payloads_error (response, &notify))
    return false;
  *ret_result = refuse (session,
      g_error_new (VISITOR_ERROR,
          notify.type == IKE_NOTIFY_NO_PROPOSAL_CHOSEN ? VISITOR_ERROR_PROPOSAL_REFUSED
                                                       : VISITOR_ERROR_PROTOCOL,
          "The gateway refused our proposals for the IKE SA (%s).",
          ike_notify_to_string (notify.type)));
  return true;
}

static bool
has_notify (const IkePayloads *response, IkeNotifyType type)
{
  IkeNotify notify;
  return ike_payloads_notify (response, (uint16_t) type, &notify);
}

/* Derives the keys; false if the response is of no use. */
static bool
take_response (IkeSession *session, InitTask *self, const IkePayloads *response, uint64_t spi_r)
{
  Slice sa_body, no_spi;
  IkeOffer offer;
  g_autofree IkeSaPayload *answer = g_new (IkeSaPayload, 1);
  IkeSuite suite;
  ike_offer_for_ike (&session->ike_policy, SLICE (NULL, 0), &offer);
  if (spi_r == 0 || !ike_payloads_find (response, IKE_PAYLOAD_SA, &sa_body) ||
      !ike_sa_payload_parse (sa_body, answer) ||
      !ike_offer_accept (&offer, answer, 0, &suite, &no_spi) ||
      suite.dh != crypto_dh_group (self->dh) || !ike_nonce_read (response, &session->nonce_r))
    return false;
  session->has_intermediate = has_notify (response, IKE_NOTIFY_INTERMEDIATE_EXCHANGE_SUPPORTED);
  if (ike_suite_n_additional (&suite) > 0 && !session->has_intermediate)
    return false;
  g_autoptr (Secret) shared = ike_ke_shared (response, self->dh);
  if (shared == NULL)
    return false;
  Slice ni = ike_nonce_slice (&session->nonce_i), nr = ike_nonce_slice (&session->nonce_r);
  g_autoptr (Secret) skeyseed = ike_skeyseed_initial (suite.prf, shared, ni, nr);
  if (!ike_keys_derive (
          &suite, skeyseed, ni, nr, session->sa->spi_i, spi_r, &session->sa->keys, NULL))
    return false;
  session->sa->spi_r = spi_r;
  session->sa->suite = suite;
  session->int_auth = (IkeIntAuth){ .n = 0 };
  return true;
}

static IkeTaskResult
process (IkeSession *session, IkeTask *task, const IkePayloads *response)
{
  InitTask *self = (InitTask *) task;
  IkeTaskResult result;
  IkeHeader header;
  if (process_notify (session, self, response, &result))
    return result;
  if (!ike_header_parse (session->incoming, &header) ||
      !take_response (session, self, response, header.spi_r)) {
    g_debug ("IKE: passing over an answer to IKE_SA_INIT that makes no sense");
    return IKE_TASK_IGNORE;
  }
  g_clear_error (&session->refusal);
  g_clear_pointer (&session->init_response, g_bytes_unref);
  session->init_response = g_bytes_new (session->incoming.data, session->incoming.len);
  session->has_fragmentation = has_notify (response, IKE_NOTIFY_FRAGMENTATION_SUPPORTED);
  session->has_ppk = has_notify (response, IKE_NOTIFY_USE_PPK);
  session->has_childless = has_notify (response, IKE_NOTIFY_CHILDLESS_IKEV2_SUPPORTED);
  g_autofree char *suite = ike_suite_describe (&session->sa->suite);
  g_debug ("IKE: the gateway chose %s", suite);
  ike_own_note_hashes (session, response);
  ike_session_set_state (session, IKE_STATE_AUTH, "keys are there");
  ike_session_queue (session,
      ike_suite_n_additional (&session->sa->suite) > 0 ? ike_task_intermediate_new (session)
                                                       : ike_task_auth_new (session));
  return IKE_TASK_DONE;
}

static void
init_free (IkeTask *task)
{
  InitTask *self = (InitTask *) task;
  crypto_dh_free (self->dh);
  g_clear_pointer (&self->cookie, g_bytes_unref);
  g_free (self);
}

static const IkeTaskClass init_class = {
  .name = "IKE_SA_INIT",
  .exchange = IKE_EXCHANGE_SA_INIT,
  .build = build,
  .process = process,
  .free = init_free,
};

/* The first exchange of a session. Transfer: full. */
IkeTask *
ike_task_init_new (IkeSession *session)
{
  InitTask *self = g_new0 (InitTask, 1);
  self->task.class = &init_class;
  self->dh =
      crypto_dh_new (algorithm_policy_group (&session->ike_policy, DH_NONE), session->env.random);
  session->nonce_i.len = IKE_NONCE_LEN;
  session->env.random (session->nonce_i.data, IKE_NONCE_LEN);
  return &self->task;
}
