/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Responder: a scripted gateway made of our own wire and crypto, in the same process as the session it
 * talks to. Messages go from one to the other directly; time is a number that the test moves. Here it is made and
 * speaks; it hears in responder-receive.c, and the session's side is in responder-session.c. */
#include "responder-private.h"

#include "one-key-exchange.h"

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

time_t
responder_wall_clock (void)
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

/* Delivers it, or holds it back, as the test wants. */
void
responder_say (Responder *r, GBytes *message)
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
  responder_say (r, message);
}

void
responder_say_all (Responder *r, const GPtrArray *messages)
{
  for (guint i = 0; i < messages->len; i++)
    responder_say (r, messages->pdata[i]);
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
  responder_say_all (r, messages);
}

/* Sends one whose answer nobody waits for: it uses up a message ID, and that is all. */
void
responder_send (Responder *r, uint8_t exchange, const IkeChain *chain)
{
  g_autoptr (GBytes) message = responder_seal_request (r, exchange, chain);
  g_assert_nonnull (message);
  r->sa->window.next_request++;
  responder_say (r, message);
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
