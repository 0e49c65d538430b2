/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The data of notifications, wherever one may stand. The first octet picks the message that they are
 * written into; then each is its type (below N_TYPES by the table, else as it is), a protocol, a length
 * of SPI, a length of data, and both. What the gateway says beside them is as it should be. */
#include "base/cursor.h"
#include "fuzz.h"
#include "ike/ticket.h"
#include "responder.h"

#define MAX_NOTIFIES 48
#define MAX_MESSAGES 24
#define MAX_DATA 1024
#define LONGEST_INPUT 8192 /* so that all of it goes into one message of the gateway's */

typedef enum {
  AT_INIT, /* behind the gateway's answer to IKE_SA_INIT */
  AT_INIT_ALONE, /* instead of it */
  AT_AUTH, /* behind AUTH and all that follows it */
  AT_AUTH_CHILD, /* between AUTH and the rest */
  AT_REQUEST, /* requests of the gateway to a session that is up */
  AT_MOVED, /* the answer that says that a new stream is known, then requests */
  AT_RESUME, /* behind the gateway's answer to IKE_SESSION_RESUME, and behind the AUTH that follows */
  AT_CLEAR, /* messages to a session that is up, which nothing protects */
  N_PLACES,
} Place;

typedef struct {
  Place place;
  Cursor input;
} Script;

/* Those with data, or with a meaning of their own: of RFC 7296, 4555, 4478, 4739, 5685, 5723, 6290,
 * 6311, 7383, 7427, 8784, 9242 and 9370. */
static const uint16_t types[] = { 1, 4, 17, 24, 40, 41, 43, 44, 16388, 16389, 16390, 16393, 16396,
  16397, 16398, 16399, 16400, 16401, 16402, 16403, 16404, 16406, 16407, 16408, 16409, 16411, 16412,
  16419, 16420, 16421, 16422, 16423, 16430, 16431, 16435, 16436, 16437, 16438, 16441 };

static void
write_notify (Cursor *c, IkeChain *chain)
{
  uint16_t type = cursor_u16 (c);
  if (type < G_N_ELEMENTS (types))
    type = types[type];
  IkeProtocol protocol = (IkeProtocol) cursor_u8 (c);
  Slice spi = cursor_slice (c, MIN ((size_t) cursor_u8 (c), cursor_left (c)));
  size_t len = cursor_u16 (c) % MAX_DATA;
  Slice data = cursor_slice (c, MIN (len, cursor_left (c)));
  if (!c->failed)
    ike_chain_notify (chain, protocol, spi, (IkeNotifyType) type, data);
}

/* As many as the next octet says. */
static void
write_notifies (Script *script, IkeChain *chain)
{
  unsigned int n = cursor_u8 (&script->input) % MAX_NOTIFIES;
  for (unsigned int i = 0; i < n && cursor_left (&script->input) > 0; i++)
    write_notify (&script->input, chain);
}

static void
write_init (Responder *r, IkeChain *answer)
{
  Script *script = r->script_data;
  if (script->place == AT_INIT_ALONE) {
    *answer = ike_chain_init (answer->b.data, answer->b.size);
    r->is_deaf_to = IKE_EXCHANGE_SA_INIT; /* a second one may ask for what this gateway has not */
  }
  if (script->place == AT_INIT || script->place == AT_INIT_ALONE || script->place == AT_RESUME)
    write_notifies (script, answer);
}

static void
write_child (Responder *r, IkeChain *answer)
{
  Script *script = r->script_data;
  if (script->place == AT_AUTH_CHILD)
    write_notifies (script, answer);
  responder_write_child (r, 0, answer);
  if (script->place == AT_AUTH || script->place == AT_RESUME)
    write_notifies (script, answer);
}

static bool
answer_moved (Responder *r, const IkeHeader *header, const IkePayloads *request, IkeChain *answer)
{
  Script *script = r->script_data;
  if (script->place != AT_MOVED || header->exchange != IKE_EXCHANGE_INFORMATIONAL)
    return false;
  write_notifies (script, answer);
  return true;
}

static void
send_request (Responder *r, Script *script)
{
  uint8_t buf[16384];
  IkeChain chain = ike_chain_init (buf, sizeof buf);
  write_notifies (script, &chain);
  responder_send_request (r, IKE_EXCHANGE_INFORMATIONAL, &chain);
  responder_pump (r);
  if (r->sa->window.request != NULL)
    ike_window_got_response (&r->sa->window); /* it was not answered; go on all the same */
}

static void
send_clear (Responder *r, Script *script)
{
  uint8_t buf[16384];
  IkeChain chain = ike_chain_init (buf, sizeof buf);
  uint8_t flags = cursor_u8 (&script->input);
  const IkeHeader header = {
    .spi_i = r->sa->spi_i,
    .spi_r = (flags & 1) != 0 ? 0 : r->sa->spi_r,
    .is_response = (flags & 2) != 0,
    .is_initiator = (flags & 4) != 0,
    .exchange = IKE_EXCHANGE_SA_INIT + (flags >> 3) % 5,
    .message_id = cursor_u8 (&script->input),
  };
  write_notifies (script, &chain);
  responder_send_clear (r, &header, &chain);
  responder_pump (r);
}

static void
have_ticket (Responder *r)
{
  static const uint8_t sk_d[32] = { 7 };
  const IkeSuite suite = {
    .encr = ENCR_AES_GCM_16, .key_bits = 256, .prf = PRF_HMAC_SHA2_256, .dh = DH_CURVE25519
  };
  r->ticket_sk_d = secret_new (sk_d, sizeof sk_d);
  r->ticket_suite = suite;
  r->session_ticket = g_new (IkeTicket, 1);
  *r->session_ticket = (IkeTicket){
    .opaque = secret_new (RESPONDER_TICKET, sizeof RESPONDER_TICKET - 1),
    .sk_d = secret_ref (r->ticket_sk_d),
    .suite = suite,
    .ends_at = G_MAXINT64,
  };
}

static bool
is_up (const Responder *r)
{
  return r->error == -1 && !r->closed && ike_session_state (r->session) == IKE_STATE_ESTABLISHED;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  if (size > LONGEST_INPUT)
    return 0;
  Script script = { .input = cursor_init (data, size) };
  script.place = (Place) (cursor_u8 (&script.input) % N_PLACES);
  g_autoptr (Responder) r = responder_new (IKE_AUTH_METHOD_PSK);
  r->script = answer_moved;
  r->script_data = &script;
  r->init_script = write_init;
  r->child_script = write_child;
  r->ignores_strangers = true;
  for (size_t i = 0; i < G_N_ELEMENTS (r->given); i++)
    r->given[i] = RESPONDER_PSK;
  if (script.place == AT_RESUME)
    have_ticket (r);
  responder_start (r);
  if (script.place == AT_MOVED && is_up (r))
    responder_reconnect (r);
  for (unsigned int i = 0; i < MAX_MESSAGES && cursor_left (&script.input) > 0 && is_up (r); i++) {
    if (script.place == AT_CLEAR)
      send_clear (r, &script);
    else
      send_request (r, &script);
  }
  r->is_deaf = true;
  ike_session_timeout (r->session, r->now + INT64_C (4000) * G_USEC_PER_SEC);
  responder_pump (r);
  g_assert (r->n_added == g_hash_table_size (r->session_esps) + r->n_removed);
  return 0;
}
