/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ike/proposal.h"

#include <glib.h>

#include "one-key-exchange.h"
#include "support/hex.h"

#define ENCR_GCM_256 \
  { \
    IKE_TRANSFORM_ENCR, ENCR_AES_GCM_16, 256, false \
  }
#define ENCR_CBC_256 \
  { \
    IKE_TRANSFORM_ENCR, ENCR_AES_CBC, 256, false \
  }
#define ENCR_3DES \
  { \
    IKE_TRANSFORM_ENCR, 3, 0, false \
  }
#define PRF_384 \
  { \
    IKE_TRANSFORM_PRF, PRF_HMAC_SHA2_384, 0, false \
  }
#define PRF_SHA1 \
  { \
    IKE_TRANSFORM_PRF, 2, 0, false \
  }
#define INTEG_256 \
  { \
    IKE_TRANSFORM_INTEG, INTEG_HMAC_SHA2_256_128, 0, false \
  }
#define INTEG_NO \
  { \
    IKE_TRANSFORM_INTEG, 0, 0, false \
  }
#define GROUP_31 \
  { \
    IKE_TRANSFORM_DH, 31, 0, false \
  }
#define GROUP_14 \
  { \
    IKE_TRANSFORM_DH, 14, 0, false \
  }
#define GROUP_2 \
  { \
    IKE_TRANSFORM_DH, 2, 0, false \
  }
#define GROUP_NO \
  { \
    IKE_TRANSFORM_DH, 0, 0, false \
  }
#define NO_ESN \
  { \
    IKE_TRANSFORM_ESN, 0, 0, false \
  }
#define WITH_ESN \
  { \
    IKE_TRANSFORM_ESN, 1, 0, false \
  }

static const uint8_t spi_octets[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };

static const AlgorithmPolicy *
default_policy (bool for_ike)
{
  static AlgorithmPolicy policy[2];
  algorithm_policy_default (for_ike ? ALGORITHMS_FOR_IKE : ALGORITHMS_FOR_ESP, &policy[for_ike]);
  one_key_exchange (&policy[for_ike]);
  return &policy[for_ike];
}

typedef struct {
  const char *what;
  bool for_ike;
  bool accepted;
  IkeProposal answer;
} AcceptRow;

