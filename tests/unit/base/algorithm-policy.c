/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/algorithm-policy.h"

#include <string.h>

#include "base/error.h"

static const struct {
  AlgorithmUse use;
  const char *text;
  const char *again; /* what it is written as */
} good[] = {
  { ALGORITHMS_FOR_IKE, "aes256gcm16-prfsha384-ecp384", "aes256gcm16-prfsha384-ecp384" },
  { ALGORITHMS_FOR_IKE, "aes256gcm16-prfsha384-ecp384, chacha20poly1305-prfsha256-curve25519",
      "aes256gcm16-prfsha384-ecp384;chacha20poly1305-prfsha256-curve25519" },
  { ALGORITHMS_FOR_IKE, " ;aes128gcm-prfsha256-x25519,,\t", "aes128gcm16-prfsha256-curve25519" },
  { ALGORITHMS_FOR_IKE, "aes256-sha256-modp2048", "aes256-sha256-modp2048-prfsha256" },
  { ALGORITHMS_FOR_IKE, "modp4096-aes256-aes128-sha512-sha384",
      "modp4096-aes256-aes128-sha512-sha384-prfsha512-prfsha384" },
  { ALGORITHMS_FOR_IKE, "aes256-sha256-prfsha512-modp3072-ecp521",
      "aes256-sha256-prfsha512-modp3072-ecp521" },
  { ALGORITHMS_FOR_IKE, "aes256gcm16-prfsha384-x25519-ke1_mlkem768-ke3_ecp256-ke3_none",
      "aes256gcm16-prfsha384-curve25519-ke1_mlkem768-ke3_ecp256-ke3_none" },
  { ALGORITHMS_FOR_ESP, "aes256gcm16-x25519-ke1_mlkem768-noesn",
      "aes256gcm16-curve25519-ke1_mlkem768-noesn" },
  { ALGORITHMS_FOR_ESP, "aes256gcm16", "aes256gcm16-esn-noesn" },
  { ALGORITHMS_FOR_ESP, "aes256gcm16-noesn", "aes256gcm16-noesn" },
  { ALGORITHMS_FOR_ESP, "chacha20poly1305-esn-ecp256", "chacha20poly1305-esn-ecp256" },
  { ALGORITHMS_FOR_ESP, "aes128-sha384-modp3072-none", "aes128-sha384-modp3072-none-esn-noesn" },
};

static void
test_good (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (good); i++) {
    AlgorithmPolicy policy;
    g_autoptr (GError) error = NULL;
    g_assert_true (algorithm_policy_parse (good[i].use, good[i].text, &policy, &error));
    g_assert_no_error (error);
    g_autofree char *text = algorithm_policy_format (&policy);
    g_assert_cmpstr (text, ==, good[i].again);
    g_assert_true (algorithm_policy_parse (good[i].use, text, &policy, &error));
    g_autofree char *again = algorithm_policy_format (&policy);
    g_assert_cmpstr (again, ==, text);
  }
}

#define IKE_NAMES \
  "aes256gcm16, chacha20poly1305, aes128gcm16, aes256, aes128, sha256, sha384, sha512, " \
  "prfsha256, prfsha384, prfsha512, curve25519, ecp256, ecp384, ecp521, modp2048, modp3072, " \
  "modp4096"
#define ESP_NAMES \
  "aes256gcm16, chacha20poly1305, aes128gcm16, aes256, aes128, sha256, sha384, sha512, " \
  "curve25519, ecp256, ecp384, ecp521, modp2048, modp3072, modp4096, none, esn, noesn"
#define UNKNOWN "this names an algorithm that Visitor does not have; there are: "

