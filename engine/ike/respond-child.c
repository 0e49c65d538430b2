/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CREATE_CHILD_SA requests of the gateway (RFC 7296 sections 1.3.3 and 2.8): the rekey of a CHILD_SA,
 * or of the IKE SA. Additional CHILD_SAs are refused: we have use for one. */
#include <string.h>

#include "base/cursor.h"
#include "ike/ke.h"
#include "ike/tasks.h"
#include "wire/describe.h"
#include "wire/ts.h"

typedef struct {
  IkeChild *old;
  IkeSuite suite;
  const IkeProposal *proposal;
  IkeNonce ni, nr;
  CryptoDh *dh;
  Secret *shared;
  TrafficSelector tsi[IKE_MAX_SELECTORS], tsr[IKE_MAX_SELECTORS];
  size_t n_tsi, n_tsr;
} Rekey;

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
exchange_keys (IkeSession *session, const IkePayloads *request, Rekey *rekey, IkeReply *reply)
{
  if (rekey->suite.dh == DH_NONE)
    return true;
  rekey->dh = crypto_dh_new (rekey->suite.dh, session->env.random);
  rekey->shared = ike_ke_shared (request, rekey->dh);
  if (rekey->shared != NULL)
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
    Rekey *rekey, IkeReply *reply)
{
  switch (ike_offer_choose (&session->esp_policy, IKE_PROTOCOL_ESP, offered, ike_ke_group (request),
      &rekey->suite, &rekey->proposal)) {
  case IKE_CHOICE_NONE:
    refuse (reply, IKE_NOTIFY_NO_PROPOSAL_CHOSEN, SLICE (NULL, 0));
    return false;
  case IKE_CHOICE_OTHER_GROUP: refuse_group (rekey->suite.dh, reply); return false;
  case IKE_CHOICE_OK: break;
  }
  if (!ike_nonce_read (request, &rekey->ni) ||
      !read_selectors (request, IKE_PAYLOAD_TSI, rekey->tsi, &rekey->n_tsi) ||
      !read_selectors (request, IKE_PAYLOAD_TSR, rekey->tsr, &rekey->n_tsr)) {
    refuse (reply, IKE_NOTIFY_INVALID_SYNTAX, SLICE (NULL, 0));
    reply->error = g_error_new (
        VISITOR_ERROR, VISITOR_ERROR_PROTOCOL, "The gateway sent a malformed CREATE_CHILD_SA.");
    return false;
  }
  rekey->n_tsi = narrow (rekey->tsi, rekey->n_tsi, rekey->old->remote_ts);
  rekey->n_tsr = narrow (rekey->tsr, rekey->n_tsr, rekey->old->local_ts);
  if (rekey->n_tsi == 0 || rekey->n_tsr == 0) {
    refuse (reply, IKE_NOTIFY_TS_UNACCEPTABLE, SLICE (NULL, 0));
    return false;
  }
  return exchange_keys (session, request, rekey, reply);
}

static void
write_answer (const Rekey *rekey, uint32_t spi_in, IkeChain *chain)
{
  uint8_t spi[4];
  Builder b = builder_init (spi, sizeof spi);
  builder_u32 (&b, spi_in);
  ike_offer_answer (chain, rekey->proposal, builder_result (&b), &rekey->suite);
  ike_chain_payload (chain, IKE_PAYLOAD_NONCE, ike_nonce_slice (&rekey->nr));
  if (rekey->dh != NULL)
    ike_ke_write (chain, rekey->dh);
  ike_ts_payload_write (chain, IKE_PAYLOAD_TSI, rekey->tsi, rekey->n_tsi);
  ike_ts_payload_write (chain, IKE_PAYLOAD_TSR, rekey->tsr, rekey->n_tsr);
}

static void
rekey_clear (Rekey *rekey)
{
  g_clear_pointer (&rekey->dh, crypto_dh_free);
  g_clear_pointer (&rekey->shared, secret_unref);
}

static void
rekey_child (IkeSession *session, const IkePayloads *request, const IkeSaPayload *offered,
    IkeChild *old, IkeReply *reply)
{
  Rekey rekey = { .old = old, .nr.len = IKE_NONCE_LEN };
  session->env.random (rekey.nr.data, rekey.nr.len);
  if (negotiate (session, request, offered, &rekey, reply)) {
    Cursor c = cursor_of (rekey.proposal->spi);
    const IkeChildParams params = {
      .suite = rekey.suite,
      .spi_in = ike_child_new_spi (session),
      .spi_out = cursor_u32 (&c),
      .is_initiator = false,
      .ni = ike_nonce_slice (&rekey.ni),
      .nr = ike_nonce_slice (&rekey.nr),
      .dh_shared = rekey.shared,
      .local_ts = rekey.tsr,
      .remote_ts = rekey.tsi,
      .n_local_ts = rekey.n_tsr,
      .n_remote_ts = rekey.n_tsi,
    };
    g_debug ("IKE: the gateway rekeys CHILD_SA %08x", old->spi_in);
    if (ike_child_add (session, &params, &reply->child_added) != NULL) {
      const IkeNonce *lower = ike_nonce_compare (&rekey.ni, &rekey.nr) < 0 ? &rekey.ni : &rekey.nr;
      ike_child_replaced_by_peer (session, old, params.spi_in);
      ike_child_rekey_collides (session, old, params.spi_in, lower);
      write_answer (&rekey, params.spi_in, &reply->chain);
    }
  }
  rekey_clear (&rekey);
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
  IkeChild *old;
  g_autofree IkeSaPayload *offered = g_new (IkeSaPayload, 1);
  if (!ike_payloads_find (request, IKE_PAYLOAD_SA, &body) ||
      !ike_sa_payload_parse (body, offered)) {
    refuse (reply, IKE_NOTIFY_INVALID_SYNTAX, SLICE (NULL, 0));
    reply->error = g_error_new (
        VISITOR_ERROR, VISITOR_ERROR_PROTOCOL, "The gateway sent a malformed CREATE_CHILD_SA.");
    return;
  }
  bool is_ike = offered->proposals[0].protocol == IKE_PROTOCOL_IKE;
  if (session->state != IKE_STATE_ESTABLISHED || sa != session->sa ||
      (!is_ike && ike_rekey_ike_is_out (session))) {
    refuse (reply, IKE_NOTIFY_TEMPORARY_FAILURE, SLICE (NULL, 0)); /* section 2.25 */
    return;
  }
  if (ike_payloads_notify (request, IKE_NOTIFY_REKEY_SA, &notify)) {
    if (!find_rekeyed (session, &notify, &old))
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