static const AcceptRow accept_rows[] = {
  { "AEAD", true, true, { 1, 1, { NULL, 0 }, 3, { ENCR_GCM_256, PRF_384, GROUP_31 } } },
  { "AEAD with INTEG NONE", true, true,
      { 1, 1, { NULL, 0 }, 4, { ENCR_GCM_256, INTEG_NO, PRF_384, GROUP_31 } } },
  { "CBC", true, true, { 2, 1, { NULL, 0 }, 4, { ENCR_CBC_256, INTEG_256, PRF_384, GROUP_14 } } },
  { "no group", true, false, { 1, 1, { NULL, 0 }, 2, { ENCR_GCM_256, PRF_384 } } },
  { "no PRF", true, false, { 1, 1, { NULL, 0 }, 2, { ENCR_GCM_256, GROUP_31 } } },
  { "no cipher", true, false, { 1, 1, { NULL, 0 }, 2, { PRF_384, GROUP_31 } } },
  { "CBC without MAC", true, false, { 2, 1, { NULL, 0 }, 3, { ENCR_CBC_256, PRF_384, GROUP_31 } } },
  { "CBC in the AEAD's number", true, false,
      { 1, 1, { NULL, 0 }, 4, { ENCR_CBC_256, INTEG_256, PRF_384, GROUP_31 } } },
  { "AEAD with a MAC", true, false,
      { 1, 1, { NULL, 0 }, 4, { ENCR_GCM_256, INTEG_256, PRF_384, GROUP_31 } } },
  { "two groups", true, false,
      { 1, 1, { NULL, 0 }, 4, { ENCR_GCM_256, PRF_384, GROUP_31, GROUP_14 } } },
  { "a group of yesterday", true, false,
      { 1, 1, { NULL, 0 }, 3, { ENCR_GCM_256, PRF_384, GROUP_2 } } },
  { "a cipher of yesterday", true, false,
      { 1, 1, { NULL, 0 }, 3, { ENCR_3DES, PRF_384, GROUP_31 } } },
  { "a key length that was not offered", true, false,
      { 1, 1, { NULL, 0 }, 3,
          { { IKE_TRANSFORM_ENCR, ENCR_AES_GCM_16, 192, false }, PRF_384, GROUP_31 } } },
  { "no key length where there is one", true, false,
      { 1, 1, { NULL, 0 }, 3,
          { { IKE_TRANSFORM_ENCR, ENCR_AES_GCM_16, 0, false }, PRF_384, GROUP_31 } } },
  { "ChaCha20-Poly1305", true, true,
      { 1, 1, { NULL, 0 }, 3,
          { { IKE_TRANSFORM_ENCR, ENCR_CHACHA20_POLY1305, 0, false }, PRF_384, GROUP_31 } } },
  { "ChaCha20-Poly1305 with a key length", true, false,
      { 1, 1, { NULL, 0 }, 3,
          { { IKE_TRANSFORM_ENCR, ENCR_CHACHA20_POLY1305, 256, false }, PRF_384, GROUP_31 } } },
  { "unknown attribute", true, false,
      { 1, 1, { NULL, 0 }, 3,
          { { IKE_TRANSFORM_ENCR, ENCR_AES_GCM_16, 256, true }, PRF_384, GROUP_31 } } },
  { "number 0", true, false, { 0, 1, { NULL, 0 }, 3, { ENCR_GCM_256, PRF_384, GROUP_31 } } },
  { "number 3", true, false, { 3, 1, { NULL, 0 }, 3, { ENCR_GCM_256, PRF_384, GROUP_31 } } },
  { "protocol ESP", true, false, { 1, 3, { NULL, 0 }, 3, { ENCR_GCM_256, PRF_384, GROUP_31 } } },
  { "an SPI where none is due", true, false,
      { 1, 1, { spi_octets, 8 }, 3, { ENCR_GCM_256, PRF_384, GROUP_31 } } },
  { "unknown transform type", true, false,
      { 1, 1, { NULL, 0 }, 4, { ENCR_GCM_256, PRF_384, GROUP_31, { 9, 1, 0, false } } } },
  { "child", false, true, { 1, 3, { spi_octets, 4 }, 2, { ENCR_GCM_256, NO_ESN } } },
  { "child with group NONE", false, true,
      { 1, 3, { spi_octets, 4 }, 3, { ENCR_GCM_256, NO_ESN, GROUP_NO } } },
  { "child with ESN", false, true, { 1, 3, { spi_octets, 4 }, 2, { ENCR_GCM_256, WITH_ESN } } },
  { "child with both", false, false,
      { 1, 3, { spi_octets, 4 }, 3, { ENCR_GCM_256, WITH_ESN, NO_ESN } } },
  { "child without a word of ESN", false, true, { 1, 3, { spi_octets, 4 }, 1, { ENCR_GCM_256 } } },
  { "child with an ESN of 2", false, false,
      { 1, 3, { spi_octets, 4 }, 2, { ENCR_GCM_256, { IKE_TRANSFORM_ESN, 2, 0, false } } } },
  { "child with a group", false, false,
      { 1, 3, { spi_octets, 4 }, 3, { ENCR_GCM_256, NO_ESN, GROUP_31 } } },
  { "child with an SPI of 8", false, false,
      { 1, 3, { spi_octets, 8 }, 2, { ENCR_GCM_256, NO_ESN } } },
  { "child CBC", false, true, { 2, 3, { spi_octets, 4 }, 3, { ENCR_CBC_256, INTEG_256, NO_ESN } } },
};

static void
test_accept (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (accept_rows); i++) {
    const AcceptRow *row = &accept_rows[i];
    g_autofree IkeSaPayload *answer = g_new0 (IkeSaPayload, 1);
    const AlgorithmPolicy *policy = default_policy (row->for_ike);
    IkeOffer offer;
    IkeSuite suite;
    Slice spi;
    answer->n = 1;
    answer->proposals[0] = row->answer;
    if (row->for_ike)
      ike_offer_for_ike (policy, SLICE (NULL, 0), &offer);
    else
      ike_offer_for_child (policy, SLICE (NULL, 0), false, &offer);
    g_test_message ("%s", row->what);
    g_assert_cmpint (
        ike_offer_accept (&offer, answer, row->for_ike ? 0 : 4, &suite, &spi), ==, row->accepted);
    answer->n = 2;
    answer->proposals[1] = row->answer;
    g_assert_false (ike_offer_accept (&offer, answer, row->for_ike ? 0 : 4, &suite, &spi));
  }
}

