/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The test gateway's IKE_FOLLOWUP_KE exchanges (RFC 9370 section 2.2.4), in both roles. The link is one
 * octet, and another one each time. */
#include "ike/additional-ke.h"
#include "responder-private.h"

static uint8_t
link_of (const Responder *r)
{
  return (uint8_t) (0xa0 + r->owed.n);
}

/* True, and the refusal is written, where a rekey of the gateway's own is past the point of collisions. */
bool
responder_refuses_rekey (const Responder *r, IkeChain *answer)
{
  const Slice none = SLICE (NULL, 0);
  if (r->rekey.goes_on)
    ike_chain_notify (answer, IKE_PROTOCOL_NONE, none, IKE_NOTIFY_TEMPORARY_FAILURE, none);
  return r->rekey.goes_on;
}

/* Forgets the session's rekey that goes on. */
void
responder_drop_owed (Responder *r)
{
  g_clear_pointer (&r->owed.sa, ike_sa_free);
  ike_shared_clear (&r->owed.shared);
  r->owed.goes_on = false;
}

/* r->owed says what the session's rekey is to make: makes it, or writes the link to what follows. */
void
responder_owe (Responder *r, IkeChain *answer)
{
  uint8_t link = link_of (r);
  r->owed.goes_on = r->owed.n < ike_suite_n_additional (&r->owed.suite);
  if (r->owed.goes_on) {
    ike_chain_notify (answer, IKE_PROTOCOL_NONE, SLICE (NULL, 0),
        IKE_NOTIFY_ADDITIONAL_KEY_EXCHANGE, SLICE (&link, 1));
    return;
  }
  if (r->owed.sa != NULL)
    responder_made_ike (r);
  else
    responder_made_child (r);
  responder_drop_owed (r);
}

/* The session goes on. */
void
responder_answer_followup (Responder *r, const IkePayloads *request, IkeChain *answer)
{
  IkeNotify notify;
  const Slice none = SLICE (NULL, 0);
  g_assert_true (ike_payloads_notify (request, IKE_NOTIFY_ADDITIONAL_KEY_EXCHANGE, &notify));
  if (!r->owed.goes_on) {
    ike_chain_notify (answer, IKE_PROTOCOL_NONE, none, IKE_NOTIFY_STATE_NOT_FOUND, none);
    return;
  }
  g_assert_cmpuint (notify.data.len, ==, 1);
  g_assert_cmpuint (notify.data.data[0], ==, link_of (r));
  DhGroup method = ike_suite_additional (&r->owed.suite, r->owed.n);
  g_autoptr (Secret) secret = ike_additional_ke_answer (request, method, responder_random, answer);
  g_assert_nonnull (secret);
  ike_shared_add (&r->owed.shared, secret);
  r->owed.n++;
  responder_owe (r, answer);
}

/* The gateway sends its next IKE_FOLLOWUP_KE. */
void
responder_go_on (Responder *r)
{
  uint8_t buf[4096];
  IkeChain chain = ike_chain_init (buf, sizeof buf);
  g_assert_true (r->rekey.goes_on);
  r->rekey.waits = false;
  ike_followup_build (&r->rekey.followup, &r->rekey.suite, responder_random, &chain);
  responder_send_request (r, IKE_EXCHANGE_FOLLOWUP_KE, &chain);
}

/* The gateway does not go on with its rekey. */
void
responder_give_up (Responder *r)
{
  ike_followup_clear (&r->rekey.followup);
  ike_shared_clear (&r->rekey.shared);
  g_clear_pointer (&r->rekey.sa, ike_sa_free);
  r->rekey.old_spi_in = 0;
  r->rekey.goes_on = r->rekey.waits = false;
}

/* Takes the session's response to CREATE_CHILD_SA or to IKE_FOLLOWUP_KE; false where another one
 * follows. */
bool
responder_rekey_is_over (Responder *r, const IkePayloads *response)
{
  IkeFollowup *followup = &r->rekey.followup;
  IkeFollowupResult result = r->rekey.goes_on
      ? ike_followup_process (followup, &r->rekey.suite, response, &r->rekey.shared)
      : ike_followup_begin (followup, &r->rekey.suite, response);
  g_assert_cmpint (result, !=, IKE_FOLLOWUP_BAD);
  r->rekey.goes_on = result == IKE_FOLLOWUP_MORE;
  return !r->rekey.goes_on;
}
