/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Session resumption (RFC 5723): two exchanges, and nobody is asked for anything.
 *
 *   HDR, [N(COOKIE)], Ni, N(TICKET_OPAQUE)   -->   <--  HDR, Nr
 *   HDR, SK {IDi, IDr, AUTH, CP, SAi2, TSi, TSr}   -->   <--  HDR, SK {IDr, AUTH, CP, SAr2, TSi, TSr}
 *
 * Both prove that they know the SK_d that the ticket was given with, which only those two can who had
 * proved themselves to each other then. Where the gateway does not take the ticket everything begins anew
 * with IKE_SA_INIT, and a person is asked as ever. */
#include "base/cursor.h"
#include "ike/auth-gateway.h"
#include "ike/auth.h"
#include "ike/first-child.h"
#include "ike/moves.h"
#include "ike/tasks.h"
#include "ike/ticket.h"
#include "wire/describe.h"

#define MAX_COOKIES 4
#define MAX_COOKIE_LEN 64
#define AUTH_HEADER_LEN 4

typedef struct {
  IkeTask task;
  GBytes *cookie;
  unsigned int cookies;
  uint32_t spi_in;
} ResumeTask;

static IkeTaskResult
give_up (const char *why)
{
  g_debug ("IKE: not resumed (%s); signing in in full", why);
  return IKE_TASK_BEGIN_ANEW;
}

static bool
build_resume (IkeSession *session, IkeTask *task, IkeChain *chain)
{
  const ResumeTask *self = (const ResumeTask *) task;
  const Slice none = SLICE (NULL, 0);
  if (self->cookie != NULL)
    ike_chain_notify (
        chain, IKE_PROTOCOL_NONE, none, IKE_NOTIFY_COOKIE, slice_of_bytes (self->cookie));
  ike_chain_payload (chain, IKE_PAYLOAD_NONCE, ike_nonce_slice (&session->nonce_i));
  ike_chain_notify (chain, IKE_PROTOCOL_NONE, none, IKE_NOTIFY_TICKET_OPAQUE,
      secret_slice (session->ticket->opaque));
  g_clear_pointer (&session->init_request, g_bytes_unref);
  session->init_request = ike_sa_write_clear (session->sa, IKE_EXCHANGE_SESSION_RESUME, 0, chain);
  ike_session_set_state (session, IKE_STATE_INIT_SENT, "showing the ticket");
  return true;
}

/* SKEYSEED = prf (SK_d (old), "Resumption" | Ni | Nr), and from it the keys as ever (section 5.1). */
static bool
derive (IkeSession *session, uint64_t spi_r)
{
  static const char label[] = "Resumption";
  const IkeTicket *ticket = session->ticket;
  Slice ni = ike_nonce_slice (&session->nonce_i), nr = ike_nonce_slice (&session->nonce_r);
  const Slice parts[] = { SLICE ((const uint8_t *) label, sizeof label - 1), ni, nr };
  g_autoptr (Secret) skeyseed = crypto_prf_secret (
      ticket->suite.prf, secret_slice (ticket->sk_d), parts, G_N_ELEMENTS (parts));
  IkeSa *sa = session->sa;
  sa->spi_r = spi_r;
  sa->suite = ticket->suite;
  return ike_keys_derive (&sa->suite, skeyseed, ni, nr, sa->spi_i, spi_r, &sa->keys, NULL);
}

static IkeTaskResult
take_cookie (ResumeTask *self, Slice cookie)
{
  if (cookie.len == 0 || cookie.len > MAX_COOKIE_LEN || ++self->cookies > MAX_COOKIES)
    return IKE_TASK_IGNORE;
  g_clear_pointer (&self->cookie, g_bytes_unref);
  self->cookie = g_bytes_new (cookie.data, cookie.len);
  return IKE_TASK_AGAIN;
}

/* AUTH = prf (SK_pi, octets of ours) or prf (SK_pr, octets of the gateway's); section 5.2. */
static void
compute (const IkeSession *session, bool ours, Slice id_body, uint8_t ret_mac[CRYPTO_PRF_MAX_LEN])
{
  const IkeKeys *keys = &session->sa->keys;
  const IkeAuthInput input = {
    .prf = keys->prf,
    .message = slice_of_bytes (ours ? session->init_request : session->init_response),
    .nonce = ike_nonce_slice (ours ? &session->nonce_r : &session->nonce_i),
    .sk_p = ours ? keys->sk_pi : keys->sk_pr,
    .id_body = id_body,
  };
  g_autoptr (GBytes) octets = ike_auth_octets (&input);
  const Slice part = slice_of_bytes (octets);
  crypto_prf (keys->prf, secret_slice (input.sk_p), &part, 1, ret_mac);
}

