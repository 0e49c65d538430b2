/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What comes in: which SA a message belongs to, whether it is authentic and in the window, and who
 * acts on it.
 *
 * Up to the point where it has been authenticated a message changes nothing and is answered with
 * nothing. Requests are taken only when both sides are authenticated (CVE-2014-2338, CVE-2019-12312):
 * before that the gateway has nothing to ask. */
#include "ike/message-log.h"
#include "ike/moves.h"
#include "ike/old-sa.h"
#include "ike/state.h"
#include "ike/tasks.h"
#include "wire/legality.h"

#define IKE_MAJOR_VERSION 2

static void
drop (const char *why)
{
  g_debug ("IKE: dropping a message: %s", why);
}

/* The answer to IKE_SA_INIT, or to IKE_SESSION_RESUME; no other one is in the clear. */
static void
handle_init_response (IkeSession *session, const IkeHeader *header, Slice message)
{
  IkeSa *sa = session->sa;
  IkePayloads payloads;
  uint8_t critical;
  Slice chain = SLICE (message.data + IKE_HEADER_LEN, message.len - IKE_HEADER_LEN);
  if (!header->is_response || header->is_initiator || header->spi_i != sa->spi_i ||
      !ike_window_awaits (&sa->window, header->message_id) ||
      header->exchange != session->task->class->exchange) {
    drop ("not the answer to IKE_SA_INIT");
    return;
  }
  if (ike_message_parse (header, header->first_payload, chain, &payloads, &critical) !=
      IKE_PARSE_OK) {
    drop ("malformed answer to IKE_SA_INIT");
    return;
  }
  ike_log_received (header, &payloads);
  session->incoming = message;
  IkeTaskResult result = session->task->class->process (session, session->task, &payloads);
  session->incoming = SLICE (NULL, 0);
  if (result == IKE_TASK_AGAIN)
    ike_window_withdraw_request (&sa->window); /* message ID 0 again (RFC 7296 section 2.2) */
  else if (result == IKE_TASK_DONE)
    ike_window_got_response (&sa->window);
  ike_session_finish_task (session, result);
}

static void
handle_response (IkeSession *session, IkeSa *sa, const IkeHeader *header, IkeParse parse,
    const IkePayloads *payloads)
{
  ike_window_got_response (&sa->window);
  if (parse != IKE_PARSE_OK) {
    ike_session_fail_with (session, VISITOR_ERROR_PROTOCOL, "The gateway's answer (%s) %s.",
        session->task->class->name,
        parse == IKE_PARSE_SYNTAX ? "is malformed" : "has a payload that we do not understand");
    return;
  }
  ike_session_finish_task (
      session, session->task->class->process (session, session->task, payloads));
}

static void
dispatch_request (IkeSession *session, IkeSa *sa, const IkeHeader *header, IkeParse parse,
    const IkePayloads *payloads, uint8_t critical, IkeReply *reply)
{
  const Slice none = SLICE (NULL, 0);
  if (parse == IKE_PARSE_CRITICAL) {
    ike_chain_notify (&reply->chain, IKE_PROTOCOL_NONE, none,
        IKE_NOTIFY_UNSUPPORTED_CRITICAL_PAYLOAD, SLICE (&critical, 1));
    return;
  }
  if (parse == IKE_PARSE_OK && header->exchange == IKE_EXCHANGE_INFORMATIONAL) {
    ike_respond_informational (session, sa, payloads, reply);
    return;
  }
  if (parse == IKE_PARSE_OK && header->exchange == IKE_EXCHANGE_CREATE_CHILD_SA) {
    ike_respond_create_child (session, sa, payloads, reply);
    return;
  }
  if (parse == IKE_PARSE_OK && header->exchange == IKE_EXCHANGE_FOLLOWUP_KE) {
    ike_respond_followup (session, sa, payloads, reply);
    return;
  }
  ike_chain_notify (&reply->chain, IKE_PROTOCOL_NONE, none, IKE_NOTIFY_INVALID_SYNTAX, none);
  reply->error = g_error_new (VISITOR_ERROR, VISITOR_ERROR_PROTOCOL,
      "The gateway sent a malformed request (RFC 9329 section 6.7: the IKE SA ends).");
}

/* The peer rekeyed the IKE SA: its new one is taken over at once, or put by until our own rekey is
 * answered. Takes new_sa. */
static void
take_peers_sa (IkeSession *session, IkeSa *new_sa, const IkeNonce *lower_nonce)
{
  if (!ike_rekey_ike_is_out (session)) {
    ike_session_adopt_sa (session, new_sa, IKE_PEER_DELETES);
    return;
  }
  g_clear_pointer (&session->peers_sa, ike_sa_free);
  session->peers_sa = new_sa;
  session->peers_nonce = *lower_nonce;
}