static const struct {
  const char *what;
  uint16_t ke_group;
  IkeChoice choice;
  uint16_t group; /* of the choice */
  IkeProposal offered[2];
  size_t n;
} choose_rows[] = {
  { "plain", 0, IKE_CHOICE_OK, 0, { { 1, 3, { spi_octets, 4 }, 2, { ENCR_GCM_256, NO_ESN } } }, 1 },
  { "with its group", 31, IKE_CHOICE_OK, 31,
      { { 1, 3, { spi_octets, 4 }, 3, { ENCR_GCM_256, NO_ESN, GROUP_31 } } }, 1 },
  { "the group of another", 31, IKE_CHOICE_OTHER_GROUP, 14,
      { { 1, 3, { spi_octets, 4 }, 3, { ENCR_GCM_256, NO_ESN, GROUP_14 } } }, 1 },
  { "the second fits the group", 31, IKE_CHOICE_OK, 31,
      { { 1, 3, { spi_octets, 4 }, 3, { ENCR_GCM_256, NO_ESN, GROUP_14 } },
          { 2, 3, { spi_octets, 4 }, 3, { ENCR_CBC_256, INTEG_256, GROUP_31 } } },
      2 },
  { "none of ours", 2, IKE_CHOICE_NONE, 0,
      { { 1, 3, { spi_octets, 4 }, 3, { ENCR_GCM_256, NO_ESN, GROUP_2 } } }, 1 },
  { "ESN alone", 0, IKE_CHOICE_OK, 0,
      { { 1, 3, { spi_octets, 4 }, 2, { ENCR_GCM_256, WITH_ESN } } }, 1 },
  { "ESN or not", 0, IKE_CHOICE_OK, 0,
      { { 1, 3, { spi_octets, 4 }, 3, { ENCR_GCM_256, WITH_ESN, NO_ESN } } }, 1 },
  { "unknown transform type", 0, IKE_CHOICE_NONE, 0,
      { { 1, 3, { spi_octets, 4 }, 3, { ENCR_GCM_256, NO_ESN, { 6, 35, 0, false } } } }, 1 },
  { "short SPI", 0, IKE_CHOICE_NONE, 0,
      { { 1, 3, { spi_octets, 3 }, 2, { ENCR_GCM_256, NO_ESN } } }, 1 },
  { "AH", 0, IKE_CHOICE_NONE, 0, { { 1, 2, { spi_octets, 4 }, 2, { ENCR_GCM_256, NO_ESN } } }, 1 },
};

static void
test_choose (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (choose_rows); i++) {
    g_autofree IkeSaPayload *offered = g_new0 (IkeSaPayload, 1);
    IkeSuite suite;
    const IkeProposal *proposal;
    offered->n = choose_rows[i].n;
    for (size_t k = 0; k < offered->n; k++)
      offered->proposals[k] = choose_rows[i].offered[k];
    g_test_message ("%s", choose_rows[i].what);
    IkeChoice choice = ike_offer_choose (default_policy (false), IKE_PROTOCOL_ESP, offered,
        choose_rows[i].ke_group, &suite, &proposal);
    g_assert_cmpint (choice, ==, choose_rows[i].choice);
    if (choice != IKE_CHOICE_NONE)
      g_assert_cmpint (suite.dh, ==, choose_rows[i].group);
  }
}