static bool
build_auth (IkeSession *session, IkeTask *task, IkeChain *chain)
{
  ResumeTask *self = (ResumeTask *) task;
  uint8_t id[IKE_ID_BODY_MAX_LEN], mac[CRYPTO_PRF_MAX_LEN];
  const Slice none = SLICE (NULL, 0);
  Slice idi = ike_identity_write_body (&session->local_identity, id);
  compute (session, true, idi, mac);
  ike_chain_payload (chain, IKE_PAYLOAD_IDI, idi);
  if (session->initial_contact)
    ike_chain_notify (chain, IKE_PROTOCOL_NONE, none, IKE_NOTIFY_INITIAL_CONTACT, none);
  ike_chain_payload (
      chain, IKE_PAYLOAD_IDR, ike_identity_write_body (&session->remote_identity, id));
  Reserved length = ike_chain_begin (chain, IKE_PAYLOAD_AUTH);
  builder_u8 (&chain->b, IKE_AUTH_SHARED_KEY);
  builder_zeros (&chain->b, 3);
  builder_bytes (&chain->b, mac, crypto_prf_len (session->sa->keys.prf));
  ike_chain_end (chain, length);
  bytes_wipe (mac, sizeof mac);
  self->spi_in = ike_first_child_request (session, chain);
  ike_chain_notify (chain, IKE_PROTOCOL_NONE, none, IKE_NOTIFY_MOBIKE_SUPPORTED, none);
  ike_sync_write_supported (chain);
  ike_ticket_request (chain);
  return true;
}

/* True if the gateway knows what only the one knows that gave the ticket. */
static bool
is_proven (const IkeSession *session, const IkeIdentity *idr, const IkePayloads *response)
{
  uint8_t id[IKE_ID_BODY_MAX_LEN], mac[CRYPTO_PRF_MAX_LEN];
  size_t len = crypto_prf_len (session->sa->keys.prf);
  Slice body;
  if (!ike_payloads_find (response, IKE_PAYLOAD_AUTH, &body) || body.len != AUTH_HEADER_LEN + len ||
      body.data[0] != IKE_AUTH_SHARED_KEY)
    return false;
  compute (session, false, ike_identity_write_body (idr, id), mac);
  bool same = bytes_equal_secret (mac, body.data + AUTH_HEADER_LEN, len);
  bytes_wipe (mac, sizeof mac);
  return same;
}

static IkeTaskResult
process_auth (IkeSession *session, IkeTask *task, const IkePayloads *response)
{
  ResumeTask *self = (ResumeTask *) task;
  IkeIdentity idr;
  IkeNotify notify;
  if (ike_payloads_count (response, IKE_PAYLOAD_AUTH) == 0 &&
      ike_payloads_error (response, &notify))
    return give_up (ike_notify_to_string (notify.type));
  if (!ike_gateway_take_identity (session, response, &idr))
    return IKE_TASK_DONE;
  if (!is_proven (session, &idr, response)) {
    ike_session_fail_with (session, VISITOR_ERROR_GATEWAY_UNTRUSTED,
        "The gateway took our ticket and does not know what it was given with.");
    return IKE_TASK_DONE;
  }
  g_debug ("IKE: resumed; nobody had to sign in");
  session->resumes = false;
  g_clear_pointer (&session->ticket, ike_ticket_free);
  ike_sync_note (session, response);
  ike_first_child_establish (session, self->spi_in, response);
  return IKE_TASK_DONE;
}

static void
resume_free (IkeTask *task)
{
  ResumeTask *self = (ResumeTask *) task;
  g_clear_pointer (&self->cookie, g_bytes_unref);
  g_free (self);
}

static IkeTask *
task_new (const IkeTaskClass *class)
{
  ResumeTask *self = g_new0 (ResumeTask, 1);
  self->task.class = class;
  return &self->task;
}

static const IkeTaskClass auth_class = {
  .name = "IKE_AUTH",
  .exchange = IKE_EXCHANGE_AUTH,
  .build = build_auth,
  .process = process_auth,
  .free = resume_free,
};

static IkeTaskResult
process_resume (IkeSession *session, IkeTask *task, const IkePayloads *response)
{
  ResumeTask *self = (ResumeTask *) task;
  IkeNotify notify;
  IkeHeader header;
  if (ike_redirect_in_init (session, response))
    return IKE_TASK_DONE;
  if (ike_payloads_notify (response, IKE_NOTIFY_COOKIE, &notify))
    return take_cookie (self, notify.data);
  if (ike_payloads_notify (response, IKE_NOTIFY_TICKET_NACK, &notify))
    return give_up ("TICKET_NACK");
  if (ike_payloads_error (response, &notify))
    return give_up (ike_notify_to_string (notify.type));
  if (!ike_header_parse (session->incoming, &header) || header.spi_r == 0 ||
      !ike_nonce_read (response, &session->nonce_r))
    return IKE_TASK_IGNORE;
  if (!derive (session, header.spi_r))
    return give_up ("no keys");
  g_clear_pointer (&session->init_response, g_bytes_unref);
  session->init_response = g_bytes_new (session->incoming.data, session->incoming.len);
  session->has_fragmentation = session->ticket->has_fragmentation;
  ike_session_set_state (session, IKE_STATE_AUTH, "the ticket was taken");
  ike_session_queue (session, task_new (&auth_class));
  return IKE_TASK_DONE;
}

static const IkeTaskClass resume_class = {
  .name = "IKE_SESSION_RESUME",
  .exchange = IKE_EXCHANGE_SESSION_RESUME,
  .build = build_resume,
  .process = process_resume,
  .free = resume_free,
};

/* Instead of IKE_SA_INIT, with session->ticket. Transfer: full. */
IkeTask *
ike_task_resume_new (IkeSession *session)
{
  session->nonce_i.len = IKE_NONCE_LEN;
  session->env.random (session->nonce_i.data, IKE_NONCE_LEN);
  return task_new (&resume_class);
}
