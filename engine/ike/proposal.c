/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Proposals: what we offer, what we accept as an answer, what we choose from the peer's offer.
 *
 * All three follow an AlgorithmPolicy. Nothing that is not in it can be negotiated, by either side. */
#include "ike/proposal.h"

#include "base/cursor.h"
#include "crypto/dh.h"

static const Algorithm no_group = { IKE_TRANSFORM_DH, DH_NONE, 0 };

typedef enum {
  GROUPS_ALL,
  GROUPS_NO,
} Groups;

static bool
may_do_without_group (const AlgorithmProposal *algorithms)
{
  return !algorithm_proposal_has_type (algorithms, IKE_TRANSFORM_DH) ||
      algorithm_proposal_has (algorithms, &no_group);
}

static bool
has_group (const AlgorithmProposal *algorithms)
{
  for (size_t i = 0; i < algorithms->n; i++) {
    if (algorithms->at[i].type == IKE_TRANSFORM_DH && algorithms->at[i].id != DH_NONE)
      return true;
  }
  return false;
}

static bool
has_transform (const IkeProposal *proposal, const IkeTransform *wanted)
{
  for (size_t i = 0; i < proposal->n; i++) {
    const IkeTransform *transform = &proposal->transforms[i];
    if (transform->type == wanted->type && transform->id == wanted->id &&
        transform->key_bits == wanted->key_bits)
      return true;
  }
  return false;
}

/* True if one that was added before says the same. */
static bool
is_offered (const IkeOffer *offer, const IkeProposal *proposal)
{
  for (size_t i = 0; i < offer->n; i++) {
    const IkeProposal *before = &offer->proposals[i];
    bool same = before->n == proposal->n;
    for (size_t k = 0; same && k < proposal->n; k++)
      same = has_transform (before, &proposal->transforms[k]);
    if (same)
      return true;
  }
  return false;
}

static void
add_proposal (IkeOffer *offer, IkeProtocol protocol, Slice spi, const AlgorithmProposal *algorithms,
    Groups groups)
{
  IkeProposal *proposal = &offer->proposals[offer->n];
  *proposal = (IkeProposal){
    .number = (uint8_t) (offer->n + 1),
    .protocol = (uint8_t) protocol,
    .spi = spi,
  };
  for (size_t i = 0; i < algorithms->n; i++) {
    const Algorithm *a = &algorithms->at[i];
    bool is_exchange = a->type == IKE_TRANSFORM_DH || algorithm_is_additional (a);
    if (is_exchange && groups == GROUPS_NO)
      continue;
    if (a->type == IKE_TRANSFORM_DH && a->id == DH_NONE)
      continue;
    proposal->transforms[proposal->n++] = (IkeTransform){
      .type = a->type,
      .id = a->id,
      .key_bits = a->key_bits,
    };
  }
  if (!is_offered (offer, proposal))
    offer->n++;
}

/* The offer for an IKE SA; the SPI is empty in IKE_SA_INIT. Borrows it. */
void
ike_offer_for_ike (const AlgorithmPolicy *policy, Slice spi, IkeOffer *ret_offer)
{
  ret_offer->n = 0;
  for (size_t i = 0; i < policy->n; i++)
    add_proposal (ret_offer, IKE_PROTOCOL_IKE, spi, &policy->at[i], GROUPS_ALL);
}

/* The offer for a CHILD_SA. In IKE_AUTH no group may be named. In CREATE_CHILD_SA a proposal that has
 * groups and NONE is offered twice, first with a fresh key exchange: a transform NONE among the groups
 * would say the same (RFC 7296 section 3.3.6), but not every gateway knows it. */
void
ike_offer_for_child (
    const AlgorithmPolicy *policy, Slice spi, bool with_groups, IkeOffer *ret_offer)
{
  ret_offer->n = 0;
  for (size_t i = 0; with_groups && i < policy->n; i++) {
    if (has_group (&policy->at[i]))
      add_proposal (ret_offer, IKE_PROTOCOL_ESP, spi, &policy->at[i], GROUPS_ALL);
  }
  for (size_t i = 0; i < policy->n; i++) {
    if (!with_groups || may_do_without_group (&policy->at[i]))
      add_proposal (ret_offer, IKE_PROTOCOL_ESP, spi, &policy->at[i], GROUPS_NO);
  }
}

static bool
has_type (const IkeProposal *proposal, uint8_t type)
{
  for (size_t i = 0; i < proposal->n; i++) {
    if (proposal->transforms[i].type == type)
      return true;
  }
  return false;
}

static bool
is_additional (uint8_t type)
{
  return type >= IKE_TRANSFORM_ADDKE1 && type <= IKE_TRANSFORM_ADDKE7;
}

