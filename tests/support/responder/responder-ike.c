/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The test gateway's IKE SAs: their rekeys by either side and by both at once, and their ends. */
#include "base/cursor.h"
#include "ike/ke.h"
#include "ike/keys.h"
#include "ike/proposal.h"
#include "responder-private.h"
#include "wire/delete.h"

static const IkeNonce *
lower_of (const IkeNonce *a, const IkeNonce *b)
{
  return ike_nonce_compare (a, b) < 0 ? a : b;
}

static IkeSa *
new_sa (bool is_initiator)
{
  const IkeEnv env = { .random = responder_random };
  return ike_sa_new (&env, is_initiator);
}

static void
derive (
    const Responder *r, IkeSa *sa, const IkeShared *shared, const IkeNonce *ni, const IkeNonce *nr)
{
  Slice i = ike_nonce_slice (ni), n = ike_nonce_slice (nr);
  g_assert_nonnull (shared->first);
  g_autoptr (Secret) skeyseed =
      ike_skeyseed_rekeyed (r->sa->keys.prf, r->sa->keys.sk_d, shared, i, n);
  g_assert_true (
      ike_keys_derive (&sa->suite, skeyseed, i, n, sa->spi_i, sa->spi_r, &sa->keys, NULL));
}

/* Goes on with sa, which is or is not among the others. */
static void
adopt (Responder *r, IkeSa *sa)
{
  guint index;
  if (g_ptr_array_find (r->other_sas, sa, &index))
    g_ptr_array_steal_index (r->other_sas, index);
  g_ptr_array_add (r->other_sas, r->sa);
  r->sa = sa;
}

/* The session rekeys the IKE SA. Where the gateway's own rekey is out, what this makes waits. */
void
responder_answer_ike_rekey (
    Responder *r, const IkePayloads *request, const IkeSaPayload *offered, IkeChain *answer)
{
  uint8_t spi[8];
  Builder b = builder_init (spi, sizeof spi);
  const IkeProposal *proposal;
  responder_drop_owed (r);
  IkeSa *sa = r->owed.sa = new_sa (false);
  r->owed.n = 0;
  g_assert_true (ike_nonce_read (request, &r->owed.ni));
  g_assert_cmpint (ike_offer_choose (&r->ike_policy, IKE_PROTOCOL_IKE, offered,
                       ike_ke_group (request), &sa->suite, &proposal),
      ==, IKE_CHOICE_OK);
  Cursor c = cursor_of (proposal->spi);
  sa->spi_i = cursor_u64 (&c);
  builder_u64 (&b, sa->spi_r);
  r->owed.suite = sa->suite;
  r->owed.nr.len = IKE_NONCE_LEN;
  responder_random (r->owed.nr.data, IKE_NONCE_LEN);
  g_autoptr (CryptoDh) dh = crypto_dh_new (sa->suite.dh, responder_random);
  r->owed.shared.first = ike_ke_shared (request, dh);
  ike_offer_answer (answer, proposal, builder_result (&b), &sa->suite);
  ike_chain_payload (answer, IKE_PAYLOAD_NONCE, ike_nonce_slice (&r->owed.nr));
  ike_ke_write (answer, dh);
  r->sessions_ike_lower = *lower_of (&r->owed.ni, &r->owed.nr);
  responder_owe (r, answer);
}

/* The session's rekey has its keys. */
void
responder_made_ike (Responder *r)
{
  IkeSa *sa = g_steal_pointer (&r->owed.sa);
  derive (r, sa, &r->owed.shared, &r->owed.ni, &r->owed.nr);
  if (r->rekey.sa == NULL) {
    adopt (r, sa);
  } else {
    g_ptr_array_add (r->other_sas, sa);
    r->sessions_sa = sa;
  }
}

/* False where the session refuses. */
static bool
take_created (Responder *r, const IkePayloads *response)
{
  Slice body, spi;
  IkeOffer offer;
  IkeSa *sa = r->rekey.sa;
  g_autofree IkeSaPayload *answer = g_new (IkeSaPayload, 1);
  if (!ike_payloads_find (response, IKE_PAYLOAD_SA, &body))
    return false;
  ike_offer_for_ike (&r->ike_policy, SLICE (NULL, 0), &offer);
  g_assert_true (ike_sa_payload_parse (body, answer));
  g_assert_true (ike_offer_accept (&offer, answer, 8, &sa->suite, &spi));
  g_assert_true (ike_nonce_read (response, &r->rekey.nr));
  r->rekey.suite = sa->suite;
  Cursor c = cursor_of (spi);
  sa->spi_r = cursor_u64 (&c);
  ike_shared_clear (&r->rekey.shared);
  r->rekey.shared.first = ike_ke_shared (response, r->rekey.dh);
  return true;
}

