/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tickets for session resumption (RFC 5723): asked for in IKE_AUTH, given there or in a later request, and
 * kept in locked memory, with the SK_d that the gateway sealed into it, until they run out or are used.
 * A ticket is used once: whoever takes it owns it. */
#include "ike/ticket.h"

#include "base/cursor.h"
#include "ike/moves.h"

/* A gateway that seals its whole state into the ticket needs a few hundred octets. */
#define MAX_TICKET_LEN 4096

void
ike_ticket_free (IkeTicket *ticket)
{
  if (ticket == NULL)
    return;
  secret_unref (ticket->opaque);
  secret_unref (ticket->sk_d);
  g_free (ticket);
}

/* TICKET_REQUEST, in the first request of IKE_AUTH (section 4.1). */
void
ike_ticket_request (IkeChain *chain)
{
  ike_chain_notify (
      chain, IKE_PROTOCOL_NONE, SLICE (NULL, 0), IKE_NOTIFY_TICKET_REQUEST, SLICE (NULL, 0));
}

/* TICKET_LT_OPAQUE (section 7.2): seconds to live, then the ticket; it takes the place of the one before.
 * TICKET_ACK and TICKET_NACK say that there is none, yet or ever. */
void
ike_ticket_take (IkeSession *session, const IkePayloads *payloads)
{
  IkeNotify notify;
  if (!ike_payloads_notify (payloads, IKE_NOTIFY_TICKET_LT_OPAQUE, &notify))
    return;
  Cursor c = cursor_of (notify.data);
  uint32_t lifetime = cursor_u32 (&c);
  Slice opaque = cursor_rest (&c);
  if (c.failed || lifetime == 0 || opaque.len == 0 || opaque.len > MAX_TICKET_LEN)
    return;
  g_debug ("IKE: a ticket of %zu octets, good for %u s", opaque.len, lifetime);
  g_clear_pointer (&session->ticket, ike_ticket_free);
  session->ticket = g_new (IkeTicket, 1);
  *session->ticket = (IkeTicket){
    .opaque = secret_new (opaque.data, opaque.len),
    .sk_d = secret_ref (session->sa->keys.sk_d),
    .suite = session->sa->suite,
    .has_fragmentation = session->has_fragmentation,
    .ends_at = session->now + (int64_t) lifetime * G_USEC_PER_SEC,
  };
}

/* The ticket that the gateway gave, for another session with the same configuration; NULL if there is
 * none. Allowed when the session is dead. Transfer: full. */
IkeTicket *
ike_session_take_ticket (IkeSession *session)
{
  return session->resumes ? NULL : g_steal_pointer (&session->ticket);
}
