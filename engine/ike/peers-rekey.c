/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IkePeersRekey: how a rekey that the gateway began comes to its end: at once, or with IKE_FOLLOWUP_KE
 * exchanges (RFC 9370 section 2.2.4) for each additional key exchange.
 *
 * Between them one rekey is remembered, and it changes nothing yet: the old SA stays in use. It is
 * forgotten when it is over, when the gateway begins the same anew, when it loses against a rekey of
 * ours, and when the gateway does not go on. The gateway may have one request out at a time, so that
 * a second one has no need to be remembered. */
#include "ike/peers-rekey.h"

#include <string.h>

#include "ike/additional-ke.h"
#include "wire/describe.h"

/* How long the gateway may take from one exchange to the next. */
#define NEXT_US (30 * G_USEC_PER_SEC)

/* Transfer: full. */
IkePeersRekey *
ike_peers_rekey_new (void)
{
  return g_new0 (IkePeersRekey, 1);
}

/* NULL is allowed. */
void
ike_peers_rekey_free (IkePeersRekey *rekey)
{
  if (rekey == NULL)
    return;
  ike_sa_free (rekey->sa);
  ike_shared_clear (&rekey->child.shared);
  g_free (rekey);
}

/* True if one of the IKE SA goes on. */
bool
ike_peers_rekey_is_of_ike (const IkeSession *session)
{
  return session->peers_rekey != NULL && session->peers_rekey->sa != NULL;
}

/* True if one of the CHILD_SA goes on that we receive with by spi_in. */
bool
ike_peers_rekey_is_of_child (const IkeSession *session, uint32_t spi_in)
{
  const IkePeersRekey *rekey = session->peers_rekey;
  return rekey != NULL && rekey->sa == NULL && rekey->old_spi_in == spi_in;
}

/* The lower nonce of the one that goes on (RFC 7296 section 2.8.1). */
const IkeNonce *
ike_peers_rekey_lower (const IkeSession *session)
{
  const IkeChildParams *child = &session->peers_rekey->child;
  return ike_nonce_compare (&child->ni, &child->nr) < 0 ? &child->ni : &child->nr;
}

/* Forgets the one that goes on, if there is one. */
void
ike_peers_rekey_drop (IkeSession *session)
{
  g_clear_pointer (&session->peers_rekey, ike_peers_rekey_free);
}

static const IkeSuite *
suite_of (const IkePeersRekey *rekey)
{
  return rekey->sa != NULL ? &rekey->sa->suite : &rekey->child.suite;
}

static void
refuse (IkeReply *reply, IkeNotifyType type)
{
  const Slice none = SLICE (NULL, 0);
  g_debug (
      "IKE: answering the rekey of the gateway with %s", ike_notify_to_string ((uint16_t) type));
  reply->chain = ike_chain_init (reply->chain.b.data, reply->chain.b.size);
  ike_chain_notify (&reply->chain, IKE_PROTOCOL_NONE, none, type, none);
}

/* The new IKE SA takes over when the response is out. */
static void
finish_ike (IkeSession *session, IkePeersRekey *rekey, IkeReply *reply)
{
  const IkeKeys *old = &session->sa->keys;
  const IkeNonce *ni = &rekey->child.ni, *nr = &rekey->child.nr;
  Slice i = ike_nonce_slice (ni), r = ike_nonce_slice (nr);
  IkeSa *sa = rekey->sa;
  if (session->task != NULL && !ike_rekey_ike_is_out (session)) {
    refuse (reply, IKE_NOTIFY_TEMPORARY_FAILURE); /* as in respond-ike-rekey.c */
    return;
  }
  g_autoptr (Secret) skeyseed =
      ike_skeyseed_rekeyed (old->prf, old->sk_d, &rekey->child.shared, i, r);
  if (!ike_keys_derive (&sa->suite, skeyseed, i, r, sa->spi_i, sa->spi_r, &sa->keys, NULL)) {
    refuse (reply, IKE_NOTIFY_NO_PROPOSAL_CHOSEN);
    return;
  }
  reply->lower_nonce = ike_nonce_compare (ni, nr) < 0 ? *ni : *nr;
  reply->new_sa = g_steal_pointer (&rekey->sa);
}