/* The peer deleted sa. Where that is the SA in use and the peer has made another, its rekey is over for
 * it: it knows nothing of ours, or has won; either way ours is forgotten (RFC 7296 section 2.25.2). */
static void
sa_deleted (IkeSession *session, IkeSa *sa)
{
  if (sa == session->peers_sa) {
    ike_old_sa_add (session, g_steal_pointer (&session->peers_sa), IKE_PEER_DELETED);
  } else if (sa != session->sa) {
    ike_old_sa_deleted (session, sa);
  } else if (session->peers_sa != NULL) {
    ike_session_drop_task (session);
    ike_session_adopt_sa (session, g_steal_pointer (&session->peers_sa), IKE_PEER_DELETED);
  } else if (session->state == IKE_STATE_CLOSING) {
    ike_session_ended (session);
  } else {
    ike_session_fail_with (
        session, VISITOR_ERROR_DELETED_BY_GATEWAY, "The gateway ended the connection.");
  }
}

/* What waits for the response to be out. */
static void
act_on_reply (IkeSession *session, IkeSa *sa, IkeReply *reply)
{
  if (reply->child_added != NULL)
    ike_child_announce (session, g_steal_pointer (&reply->child_added), true);
  if (reply->new_sa != NULL)
    take_peers_sa (session, g_steal_pointer (&reply->new_sa), &reply->lower_nonce);
  if (reply->closes)
    sa_deleted (session, sa);
  if (reply->lost_children)
    ike_session_end (session,
        g_error_new (
            VISITOR_ERROR, VISITOR_ERROR_DELETED_BY_GATEWAY, "The gateway ended the tunnel."));
  if (reply->error != NULL)
    ike_session_fail (session, g_steal_pointer (&reply->error));
}

static void
handle_request (IkeSession *session, IkeSa *sa, const IkeHeader *header, IkeParse parse,
    const IkePayloads *payloads, uint8_t critical)
{
  uint8_t buf[IKE_MAX_MESSAGE];
  IkeReply reply = { .chain = ike_chain_init (buf, sizeof buf) };
  dispatch_request (session, sa, header, parse, payloads, critical, &reply);
  ike_log_sending (header->exchange, header->message_id, true, &reply.chain);
  g_autoptr (GPtrArray) messages =
      ike_session_seal (session, sa, header->exchange, header->message_id, true, &reply.chain);
  if (messages != NULL && session->state != IKE_STATE_DEAD) {
    ike_window_sent_response (&sa->window, messages);
    ike_session_send (session, messages);
  }
  act_on_reply (session, sa, &reply);
  g_clear_pointer (&reply.child_added, esp_sa_free);
}

static IkeSa *
find_sa (const IkeSession *session, const IkeHeader *header)
{
  if (ike_sa_owns (session->sa, header))
    return session->sa;
  if (session->peers_sa != NULL && ike_sa_owns (session->peers_sa, header))
    return session->peers_sa;
  return ike_old_sa_find (session, header);
}

/* True if the message may be decrypted: right exchange, right message ID, right time. */
static bool
is_expected (const IkeSession *session, const IkeSa *sa, const IkeHeader *header,
    IkeWindowVerdict *ret_verdict)
{
  if (header->is_response) {
    uint8_t exchange = IKE_EXCHANGE_INFORMATIONAL; /* the DELETE of an old one */
    if (sa == session->sa && session->task != NULL)
      exchange = session->task->class->exchange;
    return ike_window_awaits (&sa->window, header->message_id) && header->exchange == exchange;
  }
  *ret_verdict = ike_window_check_request (&sa->window, header->message_id);
  if (sa->is_deleted && *ret_verdict != IKE_WINDOW_REPEATED)
    return false;
  return session->is_authenticated && *ret_verdict != IKE_WINDOW_OUTSIDE;
}

/* The peer has not had our answer. Where that was the answer to its rekey of this SA, it could not read
 * either what we have sent on the new one since. */
static void
repeat_response (IkeSession *session, const IkeSa *sa)
{
  ike_session_send (session, sa->window.response);
  if (sa != session->sa && session->sa->window.request != NULL)
    ike_session_send (session, session->sa->window.request);
}

/* True if it was a cluster's (RFC 6311), which is acted on wherever the window stands. */
static bool
handle_sync (IkeSession *session, const IkeHeader *header, uint8_t first, Slice chain)
{
  uint8_t critical;
  IkePayloads payloads;
  return ike_message_parse (header, first, chain, &payloads, &critical) == IKE_PARSE_OK &&
      ike_sync_take (session, &payloads);
}