static const struct {
  AlgorithmUse use;
  const char *text;
  const char *says;
} bad[] = {
  { ALGORITHMS_FOR_IKE, "", "there is no proposal; there are: " IKE_NAMES },
  { ALGORITHMS_FOR_ESP, " ,; ", "there is no proposal; there are: " ESP_NAMES },
  { ALGORITHMS_FOR_IKE, "hunter2", "proposal 1: " UNKNOWN IKE_NAMES },
  { ALGORITHMS_FOR_ESP, "hunter2", "proposal 1: " UNKNOWN ESP_NAMES },
  { ALGORITHMS_FOR_IKE, "AES256-sha256-modp2048", "proposal 1: " UNKNOWN IKE_NAMES },
  { ALGORITHMS_FOR_IKE, "aes256--sha256-modp2048", "proposal 1: " UNKNOWN IKE_NAMES },
  { ALGORITHMS_FOR_IKE, "aes256-sha256-modp2048!", "proposal 1: " UNKNOWN IKE_NAMES },
  { ALGORITHMS_FOR_IKE, "aes256-sha256-ke1_mlkem768x", "proposal 1: " UNKNOWN IKE_NAMES },
  { ALGORITHMS_FOR_IKE, "aes256-sha256-modp2048,3des-sha256-modp2048",
      "proposal 2: 3des is too weak and is never used; there are: " IKE_NAMES },
  { ALGORITHMS_FOR_ESP, "aes256-sha1", "proposal 1: sha1 is too weak and is never used" },
  { ALGORITHMS_FOR_IKE, "aes256-md5-modp2048", "proposal 1: md5 is too weak" },
  { ALGORITHMS_FOR_IKE, "aes256-sha256-modp1024", "proposal 1: modp1024 is too weak" },
  { ALGORITHMS_FOR_IKE, "aes256-sha256-modp1536", "proposal 1: modp1536 is too weak" },
  { ALGORITHMS_FOR_IKE, "aes256-sha256-modp2048s256", "proposal 1: modp2048s256 is too weak" },
  { ALGORITHMS_FOR_IKE, "aes256-sha256-prfsha1-modp2048", "proposal 1: prfsha1 is too weak" },
  { ALGORITHMS_FOR_ESP, "null-sha256", "proposal 1: null is too weak" },
  { ALGORITHMS_FOR_IKE, "sha256-modp2048",
      "proposal 1: the cipher is missing; there are: aes256gcm16, chacha20poly1305, aes128gcm16, "
      "aes256, aes128" },
  { ALGORITHMS_FOR_ESP, "ecp256", "proposal 1: the cipher is missing" },
  { ALGORITHMS_FOR_IKE, "aes256-prfsha256-modp2048",
      "proposal 1: the MAC is missing; there are: sha256, sha384, sha512" },
  { ALGORITHMS_FOR_ESP, "aes256", "proposal 1: the MAC is missing" },
  { ALGORITHMS_FOR_IKE, "aes256gcm16-ecp384",
      "proposal 1: the PRF is missing; there are: prfsha256, prfsha384, prfsha512" },
  { ALGORITHMS_FOR_IKE, "aes256gcm16-prfsha256",
      "proposal 1: the Diffie-Hellman group is missing; there are: curve25519, ecp256, ecp384, "
      "ecp521, modp2048, modp3072, modp4096" },
  { ALGORITHMS_FOR_IKE, "aes256gcm16-sha256-ecp384", "a cipher that authenticates by itself" },
  { ALGORITHMS_FOR_IKE, "aes256gcm16-aes256-sha256-ecp384", "a cipher that authenticates" },
  { ALGORITHMS_FOR_ESP, "chacha20poly1305-aes256-sha256", "a cipher that authenticates" },
  { ALGORITHMS_FOR_IKE, "aes256-sha256-modp2048-none", "none has no place in a proposal for IKE" },
  { ALGORITHMS_FOR_IKE, "aes256-sha256-modp2048-esn", "esn has no place in a proposal for IKE" },
  { ALGORITHMS_FOR_ESP, "aes256gcm16-prfsha256", "prfsha256 has no place in a proposal for ESP" },
  { ALGORITHMS_FOR_ESP, "aes256gcm16-ke1_mlkem768",
      "proposal 1: an additional key exchange needs a first one, in a Diffie-Hellman group" },
  { ALGORITHMS_FOR_ESP, "aes256gcm16-x25519-none-ke1_mlkem768",
      "proposal 1: an additional key exchange needs a first one" },
  { ALGORITHMS_FOR_ESP, "aes256gcm16-aes256gcm", "aes256gcm16 stands there twice" },
  { ALGORITHMS_FOR_ESP,
      "aes256gcm16 aes256gcm16 aes256gcm16 aes256gcm16 aes256gcm16 aes256gcm16 aes256gcm16 "
      "aes256gcm16 aes256gcm16",
      "there are more than 8 proposals" },
};

static void
test_bad (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++) {
    AlgorithmPolicy policy = { .n = 77 };
    g_autoptr (GError) error = NULL;
    g_assert_false (algorithm_policy_parse (bad[i].use, bad[i].text, &policy, &error));
    g_assert_error (error, VISITOR_ERROR, VISITOR_ERROR_SITE_INVALID);
    g_test_message ("%s", error->message);
    g_assert_nonnull (strstr (error->message, bad[i].says));
    g_assert_null (strstr (error->message, "hunter2"));
    g_assert_cmpuint (policy.n, ==, 77);
  }
}

static size_t
count_type (const AlgorithmProposal *proposal, IkeTransformType type)
{
  size_t n = 0;
  for (size_t i = 0; i < proposal->n; i++)
    n += proposal->at[i].type == type;
  return n;
}

