/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The test gateway's CHILD_SAs: their rekeys by either side, and packets through them. */
#include <string.h>

#include "base/cursor.h"
#include "ike/ke.h"
#include "ike/keys.h"
#include "ike/proposal.h"
#include "responder-private.h"
#include "wire/delete.h"
#include "wire/ts.h"

static TrafficSelector
selector (const char *prefix)
{
  InetPrefix parsed;
  g_assert_true (inet_prefix_parse (prefix, &parsed));
  return traffic_selector_from_prefix (&parsed);
}

/* TSi and TSr: 10.3.0.1 is the session's end, 10.1.0.0/24 the gateway's. */
void
responder_write_selectors (IkeChain *chain, bool gateway_began)
{
  const TrafficSelector session = selector ("10.3.0.1/32"), gateway = selector ("10.1.0.0/24");
  ike_ts_payload_write (chain, IKE_PAYLOAD_TSI, gateway_began ? &gateway : &session, 1);
  ike_ts_payload_write (chain, IKE_PAYLOAD_TSR, gateway_began ? &session : &gateway, 1);
}

void
responder_child_free (gpointer data)
{
  ResponderChild *child = data;
  esp_sa_free (child->esp);
  crypto_cipher_free (child->seal);
  g_free (child);
}

ResponderChild *
responder_child (Responder *r, uint32_t spi_in)
{
  for (guint i = 0; i < r->children->len; i++) {
    ResponderChild *child = r->children->pdata[i];
    if (child->spi_in == spi_in)
      return child;
  }
  return NULL;
}

/* Derives the keys and keeps the CHILD_SA as the newest. */
ResponderChild *
responder_add_child (Responder *r, const IkeSuite *suite, uint32_t spi_in, uint32_t spi_out,
    bool gateway_began, const IkeNonce *ni, const IkeNonce *nr, const IkeShared *shared)
{
  const IkeShared nothing = { .first = NULL };
  const TrafficSelector session = selector ("10.3.0.1/32"), gateway = selector ("10.1.0.0/24");
  g_auto (IkeChildKeys) keys = { .encr_initiator = NULL };
  ike_child_keys_derive (r->sa->keys.prf, r->sa->keys.sk_d, shared != NULL ? shared : &nothing,
      ike_nonce_slice (ni), ike_nonce_slice (nr), suite, &keys);
  const EspSaParams params = {
    .encr = suite->encr,
    .key_bits = suite->key_bits,
    .integ = suite->integ,
    .esn = suite->esn,
    .spi_in = spi_in,
    .spi_out = spi_out,
    .encr_in = gateway_began ? keys.encr_responder : keys.encr_initiator,
    .integ_in = gateway_began ? keys.integ_responder : keys.integ_initiator,
    .encr_out = gateway_began ? keys.encr_initiator : keys.encr_responder,
    .integ_out = gateway_began ? keys.integ_initiator : keys.integ_responder,
    .local_ts = &gateway,
    .remote_ts = &session,
    .n_local_ts = 1,
    .n_remote_ts = 1,
  };
  ResponderChild *child = g_new0 (ResponderChild, 1);
  child->spi_in = spi_in;
  child->spi_out = spi_out;
  child->has_esn = suite->esn == ESN_YES;
  child->esp = esp_sa_new (&params, NULL);
  g_assert_nonnull (child->esp);
  child->seal =
      crypto_cipher_new (suite->encr, suite->key_bits, suite->integ, secret_slice (params.encr_out),
          params.integ_out != NULL ? secret_slice (params.integ_out) : SLICE (NULL, 0), NULL);
  g_assert_nonnull (child->seal);
  g_ptr_array_add (r->children, child);
  return child;
}

static const IkeNonce *
lower_of (const IkeNonce *a, const IkeNonce *b)
{
  return ike_nonce_compare (a, b) < 0 ? a : b;
}

static void
put_spi (uint32_t value, uint8_t spi[static 4])
{
  Builder b = builder_init (spi, 4);
  builder_u32 (&b, value);
}

static uint32_t
new_spi (void)
{
  uint32_t spi;
  responder_random (&spi, sizeof spi);
  return spi | 0x10000;
}

static uint32_t
spi_of (Slice slice)
{
  Cursor c = cursor_of (slice);
  uint32_t spi = cursor_u32 (&c);
  g_assert_true (cursor_done (&c));
  return spi;
}

