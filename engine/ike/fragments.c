/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IkeFragments: a message of the peer put together from its fragments (RFC 7383 section 2.6).
 *
 * A fragment is looked at twice: in the clear, whether it is wanted at all, so that a useless one
 * costs no decryption; and when it is authentic, for then alone it may change the set or take room.
 * However many come, a set holds no more than IKE_MAX_FRAGMENTS parts and IKE_MAX_MESSAGE octets, and
 * there is one set for each direction of an SA. */
#include "ike/fragments.h"

#include "base/cursor.h"
#include "base/secret.h"

/* Forgets and wipes all; allowed on an empty set. */
void
ike_fragments_clear (IkeFragments *set)
{
  if (set->arrived.data != NULL)
    bytes_wipe (set->arrived.data, IKE_MAX_MESSAGE);
  if (set->whole != NULL)
    bytes_wipe (set->whole, IKE_MAX_MESSAGE);
  g_free (set->arrived.data);
  g_free (set->whole);
  *set = (IkeFragments){ .total = 0 };
}

/* False for a fragment that need not be decrypted: one of more than we take, one that is there
 * already, or one of fewer fragments than the set is made of, since a sender that cuts a message anew
 * cuts it smaller. */
bool
ike_fragments_wants (const IkeFragments *set, uint32_t message_id, const IkeSealed *fragment)
{
  if (fragment->total > IKE_MAX_FRAGMENTS)
    return false;
  if (set->total == 0 || set->message_id != message_id || fragment->total > set->total)
    return true;
  return fragment->total == set->total && !set->parts[fragment->number - 1].is_there;
}

static Slice
join (IkeFragments *set)
{
  set->whole = g_malloc (IKE_MAX_MESSAGE);
  Builder b = builder_init (set->whole, IKE_MAX_MESSAGE);
  for (size_t i = 0; i < set->total; i++) {
    Cursor c = cursor_of (builder_result (&set->arrived));
    cursor_skip (&c, set->parts[i].at);
    builder_slice (&b, cursor_slice (&c, set->parts[i].len));
  }
  return builder_result (&b);
}

/* Takes an authentic fragment that ike_fragments_wants (); content is copied. With a message ID or a
 * total of its own it begins a new set. With the last one missing the message is whole: *ret_chain is
 * its chain of payloads, valid until the set is cleared or another fragment comes, and *ret_first the
 * type of the first one. Where the message is larger than we take the set is dropped. */
IkeFragmentsVerdict
ike_fragments_add (IkeFragments *set, uint32_t message_id, const IkeSealed *fragment, Slice content,
    uint8_t *ret_first, Slice *ret_chain)
{
  g_return_val_if_fail (ike_fragments_wants (set, message_id, fragment), IKE_FRAGMENTS_WAIT);
  if (set->message_id != message_id || set->total != fragment->total)
    ike_fragments_clear (set);
  if (set->total == 0)
    set->arrived = builder_init (g_malloc (IKE_MAX_MESSAGE), IKE_MAX_MESSAGE);
  size_t at = set->arrived.len;
  builder_slice (&set->arrived, content);
  if (!builder_ok (&set->arrived)) {
    ike_fragments_clear (set);
    return IKE_FRAGMENTS_TOO_LARGE;
  }
  set->message_id = message_id;
  set->total = fragment->total;
  if (fragment->number == 1)
    set->first = fragment->first;
  set->parts[fragment->number - 1].is_there = true;
  set->parts[fragment->number - 1].at = (uint16_t) at;
  set->parts[fragment->number - 1].len = (uint16_t) content.len;
  if (++set->n_parts < set->total)
    return IKE_FRAGMENTS_WAIT;
  *ret_first = set->first;
  *ret_chain = join (set);
  return IKE_FRAGMENTS_WHOLE;
}
