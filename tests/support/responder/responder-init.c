/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Responder, IKE_SA_INIT: it turns the request away, or chooses of what is offered. */
#include "ike/ke.h"
#include "ike/proposal.h"
#include "responder-private.h"

static void
answer_notify (Responder *r, const IkeHeader *header, IkeNotifyType type, Slice data)
{
  uint8_t buf[256];
  IkeChain chain = ike_chain_init (buf, sizeof buf);
  const IkeHeader answer = {
    .spi_i = header->spi_i,
    .exchange = IKE_EXCHANGE_SA_INIT,
    .is_response = true,
  };
  ike_chain_notify (&chain, IKE_PROTOCOL_NONE, SLICE (NULL, 0), type, data);
  responder_send_clear (r, &answer, &chain);
}

/* True if the request was sent back with a COOKIE, another group or an error. */
static bool
turn_away (Responder *r, const IkeHeader *header, const IkePayloads *request)
{
  static const uint8_t cookie[] = { 1, 2, 3, 4, 5, 6, 7, 8 };
  IkeNotify notify;
  bool has_cookie = ike_payloads_notify (request, IKE_NOTIFY_COOKIE, &notify);
  if (r->init_error != 0) {
    answer_notify (r, header, (IkeNotifyType) r->init_error, SLICE (NULL, 0));
    return true;
  }
  if (r->cookies > 0) {
    r->cookies--;
    answer_notify (r, header, IKE_NOTIFY_COOKIE, SLICE (cookie, sizeof cookie));
    return true;
  }
  if (has_cookie) {
    g_assert_cmpint (request->at[0].type, ==, IKE_PAYLOAD_NOTIFY);
    g_assert_cmpmem (notify.data.data, notify.data.len, cookie, sizeof cookie);
  }
  if (r->wanted_group != 0 && ike_ke_group (request) != r->wanted_group) {
    uint8_t group[2] = { (uint8_t) (r->wanted_group >> 8), (uint8_t) r->wanted_group };
    answer_notify (r, header, IKE_NOTIFY_INVALID_KE_PAYLOAD, SLICE (group, 2));
    return true;
  }
  return false;
}

static void
negotiate (Responder *r, const IkePayloads *request, IkeChain *answer)
{
  Slice body;
  IkeSuite suite;
  const IkeProposal *proposal;
  g_autofree IkeSaPayload *offered = g_new (IkeSaPayload, 1);
  g_assert_true (ike_payloads_find (request, IKE_PAYLOAD_SA, &body));
  g_assert_true (ike_sa_payload_parse (body, offered));
  g_assert_true (ike_nonce_read (request, &r->ni));
  /* In IKE_SA_INIT the proposal has no SPI, which ike_offer_choose () takes for a rekey's. */
  static const uint8_t spi[8] = { 1 };
  for (size_t i = 0; i < offered->n; i++)
    offered->proposals[i].spi = SLICE (spi, 8);
  g_assert_cmpint (ike_offer_choose (&r->ike_policy, IKE_PROTOCOL_IKE, offered,
                       ike_ke_group (request), &suite, &proposal),
      ==, IKE_CHOICE_OK);
  g_autoptr (CryptoDh) dh = crypto_dh_new (suite.dh, responder_random);
  g_autoptr (Secret) shared = ike_ke_shared (request, dh);
  g_assert_nonnull (shared);
  r->nr.len = IKE_NONCE_LEN;
  responder_random (r->nr.data, IKE_NONCE_LEN);
  Slice ni = ike_nonce_slice (&r->ni), nr = ike_nonce_slice (&r->nr);
  g_autoptr (Secret) skeyseed = ike_skeyseed_initial (suite.prf, shared, ni, nr);
  g_assert_true (
      ike_keys_derive (&suite, skeyseed, ni, nr, r->sa->spi_i, r->sa->spi_r, &r->sa->keys, NULL));
  ike_offer_answer (answer, proposal, SLICE (NULL, 0), &suite);
  ike_ke_write (answer, dh);
  ike_chain_payload (answer, IKE_PAYLOAD_NONCE, nr);
  r->int_auth = (IkeIntAuth){ .n = 0 };
  r->sa->suite = suite;
  if (ike_suite_n_additional (&suite) > 0 && !r->no_intermediate)
    ike_chain_notify (answer, IKE_PROTOCOL_NONE, SLICE (NULL, 0),
        IKE_NOTIFY_INTERMEDIATE_EXCHANGE_SUPPORTED, SLICE (NULL, 0));
  r->uses_ppk = false;
  if (r->knows_ppk)
    ike_chain_notify (
        answer, IKE_PROTOCOL_NONE, SLICE (NULL, 0), IKE_NOTIFY_USE_PPK, SLICE (NULL, 0));
  if (r->childless)
    ike_chain_notify (answer, IKE_PROTOCOL_NONE, SLICE (NULL, 0),
        IKE_NOTIFY_CHILDLESS_IKEV2_SUPPORTED, SLICE (NULL, 0));
  if (!r->no_fragmentation)
    ike_chain_notify (answer, IKE_PROTOCOL_NONE, SLICE (NULL, 0),
        IKE_NOTIFY_FRAGMENTATION_SUPPORTED, SLICE (NULL, 0));
  const uint8_t hash[] = { 0, r->hash != 0 ? (uint8_t) r->hash : 2 };
  const Slice none = SLICE (NULL, 0);
  ike_chain_notify (answer, IKE_PROTOCOL_NONE, none, IKE_NOTIFY_SIGNATURE_HASH_ALGORITHMS,
      SLICE (hash, sizeof hash));
  if (!r->no_multiple_auth)
    ike_chain_notify (answer, IKE_PROTOCOL_NONE, none, IKE_NOTIFY_MULTIPLE_AUTH_SUPPORTED, none);
}

void
responder_answer_init (Responder *r, const IkeHeader *header, Slice message)
{
  uint8_t critical, buf[RESPONDER_MAX_MESSAGE];
  IkePayloads request;
  IkeChain answer = ike_chain_init (buf, sizeof buf);
  g_assert_cmpint (ike_payloads_parse (header->first_payload,
                       SLICE (message.data + 28, message.len - 28), &request, &critical),
      ==, IKE_PARSE_OK);
  if (turn_away (r, header, &request))
    return;
  const IkeEnv env = { .random = responder_random, .wall_clock = responder_wall_clock };
  g_clear_pointer (&r->sa, ike_sa_free);
  g_clear_pointer (&r->init_request, g_bytes_unref);
  g_clear_pointer (&r->init_response, g_bytes_unref);
  r->sa = ike_sa_new (&env, false);
  r->sa->spi_i = header->spi_i;
  r->is_resumed = false;
  r->init_request = g_bytes_new (message.data, message.len);
  negotiate (r, &request, &answer);
  if (r->init_script != NULL)
    r->init_script (r, &answer);
  IkeHeader head = {
    .spi_i = r->sa->spi_i,
    .spi_r = r->sa->spi_r,
    .exchange = IKE_EXCHANGE_SA_INIT,
    .is_response = true,
  };
  r->init_response = ike_clear_write (&head, &answer);
  g_assert_nonnull (r->init_response);
  r->sa->window.expected_request = 1;
  responder_say (r, r->init_response);
}