/* True if the first CHILD_SA, which the session asks for behind IKE_AUTH, was refused. */
static bool
refuse_first (Responder *r, const IkePayloads *request, IkeChain *answer)
{
  uint8_t group[2] = { (uint8_t) (r->child_group >> 8), (uint8_t) r->child_group };
  const Slice none = SLICE (NULL, 0);
  g_assert_true (r->childless);
  if (r->child_error != 0)
    ike_chain_notify (answer, IKE_PROTOCOL_NONE, none, (IkeNotifyType) r->child_error, none);
  else if (r->child_group != 0 && ike_ke_group (request) != r->child_group)
    ike_chain_notify (
        answer, IKE_PROTOCOL_NONE, none, IKE_NOTIFY_INVALID_KE_PAYLOAD, SLICE (group, 2));
  else
    return false;
  return true;
}

/* The session rekeys a CHILD_SA, asks for the first one, or for another where it was told that the old
 * one is not there, or it rekeys the IKE SA. */
void
responder_answer_rekey (Responder *r, IkeSa *sa, const IkePayloads *request, IkeChain *answer)
{
  Slice body;
  IkeNotify notify;
  const IkeProposal *proposal;
  uint8_t spi[4];
  g_autofree IkeSaPayload *offered = g_new (IkeSaPayload, 1);
  g_assert_true (sa == r->sa);
  if (responder_refuses_rekey (r, answer))
    return;
  g_assert_true (ike_payloads_find (request, IKE_PAYLOAD_SA, &body));
  g_assert_true (ike_sa_payload_parse (body, offered));
  if (offered->proposals[0].protocol == IKE_PROTOCOL_IKE) {
    responder_answer_ike_rekey (r, request, offered, answer);
    return;
  }
  bool is_rekey = ike_payloads_notify (request, IKE_NOTIFY_REKEY_SA, &notify);
  if (r->session != NULL && r->n_added == 0 && refuse_first (r, request, answer))
    return;
  responder_drop_owed (r);
  r->owed.n = 0;
  g_assert_true (ike_nonce_read (request, &r->owed.ni));
  g_assert_cmpint (ike_offer_choose (&r->esp_policy, IKE_PROTOCOL_ESP, offered,
                       ike_ke_group (request), &r->owed.suite, &proposal),
      ==, IKE_CHOICE_OK);
  r->owed.nr.len = IKE_NONCE_LEN;
  responder_random (r->owed.nr.data, IKE_NONCE_LEN);
  g_autoptr (CryptoDh) dh = crypto_dh_new (r->owed.suite.dh, responder_random);
  r->owed.shared.first = dh != NULL ? ike_ke_shared (request, dh) : NULL;
  g_assert_true ((dh != NULL) == (r->owed.shared.first != NULL));
  r->owed.spi_in = new_spi ();
  r->owed.spi_out = spi_of (proposal->spi);
  put_spi (r->owed.spi_in, spi);
  ike_offer_answer (answer, proposal, SLICE (spi, 4), &r->owed.suite);
  ike_chain_payload (answer, IKE_PAYLOAD_NONCE, ike_nonce_slice (&r->owed.nr));
  if (dh != NULL)
    ike_ke_write (answer, dh);
  responder_write_selectors (answer, false);
  for (guint i = 0; is_rekey && i < r->children->len; i++) {
    ResponderChild *old = r->children->pdata[i];
    if (old->spi_out == spi_of (notify.spi))
      old->is_rekeyed = true;
  }
  r->sessions_lower = *lower_of (&r->owed.ni, &r->owed.nr);
  responder_owe (r, answer);
}

/* What the session asked for. */
void
responder_made_child (Responder *r)
{
  responder_add_child (r, &r->owed.suite, r->owed.spi_in, r->owed.spi_out, false, &r->owed.ni,
      &r->owed.nr, &r->owed.shared);
}

static void
write_any (IkeChain *chain)
{
  const TrafficSelector any[] = { traffic_selector_any (INET_V4), traffic_selector_any (INET_V6) };
  ike_ts_payload_write (chain, IKE_PAYLOAD_TSI, any, G_N_ELEMENTS (any));
  ike_ts_payload_write (chain, IKE_PAYLOAD_TSR, any, G_N_ELEMENTS (any));
}

/* SA, Ni, KEi, TSi and TSr of a request, which is sent. */
static void
request_child (Responder *r, uint16_t group, IkeChain *chain)
{
  uint8_t spi[4];
  IkeOffer offer;
  r->rekey.spi_in = new_spi ();
  put_spi (r->rekey.spi_in, spi);
  ike_offer_for_child (&r->esp_policy, SLICE (spi, 4), group != 0, &offer);
  ike_sa_payload_write (chain, offer.proposals, offer.n);
  r->rekey.ni.len = IKE_NONCE_LEN;
  responder_random (r->rekey.ni.data, IKE_NONCE_LEN);
  ike_chain_payload (chain, IKE_PAYLOAD_NONCE, ike_nonce_slice (&r->rekey.ni));
  g_clear_pointer (&r->rekey.dh, crypto_dh_free);
  if (group != 0) {
    r->rekey.dh = crypto_dh_new ((DhGroup) group, responder_random);
    ike_ke_write (chain, r->rekey.dh);
  }
  if (r->offers_any)
    write_any (chain);
  else
    responder_write_selectors (chain, true);
  responder_send_request (r, IKE_EXCHANGE_CREATE_CHILD_SA, chain);
}

