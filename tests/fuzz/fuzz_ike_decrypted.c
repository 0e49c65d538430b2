/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Everything of IKE that stands behind the decryption: the input is what a gateway that holds the keys
 * says. The first octet picks where the session stands, then each message is the type of its first
 * payload, the exchange and a 16-bit length (messages of the gateway's own), and the chain. */
#include <string.h>

#include "base/cursor.h"
#include "fuzz.h"
#include "responder.h"

#define MAX_CHAIN 8000
#define MAX_ROUNDS 64

typedef enum {
  AT_INIT, /* the answer to IKE_SA_INIT, in the clear */
  AT_AUTH, /* the answer to IKE_AUTH */
  AT_AUTH_CHILD, /* the same, behind IDr and a good AUTH */
  AT_EAP, /* the answer to the second IKE_AUTH: the gateway has proved itself */
  AT_EAP_PACKET, /* EAP packets in well-formed answers */
  AT_REQUEST, /* requests of the gateway to a session that is up */
  AT_REKEY, /* the answer to our CREATE_CHILD_SA, then requests */
  AT_INFORMATIONAL, /* the answer to our INFORMATIONAL, then requests */
  AT_FOLLOWUP, /* the answers to our IKE_FOLLOWUP_KE, then requests amid the gateway's rekey */
  N_PLACES,
} Place;

typedef struct {
  Place place;
  Cursor input;
  unsigned int rounds;
} Script;

static Slice
take_chain (Cursor *c, uint8_t *ret_first, uint8_t *ret_exchange)
{
  *ret_first = cursor_u8 (c);
  *ret_exchange = cursor_u8 (c);
  size_t len = cursor_u16 (c) % MAX_CHAIN;
  return cursor_slice (c, MIN (len, cursor_left (c)));
}

/* Puts the chain behind whatever payloads stand there already. */
static void
append_chain (Script *script, IkeChain *answer)
{
  uint8_t first, exchange;
  Slice chain = take_chain (&script->input, &first, &exchange);
  if (answer->next_at == SIZE_MAX)
    answer->first = first;
  else
    builder_patch_u8 (&answer->b, answer->next_at, first);
  builder_slice (&answer->b, chain);
}

static void
write_child (Responder *r, IkeChain *answer)
{
  append_chain (r->script_data, answer);
}

static bool
answer_request (Responder *r, const IkeHeader *header, const IkePayloads *request, IkeChain *answer)
{
  Script *script = r->script_data;
  uint8_t first, exchange;
  bool is_mine = false;
  switch (script->place) {
  case AT_INIT:
  case AT_AUTH_CHILD:
  case AT_REQUEST:
  case N_PLACES: break;
  case AT_AUTH: is_mine = header->exchange == IKE_EXCHANGE_AUTH; break;
  case AT_EAP:
  case AT_EAP_PACKET:
    is_mine = header->exchange == IKE_EXCHANGE_AUTH && header->message_id > 1;
    break;
  case AT_REKEY: is_mine = header->exchange == IKE_EXCHANGE_CREATE_CHILD_SA; break;
  case AT_INFORMATIONAL: is_mine = header->exchange == IKE_EXCHANGE_INFORMATIONAL; break;
  case AT_FOLLOWUP: is_mine = header->exchange == IKE_EXCHANGE_FOLLOWUP_KE; break;
  }
  if (!is_mine || ++script->rounds > MAX_ROUNDS)
    return is_mine;
  if (script->place == AT_EAP_PACKET)
    ike_chain_payload (answer, IKE_PAYLOAD_EAP, take_chain (&script->input, &first, &exchange));
  else
    append_chain (script, answer);
  return true;
}

static void
answer_init (Responder *r, Script *script)
{
  uint8_t buf[MAX_CHAIN + 64];
  IkeChain chain = ike_chain_init (buf, sizeof buf);
  append_chain (script, &chain);
  Cursor c = cursor_init (g_bytes_get_data (r->sent->pdata[0], NULL), 8);
  IkeSa sa = { .spi_i = cursor_u64 (&c), .spi_r = 5 };
  g_autoptr (GBytes) message = ike_sa_write_clear (&sa, IKE_EXCHANGE_SA_INIT, 0, &chain);
  g_autofree uint8_t *copy =
      g_memdup2 (g_bytes_get_data (message, NULL), g_bytes_get_size (message));
  copy[19] = 0x20; /* a response */
  ike_session_receive (r->session, SLICE (copy, g_bytes_get_size (message)), r->now);
}

static void
send_requests (Responder *r, Script *script)
{
  static const uint8_t exchanges[] = { IKE_EXCHANGE_INFORMATIONAL, IKE_EXCHANGE_CREATE_CHILD_SA };
  while (cursor_left (&script->input) > 4 && r->error == -1 && !r->closed &&
      script->rounds++ < MAX_ROUNDS) {
    uint8_t buf[MAX_CHAIN], first, exchange;
    IkeChain chain = ike_chain_init (buf, sizeof buf);
    builder_slice (&chain.b, take_chain (&script->input, &first, &exchange));
    chain.first = first;
    responder_send_request (r, exchange < 2 ? exchanges[exchange] : exchange, &chain);
    responder_pump (r);
    if (r->sa->window.request != NULL)
      ike_window_got_response (&r->sa->window); /* it was not answered; go on all the same */
  }
}

static void
play (Responder *r, Script *script)
{
  switch (script->place) {
  case AT_INIT: answer_init (r, script); break;
  case AT_REKEY: ike_session_rekey_child (r->session, r->now); break;
  case AT_INFORMATIONAL: responder_reconnect (r); break;
  case AT_FOLLOWUP:
    ike_session_rekey_child (r->session, r->now);
    responder_pump (r);
    r->stops = true;
    responder_rekey_child (r, DH_CURVE25519);
    break;
  case AT_AUTH:
  case AT_AUTH_CHILD:
  case AT_EAP:
  case AT_EAP_PACKET:
  case AT_REQUEST:
  case N_PLACES: break;
  }
  responder_pump (r);
  if (script->place >= AT_REQUEST && ike_session_state (r->session) == IKE_STATE_ESTABLISHED)
    send_requests (r, script);
  r->is_deaf = true;
  ike_session_timeout (r->session, r->now + INT64_C (4000) * G_USEC_PER_SEC);
  responder_pump (r);
}

/* Both insist on key exchanges behind the first. */
static void
exchange_more (Responder *r)
{
  static const char *const text = "aes256gcm16-curve25519-ke1_mlkem768-ke2_ecp256";
  bool good = algorithm_policy_parse (ALGORITHMS_FOR_ESP, text, &r->esp_policy, NULL);
  g_assert (good);
  r->session_esp_policy = r->esp_policy;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static GatewayKey *key;
  Script script = { .input = cursor_init (data, size) };
  script.place = (Place) (cursor_u8 (&script.input) % N_PLACES);
  bool eap = script.place == AT_EAP || script.place == AT_EAP_PACKET;
  if (key == NULL)
    key = gateway_key_new (RESPONDER_NAME, 1900000000, 2100000000);
  g_autoptr (Responder) r = responder_new (eap ? IKE_AUTH_METHOD_EAP : IKE_AUTH_METHOD_PSK);
  r->key = eap ? key : NULL;
  r->script = answer_request;
  r->script_data = &script;
  r->is_deaf = script.place == AT_INIT;
  r->ignores_strangers = true;
  for (size_t i = 0; i < G_N_ELEMENTS (r->given); i++)
    r->given[i] = eap ? RESPONDER_PASSWORD : RESPONDER_PSK;
  if (script.place == AT_FOLLOWUP)
    exchange_more (r);
  if (script.place == AT_AUTH_CHILD)
    r->child_script = write_child;
  responder_start (r);
  play (r, &script);
  /* Whatever was said, nothing but a full exchange makes a CHILD_SA, and the end is an end. */
  g_assert (r->n_added == g_hash_table_size (r->session_esps) + r->n_removed);
  g_assert (script.place != AT_AUTH || r->n_added == 0);
  g_assert (!eap || r->n_added == 0);
  return 0;
}
