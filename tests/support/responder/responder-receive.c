/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Responder, what it hears: opens the client's messages, and answers each as its exchange wants. */
#include "ike/additional-ke.h"
#include "ike/sk.h"
#include "responder-private.h"
#include "wire/delete.h"

static void
answer_delete (Responder *r, IkeSa *sa, const IkePayloads *request, IkeChain *answer)
{
  Slice body;
  IkeDelete delete, back = { .protocol = IKE_PROTOCOL_ESP };
  if (!ike_payloads_find (request, IKE_PAYLOAD_DELETE, &body))
    return;
  g_assert_true (ike_delete_parse (body, &delete));
  if (delete.protocol == IKE_PROTOCOL_IKE)
    r->deleted_sa = sa;
  for (size_t i = 0; i < delete.n; i++) {
    for (guint k = r->children->len; k > 0; k--) {
      ResponderChild *child = r->children->pdata[k - 1];
      if (child->spi_out != delete.spis[i])
        continue;
      back.spis[back.n++] = child->spi_in;
      g_ptr_array_remove_index (r->children, k - 1);
    }
  }
  if (back.n > 0)
    ike_delete_write (answer, &back);
}

/* The next of the additional key exchanges; the keys that it makes are used from the next message on. */
static void
answer_intermediate (
    Responder *r, const IkeHeader *header, const IkePayloads *request, IkeChain *answer)
{
  DhGroup method = ike_suite_additional (&r->sa->suite, header->message_id - 1);
  g_clear_pointer (&r->additional, secret_unref);
  r->additional = ike_additional_ke_answer (request, method, responder_random, answer);
  g_assert_nonnull (r->additional);
}

static void
count_intermediate (Responder *r, const IkeHeader *header, uint8_t first, Slice chain)
{
  const IkeKeys *keys = &r->sa->keys;
  if (header->exchange == IKE_EXCHANGE_INTERMEDIATE)
    ike_int_auth_add (&r->int_auth, keys->prf, header->is_response ? keys->sk_pr : keys->sk_pi,
        header, first, chain);
}

static void
renew_keys (Responder *r)
{
  IkeKeys *keys = &r->sa->keys, new;
  Slice ni = ike_nonce_slice (&r->ni), nr = ike_nonce_slice (&r->nr);
  g_auto (IkeShared) additional = { .first = g_steal_pointer (&r->additional) };
  if (additional.first == NULL)
    return;
  g_autoptr (Secret) skeyseed = ike_skeyseed_rekeyed (keys->prf, keys->sk_d, &additional, ni, nr);
  g_assert_true (
      ike_keys_derive (&r->sa->suite, skeyseed, ni, nr, r->sa->spi_i, r->sa->spi_r, &new, NULL));
  ike_keys_clear (keys);
  *keys = new;
}

static void
handle_request (Responder *r, IkeSa *sa, const IkeHeader *header, const IkePayloads *request)
{
  uint8_t buf[RESPONDER_MAX_MESSAGE];
  IkeChain answer = ike_chain_init (buf, sizeof buf);
  responder_count_proof (r, request);
  if (r->script != NULL && r->script (r, header, request, &answer))
    ;
  else if (header->exchange == IKE_EXCHANGE_AUTH)
    responder_answer_auth (r, header, request, &answer);
  else if (header->exchange == IKE_EXCHANGE_INTERMEDIATE)
    answer_intermediate (r, header, request, &answer);
  else if (header->exchange == IKE_EXCHANGE_FOLLOWUP_KE)
    responder_answer_followup (r, request, &answer);
  else if (header->exchange == IKE_EXCHANGE_CREATE_CHILD_SA)
    responder_answer_rekey (r, sa, request, &answer);
  else
    answer_delete (r, sa, request, &answer);
  g_autoptr (GPtrArray) messages =
      ike_sa_seal_parts (sa, header->exchange, header->message_id, true, r->fragment_len, &answer);
  g_assert_nonnull (messages);
  const IkeHeader reply = ike_sa_header (sa, header->exchange, header->message_id, true);
  count_intermediate (r, &reply, answer.first, builder_result (&answer.b));
  ike_window_sent_response (&sa->window, messages);
  renew_keys (r);
  responder_say_all (r, messages);
  if (r->deleted_sa != NULL)
    responder_drop_sa (r, g_steal_pointer (&r->deleted_sa));
}