/* What every peer answers: AEADs and MACs apart, several PRFs and groups in one; before them, for who
 * knows it, ML-KEM-768 behind the group, which goes where one key exchange is wanted. */
static void
test_default (void)
{
  static const Algorithm kem = { IKE_TRANSFORM_ADDKE1, DH_MLKEM_768, 0 };
  AlgorithmPolicy ike, esp;
  algorithm_policy_default (ALGORITHMS_FOR_IKE, &ike);
  algorithm_policy_default (ALGORITHMS_FOR_ESP, &esp);
  g_assert_cmpuint (ike.n, ==, 3);
  g_assert_true (algorithm_policy_has_additional (&ike));
  g_assert_false (algorithm_policy_has_additional (&esp));
  g_assert_true (algorithm_proposal_has (&ike.at[0], &kem));
  g_assert_cmpuint (ike.at[0].n, ==, ike.at[1].n + 1);
  g_assert_cmpuint (esp.n, ==, 2);
  for (size_t i = 0; i < 2; i++) {
    const AlgorithmProposal *plain = &ike.at[i + 1]; /* for who does not know ML-KEM */
    g_assert_false (algorithm_proposal_has (plain, &kem));
    g_assert_true (algorithm_is_aead (&plain->at[0]) == (i == 0));
    g_assert_cmpuint (count_type (plain, IKE_TRANSFORM_PRF), ==, 3);
    g_assert_cmpuint (count_type (plain, IKE_TRANSFORM_DH), ==, 7);
    g_assert_cmpuint (count_type (&esp.at[i], IKE_TRANSFORM_DH), ==, 8);
    g_assert_cmpuint (count_type (&esp.at[i], IKE_TRANSFORM_ESN), ==, 2);
  }
}

static void
test_group (void)
{
  AlgorithmPolicy policy;
  g_assert_true (algorithm_policy_parse (
      ALGORITHMS_FOR_ESP, "aes256gcm16, aes128gcm16-none-ecp384-ecp256", &policy, NULL));
  g_assert_cmpint (algorithm_policy_group (&policy, DH_NONE), ==, DH_ECP_384);
  g_assert_cmpint (algorithm_policy_group (&policy, DH_ECP_256), ==, DH_ECP_256);
  g_assert_cmpint (algorithm_policy_group (&policy, DH_CURVE25519), ==, DH_ECP_384);
  g_assert_false (algorithm_policy_has_group (&policy, DH_NONE));
  g_assert_false (algorithm_policy_has_group (&policy, DH_MODP_2048));
  g_assert_true (algorithm_policy_parse (ALGORITHMS_FOR_ESP, "aes256gcm16", &policy, NULL));
  g_assert_cmpint (algorithm_policy_group (&policy, DH_ECP_256), ==, DH_NONE);
}

/* Each has its own word, its own name and its own number. */
static void
test_names (void)
{
  for (const AlgorithmName *a = algorithm_names; a->keyword != NULL; a++) {
    Algorithm found;
    g_assert_true (algorithm_from_keyword (a->keyword, &found));
    g_assert_true (algorithm_equal (&found, &a->algorithm));
    g_assert_cmpstr (algorithm_keyword (&a->algorithm), ==, a->keyword);
    g_assert_null (algorithm_weak_keyword (a->keyword));
    for (const AlgorithmName *b = a + 1; b->keyword != NULL; b++) {
      g_assert_cmpstr (a->name, !=, b->name);
      g_assert_false (algorithm_equal (&a->algorithm, &b->algorithm));
    }
  }
  g_assert_cmpstr (encr_to_string (ENCR_AES_GCM_16, 128), ==, "AES-128-GCM-16");
  g_assert_cmpstr (encr_to_string (ENCR_CHACHA20_POLY1305, 0), ==, "ChaCha20-Poly1305");
  g_assert_cmpstr (encr_to_string (ENCR_AES_CBC, 192), ==, "none");
  g_assert_cmpstr (prf_to_string (PRF_HMAC_SHA2_512), ==, "PRF-HMAC-SHA2-512");
  g_assert_cmpstr (integ_to_string (INTEG_HMAC_SHA2_384_192), ==, "HMAC-SHA2-384-192");
  g_assert_cmpstr (dh_to_string (DH_ECP_521), ==, "ECP-521");
  g_assert_cmpstr (dh_to_string ((DhGroup) 2), ==, "none");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/algorithm-policy/good", test_good);
  g_test_add_func ("/base/algorithm-policy/bad", test_bad);
  g_test_add_func ("/base/algorithm-policy/default", test_default);
  g_test_add_func ("/base/algorithm-policy/group", test_group);
  g_test_add_func ("/base/algorithm-policy/names", test_names);
  return g_test_run ();
}
