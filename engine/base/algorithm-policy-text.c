/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text of an AlgorithmPolicy, as strongSwan's users write it: keywords with hyphens between them
 * make a proposal, proposals stand between commas (site.conf(5), [algorithms]).
 *
 *   aes256gcm16-prfsha384-ecp384, aes256-sha256-modp2048
 *
 * No sentence repeats a word of the text that is not ours. */
#include <string.h>

#include "base/algorithm-policy.h"
#include "base/error.h"

#define SEPARATORS ";, \t"
#define WORDS_MAX (ALGORITHM_PROPOSAL_MAX - 8) /* with room for what goes without saying */

static const char *const use_names[] = {
  [ALGORITHMS_FOR_IKE] = "IKE",
  [ALGORITHMS_FOR_ESP] = "ESP",
};

static bool
has_place (AlgorithmUse use, const Algorithm *a)
{
  switch (use) {
  case ALGORITHMS_FOR_IKE:
    return a->type != IKE_TRANSFORM_ESN && !(a->type == IKE_TRANSFORM_DH && a->id == DH_NONE);
  case ALGORITHMS_FOR_ESP: return a->type != IKE_TRANSFORM_PRF;
  }
  return false;
}

/* Every keyword that may stand in a proposal for that use, or those of one type; of the additional key
 * exchanges the first alone, since the others are called likewise. Transfer: full. */
static char *
keywords_for (AlgorithmUse use, uint8_t type_or_0)
{
  GString *words = g_string_new (NULL);
  for (const AlgorithmName *row = algorithm_names; row->keyword != NULL; row++) {
    if (!has_place (use, &row->algorithm) || row->algorithm.type > IKE_TRANSFORM_ADDKE1 ||
        (type_or_0 != 0 && row->algorithm.type != type_or_0))
      continue;
    g_string_append_printf (words, "%s%s", words->len > 0 ? ", " : "", row->keyword);
  }
  return g_string_free (words, FALSE);
}

/* Appends what there is to choose from. */
static bool G_GNUC_PRINTF (4, 5)
    refuse (GError **error, AlgorithmUse use, uint8_t type_or_0, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *why = g_strdup_vprintf (format, args);
  va_end (args);
  g_autofree char *words = keywords_for (use, type_or_0);
  g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID, "%s; there are: %s", why, words);
  return false;
}

static bool
add_word (AlgorithmUse use, const char *word, AlgorithmProposal *proposal, GError **error)
{
  Algorithm a;
  const char *weak = algorithm_weak_keyword (word);
  if (weak != NULL)
    return refuse (error, use, 0, "%s is too weak and is never used", weak);
  if (!algorithm_from_keyword (word, &a))
    return refuse (error, use, 0, "this names an algorithm that Visitor does not have");
  const char *keyword = algorithm_keyword (&a);
  if (!has_place (use, &a))
    return refuse (error, use, 0, "%s has no place in a proposal for %s", keyword, use_names[use]);
  if (algorithm_proposal_has (proposal, &a)) {
    g_set_error (
        error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID, "%s stands there twice", keyword);
    return false;
  }
  if (proposal->n == WORDS_MAX) {
    g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID,
        "there are more than %d algorithms", WORDS_MAX);
    return false;
  }
  proposal->at[proposal->n++] = a;
  return true;
}

/* The PRF with the same hash as each MAC, as strongSwan has it. */
static void
imply_prfs (AlgorithmProposal *proposal)
{
  static const struct {
    uint16_t integ, prf;
  } same_hash[] = {
    { INTEG_HMAC_SHA2_256_128, PRF_HMAC_SHA2_256 },
    { INTEG_HMAC_SHA2_384_192, PRF_HMAC_SHA2_384 },
    { INTEG_HMAC_SHA2_512_256, PRF_HMAC_SHA2_512 },
  };
  size_t n = proposal->n;
  for (size_t i = 0; i < n; i++) {
    for (size_t k = 0; k < G_N_ELEMENTS (same_hash); k++) {
      if (proposal->at[i].type == IKE_TRANSFORM_INTEG && proposal->at[i].id == same_hash[k].integ)
        proposal->at[proposal->n++] = (Algorithm){ IKE_TRANSFORM_PRF, same_hash[k].prf, 0 };
    }
  }
}

/* Puts in what goes without saying. */
static void
complete (AlgorithmUse use, AlgorithmProposal *proposal)
{
  switch (use) {
  case ALGORITHMS_FOR_IKE:
    if (!algorithm_proposal_has_type (proposal, IKE_TRANSFORM_PRF))
      imply_prfs (proposal);
    break;
  case ALGORITHMS_FOR_ESP:
    if (algorithm_proposal_has_type (proposal, IKE_TRANSFORM_ESN))
      break;
    proposal->at[proposal->n++] = (Algorithm){ IKE_TRANSFORM_ESN, ESN_YES, 0 };
    proposal->at[proposal->n++] = (Algorithm){ IKE_TRANSFORM_ESN, ESN_NO, 0 };
    break;
  }
}