/* What is written as an answer is accepted as one, for the IKE SA and for a CHILD_SA. */
static void
test_answer (void)
{
  for (int for_ike = 0; for_ike < 2; for_ike++) {
    const AlgorithmPolicy *policy = default_policy (for_ike);
    IkeOffer offer;
    uint8_t buf[4096];
    IkeChain chain = ike_chain_init (buf, sizeof buf);
    g_autofree IkeSaPayload *offered = g_new0 (IkeSaPayload, 1);
    IkeSuite suite, accepted;
    const IkeProposal *proposal;
    Slice spi = SLICE (spi_octets, for_ike ? 8 : 4), got;
    if (for_ike)
      ike_offer_for_ike (policy, spi, &offer);
    else
      ike_offer_for_child (policy, spi, true, &offer);
    ike_sa_payload_write (&chain, offer.proposals, offer.n);
    g_assert_true (ike_sa_payload_parse (SLICE (buf + 4, chain.b.len - 4), offered));
    g_assert_cmpint (ike_offer_choose (policy, for_ike ? IKE_PROTOCOL_IKE : IKE_PROTOCOL_ESP,
                         offered, 20, &suite, &proposal),
        ==, IKE_CHOICE_OK);
    chain = ike_chain_init (buf, sizeof buf);
    ike_offer_answer (&chain, proposal, spi, &suite);
    g_assert_true (ike_sa_payload_parse (SLICE (buf + 4, chain.b.len - 4), offered));
    g_assert_true (ike_offer_accept (&offer, offered, spi.len, &accepted, &got));
    g_assert_cmpint (accepted.dh, ==, DH_ECP_384);
    g_assert_cmpint (accepted.encr, ==, ENCR_AES_GCM_16);
  }
}

/* All that may ever be negotiated, written down once more. */
static const struct {
  IkeTransformType type;
  uint16_t id, key_bits;
} allowed[] = {
  { IKE_TRANSFORM_ENCR, 20, 256 },
  { IKE_TRANSFORM_ENCR, 20, 128 },
  { IKE_TRANSFORM_ENCR, 28, 0 },
  { IKE_TRANSFORM_ENCR, 12, 256 },
  { IKE_TRANSFORM_ENCR, 12, 128 },
  { IKE_TRANSFORM_PRF, 5, 0 },
  { IKE_TRANSFORM_PRF, 6, 0 },
  { IKE_TRANSFORM_PRF, 7, 0 },
  { IKE_TRANSFORM_INTEG, 12, 0 },
  { IKE_TRANSFORM_INTEG, 13, 0 },
  { IKE_TRANSFORM_INTEG, 14, 0 },
  { IKE_TRANSFORM_DH, 14, 0 },
  { IKE_TRANSFORM_DH, 15, 0 },
  { IKE_TRANSFORM_DH, 16, 0 },
  { IKE_TRANSFORM_DH, 19, 0 },
  { IKE_TRANSFORM_DH, 20, 0 },
  { IKE_TRANSFORM_DH, 21, 0 },
  { IKE_TRANSFORM_DH, 31, 0 },
  { IKE_TRANSFORM_ESN, 0, 0 },
  { IKE_TRANSFORM_ESN, 1, 0 },
};

static bool
is_allowed (const IkeTransform *t)
{
  for (size_t i = 0; i < G_N_ELEMENTS (allowed); i++) {
    if (t->type == allowed[i].type && t->id == allowed[i].id && t->key_bits == allowed[i].key_bits)
      return true;
  }
  return false;
}

/* What we offer is what is allowed, and all of it. */
static void
test_offered (void)
{
  bool seen[G_N_ELEMENTS (allowed)] = { false };
  for (int kind = 0; kind < 3; kind++) {
    IkeOffer offer;
    if (kind == 0)
      ike_offer_for_ike (default_policy (true), SLICE (NULL, 0), &offer);
    else
      ike_offer_for_child (default_policy (false), SLICE (spi_octets, 4), kind == 2, &offer);
    for (size_t p = 0; p < offer.n; p++) {
      for (size_t i = 0; i < offer.proposals[p].n; i++) {
        const IkeTransform *t = &offer.proposals[p].transforms[i];
        g_assert_true (is_allowed (t));
        g_assert_true (kind != 1 || t->type != IKE_TRANSFORM_DH); /* IKE_AUTH names no group */
        for (size_t a = 0; a < G_N_ELEMENTS (allowed); a++)
          seen[a] |= t->type == allowed[a].type && t->id == allowed[a].id &&
              t->key_bits == allowed[a].key_bits;
      }
    }
  }
  for (size_t a = 0; a < G_N_ELEMENTS (allowed); a++)
    g_assert_true (seen[a]);
}

/* A good proposal with the one transform of that type exchanged for another. */
typedef struct {
  const char *what;
  bool for_ike;
  IkeProposal good;
} BaseRow;

