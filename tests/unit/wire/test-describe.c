/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages in words, for a log. */
#include "wire/describe.h"

static void
test_payloads (void)
{
  uint8_t buf[256];
  const Slice none = SLICE (NULL, 0);
  IkeChain chain = ike_chain_init (buf, sizeof buf);
  ike_chain_payload (&chain, IKE_PAYLOAD_IDR, SLICE ((const uint8_t *) "\2\0\0\0gw", 6));
  ike_chain_payload (&chain, IKE_PAYLOAD_EAP, none);
  ike_chain_notify (&chain, IKE_PROTOCOL_NONE, none, IKE_NOTIFY_MOBIKE_SUPPORTED, none);
  ike_chain_notify (&chain, IKE_PROTOCOL_NONE, none, (IkeNotifyType) 40961, none);
  IkePayloads payloads;
  uint8_t critical;
  g_assert_cmpint (
      ike_payloads_parse (chain.first, builder_result (&chain.b), &payloads, &critical), ==,
      IKE_PARSE_OK);
  payloads.at[payloads.n++] = (IkePayload){ .type = 200 };
  g_autofree char *text = ike_payloads_describe (&payloads);
  g_assert_cmpstr (text, ==, "IDr EAP N(MOBIKE_SUPPORTED) N(40961) payload 200");
  payloads.n = 0;
  g_autofree char *empty = ike_payloads_describe (&payloads);
  g_assert_cmpstr (empty, ==, "");
}

/* By the words of strongSwan's proposals; what has none by its numbers. */
static void
test_proposal (void)
{
  const IkeProposal proposal = {
    .n = 4,
    .transforms = { { IKE_TRANSFORM_ENCR, ENCR_AES_GCM_16, 256 },
        { IKE_TRANSFORM_PRF, PRF_HMAC_SHA2_384, 0 }, { IKE_TRANSFORM_DH, DH_ECP_384, 0 },
        { IKE_TRANSFORM_DH, 2, 0 } },
  };
  g_autofree char *text = ike_proposal_describe (&proposal);
  g_assert_cmpstr (text, ==, "aes256gcm16-prfsha384-ecp384-4:2");
}

/* The names that the code sends by are those that it logs. */
static void
test_notifies (void)
{
  g_assert_cmpstr (ike_notify_to_string (IKE_NOTIFY_NO_PROPOSAL_CHOSEN), ==, "NO_PROPOSAL_CHOSEN");
  g_assert_cmpstr (ike_notify_to_string (IKE_NOTIFY_CHILD_SA_NOT_FOUND), ==, "CHILD_SA_NOT_FOUND");
  g_assert_cmpstr (ike_notify_to_string (IKE_NOTIFY_REKEY_SA), ==, "REKEY_SA");
  g_assert_cmpstr (
      ike_notify_to_string (IKE_NOTIFY_SIGNATURE_HASH_ALGORITHMS), ==, "SIGNATURE_HASH_ALGORITHMS");
  g_assert_cmpstr (ike_notify_to_string (0), ==, "an error we have no name for");
  g_assert_cmpstr (ike_exchange_to_string (IKE_EXCHANGE_AUTH), ==, "IKE_AUTH");
  g_assert_cmpstr (ike_exchange_to_string (255), ==, "unknown exchange");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/describe/payloads", test_payloads);
  g_test_add_func ("/wire/describe/proposal", test_proposal);
  g_test_add_func ("/wire/describe/notifies", test_notifies);
  return g_test_run ();
}
