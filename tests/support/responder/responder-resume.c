/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The test gateway's side of session resumption (RFC 5723): tickets that it gives, and takes again. Its
 * ticket is a word; what it would seal into it, it remembers. Derived from the RFC, and not by the code
 * that it is there to test. */
#include <string.h>

#include "crypto/prf.h"
#include "responder-private.h"

#define AUTH_HEADER_LEN 4

static const char ticket[] = RESPONDER_TICKET;

static void
notify (IkeChain *chain, IkeNotifyType type, Slice data)
{
  ike_chain_notify (chain, IKE_PROTOCOL_NONE, SLICE (NULL, 0), type, data);
}

/* TICKET_LT_OPAQUE, good for r->ticket_lifetime seconds. */
void
responder_write_ticket (Responder *r, IkeChain *chain)
{
  uint8_t data[4 + sizeof ticket];
  Builder b = builder_init (data, sizeof data);
  builder_u32 (&b, r->ticket_lifetime);
  builder_bytes (&b, ticket, strlen (ticket));
  notify (chain, IKE_NOTIFY_TICKET_LT_OPAQUE, builder_result (&b));
  g_clear_pointer (&r->ticket_sk_d, secret_unref);
  r->ticket_sk_d = secret_ref (r->sa->keys.sk_d);
  r->ticket_suite = r->sa->suite;
}

/* Another gateway of the same keeper takes the tickets that `from` gave. */
void
responder_share_tickets (Responder *r, const Responder *from)
{
  r->ticket_sk_d = secret_ref (from->ticket_sk_d);
  r->ticket_suite = from->ticket_suite;
}

static void
derive (Responder *r)
{
  static const uint8_t label[] = { 'R', 'e', 's', 'u', 'm', 'p', 't', 'i', 'o', 'n' };
  Slice ni = ike_nonce_slice (&r->ni), nr = ike_nonce_slice (&r->nr);
  const Slice parts[] = { SLICE (label, sizeof label), ni, nr };
  g_autoptr (Secret) skeyseed = crypto_prf_secret (
      r->ticket_suite.prf, secret_slice (r->ticket_sk_d), parts, G_N_ELEMENTS (parts));
  r->sa->suite = r->ticket_suite;
  g_assert_true (ike_keys_derive (
      &r->sa->suite, skeyseed, ni, nr, r->sa->spi_i, r->sa->spi_r, &r->sa->keys, NULL));
}

static void
answer_clear (Responder *r, uint64_t spi_i, uint64_t spi_r, const IkeChain *chain)
{
  const IkeHeader header = {
    .spi_i = spi_i,
    .spi_r = spi_r,
    .exchange = IKE_EXCHANGE_SESSION_RESUME,
    .is_response = true,
  };
  IkeHeader copy = header;
  g_clear_pointer (&r->init_response, g_bytes_unref);
  r->init_response = ike_clear_write (&copy, chain);
  responder_send_clear (r, &header, chain);
}

/* An IKE_SESSION_RESUME request. */
void
responder_answer_resume (Responder *r, const IkeHeader *header, Slice message)
{
  static const uint8_t cookie[] = { 8, 7, 6, 5 };
  uint8_t critical, buf[16384];
  const IkeEnv env = { .random = responder_random };
  IkeChain answer = ike_chain_init (buf, sizeof buf);
  IkePayloads request;
  IkeNotify shown;
  g_assert_cmpint (ike_payloads_parse (header->first_payload,
                       SLICE (message.data + 28, message.len - 28), &request, &critical),
      ==, IKE_PARSE_OK);
  g_assert_cmpuint (header->message_id, ==, 0);
  g_assert_true (ike_payloads_notify (&request, IKE_NOTIFY_TICKET_OPAQUE, &shown));
  g_assert_cmpmem (shown.data.data, shown.data.len, ticket, strlen (ticket));
  r->n_resumes++;
  if (r->resume_error != 0) {
    notify (&answer, (IkeNotifyType) r->resume_error, SLICE (NULL, 0));
    answer_clear (r, header->spi_i, 0, &answer);
    return;
  }
  if (r->cookies > 0) {
    r->cookies--;
    notify (&answer, IKE_NOTIFY_COOKIE, SLICE (cookie, sizeof cookie));
    answer_clear (r, header->spi_i, 0, &answer);
    return;
  }
  g_assert_true (ike_nonce_read (&request, &r->ni));
  r->nr.len = IKE_NONCE_LEN;
  responder_random (r->nr.data, IKE_NONCE_LEN);
  g_clear_pointer (&r->sa, ike_sa_free);
  r->sa = ike_sa_new (&env, false);
  r->sa->spi_i = header->spi_i;
  derive (r);
  g_clear_pointer (&r->init_request, g_bytes_unref);
  r->init_request = g_bytes_new (message.data, message.len);
  ike_chain_payload (&answer, IKE_PAYLOAD_NONCE, ike_nonce_slice (&r->nr));
  r->sa->window.expected_request = 1;
  r->is_resumed = true;
  if (r->init_script != NULL)
    r->init_script (r, &answer);
  answer_clear (r, header->spi_i, r->sa->spi_r, &answer);
}

/* prf (SK_px, message | nonce | prf (SK_px, ID body)). */
static void
compute (const Responder *r, const Secret *sk_p, GBytes *message, const IkeNonce *nonce, GBytes *id,
    uint8_t *ret_mac)
{
  uint8_t inner[CRYPTO_PRF_MAX_LEN];
  PrfId prf = r->sa->suite.prf;
  const Slice id_part = slice_of_bytes (id);
  crypto_prf (prf, secret_slice (sk_p), &id_part, 1, inner);
  const Slice parts[] = { slice_of_bytes (message), ike_nonce_slice (nonce),
    SLICE (inner, crypto_prf_len (prf)) };
  crypto_prf (prf, secret_slice (sk_p), parts, G_N_ELEMENTS (parts), ret_mac);
}

/* IKE_AUTH behind it. */
void
responder_answer_resumed_auth (Responder *r, const IkePayloads *request, IkeChain *answer)
{
  uint8_t mac[CRYPTO_PRF_MAX_LEN];
  size_t len = crypto_prf_len (r->sa->suite.prf);
  Slice auth;
  responder_take_first (r, request);
  g_assert_cmpuint (ike_payloads_count (request, IKE_PAYLOAD_CERT), ==, 0);
  g_assert_true (ike_payloads_find (request, IKE_PAYLOAD_AUTH, &auth));
  compute (r, r->sa->keys.sk_pi, r->init_request, &r->nr, r->idi, mac);
  g_assert_cmpmem (auth.data + AUTH_HEADER_LEN, auth.len - AUTH_HEADER_LEN, mac, len);
  if (r->auth_error != 0) {
    notify (answer, (IkeNotifyType) r->auth_error, SLICE (NULL, 0));
    r->auth_error = 0; /* the sign-in in full is another matter */
    r->is_resumed = false;
    return;
  }
  compute (r, r->sa->keys.sk_pr, r->init_response, &r->ni, r->idr, mac);
  if (r->breaks_auth)
    mac[0] ^= 1;
  ike_chain_payload (answer, IKE_PAYLOAD_IDR, slice_of_bytes (r->idr));
  Reserved length = ike_chain_begin (answer, IKE_PAYLOAD_AUTH);
  builder_u8 (&answer->b, 2);
  builder_zeros (&answer->b, 3);
  builder_bytes (&answer->b, mac, len);
  ike_chain_end (answer, length);
  responder_write_last (r, answer);
}