/* The new CHILD_SA is received with at once. */
static void
finish_child (IkeSession *session, IkePeersRekey *rekey, IkeReply *reply)
{
  const IkeNonce *ni = &rekey->child.ni, *nr = &rekey->child.nr;
  IkeChild *old = ike_child_by_spi_in (session, rekey->old_spi_in);
  if (old == NULL || old->state != IKE_CHILD_CURRENT) {
    refuse (reply, IKE_NOTIFY_STATE_NOT_FOUND); /* it was deleted meanwhile */
    return;
  }
  if (ike_child_add (session, &rekey->child, &reply->child_added) == NULL)
    return;
  ike_child_replaced_by_peer (session, old, rekey->child.spi_in);
  ike_child_rekey_collides (
      session, old, rekey->child.spi_in, ike_nonce_compare (ni, nr) < 0 ? ni : nr);
}

/* The response to one exchange of it is written: finishes the rekey, or writes the link and waits for
 * the next. Takes rekey. */
void
ike_peers_rekey_go_on (IkeSession *session, IkePeersRekey *rekey, IkeReply *reply)
{
  const Slice none = SLICE (NULL, 0);
  ike_peers_rekey_drop (session);
  if (rekey->n < ike_suite_n_additional (suite_of (rekey))) {
    session->env.random (rekey->link, sizeof rekey->link);
    ike_chain_notify (&reply->chain, IKE_PROTOCOL_NONE, none, IKE_NOTIFY_ADDITIONAL_KEY_EXCHANGE,
        SLICE (rekey->link, sizeof rekey->link));
    rekey->forget_at = session->now + NEXT_US;
    session->peers_rekey = rekey;
    return;
  }
  if (rekey->sa != NULL)
    finish_ike (session, rekey, reply);
  else
    finish_child (session, rekey, reply);
  ike_peers_rekey_free (rekey);
}

static bool
is_linked (const IkePeersRekey *rekey, const IkePayloads *request)
{
  IkeNotify notify;
  return ike_payloads_notify (request, IKE_NOTIFY_ADDITIONAL_KEY_EXCHANGE, &notify) &&
      notify.data.len == sizeof rekey->link &&
      memcmp (notify.data.data, rekey->link, sizeof rekey->link) == 0;
}

/* Answers an IKE_FOLLOWUP_KE request. What belongs to no rekey that we know leaves things as they
 * are; a key exchange that fails ends the rekey. */
void
ike_respond_followup (IkeSession *session, IkeSa *sa, const IkePayloads *request, IkeReply *reply)
{
  if (session->state != IKE_STATE_ESTABLISHED || sa != session->sa ||
      session->peers_rekey == NULL || !is_linked (session->peers_rekey, request)) {
    refuse (reply, IKE_NOTIFY_STATE_NOT_FOUND);
    return;
  }
  IkePeersRekey *rekey = g_steal_pointer (&session->peers_rekey);
  DhGroup method = ike_suite_additional (suite_of (rekey), rekey->n);
  g_autoptr (Secret) secret =
      ike_additional_ke_answer (request, method, session->env.random, &reply->chain);
  if (secret == NULL) {
    refuse (reply, IKE_NOTIFY_INVALID_SYNTAX);
    ike_peers_rekey_free (rekey);
    return;
  }
  ike_shared_add (&rekey->child.shared, secret);
  rekey->n++;
  ike_peers_rekey_go_on (session, rekey, reply);
}

/* When ike_peers_rekey_timeout () has something to do. */
int64_t
ike_peers_rekey_next_timeout (const IkeSession *session)
{
  return session->peers_rekey != NULL ? session->peers_rekey->forget_at : G_MAXINT64;
}

/* The gateway did not go on. */
void
ike_peers_rekey_timeout (IkeSession *session)
{
  if (session->now < ike_peers_rekey_next_timeout (session))
    return;
  g_debug ("IKE: the gateway does not go on with its rekey");
  ike_peers_rekey_drop (session);
}

/* The gateway sends its request again when it has noticed, which takes as long as it takes. */
void
ike_peers_rekey_stream_restored (IkeSession *session)
{
  if (session->peers_rekey != NULL)
    session->peers_rekey->forget_at = session->now + NEXT_US;
}
