/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A gateway that knows nothing of RFC 9370. */
#include "one-key-exchange.h"

static bool
is_same (const AlgorithmProposal *a, const AlgorithmProposal *b)
{
  bool same = a->n == b->n;
  for (size_t i = 0; same && i < a->n; i++)
    same = algorithm_proposal_has (b, &a->at[i]);
  return same;
}

/* Makes of it a policy of one key exchange: without the additional ones, and without proposals that say
 * the same then. */
void
one_key_exchange (AlgorithmPolicy *policy)
{
  size_t kept = 0;
  for (size_t i = 0; i < policy->n; i++) {
    AlgorithmProposal one = { .n = 0 };
    bool is_new = true;
    for (size_t k = 0; k < policy->at[i].n; k++) {
      if (!algorithm_is_additional (&policy->at[i].at[k]))
        one.at[one.n++] = policy->at[i].at[k];
    }
    for (size_t k = 0; k < kept; k++)
      is_new &= !is_same (&one, &policy->at[k]);
    if (is_new)
      policy->at[kept++] = one;
  }
  policy->n = kept;
}
