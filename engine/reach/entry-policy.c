/* SPDX-License-Identifier: GPL-2.0-or-later */
/* EntryPolicy: which of several entry points is used, without a socket or a clock.
 *
 * A round begins at the entry point of the last stream, for it most likely knows us; the others follow in
 * the order of the list. Where that order is one of preference, and a later one is in use, those before it
 * are probed, and one that has been well for some time without a break is gone back to: by a move beside the
 * stream that works, or with the next stream, whichever is first. That time is doubled whenever one that was
 * gone back to does not hold, so that an entry point that comes and goes does not take us along. A move that
 * failed is put off, for long where the gateway there does not know our IKE SA; then a stream that is made
 * anew stays with the gateway that does, too, until the SA is over. Pure. */
#include "reach/entry-policy.h"

#define NEVER INT64_MAX
#define MIN_OF(a, b) ((a) < (b) ? (a) : (b))

/* How many are tried at once, and with what distance: enough that two that are as near as each other do not
 * meet in the host, too little to make a far one look near. */
#define AT_ONCE 8
#define STAGGER_US 10000
#define NEXT_LOT_US 2000000
/* The same through a proxy, which serves others as well, and to which a lot of connections at once looks odd. */
#define AT_ONCE_AT_PROXY 4
#define STAGGER_AT_PROXY_US 50000
/* What the one that was used last is ahead of the others: it may still know us. */
#define HEAD_START_US 2000000

/* Begins at the first of the list. */
void
entry_policy_init (EntryPolicy *policy, EntryOrder order)
{
  *policy = (EntryPolicy){
    .order = order,
    .well = ENTRY_NONE,
    .must_be_well = ENTRY_WELL_US,
    .returned_at = INT64_MIN,
    .probe_at = NEVER,
    .probe_wait = ENTRY_PROBE_US,
    .may_move_at = INT64_MIN,
  };
}

static void
forget_probes (EntryPolicy *policy, int64_t now)
{
  policy->well = ENTRY_NONE;
  policy->probe_wait = ENTRY_PROBE_US;
  policy->probe_at =
      policy->order == ENTRY_PRIMARY_BACKUP && policy->in_use > 0 ? now + ENTRY_PROBE_US : NEVER;
}

/* True if we went back not long ago, and that was no good. */
static bool
has_flapped (const EntryPolicy *policy, int64_t now)
{
  return policy->returned_at != INT64_MIN && now - policy->returned_at < ENTRY_HOLDS_US;
}

/* The IKE SA is over: whether a gateway has known it is of no matter to the next. */
void
entry_policy_sa_over (EntryPolicy *policy)
{
  policy->may_move_at = INT64_MIN;
  policy->move_wait = 0;
  policy->is_strange = false;
}

/* A stream stands at this entry point, and the traffic goes there. */
void
entry_policy_stands (EntryPolicy *policy, size_t entry, int64_t now)
{
  if (entry == policy->in_use)
    return;
  bool returns = entry < policy->in_use;
  if (returns)
    policy->returned_at = now;
  else if (has_flapped (policy, now))
    policy->must_be_well = MIN_OF (2 * policy->must_be_well, ENTRY_WELL_MAX_US);
  else
    policy->must_be_well = ENTRY_WELL_US;
  policy->in_use = entry;
  entry_policy_sa_over (policy);
  forget_probes (policy, now);
}

static bool
is_well_for_long (const EntryPolicy *policy)
{
  return policy->well != ENTRY_NONE &&
      policy->well_seen - policy->well_since >= policy->must_be_well;
}

/* What probes said before a machine slept says nothing. */
static bool
may_go_back (const EntryPolicy *policy, int64_t now)
{
  return is_well_for_long (policy) && now - policy->well_seen <= 2 * ENTRY_PROBE_WELL_US;
}

/* Where a round begins that is begun at `now`. */
size_t
entry_policy_first (const EntryPolicy *policy, int64_t now)
{
  bool is_strange = policy->is_strange && now < policy->may_move_at;
  return may_go_back (policy, now) && !is_strange ? policy->well : policy->in_use;
}

/* Where an IKE SA that is up is to be moved now, beside the stream that works; ENTRY_NONE where it stays. To
 * be asked when a probe has found somebody. */
size_t
entry_policy_move (const EntryPolicy *policy, int64_t now)
{
  return may_go_back (policy, now) && now >= policy->may_move_at ? policy->well : ENTRY_NONE;
}

/* What entry_policy_move () said has come to nothing. */
void
entry_policy_move_failed (EntryPolicy *policy, EntryFailure failure, int64_t now)
{
  bool is_strange = failure == ENTRY_STRANGE;
  int64_t first = is_strange ? ENTRY_STRANGE_US : ENTRY_BROKEN_US;
  int64_t longest = is_strange ? ENTRY_STRANGE_MAX_US : ENTRY_BROKEN_MAX_US;
  int64_t wait = 2 * policy->move_wait > first ? 2 * policy->move_wait : first;
  policy->move_wait = MIN_OF (wait, longest);
  policy->may_move_at = now + policy->move_wait;
  policy->is_strange = is_strange;
}

/* When the entry points before the one in use are to be probed, in their order, until one answers; INT64_MAX
 * for not at all. */
int64_t
entry_policy_next_probe (const EntryPolicy *policy)
{
  return policy->probe_at;
}

/* What the probe found: the first that has answered, or ENTRY_NONE. */
void
entry_policy_probed (EntryPolicy *policy, size_t entry_or_none, int64_t now)
{
  if (policy->probe_at == NEVER)
    return;
  if (entry_or_none == ENTRY_NONE) {
    policy->well = ENTRY_NONE;
    policy->probe_at = now + policy->probe_wait;
    policy->probe_wait = MIN_OF (2 * policy->probe_wait, ENTRY_PROBE_MAX_US);
    return;
  }
  if (entry_or_none != policy->well || now - policy->well_seen > 2 * ENTRY_PROBE_WELL_US)
    policy->well_since = now;
  policy->well = entry_or_none;
  policy->well_seen = now;
  policy->probe_wait = ENTRY_PROBE_US;
  bool may_wait = is_well_for_long (policy) && entry_policy_move (policy, now) == ENTRY_NONE;
  policy->probe_at = now + (may_wait ? ENTRY_PROBE_WELL_US : ENTRY_PROBE_US);
}

/* Where all are looked for at once: how long after the beginning the one at this place begins. */
int64_t
entry_policy_delay (size_t place, bool first_is_known, bool through_proxy)
{
  size_t at_once = through_proxy ? AT_ONCE_AT_PROXY : AT_ONCE;
  int64_t stagger = through_proxy ? STAGGER_AT_PROXY_US : STAGGER_US;
  int64_t delay = (int64_t) (place % at_once) * stagger + (int64_t) (place / at_once) * NEXT_LOT_US;
  return place > 0 && first_is_known ? delay + HEAD_START_US : delay;
}

/* Puts places into a random order (Fisher and Yates; the bias of a remainder is nothing here). */
void
entry_policy_shuffle (size_t *places, size_t n, CryptoRandomFunc random)
{
  for (size_t i = n; i > 1; i--) {
    uint32_t r;
    random (&r, sizeof r);
    size_t other = places[r % i];
    places[r % i] = places[i - 1];
    places[i - 1] = other;
  }
}
