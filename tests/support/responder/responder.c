/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Responder: a scripted gateway made of our own wire and crypto, in the same process as the session it
 * talks to. Messages go from one to the other directly; time is a number that the test moves. */
#include "responder.h"

#include <string.h>

#include "base/cursor.h"
#include "ike/additional-ke.h"
#include "ike/ke.h"
#include "ike/proposal.h"
#include "ike/sk.h"
#include "one-key-exchange.h"
#include "responder-private.h"
#include "support/hex.h"
#include "wire/delete.h"

#define MAX_MESSAGE 16384

const IkePath responder_path = {
  .local = { .family = INET_V4, .bytes = { 192, 0, 2, 1 } },
  .remote = { .family = INET_V4, .bytes = { 192, 0, 2, 2 } },
  .local_port = 40000,
  .remote_port = 443,
};

static uint64_t random_state = 1;

int responder_first_octet = -1;

/* The same octets in every run; where responder_first_octet is not -1 they begin with it, which makes a
 * nonce higher or lower than another. */
void
responder_random (void *buf, size_t len)
{
  uint8_t *to = buf;
  for (size_t i = 0; i < len; i++) {
    random_state = random_state * UINT64_C (6364136223846793005) + UINT64_C (1442695040888963407);
    to[i] = (uint8_t) (random_state >> 40);
  }
  if (responder_first_octet >= 0 && len == IKE_NONCE_LEN)
    to[0] = (uint8_t) responder_first_octet;
}

static time_t
wall_clock (void)
{
  return 2000000000;
}

static void
sa_free (gpointer sa)
{
  ike_sa_free (sa);
}

static void
esp_free (gpointer esp)
{
  esp_sa_free (esp);
}

Responder *
responder_new (IkeAuthMethod auth)
{
  Responder *r = g_new0 (Responder, 1);
  random_state = 1;
  algorithm_policy_default (ALGORITHMS_FOR_IKE, &r->ike_policy);
  algorithm_policy_default (ALGORITHMS_FOR_ESP, &r->esp_policy);
  responder_first_octet = -1;
  one_key_exchange (&r->ike_policy);
  one_key_exchange (&r->esp_policy);
  r->auth = auth;
  r->error = -1;
  r->given[0] = auth == IKE_AUTH_METHOD_PSK ? RESPONDER_PSK : RESPONDER_PASSWORD;
  r->now = 1000000;
  r->sent = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  r->held = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  r->other_sas = g_ptr_array_new_with_free_func (sa_free);
  r->children = g_ptr_array_new_with_free_func (responder_child_free);
  r->session_esps = g_hash_table_new_full (NULL, NULL, NULL, esp_free);
  return r;
}

void
responder_free (Responder *r)
{
  ike_session_free (r->session);
  crypto_trust_free (r->trust);
  crypto_signer_free (r->signer);
  g_clear_pointer (&r->to_sign, g_bytes_unref);
  ike_sa_free (r->sa);
  responder_give_up (r);
  responder_drop_owed (r);
  g_ptr_array_unref (r->other_sas);
  g_ptr_array_unref (r->held);
  g_clear_pointer (&r->rekey.dh, crypto_dh_free);
  g_clear_pointer (&r->msk, secret_unref);
  g_clear_pointer (&r->additional, secret_unref);
  g_clear_pointer (&r->init_request, g_bytes_unref);
  g_clear_pointer (&r->init_response, g_bytes_unref);
  g_clear_pointer (&r->idi, g_bytes_unref);
  g_clear_pointer (&r->idr, g_bytes_unref);
  g_clear_pointer (&r->response, g_bytes_unref);
  g_ptr_array_unref (r->sent);
  g_ptr_array_unref (r->children);
  g_hash_table_unref (r->session_esps);
  g_free (r->error_text);
  g_free (r->redirected_to);
  g_free (r->asked_text);
  ike_ticket_free (r->session_ticket);
  g_clear_pointer (&r->ticket_sk_d, secret_unref);
  g_free (r);
}

