/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "ike/keys.h"
#include "wire/sa.h"

#define IKE_OFFER_MAX 4

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

extern const DhGroup ike_groups[];
extern const size_t ike_n_groups;

bool ike_group_is_ours (uint16_t group);

void ike_offer_for_ike (Slice spi, IkeOffer *ret_offer);
void ike_offer_for_child (Slice spi, bool with_groups, IkeOffer *ret_offer);

bool ike_offer_accept (const IkeOffer *offer, const IkeSaPayload *answer, size_t spi_len,
    IkeSuite *ret_suite, Slice *ret_spi);
IkeChoice ike_offer_choose (const IkeSaPayload *offered, IkeProtocol protocol, uint16_t ke_group,
    IkeSuite *ret_suite, const IkeProposal **ret_proposal);
void
ike_offer_answer (IkeChain *chain, const IkeProposal *chosen, Slice spi, const IkeSuite *suite);
