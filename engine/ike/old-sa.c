/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IKE SAs that a rekey left behind (RFC 7296 sections 2.8 and 2.25.2): the one that was replaced, and
 * the redundant one where both sides rekeyed at once. Requests on them are answered; the only request
 * of ours is their DELETE, which therefore is no task. A peer that never deletes what it should is
 * waited for, then we delete, then we forget: none stays for ever. */
#include "ike/old-sa.h"

#include "ike/tasks.h"
#include "wire/delete.h"

/* How long the peer may take to delete what is its to delete. */
#define PEER_DELETES_US (30 * G_USEC_PER_SEC)
/* How long our DELETE may wait for its answer, and on a new stream once more. */
#define DELETE_US (15 * G_USEC_PER_SEC)
/* How long the peer may need to ask for the answer to its DELETE once more, on a new stream. */
#define DELETED_US (10 * G_USEC_PER_SEC)
/* Rekeys come one after the other; more at once are a peer that deletes nothing. */
#define MAX_OLD 4

static void
send_delete (IkeSession *session, IkeSa *sa)
{
  uint8_t buf[64];
  IkeChain chain = ike_chain_init (buf, sizeof buf);
  const IkeDelete delete = { .protocol = IKE_PROTOCOL_IKE };
  ike_delete_write (&chain, &delete);
  uint32_t id = ike_window_request_id (&sa->window);
  g_autoptr (GPtrArray) messages =
      ike_session_seal (session, sa, IKE_EXCHANGE_INFORMATIONAL, id, false, &chain);
  sa->forget_at = session->now + DELETE_US;
  g_debug ("IKE: deleting the old IKE SA %016" G_GINT64_MODIFIER "x", sa->spi_i);
  ike_window_sent_request (&sa->window, messages);
  ike_session_send (session, messages);
  if (session->retransmit_at == G_MAXINT64)
    ike_retransmit_begin (session);
}

/* The peer deleted it. */
void
ike_old_sa_deleted (IkeSession *session, IkeSa *sa)
{
  sa->is_deleted = true;
  sa->forget_at = session->now + DELETED_US;
  g_clear_pointer (&sa->window.request, g_ptr_array_unref);
}

/* Keeps what is not the session's SA any more until it is deleted. What is out on it is
 * forgotten. Takes sa. */
void
ike_old_sa_add (IkeSession *session, IkeSa *sa, IkeWhoDeletes who)
{
  if (session->old_sas->len >= MAX_OLD)
    g_ptr_array_remove_index (session->old_sas, 0);
  g_ptr_array_add (session->old_sas, sa);
  switch (who) {
  case IKE_WE_DELETE: send_delete (session, sa); break;
  case IKE_PEER_DELETES: sa->forget_at = session->now + PEER_DELETES_US; break;
  case IKE_PEER_DELETED: ike_old_sa_deleted (session, sa); break;
  }
}

/* Goes on with sa, whose exchange is over: it inherits the CHILD_SAs and whatever waits to be sent.
 * Takes sa. */
void
ike_session_adopt_sa (IkeSession *session, IkeSa *sa, IkeWhoDeletes who_deletes_old)
{
  IkeSa *old = session->sa;
  ike_peers_rekey_drop (session); /* of the old one */
  session->sa = sa;
  ike_session_schedule_ike_rekey (session);
  ike_session_push_event (session, IKE_EVENT_IKE_REKEYED);
  g_autofree char *suite = ike_suite_describe (&sa->suite);
  g_debug ("IKE: the IKE SA is rekeyed: %s", suite);
  ike_old_sa_add (session, old, who_deletes_old);
}

/* The old SA that a message belongs to, or NULL. */
IkeSa *
ike_old_sa_find (const IkeSession *session, const IkeHeader *header)
{
  for (guint i = 0; i < session->old_sas->len; i++) {
    if (ike_sa_owns (session->old_sas->pdata[i], header))
      return session->old_sas->pdata[i];
  }
  return NULL;
}

/* Our DELETE of it is answered. */
void
ike_old_sa_remove (IkeSession *session, IkeSa *sa)
{
  g_ptr_array_remove (session->old_sas, sa);
}

/* What is out goes again, the same octets; true if anything is. */
bool
ike_old_sa_resend (IkeSession *session)
{
  bool any = false;
  for (guint i = 0; i < session->old_sas->len; i++) {
    const IkeSa *sa = session->old_sas->pdata[i];
    if (sa->window.request == NULL)
      continue;
    ike_session_send (session, sa->window.request);
    any = true;
  }
  return any;
}

/* The same on a new stream (RFC 9329 section 6.2), where there is time anew to answer it. */
void
ike_old_sa_repeat (IkeSession *session)
{
  for (guint i = 0; i < session->old_sas->len; i++) {
    IkeSa *sa = session->old_sas->pdata[i];
    sa->forget_at = MAX (sa->forget_at, session->now + DELETE_US);
  }
  ike_old_sa_resend (session);
}

int64_t
ike_old_sa_next_timeout (const IkeSession *session)
{
  int64_t at = G_MAXINT64;
  for (guint i = 0; i < session->old_sas->len; i++)
    at = MIN (at, ((const IkeSa *) session->old_sas->pdata[i])->forget_at);
  return at;
}

/* Deletes what the peer should have deleted, and forgets what it does not answer for. */
void
ike_old_sa_timeout (IkeSession *session)
{
  for (guint i = session->old_sas->len; i > 0; i--) {
    IkeSa *sa = session->old_sas->pdata[i - 1];
    if (session->now < sa->forget_at)
      continue;
    if (sa->window.request == NULL && !sa->is_deleted)
      send_delete (session, sa);
    else
      g_ptr_array_remove_index (session->old_sas, i - 1);
  }
}
