/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CREATE_CHILD_SA requests of the gateway (RFC 7296 sections 1.3.3 and 2.8): the rekey of a CHILD_SA,
 * or of the IKE SA. Additional CHILD_SAs are refused: we have use for one. */
#include <string.h>

#include "base/cursor.h"
#include "ike/ke.h"
#include "ike/peers-rekey.h"
#include "wire/describe.h"
#include "wire/ts.h"

static void
refuse (IkeReply *reply, IkeNotifyType type, Slice data)
{
  g_debug ("IKE: answering CREATE_CHILD_SA with %s", ike_notify_to_string ((uint16_t) type));
  ike_chain_notify (&reply->chain, IKE_PROTOCOL_NONE, SLICE (NULL, 0), type, data);
}

static void
add_once (TrafficSelector *list, size_t *n, const TrafficSelector *ts)
{
  for (size_t i = 0; i < *n; i++) {
    if (traffic_selector_is_subset (ts, list + i))
      return;
  }
  if (*n < IKE_MAX_SELECTORS)
    list[(*n)++] = *ts;
}

/* Keeps of the gateway's selectors what the old CHILD_SA had (section 2.9: narrowing), and instead of
 * a wider one the old CHILD_SA's that it takes. */
static size_t
narrow (TrafficSelector ts[static IKE_MAX_SELECTORS], size_t n, const GArray *had)
{
  TrafficSelector kept[IKE_MAX_SELECTORS];
  size_t n_kept = 0;
  for (guint h = 0; h < had->len; h++) {
    const TrafficSelector *old = &g_array_index (had, TrafficSelector, h);
    for (size_t i = 0; i < n; i++) {
      if (traffic_selector_is_subset (old, &ts[i]))
        add_once (kept, &n_kept, old);
      else if (traffic_selector_is_subset (&ts[i], old))
        add_once (kept, &n_kept, &ts[i]);
    }
  }
  memcpy (ts, kept, n_kept * sizeof *kept);
  return n_kept;
}

static bool
read_selectors (const IkePayloads *request, IkePayloadType type,
    TrafficSelector ret_ts[static IKE_MAX_SELECTORS], size_t *ret_n)
{
  Slice body;
  return ike_payloads_find (request, type, &body) && ike_ts_payload_parse (body, ret_ts, ret_n);
}

/* False, and the refusal is written, if no key exchange of ours fits. */
static bool
exchange_keys (IkeSession *session, const IkePayloads *request, IkeChildParams *child,
    CryptoDh **ret_dh, IkeReply *reply)
{
  *ret_dh = crypto_dh_new (child->suite.dh, session->env.random);
  if (*ret_dh == NULL)
    return true;
  child->shared.first = ike_ke_shared (request, *ret_dh);
  if (child->shared.first != NULL)
    return true;
  refuse (reply, IKE_NOTIFY_INVALID_SYNTAX, SLICE (NULL, 0));
  return false;
}

static void
refuse_group (DhGroup group, IkeReply *reply)
{
  uint8_t wanted[2];
  Builder b = builder_init (wanted, sizeof wanted);
  builder_u16 (&b, (uint16_t) group);
  refuse (reply, IKE_NOTIFY_INVALID_KE_PAYLOAD, builder_result (&b));
}

static bool
negotiate (IkeSession *session, const IkePayloads *request, const IkeSaPayload *offered,
    const IkeChild *old, IkeChildParams *child, const IkeProposal **ret_proposal, IkeReply *reply)
{
  switch (ike_offer_choose (&session->esp_policy, IKE_PROTOCOL_ESP, offered, ike_ke_group (request),
      &child->suite, ret_proposal)) {
  case IKE_CHOICE_NONE:
    refuse (reply, IKE_NOTIFY_NO_PROPOSAL_CHOSEN, SLICE (NULL, 0));
    return false;
  case IKE_CHOICE_OTHER_GROUP: refuse_group (child->suite.dh, reply); return false;
  case IKE_CHOICE_OK: break;
  }
  if (!ike_nonce_read (request, &child->ni) ||
      !read_selectors (request, IKE_PAYLOAD_TSI, child->remote_ts, &child->n_remote_ts) ||
      !read_selectors (request, IKE_PAYLOAD_TSR, child->local_ts, &child->n_local_ts)) {
    refuse (reply, IKE_NOTIFY_INVALID_SYNTAX, SLICE (NULL, 0));
    reply->error = g_error_new (
        VISITOR_ERROR, VISITOR_ERROR_PROTOCOL, "The gateway sent a malformed CREATE_CHILD_SA.");
    return false;
  }
  child->n_remote_ts = narrow (child->remote_ts, child->n_remote_ts, old->remote_ts);
  child->n_local_ts = narrow (child->local_ts, child->n_local_ts, old->local_ts);
  if (child->n_remote_ts == 0 || child->n_local_ts == 0) {
    refuse (reply, IKE_NOTIFY_TS_UNACCEPTABLE, SLICE (NULL, 0));
    return false;
  }
  return true;
}

