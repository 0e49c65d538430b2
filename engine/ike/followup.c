/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IKE_FOLLOWUP_KE as initiator (RFC 9370 section 2.2.4): the key exchanges behind that of
 * CREATE_CHILD_SA, one each.
 *
 *   HDR, SK {KEi(n), N(ADDITIONAL_KEY_EXCHANGE)}  -->
 *                                <--  HDR, SK {KEr(n) [, N(ADDITIONAL_KEY_EXCHANGE)]}
 *
 * The notification ties them together: its data is the gateway's own and goes back as it came. It is
 * there as long as another exchange follows. */
#include "ike/followup.h"

#include "wire/describe.h"

/* So much of the gateway's goes back at most: there has to be room for a key beside it. */
#define MAX_LINK_LEN 1024

static bool
take_link (IkeFollowup *followup, const IkePayloads *response)
{
  IkeNotify notify;
  g_clear_pointer (&followup->link, g_bytes_unref);
  if (!ike_payloads_notify (response, IKE_NOTIFY_ADDITIONAL_KEY_EXCHANGE, &notify) ||
      notify.data.len > MAX_LINK_LEN)
    return false;
  followup->link = g_bytes_new (notify.data.data, notify.data.len);
  return true;
}

static IkeFollowupResult
next (IkeFollowup *followup, const IkeSuite *suite, const IkePayloads *response)
{
  if (followup->n == ike_suite_n_additional (suite))
    return IKE_FOLLOWUP_OVER;
  return take_link (followup, response) ? IKE_FOLLOWUP_MORE : IKE_FOLLOWUP_BAD;
}

/* Behind the response to CREATE_CHILD_SA, which chose suite. */
IkeFollowupResult
ike_followup_begin (IkeFollowup *followup, const IkeSuite *suite, const IkePayloads *response)
{
  ike_followup_clear (followup);
  return next (followup, suite, response);
}

/* The next request, with a fresh key. */
void
ike_followup_build (
    IkeFollowup *followup, const IkeSuite *suite, CryptoRandomFunc random, IkeChain *chain)
{
  g_clear_pointer (&followup->ke, ike_additional_ke_free);
  followup->ke = ike_additional_ke_new (ike_suite_additional (suite, followup->n), random);
  ike_additional_ke_write (chain, followup->ke);
  ike_chain_notify (chain, IKE_PROTOCOL_NONE, SLICE (NULL, 0), IKE_NOTIFY_ADDITIONAL_KEY_EXCHANGE,
      slice_of_bytes (followup->link));
}

/* Takes the response, which has no error: its secret goes to shared. */
IkeFollowupResult
ike_followup_process (
    IkeFollowup *followup, const IkeSuite *suite, const IkePayloads *response, IkeShared *shared)
{
  g_autoptr (Secret) secret = ike_additional_ke_shared (response, followup->ke);
  if (secret == NULL)
    return IKE_FOLLOWUP_BAD;
  g_debug ("IKE: keys exchanged with %s too", dh_to_string (followup->ke->method));
  ike_shared_add (shared, secret);
  followup->n++;
  return next (followup, suite, response);
}

/* Back to before the first. */
void
ike_followup_clear (IkeFollowup *followup)
{
  g_clear_pointer (&followup->ke, ike_additional_ke_free);
  g_clear_pointer (&followup->link, g_bytes_unref);
  followup->n = 0;
}