/* Gives the client an IKE message, as it is. */
void
responder_deliver (Responder *r, Slice message)
{
  if (r->wire != NULL)
    r->wire->ike (r, message);
  else
    ike_session_receive (r->session, message, r->now);
}

static void
deliver_one (Responder *r, GBytes *message)
{
  if (r->holds)
    g_ptr_array_add (r->held, g_bytes_ref (message));
  else
    responder_deliver (r, slice_of_bytes (message));
}

/* Delivers what was held back as number n, counted from 0; the others keep their numbers. */
void
responder_release (Responder *r, guint n)
{
  g_assert_cmpuint (n, <, r->held->len);
  responder_deliver (r, slice_of_bytes (r->held->pdata[n]));
}

/* A message in the clear with that header, whose length is made right. */
void
responder_send_clear (Responder *r, const IkeHeader *header, const IkeChain *chain)
{
  IkeHeader copy = *header;
  g_autoptr (GBytes) message = ike_clear_write (&copy, chain);
  g_assert_nonnull (message);
  deliver_one (r, message);
}

static void
deliver (Responder *r, const GPtrArray *messages)
{
  for (guint i = 0; i < messages->len; i++)
    deliver_one (r, messages->pdata[i]);
}

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

static void
handle_init (Responder *r, const IkeHeader *header, Slice message)
{
  uint8_t critical, buf[MAX_MESSAGE];
  IkePayloads request;
  IkeChain answer = ike_chain_init (buf, sizeof buf);
  g_assert_cmpint (ike_payloads_parse (header->first_payload,
                       SLICE (message.data + 28, message.len - 28), &request, &critical),
      ==, IKE_PARSE_OK);
  if (turn_away (r, header, &request))
    return;
  const IkeEnv env = { .random = responder_random, .wall_clock = wall_clock };
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
  deliver_one (r, r->init_response);
}

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
  uint8_t buf[MAX_MESSAGE];
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
  deliver (r, messages);
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
    handle_init (r, &header, message);
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
      deliver (r, sa->window.response);
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

static void
give_secret (Responder *r, const IkeEvent *event)
{
  unsigned int attempt = event->attempt;
  r->n_secrets++;
  r->asked_kind = event->secret_kind;
  r->asked_attempt = attempt;
  g_free (r->asked_text);
  r->asked_text = g_strdup (event->secret_text);
  if (r->user_waits)
    return;
  const char *text = attempt <= G_N_ELEMENTS (r->given) ? r->given[attempt - 1] : NULL;
  if (event->secret_kind == IKE_SECRET_PPK) {
    g_assert_cmpstr (event->user, ==, r->session_ppk_identity);
    text = r->session_ppk;
  }
  g_autoptr (Secret) secret = text != NULL ? secret_new (text, strlen (text)) : NULL;
  ike_session_provide_secret (r->session, secret, r->now);
}

/* Answers what the session asked to be signed. */
void
responder_sign (Responder *r)
{
  enum { ALGORITHM_LEN = 13 }; /* which IKE writes itself */
  const GatewayKey *key = r->client_signs != NULL ? r->client_signs : r->client;
  g_autoptr (GBytes) signature = NULL;
  if (!r->client_refuses) {
    g_autoptr (GBytes) whole = gateway_key_sign (key, slice_of_bytes (r->to_sign));
    signature =
        g_bytes_new_from_bytes (whole, ALGORITHM_LEN, g_bytes_get_size (whole) - ALGORITHM_LEN);
  }
  ike_session_provide_signature (r->session, signature, r->now);
}

static void
ask_client (Responder *r, const IkeEvent *event)
{
  g_assert_cmpint (event->scheme, ==, SIGNATURE_ECDSA_SHA256);
  r->n_signatures++;
  g_clear_pointer (&r->to_sign, g_bytes_unref);
  r->to_sign = g_bytes_ref (event->message);
  if (!r->client_waits)
    responder_sign (r);
}

