/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

#include "base/algorithm.h"

#define ALGORITHM_POLICY_MAX 8
#define ALGORITHM_PROPOSAL_MAX 48

typedef enum {
  ALGORITHMS_FOR_IKE,
  ALGORITHMS_FOR_ESP,
} AlgorithmUse;

/* Algorithms that may be combined freely: one of each type that occurs is used. */
typedef struct {
  size_t n;
  Algorithm at[ALGORITHM_PROPOSAL_MAX];
} AlgorithmProposal;

/* What may be negotiated for an IKE SA or for a CHILD_SA, by either side; the preferred comes first.
 * A plain value. No proposal at all stands for the default. */
typedef struct {
  size_t n;
  AlgorithmProposal at[ALGORITHM_POLICY_MAX];
} AlgorithmPolicy;

void algorithm_policy_default (AlgorithmUse use, AlgorithmPolicy *ret_policy);
bool algorithm_proposal_has (const AlgorithmProposal *proposal, const Algorithm *algorithm);
bool algorithm_proposal_has_type (const AlgorithmProposal *proposal, IkeTransformType type);
bool algorithm_policy_has_additional (const AlgorithmPolicy *policy);
bool algorithm_policy_has_group (const AlgorithmPolicy *policy, uint16_t group);
DhGroup algorithm_policy_group (const AlgorithmPolicy *policy, DhGroup wish);

bool algorithm_policy_parse (
    AlgorithmUse use, const char *text, AlgorithmPolicy *ret_policy, GError **error);
char *algorithm_policy_format (const AlgorithmPolicy *policy);