/* The gateway rekeys its newest CHILD_SA, with a fresh key exchange or with group 0 without one. The
 * request is sent, the answer not waited for. */
void
responder_rekey_child (Responder *r, uint16_t group)
{
  uint8_t buf[4096], spi[4];
  IkeChain chain = ike_chain_init (buf, sizeof buf);
  ResponderChild *old = r->children->pdata[r->children->len - 1];
  put_spi (old->spi_in, spi);
  ike_chain_notify (&chain, IKE_PROTOCOL_ESP, SLICE (spi, 4), IKE_NOTIFY_REKEY_SA, SLICE (NULL, 0));
  r->rekey.old_spi_in = old->spi_in;
  request_child (r, group, &chain);
}

/* The gateway asks for an additional one; the answer is left to the test. */
void
responder_create_child (Responder *r)
{
  uint8_t buf[4096];
  IkeChain chain = ike_chain_init (buf, sizeof buf);
  request_child (r, 31, &chain);
}

/* False where the session refuses. */
static bool
take_created (Responder *r, const IkePayloads *response)
{
  Slice body, spi;
  IkeOffer offer;
  g_autofree IkeSaPayload *answer = g_new (IkeSaPayload, 1);
  if (!ike_payloads_find (response, IKE_PAYLOAD_SA, &body))
    return false;
  ike_offer_for_child (&r->esp_policy, SLICE (NULL, 0), r->rekey.dh != NULL, &offer);
  g_assert_true (ike_sa_payload_parse (body, answer));
  g_assert_true (ike_offer_accept (&offer, answer, 4, &r->rekey.suite, &spi));
  g_assert_true (ike_nonce_read (response, &r->rekey.nr));
  r->rekey.spi_out = spi_of (spi);
  ike_shared_clear (&r->rekey.shared);
  if (r->rekey.suite.dh != DH_NONE)
    r->rekey.shared.first = ike_ke_shared (response, r->rekey.dh);
  return true;
}

/* The session's answer to the gateway's rekey, or to what follows it; a refusal is left to the test. */
void
responder_take_rekey (Responder *r, const IkePayloads *response)
{
  IkeNotify notify;
  uint32_t old_spi = r->rekey.old_spi_in;
  ResponderChild *old = responder_child (r, old_spi);
  bool is_first = !r->rekey.goes_on;
  if (is_first ? !take_created (r, response) : ike_payloads_error (response, &notify)) {
    responder_give_up (r);
    return;
  }
  bool collided = is_first && old != NULL && old->is_rekeyed;
  bool loses =
      collided && ike_nonce_compare (lower_of (&r->rekey.ni, &r->rekey.nr), &r->sessions_lower) < 0;
  if (!responder_rekey_is_over (r, response)) {
    if (loses) {
      responder_give_up (r);
      return;
    }
    responder_drop_owed (r);
    r->rekey.waits = r->stops;
    if (!r->stops)
      responder_go_on (r);
    return;
  }
  responder_add_child (r, &r->rekey.suite, r->rekey.spi_in, r->rekey.spi_out, true, &r->rekey.ni,
      &r->rekey.nr, &r->rekey.shared);
  responder_give_up (r);
  if (r->is_greedy)
    return;
  if (collided && !loses)
    responder_drop_owed (r);
  responder_delete_child (r, loses ? r->rekey.spi_in : old_spi);
}

/* The gateway deletes one of its CHILD_SAs. */
void
responder_delete_child (Responder *r, uint32_t spi_in)
{
  uint8_t buf[64];
  IkeChain chain = ike_chain_init (buf, sizeof buf);
  const IkeDelete delete = { .protocol = IKE_PROTOCOL_ESP, .n = 1, .spis = { spi_in } };
  ike_delete_write (&chain, &delete);
  ResponderChild *child = responder_child (r, spi_in);
  if (child != NULL)
    g_ptr_array_remove (r->children, child);
  responder_send_request (r, IKE_EXCHANGE_INFORMATIONAL, &chain);
}