/* Who acts on a whole message. */
static void
handle_chain (IkeSession *session, IkeSa *sa, const IkeHeader *header, uint8_t first, Slice chain)
{
  uint8_t critical = 0;
  IkePayloads payloads = { .n = 0 };
  IkeParse parse = ike_message_parse (header, first, chain, &payloads, &critical);
  if (parse == IKE_PARSE_OK)
    ike_log_received (header, &payloads);
  if (header->exchange == IKE_EXCHANGE_INTERMEDIATE && header->is_response)
    ike_int_auth_add (&session->int_auth, sa->keys.prf, sa->keys.sk_pr, header, first, chain);
  if (header->is_response && sa != session->sa)
    ike_old_sa_remove (session, sa); /* its deletion is answered */
  else if (header->is_response)
    handle_response (session, sa, header, parse, &payloads);
  else
    handle_request (session, sa, header, parse, &payloads, critical);
}

/* The set is cleared before the message is acted on, as that may be the end of the SA. */
static void
handle_fragment (
    IkeSession *session, IkeSa *sa, const IkeHeader *header, const IkeSealed *sealed, Slice content)
{
  IkeFragments *set = header->is_response ? &sa->responses : &sa->requests;
  uint8_t first;
  Slice chain;
  switch (ike_fragments_add (set, header->message_id, sealed, content, &first, &chain)) {
  case IKE_FRAGMENTS_WAIT: break;
  case IKE_FRAGMENTS_WHOLE: {
    g_debug ("IKE: a message of %u fragments, %zu octets", sealed->total, chain.len);
    g_auto (IkeFragments) whole = *set;
    *set = (IkeFragments){ .total = 0 };
    handle_chain (session, sa, header, first, chain);
    break;
  }
  case IKE_FRAGMENTS_TOO_LARGE:
    ike_session_fail_with (session, VISITOR_ERROR_PROTOCOL,
        "The gateway sent a message of more than %u octets.", IKE_MAX_MESSAGE);
    break;
  }
}

/* True if the encrypted part may be decrypted: fragments only where both agreed on them. */
static bool
is_wanted (
    const IkeSession *session, const IkeSa *sa, const IkeHeader *header, const IkeSealed *sealed)
{
  if (!sealed->is_fragment)
    return true;
  const IkeFragments *set = header->is_response ? &sa->responses : &sa->requests;
  return session->has_fragmentation && ike_fragments_wants (set, header->message_id, sealed);
}

static void
handle_sealed (IkeSession *session, const IkeHeader *header, Slice message)
{
  IkeWindowVerdict verdict = IKE_WINDOW_FRESH;
  IkeSealed sealed;
  Slice content;
  IkeSa *sa = find_sa (session, header);
  if (sa != NULL && sa == session->sa && session->is_authenticated &&
      ike_crash_is_told (sa, header, message)) {
    ike_session_fail_with (
        session, VISITOR_ERROR_SA_LOST, "The gateway has forgotten us: it began anew.");
    return;
  }
  bool may_sync = sa != NULL && ike_sync_may_be (session, sa, header);
  if (sa == NULL || (!is_expected (session, sa, header, &verdict) && !may_sync)) {
    drop (sa == NULL ? "unknown SPIs" : "not expected now");
    return;
  }
  if (!ike_sealed_parse (header, message, &sealed) || !is_wanted (session, sa, header, &sealed)) {
    drop ("nothing encrypted, or a fragment of no use");
    return;
  }
  g_autofree uint8_t *copy = g_memdup2 (message.data, message.len);
  if (!ike_sa_open (sa, &sealed, copy, message.len, &content)) {
    drop ("not authentic");
    return;
  }
  if (may_sync && !sealed.is_fragment && handle_sync (session, header, sealed.first, content)) {
    bytes_wipe (copy, message.len);
    return;
  }
  if (verdict == IKE_WINDOW_OUTSIDE) {
    drop ("not expected now");
  } else if (verdict == IKE_WINDOW_REPEATED) {
    if (sealed.number == 1) /* of the fragments one is enough (RFC 7383 section 2.6.1) */
      repeat_response (session, sa); /* anybody may have sent it a second time */
  } else {
    ike_liveness_heard (&session->liveness, session->now);
    if (sealed.is_fragment)
      handle_fragment (session, sa, header, &sealed, content);
    else
      handle_chain (session, sa, header, sealed.first, content);
  }
  bytes_wipe (copy, message.len);
}

/* Takes one message off the stream. */
void
ike_session_handle_message (IkeSession *session, Slice message)
{
  IkeHeader header;
  if (session->state == IKE_STATE_NEW || session->state == IKE_STATE_DEAD || session->sa == NULL) {
    drop ("no SA");
    return;
  }
  if (!ike_header_parse (message, &header) || header.major != IKE_MAJOR_VERSION) {
    drop ("no IKEv2 header");
    return;
  }
  if (session->state == IKE_STATE_INIT_SENT)
    handle_init_response (session, &header, message);
  else
    handle_sealed (session, &header, message);
}
