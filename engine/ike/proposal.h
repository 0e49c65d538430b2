/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/algorithm-policy.h"
#include "ike/keys.h"
#include "wire/sa.h"

#define IKE_OFFER_MAX (2 * ALGORITHM_POLICY_MAX)

/* What we offer, and therefore all that we take. */
typedef struct {
  size_t n;
  IkeProposal proposals[IKE_OFFER_MAX];
} IkeOffer;

typedef enum {
  IKE_CHOICE_NONE, /* NO_PROPOSAL_CHOSEN */
  IKE_CHOICE_OK,
  IKE_CHOICE_OTHER_GROUP, /* INVALID_KE_PAYLOAD: suite.dh is the group to use */
} IkeChoice;

void ike_offer_for_ike (const AlgorithmPolicy *policy, Slice spi, IkeOffer *ret_offer);
void ike_offer_for_child (
    const AlgorithmPolicy *policy, Slice spi, bool with_groups, IkeOffer *ret_offer);

bool ike_offer_accept (const IkeOffer *offer, const IkeSaPayload *answer, size_t spi_len,
    IkeSuite *ret_suite, Slice *ret_spi);
IkeChoice
ike_offer_choose (const AlgorithmPolicy *policy, IkeProtocol protocol, const IkeSaPayload *offered,
    uint16_t ke_group, IkeSuite *ret_suite, const IkeProposal **ret_proposal);
void
ike_offer_answer (IkeChain *chain, const IkeProposal *chosen, Slice spi, const IkeSuite *suite);