static void
write_packet (uint8_t *at, uint8_t from, uint8_t to)
{
  static const uint8_t ipv4[] = { 0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17, 0, 0, 10, 3, 0, 1, 10, 1, 0,
    7, 0, 9, 0, 9, 0, 8, 0, 0 };
  memcpy (at, ipv4, sizeof ipv4);
  at[13] = from;
  at[15] = from == 3 ? 1 : 7;
  at[17] = to;
  at[19] = to == 3 ? 1 : 7;
}

static bool
passes (EspSa *from, EspSa *to, uint8_t from_net, uint8_t to_net)
{
  uint8_t buf[256], copy[256];
  Slice packet, inner;
  if (from == NULL || to == NULL)
    return false;
  write_packet (buf + esp_sa_headroom (from), from_net, to_net);
  if (esp_seal (from, buf, sizeof buf, 28, &packet) != ESP_PASS)
    return false;
  memcpy (copy, packet.data, packet.len);
  return esp_open (to, copy, packet.len, &inner) == ESP_PASS && inner.len == 28;
}

/* True if a packet passes both ways: out by what the session sends with, in by what the gateway
 * has as its newest. */
bool
responder_passes_esp (Responder *r)
{
  EspSa *out = g_hash_table_lookup (r->session_esps, GUINT_TO_POINTER (r->outbound_spi));
  if (out == NULL || r->children->len == 0)
    return false;
  ResponderChild *in = responder_child (r, esp_sa_spi_out (out));
  ResponderChild *newest = r->children->pdata[r->children->len - 1];
  EspSa *back = g_hash_table_lookup (r->session_esps, GUINT_TO_POINTER (newest->spi_out));
  return in != NULL && passes (out, in->esp, 3, 1) && passes (newest->esp, back, 1, 3);
}

/* What ESN adds to the header: an AEAD has the high half in the middle, a MAC at the end. It is 0. */
static void
additional_data (const ResponderChild *child, const uint8_t *header, uint8_t octets[static 12],
    Slice *ret_aad, Slice *ret_tail)
{
  bool is_aead = crypto_cipher_is_aead (child->seal);
  memset (octets, 0, 12);
  memcpy (octets, header, 4);
  memcpy (octets + 8, header + 4, 4);
  *ret_aad = child->has_esn && is_aead ? SLICE (octets, 12) : SLICE (header, ESP_HEADER_LEN);
  *ret_tail = child->has_esn && !is_aead ? SLICE (octets + 4, 4) : SLICE (NULL, 0);
}

/* An authentic ESP packet with any sequence number and contents; `plain` is what is encrypted, the
 * trailer included. Borrowed from buf. */
Slice
responder_forge_esp (ResponderChild *child, uint32_t seq, Slice plain, uint8_t *buf, size_t size)
{
  static uint64_t counter = UINT64_C (1) << 40; /* apart from the IVs of child->esp */
  Builder b = builder_init (buf, size);
  builder_u32 (&b, child->spi_out);
  builder_u32 (&b, seq);
  uint8_t *iv = builder_space (&b, crypto_cipher_iv_len (child->seal));
  uint8_t *data = builder_space (&b, plain.len);
  uint8_t *icv = builder_space (&b, crypto_cipher_icv_len (child->seal));
  g_assert_true (builder_ok (&b));
  crypto_cipher_make_iv (child->seal, counter++, iv);
  memmove (data, plain.data, plain.len);
  uint8_t octets[12];
  Slice aad, tail;
  additional_data (child, buf, octets, &aad, &tail);
  g_assert_true (crypto_cipher_seal_with_tail (child->seal, aad, tail, iv, data, plain.len, icv));
  return builder_result (&b);
}

/* Gives the client an ESP packet, as it is. */
void
responder_deliver_esp (Responder *r, Slice packet)
{
  uint32_t spi;
  Slice inner;
  if (r->wire != NULL) {
    r->wire->esp (r, packet);
    return;
  }
  g_autofree uint8_t *copy = g_memdup2 (packet.data, packet.len);
  EspVerdict verdict = ESP_DROP_SHORT;
  if (esp_spi_of (packet, &spi)) {
    EspSa *sa = g_hash_table_lookup (r->session_esps, GUINT_TO_POINTER (spi));
    verdict = sa != NULL ? esp_open (sa, copy, packet.len, &inner) : ESP_DROP_UNKNOWN_SPI;
  }
  r->esp_verdicts[verdict]++;
}

/* A forged packet of the newest CHILD_SA. */
void
responder_send_esp (Responder *r, uint32_t seq, Slice plain)
{
  uint8_t buf[4096];
  ResponderChild *child = r->children->pdata[r->children->len - 1];
  responder_deliver_esp (r, responder_forge_esp (child, seq, plain, buf, sizeof buf));
}
