/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Proposals: what we offer, what we accept as an answer, what we choose from the peer's offer.
 *
 * AEAD and MAC stand in separate proposals (RFC 5282 section 8); several PRFs and groups stand in one,
 * because old gateways look at the first only. Nothing weaker than this table can be negotiated, by
 * either side. */
#include "ike/proposal.h"

#include "base/cursor.h"
#include "crypto/dh.h"

/* In our order of preference. */
const DhGroup ike_groups[] = { DH_CURVE25519, DH_ECP_256, DH_ECP_384, DH_MODP_2048 };
const size_t ike_n_groups = G_N_ELEMENTS (ike_groups);

typedef struct {
  IkeTransformType type;
  uint16_t id;
  uint16_t key_bits;
} Row;

static const Row ike_aead[] = {
  { IKE_TRANSFORM_ENCR, ENCR_AES_GCM_16, 256 },
  { IKE_TRANSFORM_PRF, PRF_HMAC_SHA2_384, 0 },
  { IKE_TRANSFORM_PRF, PRF_HMAC_SHA2_256, 0 },
};
static const Row ike_mac[] = {
  { IKE_TRANSFORM_ENCR, ENCR_AES_CBC, 256 },
  { IKE_TRANSFORM_INTEG, INTEG_HMAC_SHA2_256_128, 0 },
  { IKE_TRANSFORM_PRF, PRF_HMAC_SHA2_384, 0 },
  { IKE_TRANSFORM_PRF, PRF_HMAC_SHA2_256, 0 },
};
static const Row esp_aead[] = {
  { IKE_TRANSFORM_ENCR, ENCR_AES_GCM_16, 256 },
  { IKE_TRANSFORM_ENCR, ENCR_AES_GCM_16, 128 },
  { IKE_TRANSFORM_ESN, ESN_NO, 0 },
};
static const Row esp_mac[] = {
  { IKE_TRANSFORM_ENCR, ENCR_AES_CBC, 256 },
  { IKE_TRANSFORM_INTEG, INTEG_HMAC_SHA2_256_128, 0 },
  { IKE_TRANSFORM_ESN, ESN_NO, 0 },
};

/* True if we would do a key exchange in that group. */
bool
ike_group_is_ours (uint16_t group)
{
  for (size_t i = 0; i < ike_n_groups; i++) {
    if (ike_groups[i] == (DhGroup) group)
      return true;
  }
  return false;
}

static void
add_proposal (IkeOffer *offer, IkeProtocol protocol, Slice spi, const Row *rows, size_t n_rows,
    bool with_groups)
{
  IkeProposal *proposal = &offer->proposals[offer->n];
  *proposal = (IkeProposal){
    .number = (uint8_t) (offer->n + 1),
    .protocol = (uint8_t) protocol,
    .spi = spi,
  };
  for (size_t i = 0; i < n_rows; i++)
    proposal->transforms[proposal->n++] = (IkeTransform){
      .type = (uint8_t) rows[i].type,
      .id = rows[i].id,
      .key_bits = rows[i].key_bits,
    };
  for (size_t i = 0; with_groups && i < ike_n_groups; i++)
    proposal->transforms[proposal->n++] = (IkeTransform){
      .type = IKE_TRANSFORM_DH,
      .id = (uint16_t) ike_groups[i],
    };
  offer->n++;
}

/* The offer for an IKE SA; the SPI is empty in IKE_SA_INIT. Borrows it. */
void
ike_offer_for_ike (Slice spi, IkeOffer *ret_offer)
{
  ret_offer->n = 0;
  add_proposal (ret_offer, IKE_PROTOCOL_IKE, spi, ike_aead, G_N_ELEMENTS (ike_aead), true);
  add_proposal (ret_offer, IKE_PROTOCOL_IKE, spi, ike_mac, G_N_ELEMENTS (ike_mac), true);
}

/* The offer for a CHILD_SA. In IKE_AUTH no group may be named; in CREATE_CHILD_SA both are offered,
 * with a fresh key exchange first, since nobody has told us whether the gateway wants one. */
void
ike_offer_for_child (Slice spi, bool with_groups, IkeOffer *ret_offer)
{
  ret_offer->n = 0;
  if (with_groups) {
    add_proposal (ret_offer, IKE_PROTOCOL_ESP, spi, esp_aead, G_N_ELEMENTS (esp_aead), true);
    add_proposal (ret_offer, IKE_PROTOCOL_ESP, spi, esp_mac, G_N_ELEMENTS (esp_mac), true);
  }
  add_proposal (ret_offer, IKE_PROTOCOL_ESP, spi, esp_aead, G_N_ELEMENTS (esp_aead), false);
  add_proposal (ret_offer, IKE_PROTOCOL_ESP, spi, esp_mac, G_N_ELEMENTS (esp_mac), false);
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

static bool
has_type (const IkeProposal *proposal, uint8_t type)
{
  for (size_t i = 0; i < proposal->n; i++) {
    if (proposal->transforms[i].type == type)
      return true;
  }
  return false;
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
  default: break;
  }
}