static const BaseRow base_rows[] = {
  { "IKE, AEAD", true, { 1, 1, { NULL, 0 }, 3, { ENCR_GCM_256, PRF_384, GROUP_31 } } },
  { "IKE, CBC", true, { 2, 1, { NULL, 0 }, 4, { ENCR_CBC_256, INTEG_256, PRF_384, GROUP_31 } } },
  { "ESP, AEAD", false, { 1, 3, { spi_octets, 4 }, 3, { ENCR_GCM_256, WITH_ESN, GROUP_31 } } },
  { "ESP, CBC", false,
      { 2, 3, { spi_octets, 4 }, 4, { ENCR_CBC_256, INTEG_256, WITH_ESN, GROUP_31 } } },
};

/* Every number that a transform can have, as the gateway's answer and in its own offer. A cipher of the
 * other kind does not fit the rest of the proposal. */
static void
test_every_id (void)
{
  g_autofree IkeSaPayload *payload = g_new0 (IkeSaPayload, 1);
  payload->n = 1;
  for (size_t b = 0; b < G_N_ELEMENTS (base_rows); b++) {
    const BaseRow *row = &base_rows[b];
    const AlgorithmPolicy *policy = default_policy (row->for_ike);
    IkeProtocol protocol = row->for_ike ? IKE_PROTOCOL_IKE : IKE_PROTOCOL_ESP;
    bool is_aead = row->good.transforms[0].id == ENCR_AES_GCM_16;
    IkeOffer offer;
    if (row->for_ike)
      ike_offer_for_ike (policy, SLICE (NULL, 0), &offer);
    else
      ike_offer_for_child (policy, SLICE (spi_octets, 4), true, &offer);
    for (size_t at = 0; at < row->good.n; at++) {
      unsigned int n_accepted = 0, n_chosen = 0;
      static const uint16_t lengths[] = { 0, 64, 128, 192, 256, 512 };
      for (unsigned int id = 0; id <= 0xffff; id++) {
        for (size_t k = 0; k < G_N_ELEMENTS (lengths); k++) {
          IkeSuite suite;
          Slice spi;
          const IkeProposal *chosen;
          IkeProposal *p = &payload->proposals[0];
          *p = row->good;
          IkeTransform *t = &p->transforms[at];
          t->id = (uint16_t) id;
          t->key_bits = lengths[k];
          bool fits =
              is_allowed (t) && (t->type != IKE_TRANSFORM_ENCR || (id == ENCR_AES_CBC) == !is_aead);
          bool accepted = ike_offer_accept (&offer, payload, p->spi.len, &suite, &spi);
          g_assert_true (accepted == fits);
          n_accepted += accepted;
          p->spi = SLICE (spi_octets, row->for_ike ? 8 : 4);
          uint16_t group = t->type == IKE_TRANSFORM_DH ? t->id : 31;
          IkeChoice choice = ike_offer_choose (policy, protocol, payload, group, &suite, &chosen);
          bool none = !row->for_ike && t->type == IKE_TRANSFORM_DH && id == 0 && t->key_bits == 0;
          g_assert_true ((choice == IKE_CHOICE_OK) == (fits || none));
          n_chosen += choice == IKE_CHOICE_OK;
        }
      }
      g_assert_cmpuint (n_accepted, >, 0);
      g_assert_cmpuint (n_chosen, >, 0);
    }
  }
}