/* An AEAD needs no MAC and CBC needs one, so that they cannot share a proposal. */
static bool
check_integrity (AlgorithmUse use, const AlgorithmProposal *proposal, GError **error)
{
  bool has_aead = false, has_cbc = false;
  for (size_t i = 0; i < proposal->n; i++) {
    bool is_aead = algorithm_is_aead (&proposal->at[i]);
    has_aead |= is_aead;
    has_cbc |= proposal->at[i].type == IKE_TRANSFORM_ENCR && !is_aead;
  }
  bool has_mac = algorithm_proposal_has_type (proposal, IKE_TRANSFORM_INTEG);
  if (has_aead && (has_cbc || has_mac)) {
    g_set_error_literal (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID,
        "a cipher that authenticates by itself needs a proposal without other ciphers and MACs: "
        "write two, with a comma between them");
    return false;
  }
  if (has_cbc && !has_mac)
    return refuse (error, use, IKE_TRANSFORM_INTEG, "the MAC is missing");
  return true;
}

/* An additional key exchange follows a first one. */
static bool
check_additional (AlgorithmUse use, const AlgorithmProposal *proposal, GError **error)
{
  static const Algorithm no_group = { IKE_TRANSFORM_DH, DH_NONE, 0 };
  bool has_first = algorithm_proposal_has_type (proposal, IKE_TRANSFORM_DH) &&
      !algorithm_proposal_has (proposal, &no_group);
  for (size_t i = 0; i < proposal->n; i++) {
    if (algorithm_is_additional (&proposal->at[i]) && !has_first)
      return refuse (error, use, IKE_TRANSFORM_DH,
          "an additional key exchange needs a first one, in a Diffie-Hellman group");
  }
  return true;
}

static bool
check (AlgorithmUse use, const AlgorithmProposal *proposal, GError **error)
{
  if (!algorithm_proposal_has_type (proposal, IKE_TRANSFORM_ENCR))
    return refuse (error, use, IKE_TRANSFORM_ENCR, "the cipher is missing");
  if (!check_integrity (use, proposal, error))
    return false;
  if (use == ALGORITHMS_FOR_IKE && !algorithm_proposal_has_type (proposal, IKE_TRANSFORM_PRF))
    return refuse (error, use, IKE_TRANSFORM_PRF, "the PRF is missing");
  if (use == ALGORITHMS_FOR_IKE && !algorithm_proposal_has_type (proposal, IKE_TRANSFORM_DH))
    return refuse (error, use, IKE_TRANSFORM_DH, "the Diffie-Hellman group is missing");
  return check_additional (use, proposal, error);
}

static bool
parse_proposal (AlgorithmUse use, const char *text, AlgorithmProposal *ret_proposal, GError **error)
{
  g_auto (GStrv) words = g_strsplit (text, "-", -1);
  AlgorithmProposal proposal = { .n = 0 };
  for (size_t i = 0; words[i] != NULL; i++) {
    if (!add_word (use, words[i], &proposal, error))
      return false;
  }
  complete (use, &proposal);
  if (!check (use, &proposal, error))
    return false;
  *ret_proposal = proposal;
  return true;
}

/* Reads proposals between commas, semicolons or blanks. *ret_policy is written only on success. Errors:
 * VISITOR_ERROR_SITE_INVALID, with the number of the proposal and the keywords that there are. */
bool
algorithm_policy_parse (
    AlgorithmUse use, const char *text, AlgorithmPolicy *ret_policy, GError **error)
{
  g_auto (GStrv) items = g_strsplit_set (text, SEPARATORS, -1);
  AlgorithmPolicy policy = { .n = 0 };
  for (size_t i = 0; items[i] != NULL; i++) {
    if (items[i][0] == '\0')
      continue;
    if (policy.n == ALGORITHM_POLICY_MAX) {
      g_set_error (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID,
          "there are more than %d proposals", ALGORITHM_POLICY_MAX);
      return false;
    }
    if (!parse_proposal (use, items[i], &policy.at[policy.n], error)) {
      g_prefix_error (error, "proposal %zu: ", policy.n + 1);
      return false;
    }
    policy.n++;
  }
  if (policy.n == 0)
    return refuse (error, use, 0, "there is no proposal");
  *ret_policy = policy;
  return true;
}

/* The text that algorithm_policy_parse () reads as the same; NULL for one without proposals. Transfer:
 * full. */
char *
algorithm_policy_format (const AlgorithmPolicy *policy)
{
  if (policy->n == 0)
    return NULL;
  GString *text = g_string_new (NULL);
  for (size_t i = 0; i < policy->n; i++) {
    if (i > 0)
      g_string_append_c (text, ';');
    for (size_t k = 0; k < policy->at[i].n; k++)
      g_string_append_printf (
          text, "%s%s", k > 0 ? "-" : "", algorithm_keyword (&policy->at[i].at[k]));
  }
  return g_string_free (text, FALSE);
}