/* True if the answer is one proposal out of offer, with one transform of each type that it had. An
 * explicit NONE of INTEG, DH or ESN counts as its absence. *ret_spi is borrowed from the answer. */
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
  for (uint8_t type = IKE_TRANSFORM_ENCR; type <= IKE_TRANSFORM_DH; type++) {
    if (has_type (mine, type) && (seen & 1u << type) == 0)
      return false;
  }
  *ret_suite = suite;
  *ret_spi = chosen->spi;
  return true;
}

/* The first transform of a type that is in our table for that protocol. */
static const IkeTransform *
first_of_ours (const IkeProposal *proposal, const IkeProposal *mine, uint8_t type)
{
  for (size_t i = 0; i < proposal->n; i++) {
    const IkeTransform *transform = &proposal->transforms[i];
    if (transform->type == type && !transform->has_unknown && has_transform (mine, transform))
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
match_proposal (const IkeProposal *offered, const IkeProposal *mine, IkeSuite *ret_suite)
{
  IkeSuite suite = { .encr = ENCR_NONE };
  for (uint8_t type = IKE_TRANSFORM_ENCR; type <= IKE_TRANSFORM_INTEG; type++) {
    if (!has_type (mine, type)) {
      if (!offers_none (offered, type))
        return false;
      continue;
    }
    const IkeTransform *transform = first_of_ours (offered, mine, type);
    if (transform == NULL)
      return false;
    put_into_suite (transform, &suite);
  }
  *ret_suite = suite;
  return offers_none (offered, IKE_TRANSFORM_ESN);
}

static bool
has_unknown_type (const IkeProposal *proposal)
{
  for (size_t i = 0; i < proposal->n; i++) {
    uint8_t type = proposal->transforms[i].type;
    if (type < IKE_TRANSFORM_ENCR || type > IKE_TRANSFORM_ESN)
      return true;
  }
  return false;
}

/* Picks the group: that of the KE payload if it is offered, else any of ours by INVALID_KE_PAYLOAD. */
static IkeChoice
match_group (const IkeProposal *offered, bool needs_group, uint16_t ke_group, IkeSuite *suite)
{
  bool none_will_do = !needs_group && offers_none (offered, IKE_TRANSFORM_DH);
  const IkeTransform wanted = { .type = IKE_TRANSFORM_DH, .id = ke_group };
  suite->dh = DH_NONE;
  if (ke_group != DH_NONE && ike_group_is_ours (ke_group) && has_transform (offered, &wanted)) {
    suite->dh = (DhGroup) ke_group;
    return IKE_CHOICE_OK;
  }
  if (none_will_do)
    return IKE_CHOICE_OK;
  for (size_t i = 0; i < ike_n_groups; i++) {
    const IkeTransform other = { .type = IKE_TRANSFORM_DH, .id = (uint16_t) ike_groups[i] };
    if (has_transform (offered, &other)) {
      suite->dh = ike_groups[i];
      return IKE_CHOICE_OTHER_GROUP;
    }
  }
  return IKE_CHOICE_NONE;
}

/* Chooses from the peer's offer, in the peer's order. ke_group is that of its KE payload, or 0.
 * *ret_proposal points into offered. */
IkeChoice
ike_offer_choose (const IkeSaPayload *offered, IkeProtocol protocol, uint16_t ke_group,
    IkeSuite *ret_suite, const IkeProposal **ret_proposal)
{
  IkeOffer mine;
  IkeChoice best = IKE_CHOICE_NONE;
  if (protocol == IKE_PROTOCOL_IKE)
    ike_offer_for_ike (SLICE (NULL, 0), &mine);
  else
    ike_offer_for_child (SLICE (NULL, 0), false, &mine);
  size_t spi_len = protocol == IKE_PROTOCOL_IKE ? 8 : 4;
  for (size_t i = 0; i < offered->n; i++) {
    const IkeProposal *proposal = &offered->proposals[i];
    if (proposal->protocol != protocol || proposal->spi.len != spi_len ||
        has_unknown_type (proposal))
      continue;
    for (size_t m = 0; m < mine.n; m++) {
      IkeSuite suite;
      if (!match_proposal (proposal, &mine.proposals[m], &suite))
        continue;
      IkeChoice choice = match_group (proposal, protocol == IKE_PROTOCOL_IKE, ke_group, &suite);
      if (choice == IKE_CHOICE_NONE ||
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
  const Row rows[] = {
    { IKE_TRANSFORM_ENCR, (uint16_t) suite->encr, (uint16_t) suite->key_bits },
    { IKE_TRANSFORM_PRF, (uint16_t) suite->prf, 0 },
    { IKE_TRANSFORM_INTEG, (uint16_t) suite->integ, 0 },
    { IKE_TRANSFORM_DH, (uint16_t) suite->dh, 0 },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    if (rows[i].id != 0)
      answer.transforms[answer.n++] = (IkeTransform){
        .type = (uint8_t) rows[i].type,
        .id = rows[i].id,
        .key_bits = rows[i].key_bits,
      };
  }
  if (chosen->protocol == IKE_PROTOCOL_ESP && has_type (chosen, IKE_TRANSFORM_ESN))
    answer.transforms[answer.n++] = (IkeTransform){ .type = IKE_TRANSFORM_ESN, .id = ESN_NO };
  ike_sa_payload_write (chain, &answer, 1);
}