static void
put_into_suite (const IkeTransform *transform, IkeSuite *suite)
{
  switch (transform->type) {
  case IKE_TRANSFORM_ENCR:
    suite->encr = (EncrId) transform->id;
    suite->key_bits = transform->key_bits;
    break;
  case IKE_TRANSFORM_PRF: suite->prf = (PrfId) transform->id; break;
  case IKE_TRANSFORM_INTEG: suite->integ = (IntegId) transform->id; break;
  case IKE_TRANSFORM_DH: suite->dh = (DhGroup) transform->id; break;
  case IKE_TRANSFORM_ESN: suite->esn = (EsnId) transform->id; break;
  default:
    if (is_additional (transform->type))
      suite->additional[transform->type - IKE_TRANSFORM_ADDKE1] = (DhGroup) transform->id;
    break;
  }
}

/* No key exchange method may be used twice (RFC 9370 section 2.2.2). */
static bool
repeats_exchange (const IkeSuite *suite)
{
  for (size_t i = 0; i < IKE_MAX_ADDITIONAL_KE; i++) {
    DhGroup method = suite->additional[i];
    bool again = method != DH_NONE && method == suite->dh;
    for (size_t k = 0; k < i; k++)
      again |= method != DH_NONE && method == suite->additional[k];
    if (again)
      return true;
  }
  return false;
}

/* True if the answer is one proposal out of offer, with one transform of each type that it had. An
 * explicit NONE of INTEG or DH counts as its absence, an absent ESN or additional key exchange as none
 * where that was offered.
 * *ret_spi is borrowed from the answer. */
bool
ike_offer_accept (const IkeOffer *offer, const IkeSaPayload *answer, size_t spi_len,
    IkeSuite *ret_suite, Slice *ret_spi)
{
  const IkeProposal *chosen = &answer->proposals[0];
  if (answer->n != 1 || chosen->number == 0 || chosen->number > offer->n)
    return false;
  const IkeProposal *mine = &offer->proposals[chosen->number - 1];
  if (chosen->protocol != mine->protocol || chosen->spi.len != spi_len)
    return false;
  IkeSuite suite = { .encr = ENCR_NONE };
  unsigned int seen = 0;
  for (size_t i = 0; i < chosen->n; i++) {
    const IkeTransform *transform = &chosen->transforms[i];
    bool is_none = transform->id == 0 && !has_type (mine, transform->type) &&
        (transform->type == IKE_TRANSFORM_INTEG || transform->type == IKE_TRANSFORM_DH);
    if (is_none)
      continue;
    if (transform->has_unknown || !has_transform (mine, transform) ||
        (seen & 1u << transform->type) != 0)
      return false;
    seen |= 1u << transform->type;
    put_into_suite (transform, &suite);
  }
  for (uint8_t type = IKE_TRANSFORM_ENCR; type <= IKE_TRANSFORM_ADDKE7; type++) {
    const IkeTransform none = { .type = type };
    bool may_lack = type >= IKE_TRANSFORM_ESN && has_transform (mine, &none);
    if (has_type (mine, type) && (seen & 1u << type) == 0 && !may_lack)
      return false;
  }
  if (repeats_exchange (&suite))
    return false;
  *ret_suite = suite;
  *ret_spi = chosen->spi;
  return true;
}

/* Without ESN there is no transform for it in an IKE SA; ESP may leave out the transform that says
 * that there is none, and so may both for an additional key exchange. */
static bool
may_be_absent (const AlgorithmProposal *mine, uint8_t type)
{
  const Algorithm none = { type, 0, 0 };
  return !algorithm_proposal_has_type (mine, (IkeTransformType) type) ||
      (type >= IKE_TRANSFORM_ESN && algorithm_proposal_has (mine, &none));
}

static bool
is_allowed (const AlgorithmProposal *mine, const IkeTransform *transform)
{
  const Algorithm a = { transform->type, transform->id, transform->key_bits };
  return !transform->has_unknown && algorithm_proposal_has (mine, &a);
}

/* The peer's first transform of a type that our policy has too. */
static const IkeTransform *
first_of_ours (const IkeProposal *proposal, const AlgorithmProposal *mine, uint8_t type)
{
  for (size_t i = 0; i < proposal->n; i++) {
    const IkeTransform *transform = &proposal->transforms[i];
    if (transform->type == type && is_allowed (mine, transform))
      return transform;
  }
  return NULL;
}

static bool
offers_none (const IkeProposal *proposal, uint8_t type)
{
  const IkeTransform none = { .type = type };
  return !has_type (proposal, type) || has_transform (proposal, &none);
}

/* Matches one proposal of the peer with one of ours; the group apart. */
static bool
match_proposal (const IkeProposal *offered, const AlgorithmProposal *mine, IkeSuite *ret_suite)
{
  IkeSuite suite = { .encr = ENCR_NONE };
  for (uint8_t type = IKE_TRANSFORM_ENCR; type <= IKE_TRANSFORM_ADDKE7; type++) {
    if (type == IKE_TRANSFORM_DH)
      continue;
    const IkeTransform *transform = first_of_ours (offered, mine, type);
    if (transform != NULL)
      put_into_suite (transform, &suite);
    else if (!may_be_absent (mine, type) || !offers_none (offered, type))
      return false;
  }
  *ret_suite = suite;
  return true;
}