static void
write_answer (const IkeProposal *proposal, const IkeChildParams *child, const CryptoDh *dh_or_null,
    IkeChain *chain)
{
  uint8_t spi[4];
  Builder b = builder_init (spi, sizeof spi);
  builder_u32 (&b, child->spi_in);
  ike_offer_answer (chain, proposal, builder_result (&b), &child->suite);
  ike_chain_payload (chain, IKE_PAYLOAD_NONCE, ike_nonce_slice (&child->nr));
  if (dh_or_null != NULL)
    ike_ke_write (chain, dh_or_null);
  ike_ts_payload_write (chain, IKE_PAYLOAD_TSI, child->remote_ts, child->n_remote_ts);
  ike_ts_payload_write (chain, IKE_PAYLOAD_TSR, child->local_ts, child->n_local_ts);
}

static void
rekey_child (IkeSession *session, const IkePayloads *request, const IkeSaPayload *offered,
    const IkeChild *old, IkeReply *reply)
{
  const IkeProposal *proposal;
  g_autoptr (CryptoDh) dh = NULL;
  IkePeersRekey *rekey = ike_peers_rekey_new ();
  IkeChildParams *child = &rekey->child;
  child->nr.len = IKE_NONCE_LEN;
  session->env.random (child->nr.data, child->nr.len);
  if (!negotiate (session, request, offered, old, child, &proposal, reply) ||
      !exchange_keys (session, request, child, &dh, reply)) {
    ike_peers_rekey_free (rekey);
    return;
  }
  Cursor c = cursor_of (proposal->spi);
  rekey->old_spi_in = old->spi_in;
  child->spi_in = ike_child_new_spi (session);
  child->spi_out = cursor_u32 (&c);
  g_debug ("IKE: the gateway rekeys CHILD_SA %08x", old->spi_in);
  write_answer (proposal, child, dh, &reply->chain);
  ike_peers_rekey_go_on (session, rekey, reply);
}

/* True while one of its rekeys goes on, and this is no new beginning of the same one. */
static bool
is_other_rekey (const IkeSession *session, bool is_ike, const IkeChild *old)
{
  if (session->peers_rekey == NULL)
    return false;
  return is_ike ? !ike_peers_rekey_is_of_ike (session)
                : old != NULL && !ike_peers_rekey_is_of_child (session, old->spi_in);
}

static bool
find_rekeyed (const IkeSession *session, const IkeNotify *notify, IkeChild **ret_child)
{
  Cursor c = cursor_of (notify->spi);
  uint32_t spi = cursor_u32 (&c);
  *ret_child = cursor_done (&c) && notify->protocol == IKE_PROTOCOL_ESP
      ? ike_child_by_spi_out (session, spi)
      : NULL;
  return *ret_child != NULL;
}

/* Answers a CREATE_CHILD_SA request. */
void
ike_respond_create_child (
    IkeSession *session, IkeSa *sa, const IkePayloads *request, IkeReply *reply)
{
  Slice body;
  IkeNotify notify;
  IkeChild *old = NULL;
  g_autofree IkeSaPayload *offered = g_new (IkeSaPayload, 1);
  if (!ike_payloads_find (request, IKE_PAYLOAD_SA, &body) ||
      !ike_sa_payload_parse (body, offered)) {
    refuse (reply, IKE_NOTIFY_INVALID_SYNTAX, SLICE (NULL, 0));
    reply->error = g_error_new (
        VISITOR_ERROR, VISITOR_ERROR_PROTOCOL, "The gateway sent a malformed CREATE_CHILD_SA.");
    return;
  }
  bool is_ike = offered->n > 0 && offered->proposals[0].protocol == IKE_PROTOCOL_IKE;
  if (session->state != IKE_STATE_ESTABLISHED || sa != session->sa ||
      (!is_ike && (ike_rekey_ike_is_out (session) || ike_followup_is_out (session)))) {
    refuse (reply, IKE_NOTIFY_TEMPORARY_FAILURE, SLICE (NULL, 0)); /* section 2.25 */
    return;
  }
  bool is_rekey = ike_payloads_notify (request, IKE_NOTIFY_REKEY_SA, &notify);
  bool is_known = is_rekey && find_rekeyed (session, &notify, &old);
  if (is_other_rekey (session, is_ike, old)) {
    refuse (reply, IKE_NOTIFY_TEMPORARY_FAILURE, SLICE (NULL, 0));
    return;
  }
  if (is_rekey) {
    if (!is_known)
      ike_chain_notify (&reply->chain, IKE_PROTOCOL_ESP, notify.spi, IKE_NOTIFY_CHILD_SA_NOT_FOUND,
          SLICE (NULL, 0));
    else if (old->state != IKE_CHILD_CURRENT)
      refuse (reply, IKE_NOTIFY_TEMPORARY_FAILURE, SLICE (NULL, 0));
    else
      rekey_child (session, request, offered, old, reply);
    return;
  }
  if (is_ike)
    ike_respond_rekey_ike (session, request, offered, reply);
  else
    refuse (reply, IKE_NOTIFY_NO_ADDITIONAL_SAS, SLICE (NULL, 0));
}