static CryptoSigner *
make_signer (const Responder *r)
{
  static const SignatureScheme schemes[] = { SIGNATURE_ECDSA_SHA256 };
  if (r->client == NULL)
    return NULL;
  g_autoptr (GPtrArray) chain = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  Slice der = gateway_key_cert (r->client);
  g_ptr_array_add (chain, g_bytes_new (der.data, der.len));
  return crypto_signer_new (chain, schemes, 1, NULL, NULL, NULL);
}

static bool
is_deaf_to (const Responder *r, GBytes *message)
{
  IkeHeader header;
  g_assert_true (ike_header_parse (slice_of_bytes (message), &header));
  return r->is_deaf_to != 0 && header.exchange == r->is_deaf_to && !header.is_response;
}

static bool
is_lost (Responder *r)
{
  if (r->n_lost < r->loses) {
    r->n_lost++;
    return true;
  }
  r->n_lost = 0;
  return false;
}

static void
act_on_event (Responder *r, IkeEvent *event)
{
  switch (event->type) {
  case IKE_EVENT_SEND:
    g_ptr_array_add (r->sent, g_bytes_ref (event->message));
    if (!r->is_deaf && !is_deaf_to (r, event->message) && !is_lost (r))
      responder_receive (r, slice_of_bytes (event->message));
    break;
  case IKE_EVENT_STATE: break;
  case IKE_EVENT_NEED_SECRET: give_secret (r, event); break;
  case IKE_EVENT_NEED_SIGNATURE: ask_client (r, event); break;
  case IKE_EVENT_CONFIGURED:
    g_assert_cmpuint (r->n_added, ==, 0);
    r->n_configured++;
    break;
  case IKE_EVENT_CHILD_ADDED:
    r->n_added++;
    r->added_spi = event->spi_in;
    if (!event->inbound_only)
      r->outbound_spi = event->spi_in;
    g_assert_true (g_hash_table_insert (
        r->session_esps, GUINT_TO_POINTER (event->spi_in), g_steal_pointer (&event->child)));
    break;
  case IKE_EVENT_CHILD_OUTBOUND: r->outbound_spi = event->spi_in; break;
  case IKE_EVENT_REAUTHENTICATE: r->n_reauthenticate++; break;
  case IKE_EVENT_IKE_REKEYED: r->n_ike_rekeys++; break;
  case IKE_EVENT_CHILD_REMOVED:
    r->n_removed++;
    r->removed_spi = event->spi_in;
    g_assert_true (g_hash_table_remove (r->session_esps, GUINT_TO_POINTER (event->spi_in)));
    break;
  case IKE_EVENT_ADDRESSES:
    r->n_addresses = event->addresses->len;
    r->n_address_lists++;
    break;
  case IKE_EVENT_REDIRECTED:
    r->n_redirects++;
    g_free (r->redirected_to);
    r->redirected_to = g_strdup (event->host);
    break;
  case IKE_EVENT_ESP_SKIP: r->esp_skip += event->esp_skip; break;
  case IKE_EVENT_PATH_SILENT: r->n_silent++; break;
  case IKE_EVENT_PATH_CONFIRMED: r->n_paths++; break;
  case IKE_EVENT_FAILED:
    g_assert_cmpint (r->error, ==, -1);
    r->error = event->error->code;
    r->error_text = g_strdup (event->error->message);
    break;
  case IKE_EVENT_CLOSED: r->closed = true; break;
  }
}

/* Lets both talk until neither has anything to say. */
void
responder_pump (Responder *r)
{
  for (;;) {
    g_auto (IkeEvent) event = { .type = IKE_EVENT_STATE };
    if (!ike_session_next_event (r->session, &event))
      return;
    act_on_event (r, &event);
  }
}

