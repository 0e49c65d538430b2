/* SPDX-License-Identifier: GPL-2.0-or-later */
/* INFORMATIONAL requests of the gateway (RFC 7296 sections 1.4 and 1.4.1; RFC 4555 section 3.7). */
#include "ike/moves.h"
#include "ike/tasks.h"
#include "wire/delete.h"

static void
delete_children (IkeSession *session, const IkeDelete *request, IkeReply *reply)
{
  IkeDelete answer = { .protocol = IKE_PROTOCOL_ESP };
  for (size_t i = 0; i < request->n; i++) {
    IkeChild *child = ike_child_by_spi_out (session, request->spis[i]);
    if (child == NULL) { /* it is gone already, or is made by an answer that has not come yet */
      ike_child_rekey_deletes (session, request->spis[i]);
      continue;
    }
    /* Where our own DELETE of it is out both halves go with that one (section 1.4.1). */
    if (child->state == IKE_CHILD_DELETING)
      continue;
    answer.spis[answer.n++] = child->spi_in;
    ike_child_remove (session, child);
  }
  if (answer.n == 0)
    return;
  ike_delete_write (&reply->chain, &answer);
  reply->lost_children |= ike_child_is_lost (session);
}

static void
handle_delete (IkeSession *session, const IkePayloads *request, IkeReply *reply)
{
  IkeDelete delete;
  for (size_t i = 0; i < request->n; i++) {
    if (request->at[i].type != IKE_PAYLOAD_DELETE)
      continue;
    if (!ike_delete_parse (request->at[i].body, &delete)) {
      const Slice none = SLICE (NULL, 0);
      ike_chain_notify (&reply->chain, IKE_PROTOCOL_NONE, none, IKE_NOTIFY_INVALID_SYNTAX, none);
      reply->error = g_error_new (
          VISITOR_ERROR, VISITOR_ERROR_PROTOCOL, "The gateway sent a malformed DELETE.");
      return;
    }
    if (delete.protocol == IKE_PROTOCOL_IKE)
      reply->closes = true;
    else if (delete.protocol == IKE_PROTOCOL_ESP)
      delete_children (session, &delete, reply);
  }
}

/* Answers; an IKE SA that lost the CHILD_SA in use is of no use to us and is deleted. */
void
ike_respond_informational (
    IkeSession *session, IkeSa *sa, const IkePayloads *request, IkeReply *reply)
{
  IkeNotify notify;
  handle_delete (session, request, reply);
  if (reply->closes || reply->error != NULL)
    return;
  ike_mobike_answer (session, request, &reply->chain);
  if (sa == session->sa) {
    ike_reauthentication_take_lifetime (session, request);
    ike_mobike_take_addresses (session, request);
    ike_crash_take_token (sa, request);
    ike_sync_take_counters (session, request);
    ike_ticket_take (session, request);
    ike_redirect_in_request (session, request);
  }
  if (ike_payloads_notify (request, IKE_NOTIFY_AUTHENTICATION_FAILED, &notify))
    reply->error = g_error_new (VISITOR_ERROR, VISITOR_ERROR_AUTH_REFUSED,
        "The gateway does not accept our authentication any more.");
}