static bool
has_unknown_type (const IkeProposal *proposal)
{
  for (size_t i = 0; i < proposal->n; i++) {
    uint8_t type = proposal->transforms[i].type;
    if (type < IKE_TRANSFORM_ENCR || type > IKE_TRANSFORM_ADDKE7)
      return true;
  }
  return false;
}

/* Picks the group: that of the KE payload if both have it, else another that both have, to be asked
 * for by INVALID_KE_PAYLOAD. */
static IkeChoice
match_group (
    const IkeProposal *offered, const AlgorithmProposal *mine, uint16_t ke_group, IkeSuite *suite)
{
  const IkeTransform wanted = { .type = IKE_TRANSFORM_DH, .id = ke_group };
  suite->dh = DH_NONE;
  if (ke_group != DH_NONE && is_allowed (mine, &wanted) && has_transform (offered, &wanted)) {
    suite->dh = (DhGroup) ke_group;
    return IKE_CHOICE_OK;
  }
  if (may_do_without_group (mine) && offers_none (offered, IKE_TRANSFORM_DH))
    return IKE_CHOICE_OK;
  for (size_t i = 0; i < mine->n; i++) {
    const IkeTransform other = { .type = mine->at[i].type, .id = mine->at[i].id };
    if (other.type == IKE_TRANSFORM_DH && other.id != DH_NONE && has_transform (offered, &other)) {
      suite->dh = (DhGroup) other.id;
      return IKE_CHOICE_OTHER_GROUP;
    }
  }
  return IKE_CHOICE_NONE;
}

/* Chooses from the peer's offer by our policy for that protocol, in the peer's order. ke_group is that
 * of its KE payload, or 0. *ret_proposal points into offered. */
IkeChoice
ike_offer_choose (const AlgorithmPolicy *policy, IkeProtocol protocol, const IkeSaPayload *offered,
    uint16_t ke_group, IkeSuite *ret_suite, const IkeProposal **ret_proposal)
{
  IkeChoice best = IKE_CHOICE_NONE;
  size_t spi_len = protocol == IKE_PROTOCOL_IKE ? 8 : 4;
  for (size_t i = 0; i < offered->n; i++) {
    const IkeProposal *proposal = &offered->proposals[i];
    if (proposal->protocol != protocol || proposal->spi.len != spi_len ||
        has_unknown_type (proposal))
      continue;
    for (size_t m = 0; m < policy->n; m++) {
      IkeSuite suite;
      if (!match_proposal (proposal, &policy->at[m], &suite))
        continue;
      IkeChoice choice = match_group (proposal, &policy->at[m], ke_group, &suite);
      if (choice == IKE_CHOICE_NONE || repeats_exchange (&suite) ||
          (choice == IKE_CHOICE_OTHER_GROUP && best != IKE_CHOICE_NONE))
        continue;
      best = choice;
      *ret_suite = suite;
      *ret_proposal = proposal;
      if (choice == IKE_CHOICE_OK)
        return choice;
    }
  }
  return best;
}

/* Writes the SA payload that answers with suite out of the chosen proposal. */
void
ike_offer_answer (IkeChain *chain, const IkeProposal *chosen, Slice spi, const IkeSuite *suite)
{
  IkeProposal answer = { .number = chosen->number, .protocol = chosen->protocol, .spi = spi };
  const Algorithm rows[] = {
    { IKE_TRANSFORM_ENCR, (uint16_t) suite->encr, (uint16_t) suite->key_bits },
    { IKE_TRANSFORM_PRF, (uint16_t) suite->prf, 0 },
    { IKE_TRANSFORM_INTEG, (uint16_t) suite->integ, 0 },
    { IKE_TRANSFORM_DH, (uint16_t) suite->dh, 0 },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    if (rows[i].id != 0)
      answer.transforms[answer.n++] = (IkeTransform){
        .type = rows[i].type,
        .id = rows[i].id,
        .key_bits = rows[i].key_bits,
      };
  }
  for (size_t i = 0; i < IKE_MAX_ADDITIONAL_KE; i++) {
    uint8_t type = (uint8_t) (IKE_TRANSFORM_ADDKE1 + i);
    if (has_type (chosen, type)) /* one of each type that there is (RFC 7296 section 3.3.6) */
      answer.transforms[answer.n++] =
          (IkeTransform){ .type = type, .id = (uint16_t) suite->additional[i] };
  }
  if (chosen->protocol == IKE_PROTOCOL_ESP && has_type (chosen, IKE_TRANSFORM_ESN))
    answer.transforms[answer.n++] =
        (IkeTransform){ .type = IKE_TRANSFORM_ESN, .id = (uint16_t) suite->esn };
  ike_sa_payload_write (chain, &answer, 1);
}
