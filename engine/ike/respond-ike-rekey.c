/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The gateway rekeys the IKE SA (RFC 7296 sections 1.3.2, 2.8 and 2.18): a new SA with fresh keys and
 * message IDs from 0 takes over all CHILD_SAs; the gateway then deletes the old one. In the new SA the
 * gateway is the original initiator. While our own rekey of the same SA is out the new SA is put by:
 * task-ike-rekey.c decides between the two. */
#include "base/cursor.h"
#include "ike/ke.h"
#include "ike/moves.h"
#include "ike/peers-rekey.h"
#include "wire/describe.h"

static void
refuse (IkeReply *reply, IkeNotifyType type, Slice data)
{
  g_debug (
      "IKE: answering the rekey of the IKE SA with %s", ike_notify_to_string ((uint16_t) type));
  ike_chain_notify (&reply->chain, IKE_PROTOCOL_NONE, SLICE (NULL, 0), type, data);
}

static void
refuse_group (DhGroup group, IkeReply *reply)
{
  uint8_t wanted[2];
  Builder b = builder_init (wanted, sizeof wanted);
  builder_u16 (&b, (uint16_t) group);
  refuse (reply, IKE_NOTIFY_INVALID_KE_PAYLOAD, builder_result (&b));
}

static void
accept_rekey (IkeSession *session, const IkePayloads *request, const IkeProposal *proposal,
    const IkeSuite *suite, IkeReply *reply)
{
  uint8_t spi[8];
  Builder b = builder_init (spi, sizeof spi);
  IkePeersRekey *rekey = ike_peers_rekey_new ();
  IkeNonce *nr = &rekey->child.nr;
  nr->len = IKE_NONCE_LEN;
  session->env.random (nr->data, nr->len);
  g_autoptr (CryptoDh) dh = crypto_dh_new (suite->dh, session->env.random);
  IkeSa *sa = rekey->sa = ike_sa_new (&session->env, false);
  Cursor c = cursor_of (proposal->spi);
  sa->spi_i = cursor_u64 (&c);
  sa->suite = *suite;
  rekey->child.shared.first = ike_ke_shared (request, dh);
  if (sa->spi_i == 0 || rekey->child.shared.first == NULL ||
      !ike_nonce_read (request, &rekey->child.ni)) {
    refuse (reply, IKE_NOTIFY_INVALID_SYNTAX, SLICE (NULL, 0));
    ike_peers_rekey_free (rekey);
    return;
  }
  builder_u64 (&b, sa->spi_r);
  ike_offer_answer (&reply->chain, proposal, builder_result (&b), suite);
  ike_chain_payload (&reply->chain, IKE_PAYLOAD_NONCE, ike_nonce_slice (nr));
  ike_ke_write (&reply->chain, dh);
  g_debug ("IKE: the gateway rekeys the IKE SA");
  ike_crash_take_token (sa, request);
  ike_peers_rekey_go_on (session, rekey, reply);
}

/* Answers. While a request of ours other than the same is out the gateway has to come again (section
 * 2.25.2): its answer would otherwise arrive on an SA that has gone. So it has where ours is past the
 * point of collisions. */
void
ike_respond_rekey_ike (
    IkeSession *session, const IkePayloads *request, const IkeSaPayload *offered, IkeReply *reply)
{
  IkeSuite suite;
  const IkeProposal *proposal;
  if (session->task != NULL && (!ike_rekey_ike_is_out (session) || ike_followup_is_out (session))) {
    refuse (reply, IKE_NOTIFY_TEMPORARY_FAILURE, SLICE (NULL, 0));
    return;
  }
  switch (ike_offer_choose (
      &session->ike_policy, IKE_PROTOCOL_IKE, offered, ike_ke_group (request), &suite, &proposal)) {
  case IKE_CHOICE_NONE: refuse (reply, IKE_NOTIFY_NO_PROPOSAL_CHOSEN, SLICE (NULL, 0)); break;
  case IKE_CHOICE_OTHER_GROUP: refuse_group (suite.dh, reply); break;
  case IKE_CHOICE_OK: accept_rekey (session, request, proposal, &suite, reply); break;
  }
}