/* A site's own policy rules in both directions. */
static const struct {
  const char *policy; /* for ESP */
  size_t in_auth, in_rekey; /* proposals that are offered */
  uint16_t ke_group;
  IkeProposal offered;
  IkeChoice choice;
  uint16_t group;
} policy_rows[] = {
  { "aes256gcm16", 1, 1, 0, { 1, 3, { spi_octets, 4 }, 2, { ENCR_GCM_256, NO_ESN } }, IKE_CHOICE_OK,
      0 },
  { "aes256gcm16", 1, 1, 31, { 1, 3, { spi_octets, 4 }, 3, { ENCR_GCM_256, NO_ESN, GROUP_31 } },
      IKE_CHOICE_NONE, 0 },
  { "aes256gcm16-curve25519", 1, 1, 0, { 1, 3, { spi_octets, 4 }, 2, { ENCR_GCM_256, NO_ESN } },
      IKE_CHOICE_NONE, 0 },
  { "aes256gcm16-curve25519", 1, 1, 31,
      { 1, 3, { spi_octets, 4 }, 3, { ENCR_GCM_256, NO_ESN, GROUP_31 } }, IKE_CHOICE_OK, 31 },
  { "aes256gcm16-curve25519", 1, 1, 14,
      { 1, 3, { spi_octets, 4 }, 4, { ENCR_GCM_256, NO_ESN, GROUP_14, GROUP_31 } },
      IKE_CHOICE_OTHER_GROUP, 31 },
  { "aes256gcm16-curve25519-none", 1, 2, 0,
      { 1, 3, { spi_octets, 4 }, 2, { ENCR_GCM_256, NO_ESN } }, IKE_CHOICE_OK, 0 },
  { "aes256gcm16-curve25519-none", 1, 2, 31,
      { 1, 3, { spi_octets, 4 }, 3, { ENCR_GCM_256, NO_ESN, GROUP_31 } }, IKE_CHOICE_OK, 31 },
  { "aes256gcm16-none", 1, 1, 0, { 1, 3, { spi_octets, 4 }, 2, { ENCR_GCM_256, NO_ESN } },
      IKE_CHOICE_OK, 0 },
  { "aes256gcm16-esn", 1, 1, 0, { 1, 3, { spi_octets, 4 }, 2, { ENCR_GCM_256, NO_ESN } },
      IKE_CHOICE_NONE, 0 },
  { "aes256gcm16-esn", 1, 1, 0, { 1, 3, { spi_octets, 4 }, 1, { ENCR_GCM_256 } }, IKE_CHOICE_NONE,
      0 },
  { "aes256gcm16-noesn", 1, 1, 0, { 1, 3, { spi_octets, 4 }, 2, { ENCR_GCM_256, WITH_ESN } },
      IKE_CHOICE_NONE, 0 },
  { "aes256gcm16-noesn", 1, 1, 0, { 1, 3, { spi_octets, 4 }, 1, { ENCR_GCM_256 } }, IKE_CHOICE_OK,
      0 },
  { "chacha20poly1305", 1, 1, 0, { 1, 3, { spi_octets, 4 }, 2, { ENCR_GCM_256, NO_ESN } },
      IKE_CHOICE_NONE, 0 },
  { "chacha20poly1305,aes256gcm16-ecp256,aes256-sha256-ecp256-none", 3, 4, 0,
      { 1, 3, { spi_octets, 4 }, 3, { ENCR_CBC_256, INTEG_256, NO_ESN } }, IKE_CHOICE_OK, 0 },
};

static void
test_policy (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (policy_rows); i++) {
    AlgorithmPolicy policy;
    IkeOffer offer;
    IkeSuite suite;
    const IkeProposal *chosen;
    g_autofree IkeSaPayload *offered = g_new0 (IkeSaPayload, 1);
    g_test_message ("row %zu: %s", i, policy_rows[i].policy);
    g_assert_true (
        algorithm_policy_parse (ALGORITHMS_FOR_ESP, policy_rows[i].policy, &policy, NULL));
    ike_offer_for_child (&policy, SLICE (spi_octets, 4), false, &offer);
    g_assert_cmpuint (offer.n, ==, policy_rows[i].in_auth);
    ike_offer_for_child (&policy, SLICE (spi_octets, 4), true, &offer);
    g_assert_cmpuint (offer.n, ==, policy_rows[i].in_rekey);
    offered->n = 1;
    offered->proposals[0] = policy_rows[i].offered;
    g_assert_cmpint (ike_offer_choose (&policy, IKE_PROTOCOL_ESP, offered, policy_rows[i].ke_group,
                         &suite, &chosen),
        ==, policy_rows[i].choice);
    if (policy_rows[i].choice != IKE_CHOICE_NONE)
      g_assert_cmpint (suite.dh, ==, policy_rows[i].group);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ike/proposal/accept", test_accept);
  g_test_add_func ("/ike/proposal/choose", test_choose);
  g_test_add_func ("/ike/proposal/answer", test_answer);
  g_test_add_func ("/ike/proposal/offered", test_offered);
  g_test_add_func ("/ike/proposal/every-id", test_every_id);
  g_test_add_func ("/ike/proposal/policy", test_policy);
  return g_test_run ();
}