/* Makes the session and lets both talk. */
void
responder_start (Responder *r)
{
  g_autoptr (GError) error = NULL;
  const GatewayKey *trusted = r->trusted != NULL ? r->trusted : r->key;
  if (trusted != NULL)
    r->trust = crypto_trust_new (r->trusts_nobody ? NULL : gateway_key_ca_pem (trusted), NULL);
  const IkeConfig config = {
    .env = { .random = responder_random, .wall_clock = wall_clock },
    .remote_identity = r->expected != NULL ? r->expected : RESPONDER_NAME,
    .local_identity = r->client != NULL ? NULL : "alice@example.test",
    .user = RESPONDER_USER,
    .auth = r->auth,
    .trust = r->trust,
    .signer = r->signer = make_signer (r),
    .ike_policy = &r->session_ike_policy,
    .esp_policy = &r->session_esp_policy,
    .initial_contact = true,
    .sign_in_lifetime_us = r->sign_in_lifetime_us,
    .redirected_from = r->redirected_from,
    .ticket = g_steal_pointer (&r->session_ticket),
    .fragment_len = r->session_fragment_len,
    .childless = r->session_childless,
    .ppk_identity = r->session_ppk_identity,
    .ppk_required = r->session_ppk_required,
    .eap = r->session_eap,
    .eap_only = r->session_eap_only,
  };
  r->session = ike_session_new (&config, &error);
  g_assert_no_error (error);
  IkePath path = responder_path;
  path.has_datagrams = r->over_datagrams;
  ike_session_start (r->session, &path, r->now);
  responder_pump (r);
}

/* Moves the clock from deadline to deadline. */
void
responder_run_until (Responder *r, int64_t until)
{
  for (;;) {
    int64_t at = ike_session_next_timeout (r->session);
    if (at > until)
      break;
    g_assert_cmpint (at, >=, r->now);
    r->now = at;
    ike_session_timeout (r->session, r->now);
    responder_pump (r);
    g_assert_cmpint (ike_session_next_timeout (r->session), >, r->now);
  }
  r->now = until;
}

void
responder_reconnect (Responder *r)
{
  IkePath path = responder_path;
  path.local_port = (uint16_t) (path.local_port + r->n_paths + 1);
  path.has_datagrams = r->over_datagrams;
  ike_session_stream_lost (r->session, r->now);
  responder_pump (r);
  ike_session_stream_restored (r->session, &path, r->now);
  responder_pump (r);
}

/* A request of the gateway, sealed, with its next message ID. Transfer: full. */
GBytes *
responder_seal_request (Responder *r, uint8_t exchange, const IkeChain *chain)
{
  return ike_sa_seal (r->sa, exchange, ike_window_request_id (&r->sa->window), false, chain);
}

/* Sends it; the answer comes with responder_pump (). */
void
responder_send_request (Responder *r, uint8_t exchange, const IkeChain *chain)
{
  responder_send_on (r, r->sa, exchange, chain);
}

/* The same on any of the gateway's SAs. */
void
responder_send_on (Responder *r, IkeSa *sa, uint8_t exchange, const IkeChain *chain)
{
  uint32_t id = ike_window_request_id (&sa->window);
  g_autoptr (GPtrArray) messages =
      ike_sa_seal_parts (sa, exchange, id, false, r->fragment_len, chain);
  g_assert_nonnull (messages);
  ike_window_sent_request (&sa->window, messages);
  deliver (r, messages);
}

/* Sends one whose answer nobody waits for: it uses up a message ID, and that is all. */
void
responder_send (Responder *r, uint8_t exchange, const IkeChain *chain)
{
  g_autoptr (GBytes) message = responder_seal_request (r, exchange, chain);
  g_assert_nonnull (message);
  r->sa->window.next_request++;
  deliver_one (r, message);
}

/* The session's last response. */
bool
responder_response (const Responder *r, IkePayloads *ret_payloads)
{
  uint8_t critical;
  return r->response != NULL &&
      ike_payloads_parse (
          r->response_first, slice_of_bytes (r->response), ret_payloads, &critical) == IKE_PARSE_OK;
}
