/* SPDX-License-Identifier: GPL-2.0-or-later */
/* AlgorithmPolicy: which algorithms may be negotiated, as a value. Its text is in
 * algorithm-policy-text.c. */
#include "base/algorithm-policy.h"

/* ML-KEM-768 behind the first key exchange (RFC 9370) comes first, in a proposal of its own: a gateway
 * that does not know such transforms has to pass over a proposal that has one (RFC 7296 section 3.3.6).
 * An AEAD and a cipher with a MAC stand in proposals of their own (RFC 5282 section 8). Several PRFs
 * and groups stand in one, because old gateways look at the first only, and some know no SHA2-384. */
#define GROUPS "-curve25519-ecp256-ecp384-ecp521-modp2048-modp3072-modp4096"

#define PRFS "-prfsha384-prfsha256-prfsha512"
#define AEADS "aes256gcm16-chacha20poly1305-aes128gcm16"
#define CIPHERS "aes256-aes128-sha256-sha384-sha512"

static const char *const defaults[] = {
  [ALGORITHMS_FOR_IKE] =
      AEADS PRFS GROUPS "-ke1_mlkem768, " AEADS PRFS GROUPS ", " CIPHERS PRFS GROUPS,
  [ALGORITHMS_FOR_ESP] = AEADS GROUPS "-none-esn-noesn, " CIPHERS GROUPS "-none-esn-noesn",
};

/* What is negotiated unless a site says something else. */
void
algorithm_policy_default (AlgorithmUse use, AlgorithmPolicy *ret_policy)
{
  bool good = algorithm_policy_parse (use, defaults[use], ret_policy, NULL);
  g_assert (good);
}

bool
algorithm_proposal_has (const AlgorithmProposal *proposal, const Algorithm *algorithm)
{
  for (size_t i = 0; i < proposal->n; i++) {
    if (algorithm_equal (&proposal->at[i], algorithm))
      return true;
  }
  return false;
}

bool
algorithm_proposal_has_type (const AlgorithmProposal *proposal, IkeTransformType type)
{
  for (size_t i = 0; i < proposal->n; i++) {
    if (proposal->at[i].type == type)
      return true;
  }
  return false;
}

static bool
has_additional (const AlgorithmProposal *proposal)
{
  for (size_t i = 0; i < proposal->n; i++) {
    if (algorithm_is_additional (&proposal->at[i]))
      return true;
  }
  return false;
}

/* True if more than one key exchange may be negotiated. */
bool
algorithm_policy_has_additional (const AlgorithmPolicy *policy)
{
  for (size_t i = 0; i < policy->n; i++) {
    if (has_additional (&policy->at[i]))
      return true;
  }
  return false;
}

/* True if that number is a group in which we would exchange keys; NONE is no group. */
bool
algorithm_policy_has_group (const AlgorithmPolicy *policy, uint16_t group)
{
  const Algorithm wanted = { IKE_TRANSFORM_DH, group, 0 };
  for (size_t i = 0; group != DH_NONE && i < policy->n; i++) {
    if (algorithm_proposal_has (&policy->at[i], &wanted))
      return true;
  }
  return false;
}

/* The group in which to begin a key exchange: the one wished for if the policy has it, else the first
 * that it has, or DH_NONE if it has none. */
DhGroup
algorithm_policy_group (const AlgorithmPolicy *policy, DhGroup wish)
{
  if (algorithm_policy_has_group (policy, (uint16_t) wish))
    return wish;
  for (size_t i = 0; i < policy->n; i++) {
    const AlgorithmProposal *proposal = &policy->at[i];
    for (size_t k = 0; k < proposal->n; k++) {
      if (proposal->at[k].type == IKE_TRANSFORM_DH && proposal->at[k].id != DH_NONE)
        return (DhGroup) proposal->at[k].id;
    }
  }
  return DH_NONE;
}