/* The gateway's rekey came to nothing: the session's, if it has made one, stands. */
static void
leave_it (Responder *r)
{
  IkeSa *sessions = g_steal_pointer (&r->sessions_sa);
  responder_give_up (r);
  if (sessions != NULL)
    adopt (r, sessions);
}

/* The session's answer to the gateway's rekey, or to what follows it; a refusal is left to the test. */
void
responder_take_ike_rekey (Responder *r, const IkePayloads *response)
{
  IkeNotify notify;
  bool is_first = !r->rekey.goes_on;
  if (is_first ? !take_created (r, response) : ike_payloads_error (response, &notify)) {
    leave_it (r);
    return;
  }
  const IkeNonce *lower = lower_of (&r->rekey.ni, &r->rekey.nr);
  bool collided = r->sessions_sa != NULL || r->owed.goes_on;
  bool loses = collided && ike_nonce_compare (lower, &r->sessions_ike_lower) < 0;
  if (!responder_rekey_is_over (r, response)) {
    if (loses) {
      leave_it (r);
      return;
    }
    responder_drop_owed (r);
    r->rekey.waits = r->stops;
    if (!r->stops)
      responder_go_on (r);
    return;
  }
  IkeSa *sa = g_steal_pointer (&r->rekey.sa), *redundant = r->sa;
  IkeSa *sessions = g_steal_pointer (&r->sessions_sa);
  derive (r, sa, &r->rekey.shared, &r->rekey.ni, &r->rekey.nr);
  responder_give_up (r);
  if (loses) {
    redundant = sa;
    g_ptr_array_add (r->other_sas, sa);
    if (sessions != NULL)
      adopt (r, sessions);
  } else {
    responder_drop_owed (r);
    adopt (r, sa);
  }
  if (!r->is_greedy)
    responder_delete_ike (r, redundant);
}

/* The gateway deletes one of its IKE SAs; it is dropped when the answer comes. */
void
responder_delete_ike (Responder *r, IkeSa *sa)
{
  uint8_t buf[64];
  IkeChain chain = ike_chain_init (buf, sizeof buf);
  const IkeDelete delete = { .protocol = IKE_PROTOCOL_IKE };
  ike_delete_write (&chain, &delete);
  r->deleting_sa = sa;
  responder_send_on (r, sa, IKE_EXCHANGE_INFORMATIONAL, &chain);
}

/* sa was deleted by either side. Where it was the one in use the session has finished a rekey, or it
 * was the last. */
void
responder_drop_sa (Responder *r, IkeSa *sa)
{
  if (sa == r->sessions_sa)
    r->sessions_sa = NULL;
  if (sa == r->sa) {
    if (r->sessions_sa == NULL)
      return;
    adopt (r, g_steal_pointer (&r->sessions_sa));
  }
  g_assert_true (g_ptr_array_remove (r->other_sas, sa));
}

/* The gateway rekeys the IKE SA and then deletes the old one. */
void
responder_rekey_ike (Responder *r, uint16_t group)
{
  uint8_t buf[4096], spi[8];
  IkeChain chain = ike_chain_init (buf, sizeof buf);
  Builder b = builder_init (spi, sizeof spi);
  IkeOffer offer;
  g_clear_pointer (&r->rekey.sa, ike_sa_free);
  r->rekey.sa = new_sa (true);
  builder_u64 (&b, r->rekey.sa->spi_i);
  ike_offer_for_ike (&r->ike_policy, SLICE (spi, 8), &offer);
  ike_sa_payload_write (&chain, offer.proposals, offer.n);
  r->rekey.ni.len = IKE_NONCE_LEN;
  responder_random (r->rekey.ni.data, IKE_NONCE_LEN);
  ike_chain_payload (&chain, IKE_PAYLOAD_NONCE, ike_nonce_slice (&r->rekey.ni));
  g_clear_pointer (&r->rekey.dh, crypto_dh_free);
  r->rekey.dh = crypto_dh_new ((DhGroup) group, responder_random);
  ike_ke_write (&chain, r->rekey.dh);
  responder_send_request (r, IKE_EXCHANGE_CREATE_CHILD_SA, &chain);
}