static void
handle_response (Responder *r, IkeSa *sa, uint8_t first, Slice chain)
{
  uint8_t critical;
  IkePayloads response;
  ike_window_got_response (&sa->window);
  g_clear_pointer (&r->response, g_bytes_unref);
  r->response = g_bytes_new (chain.data, chain.len);
  r->response_first = first;
  g_assert_cmpint (ike_payloads_parse (first, chain, &response, &critical), ==, IKE_PARSE_OK);
  if (r->deleting_sa == sa)
    responder_drop_sa (r, g_steal_pointer (&r->deleting_sa));
  else if (r->rekey.waits)
    ; /* the test's own */
  else if (r->rekey.sa != NULL)
    responder_take_ike_rekey (r, &response);
  else if (r->rekey.old_spi_in != 0)
    responder_take_rekey (r, &response);
}

/* Puts an authentic fragment to those that are there; true with the last one. */
static bool
take_fragment (
    IkeSa *sa, const IkeHeader *header, IkeSealed *sealed, Slice *chain, IkeFragments *ret_whole)
{
  IkeFragments *set = header->is_response ? &sa->responses : &sa->requests;
  g_assert_true (ike_fragments_wants (set, header->message_id, sealed));
  if (ike_fragments_add (set, header->message_id, sealed, *chain, &sealed->first, chain) !=
      IKE_FRAGMENTS_WHOLE)
    return false;
  *ret_whole = *set;
  *set = (IkeFragments){ .total = 0 };
  return true;
}

static IkeSa *
find_sa (const Responder *r, const IkeHeader *header)
{
  if (ike_sa_owns (r->sa, header))
    return r->sa;
  for (guint i = 0; i < r->other_sas->len; i++) {
    if (ike_sa_owns (r->other_sas->pdata[i], header))
      return r->other_sas->pdata[i];
  }
  return NULL;
}

/* Takes an IKE message of the client, as it came. */
void
responder_receive (Responder *r, Slice message)
{
  IkeHeader header;
  IkePayloads request;
  IkeSealed sealed;
  uint8_t critical;
  Slice chain;
  g_assert_true (ike_header_parse (message, &header));
  if (header.exchange == IKE_EXCHANGE_SA_INIT && !header.is_response) {
    responder_answer_init (r, &header, message);
    return;
  }
  if (header.exchange == IKE_EXCHANGE_SESSION_RESUME && !header.is_response) {
    responder_answer_resume (r, &header, message);
    return;
  }
  IkeSa *sa = find_sa (r, &header);
  if (r->ignores_strangers && sa == NULL)
    return;
  g_assert_nonnull (sa);
  g_autofree uint8_t *copy = g_memdup2 (message.data, message.len);
  g_assert_true (ike_sealed_parse (&header, message, &sealed));
  g_assert_true (ike_sa_open (sa, &sealed, copy, message.len, &chain));
  IkeWindowVerdict verdict = ike_window_check_request (&sa->window, header.message_id);
  if (!header.is_response && verdict == IKE_WINDOW_REPEATED) {
    if (sealed.number == 1)
      responder_say_all (r, sa->window.response);
    return;
  }
  g_auto (IkeFragments) whole = { .total = 0 };
  if (sealed.is_fragment && !take_fragment (sa, &header, &sealed, &chain, &whole))
    return;
  if (r->wire != NULL)
    r->wire->heard (r, chain);
  if (header.is_response) {
    if (ike_window_awaits (&sa->window, header.message_id))
      handle_response (r, sa, sealed.first, chain);
    return;
  }
  g_assert_cmpint (verdict, ==, IKE_WINDOW_FRESH);
  g_assert_cmpint (ike_payloads_parse (sealed.first, chain, &request, &critical), ==, IKE_PARSE_OK);
  count_intermediate (r, &header, sealed.first, chain);
  handle_request (r, sa, &header, &request);
}

/* The gateway hears what the session sent as number n, which it was deaf to. */
void
responder_hear (Responder *r, guint n)
{
  g_assert_cmpuint (n, <, r->sent->len);
  responder_receive (r, slice_of_bytes (r->sent->pdata[n]));
}
